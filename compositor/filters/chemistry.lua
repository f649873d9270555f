-- Chemical formulas and equations as the LaTeX package mhchem has them, \ce{2 H2O + SO4^2- -> …}, written as mathematics.
--
-- Known are coefficients, indices, charges, isotopes, states, bonds, arrows with words over them, gas and precipitate signs.
local ARROWS = {
  { '<=>>', '\\rightleftharpoons' }, { '<<=>', '\\rightleftharpoons' }, { '<=>', '\\rightleftharpoons' },
  { '<->', '\\leftrightarrow' }, { '->', '\\rightarrow' }, { '<-', '\\leftarrow' },
}
local BONDS = { ['-'] = '\\text{–}', ['='] = '\\text{=}', ['#'] = '\\text{≡}' } -- words, which have no space around them

local function upright(text)
  return '\\mathrm{' .. text .. '}'
end

-- The group in braces, or the figures, letters and sign of a script, that begin at a place; and the place behind it.
local function script(text, place)
  local group = text:match('^%b{}', place)
  if group then return group:sub(2, -2), place + #group end
  local run = text:match('^%d+[+-]?', place) or text:match('^%a+[+-]?', place) or text:sub(place, place)
  return run, place + #run
end

-- An arrow at a place, with what stands over and under it; and the place behind it.
local function arrow(text, place, set)
  for _, pair in ipairs(ARROWS) do
    if text:sub(place, place + #pair[1] - 1) == pair[1] then
      local behind, sign = place + #pair[1], pair[2]
      local over = text:match('^%b[]', behind)
      if over then
        behind = behind + #over
        local under = text:match('^%b[]', behind)
        if under then behind = behind + #under end
        sign = '\\overset{' .. set(over:sub(2, -2)) .. '}{' .. sign .. '}'
        if under then sign = '\\underset{' .. set(under:sub(2, -2)) .. '}{' .. sign .. '}' end
      end
      return ' ' .. sign .. ' ', behind
    end
  end
end

local function set(text)
  local out, place = {}, 1
  local last = 'space' -- what stands before: a space, a symbol (which an index may follow), or something else
  local function put(piece, kind)
    out[#out + 1] = piece
    last = kind
  end
  local function operate(piece) -- one that has its own space around it
    if out[#out] == '\\,' then out[#out] = nil end
    put(piece, 'space')
  end
  while place <= #text do
    local sign = text:sub(place, place)
    local found, behind = arrow(text, place, set)
    if found then
      operate(found)
      place = behind
    elseif sign:match('%s') then
      place = place + #text:match('^%s+', place)
      if out[#out] and last ~= 'space' then put('\\,', 'space') end
    elseif text:match('^[v^]%f[%s%z]', place) and last == 'space' then
      put(sign == 'v' and '\\downarrow' or '\\uparrow', 'other')
      place = place + 1
    elseif sign == '^' or sign == '_' then
      local inner
      inner, place = script(text, place + 1)
      put((last == 'space' and '{}' or '') .. sign .. '{' .. upright(inner:gsub('-', '−')) .. '}', 'symbol')
    elseif sign == '+' or sign == '-' then
      local ends = text:match('^[+-]%f[%s%z%])]', place)
      if last == 'symbol' and ends then
        put('^{' .. (sign == '-' and '−' or '+') .. '}', 'symbol') -- a charge
      elseif sign == '+' then
        operate(' + ')
      else
        put(last == 'space' and '-' or BONDS['-'], 'other')
      end
      place = place + 1
    elseif BONDS[sign] then
      put(BONDS[sign], 'other')
      place = place + 1
    elseif sign:match('%d') then
      local number = text:match('^%d+[./]?%d*', place)
      put(last == 'symbol' and '_{' .. number .. '}' or number .. (text:match('^%s', place + #number) and '' or '\\,'), last == 'symbol' and 'symbol' or 'other')
      place = place + #number
    elseif sign == '*' or (sign == '.' and last ~= 'symbol') then
      operate(' \\cdot ')
      place = place + 1
    elseif sign == '$' and text:match('^%$[^$]*%$', place) then
      local inner = text:match('^%$([^$]*)%$', place)
      put('{' .. inner .. '}', 'symbol')
      place = place + #inner + 2
    elseif sign == '{' and text:match('^%b{}', place) then
      local inner = text:match('^%b{}', place)
      put('{' .. set(inner:sub(2, -2)) .. '}', 'symbol')
      place = place + #inner
    elseif sign == '\\' then
      local command = text:match('^\\%a+', place) or text:sub(place, place + 1)
      put(command .. ' ', 'symbol')
      place = place + #command
    elseif sign:match('%a') then
      local letters = text:match('^%a+', place)
      put(upright(letters), 'symbol')
      place = place + #letters
    else
      put(sign, (sign == ')' or sign == ']') and 'symbol' or 'space')
      place = place + 1
    end
  end
  return table.concat(out)
end

return function(text)
  return (text:gsub('\\ce%s*(%b{})', function(group) return '{' .. set(group:sub(2, -2)) .. '}' end))
end
