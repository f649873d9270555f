-- Tells marks that Pandoc took for words, since they open, close or belong to nothing. It is sure of them: in code and in
-- formulas there are no words.
local common = require 'common'

-- The lines of a paragraph, each as the words that it begins with would be written.
local function lines(inlines)
  local found = pandoc.List { pandoc.Inlines {} }
  for _, inline in ipairs(inlines) do
    if inline.t == 'SoftBreak' or inline.t == 'LineBreak' then found:insert(pandoc.Inlines {}) else found[#found]:insert(inline) end
  end
  return found
end

-- The block that a line of ::: begins or ends, ":::note", or nil for other lines; "::: and more words" is one.
local function fence_of_block(line)
  if not line[1] or line[1].t ~= 'Str' or line[1].text:sub(1, 3) ~= ':::' then return nil end
  local text = common.stringify(line)
  local marks, rest = text:match('^(:::+)%s*(.-)%s*:*$')
  if rest == '' or rest:match('^[%w_-]+$') or rest:match('^{.*}$') then return marks .. rest:gsub('%s+', '') end
end

-- The sign of a fence of code; of three tildes, Pandoc makes an empty subscript and a third.
local function fence_of_code(line)
  local first, second = line[1], line[2]
  if first and first.t == 'Str' and first.text:sub(1, 3) == '```' then return '```' end
  if first and first.t == 'Subscript' and #first.content == 0 and second and second.t == 'Str' and second.text:sub(1, 1) == '~' then
    return '~~~'
  end
end

-- The label at the end of what looks like the caption of a table.
local function label(inlines)
  local last = inlines[#inlines]
  if not last or last.t ~= 'Str' or last.text:sub(-1) ~= '}' then return nil end
  local id = common.stringify(inlines):match('{#([^%s{}]+)[^{}]*}$')
  return id and common.kind(id) == 'tbl' and id or nil
end

-- How many notes begin in a text and are none. Of two without a space, ^[b^[c, Pandoc makes a raised [b and a [c.
local function notes(inlines)
  local count = 0
  for place, inline in ipairs(inlines) do
    local following = inlines[place + 1]
    if inline.t == 'Str' then
      count = count + select(2, inline.text:gsub('%^%[', ''))
    elseif inline.t == 'Superscript' then
      if common.stringify(inline):match('^%[[^%]]*[^%])]$') then -- and no half-open range
        local two = following and following.t == 'Str' and following.text:sub(1, 1) == '['
        count = count + (two and 2 or 1)
      end
    elseif pandoc.utils.type(inline.content) == 'Inlines' then
      count = count + notes(inline.content)
    end
  end
  return count
end

return function(doc, context)
  if not context.terms.strays then return doc end
  local function tell_caption(id)
    common.report(context, 'markup-stray', 'caption ' .. id, 'the caption {#' .. id .. '} belongs to no table: it is printed as words')
  end
  local function look(block)
    -- each word that Lua asks for comes out of Haskell by itself: a paragraph whose text has no such mark is not looked through
    local words = common.stringify(block)
    if not (words:find(':::', 1, true) or words:find('```', 1, true) or words:find('~', 1, true) or words:find('{#', 1, true)
      or words:find('](', 1, true) or (context.terms.stray_notes and words:find('[', 1, true))) then return end
    local told = false -- what is wrong with the first of them makes the others stray
    for _, line in ipairs(lines(block.content)) do
      local found = fence_of_block(line)
      if found then
        local text = found:match('^:+$') and 'the ::: closes nothing: it is printed as words'
          or 'the ::: opens no block, which begins behind an empty line: it is printed as words'
        common.report(context, 'markup-stray', (told and '- ' or '::: ') .. found, text)
        told = true
      end
      local sign = fence_of_code(line)
      if sign then
        common.report(context, 'markup-stray', 'code ' .. sign, 'the code that begins with ' .. sign .. ' is never closed: it is printed as words')
      end
    end
    for _ = 1, context.terms.stray_notes and notes(block.content) or 0 do
      common.report(context, 'markup-stray', 'note ^[', 'the note that begins with ^[ does not end in its paragraph, and is printed as words; one of several is written [^name]')
    end
    for _, inline in ipairs(block.content) do
      if inline.t == 'Str' and inline.text:find('](', 1, true) then
        common.report(context, 'markup-stray', 'link ](', 'the address of a link or picture, [words](address), has no closing parenthesis: it is printed as words')
      end
    end
    local first = block.content[1]
    if first and first.t == 'Str' and (first.text == ':' or first.text == 'Table:') then
      local id = label(block.content)
      if id then tell_caption(id) end
    end
  end
  doc:walk {
    Para = look,
    Plain = look,
    DefinitionList = function(list)
      for _, item in ipairs(list.content) do
        for _, definition in ipairs(item[2]) do
          local last = definition[#definition]
          local id = last and (last.t == 'Para' or last.t == 'Plain') and label(last.content)
          if id then tell_caption(id) end
        end
      end
    end,
  }
  return doc
end
