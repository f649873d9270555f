-- LaTeX that TeX and MathJax set and Pandoc's reader of formulas does not know, written as LaTeX that it does.
local chemistry = require 'chemistry'

local FONTS = { rm = 'mathrm', bf = 'mathbf', it = 'mathit', sf = 'mathsf', tt = 'mathtt', cal = 'mathcal' }
local WORDS = {
  thicksim = '\\sim', thickapprox = '\\approx', degree = '{}^\\circ', hbox = '\\text', mathbbm = '\\mathbb', mathds = '\\mathbb',
  emph = '\\textit', textsc = '\\textrm', space = '\\ ', thinspace = '\\,', negthinspace = '\\!', cfrac = '\\dfrac', S = '§',
  -- these have no effect on a formula that stands by itself
  notag = '', limits = '', smash = '', tiny = '', small = '', normalsize = '', large = '', Large = '', LARGE = '', huge = '', Huge = '',
}
local WITHOUT = { 'vspace%*?%s*{[^{}]*}', 'textcolor%s*{[^{}]*}' } -- these go, with what stands in their braces

-- The place behind the group, cell or line that a place stands in: a font that TeX's old commands choose holds so long.
local function group_end(text, from)
  local depth, inside, place = 0, 0, from
  while place <= #text do
    local command = text:match('^\\(%a+)', place)
    local sign = text:sub(place, place)
    if command == 'begin' or command == 'left' then inside = inside + 1 end
    if command == 'end' or command == 'right' then
      if inside == 0 then return place end
      inside = inside - 1
    end
    if not command and depth == 0 and inside == 0 and (sign == '&' or text:sub(place, place + 1) == '\\\\') then return place end
    if sign == '{' then depth = depth + 1 end
    if sign == '}' then
      if depth == 0 then return place end
      depth = depth - 1
    end
    place = place + (command and #command + 1 or sign == '\\' and 2 or 1)
  end
  return place
end

local function fonts(text)
  local out, from, place = {}, 1, 1
  while true do
    local start, finish, name = text:find('\\(%a+)%s*', place)
    if not start then break end
    if FONTS[name] then
      local stop = group_end(text, finish + 1)
      out[#out + 1] = text:sub(from, start - 1) .. '\\' .. FONTS[name] .. '{' .. fonts(text:sub(finish + 1, stop - 1)) .. '}'
      from, place = stop, stop
    else
      place = finish + 1
    end
  end
  return table.concat(out) .. text:sub(from)
end

-- Words in a formula have one font for Pandoc: what chooses another for some of them goes, and they stay.
local function plain_words(text)
  return (text:gsub('(\\text%a*%s*)(%b{})', function(command, group)
    local inner, count = group:sub(2, -2), 1
    while count > 0 do
      inner, count = inner:gsub('\\text%a*%s*(%b{})', function(words) return words:sub(2, -2) end)
    end
    return command .. '{' .. inner .. '}'
  end))
end

-- Whether a line ends outside all braces and environments, where TeX begins another and Pandoc stops.
local function has_lines(text)
  local depth, place = 0, 1
  while place <= #text do
    local command = text:match('^\\(%a+)', place)
    local sign = text:sub(place, place)
    if command == 'begin' or command == 'left' or sign == '{' then depth = depth + 1 end
    if command == 'end' or command == 'right' or sign == '}' then depth = depth - 1 end
    if depth == 0 and text:sub(place, place + 1) == '\\\\' then return true end
    place = place + (command and #command + 1 or sign == '\\' and 2 or 1)
  end
  return false
end

return function(text, display)
  if not text:find('\\', 1, true) then return text end
  text = chemistry(text):gsub('\\cr%f[%A]', '\\\\') -- TeX's own line end, which JOSS's example has
  for _, pattern in ipairs(WITHOUT) do text = text:gsub('\\' .. pattern, '') end
  text = text:gsub('\\(%a+)(%s*)', function(name, space)
    local word = WORDS[name]
    return word and (word .. (word:match('%a$') and space == '' and '' or space)) or nil
  end)
  text = text:gsub('{dcases(%*?)}', '{cases%1}'):gsub('\\nicefrac%s*(%b{})%s*(%b{})', '%1/%2')
  text = fonts(plain_words(text)):gsub('\\\\%s*$', '')
  -- upright, as in TeX: Pandoc has these lean. Greek letters, which have no upright bold in TeX, and formulas are left to it
  text = text:gsub('\\mathbf%s*{(%a+)}', '\\textbf{%1}'):gsub('\\mathbf%s+(%a)', '\\textbf{%1}')
  if has_lines(text) then
    return display and '\\begin{gathered}' .. text .. '\\end{gathered}' or text:gsub('\\\\', '\\ ')
  end
  return text
end
