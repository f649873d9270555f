-- Sets interlinear glosses, ::: gloss, as the Leipzig Glossing Rules have them: each word over what it means, as an item of a
-- list, so that a line too long breaks between words; then what all of it means, in quotation marks.
--
-- A paragraph of several lines, or a block of lines with bars, is aligned word by word; `{two words}` stand over one, `{}` over
-- nothing. The last line, or a paragraph, in quotation marks is the translation; any other line stands as it is.
local common = require 'common'

local QUOTES = { '‘', '“', '„', '«', '‹', '‚', '"', "'", '`', '「' }
local SINGLE = { A = true, F = true, M = true, N = true, P = true, S = true } -- of the rules' own list of abbreviations

local function lines_of(block)
  if block.t == 'LineBlock' then return pandoc.List(block.content):map(pandoc.Inlines) end
  if block.t ~= 'Para' and block.t ~= 'Plain' then return nil end
  local found = pandoc.List { pandoc.Inlines {} }
  for _, inline in ipairs(block.content) do
    if inline.t == 'SoftBreak' or inline.t == 'LineBreak' then found:insert(pandoc.Inlines {}) else found[#found]:insert(inline) end
  end
  return found
end

local function is_translation(line)
  local first = line[1]
  if not first then return false end
  if first.t == 'Quoted' then return true end
  local said = first.t == 'Str' and first.text or ''
  for _, sign in ipairs(QUOTES) do
    if said:sub(1, #sign) == sign then return true end
  end
  return false
end

-- The words of a line, braces taken off; what they hold together is one word.
local function words_of(line)
  local found, word, open = pandoc.List {}, pandoc.Inlines {}, false
  local function close()
    if #word > 0 then found:insert(word) end
    word = pandoc.Inlines {}
  end
  for _, inline in ipairs(line) do
    local text = inline.t == 'Str' and inline.text or ''
    if inline.t == 'Space' and not open then
      close()
    elseif inline.t == 'Space' then
      word:insert(pandoc.Str(common.tie))
    else
      if not open and #word == 0 and text:sub(1, 1) == '{' then open, text = true, text:sub(2) end
      local ended = open and text:match('^(.-)}[^{}]*$')
      if ended then open, text = false, text:gsub('}', '', 1) end
      if inline.t == 'Str' then word:insert(pandoc.Str(text)) else word:insert(inline) end
    end
  end
  close()
  return found
end

-- Whether a part of a word, between the signs of the rules, is an abbreviation: capitals, with figures before or among them.
local function is_label(part, word)
  local bare = part:gsub('^%d+', '')
  return bare:match('^%u[%u%d]+$') or (bare ~= part and bare:match('^%u$')) or (SINGLE[part] and #word > 1)
end

-- A word of the gloss with the capitals of its abbreviations marked.
local function labelled(word)
  return word:walk {
    Str = function(str)
      local out, place = pandoc.Inlines {}, 1
      local function say(upto)
        if upto >= place then out:insert(pandoc.Str(str.text:sub(place, upto))) end
      end
      for start, part in str.text:gmatch('()([%w\128-\255]+)') do
        if is_label(part, str.text) then
          for first, capitals, after in part:gmatch('()(%u+)()') do
            say(start + first - 2)
            out:insert(pandoc.Span(capitals, pandoc.Attr('', { 'gloss-label' })))
            place = start + after - 1
          end
        end
      end
      if place == 1 then return nil end
      say(#str.text)
      return out
    end,
  }
end

local function cell(word, last, lang)
  if not word or common.stringify(word) == '' then word = pandoc.Inlines { pandoc.Str(common.tie) } end
  if last then word = labelled(word) end
  local speech = not last and lang and { lang = lang } or {}
  return pandoc.Div({ pandoc.Plain(word) }, pandoc.Attr('', { last and 'gloss-terms' or 'gloss-source' }, speech))
end

-- Lines as a list of words, each over what stands under it.
local function aligned(lines, lang)
  local items, longest = pandoc.List {}, 0
  local words = lines:map(words_of)
  for _, line in ipairs(words) do longest = math.max(longest, #line) end
  for place = 1, longest do
    local item = pandoc.Blocks {}
    for number, line in ipairs(words) do item:insert(cell(line[place], number == #words and number > 1, lang)) end
    items:insert(item)
  end
  return pandoc.BulletList(items), words
end

local function translation(line)
  return pandoc.Div({ pandoc.Plain(line) }, pandoc.Attr('', { 'gloss-translation' }))
end

return function(doc, context)
  if not context.terms.glosses then return doc end
  local count = 0
  return doc:walk {
    traverse = 'topdown',
    Div = function(div)
      if not common.has_class(div, 'gloss') then return nil end
      count = count + 1
      local lang, before, out = div.attributes.lang, 0, pandoc.Blocks {}
      div.attributes.lang = nil
      for _, block in ipairs(div.content) do
        local lines = lines_of(block)
        local said = lines and is_translation(lines[#lines]) and lines[#lines]
        local first = before
        before = before + (lines and #lines or 0)
        if said then lines:remove() end
        if lines and (#lines > 1 or (said and #lines == 1)) then
          local list, words = aligned(lines, lang)
          out:insert(list)
          for number = 2, #words do
            if #words[number] ~= #words[number - 1] then
              local text = string.format('the line has %d words, and the line above it %d', #words[number], #words[number - 1])
              common.report(context, 'gloss-uneven', string.format('%d %d', count, first + number), text)
            end
          end
        elseif not said then
          out:insert(block)
        end
        if said then out:insert(translation(said)) end
      end
      div.content = out
      return div, false
    end,
  }
end
