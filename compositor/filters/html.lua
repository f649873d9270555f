-- Makes Pandoc's tables and figures of those that stand in HTML, so that they are numbered and referred to like any other.
-- Pandoc has a raw block for each tag, and reads the words between as Markdown; these are kept as they are. What cannot be
-- read whole, or holds something active, stays raw: what becomes of that is settled behind Pandoc.
local common = require 'common'

local STRUCTURE = {
  table = { table = true, caption = true, colgroup = true, col = true, thead = true, tbody = true, tfoot = true, tr = true, th = true, td = true },
  figure = { figure = true, figcaption = true },
}
local INSIDE = {} -- tags that may stand with the others in one raw block
for name in ('a abbr b bdi bdo br cite code dd del dfn dl dt em i img ins kbd li mark ol p q s samp small span strong sub sup time u ul var wbr'):gmatch('%S+') do
  INSIDE[name] = true
end
local SLOT = 'compositor-slot-'

local function is_html(block)
  return block.t == 'RawBlock' and block.format:match('^html') ~= nil
end

-- Whether a tag runs or fetches something; such a one must be seen by those who refuse it.
local function is_active(text)
  local plain = text:lower()
  return plain:match('[%s"\'/]on%a+%s*=') or plain:match('javascript:') or plain:match('url%s*%(') or plain:match('%sbackground%s*=')
end

-- What a raw block holds: "tags" of the structure alone, "more" beside them, "other" things, or nothing that can be kept.
local function holds(text, structure)
  local own, foreign = false, false
  for name in text:gmatch('</?(%a[%w-]*)') do
    name = name:lower()
    if structure[name] then own = true elseif INSIDE[name] then foreign = foreign or 'inside' else foreign = 'strange' end
  end
  if not own then return 'other' end
  if is_active(text) or foreign == 'strange' or text:match('<!') then return nil end
  return text:gsub('<[^<>]*>', ''):match('%S') == nil and not foreign and 'tags' or 'more'
end

-- The place of the block that ends the element which begins at a place, or nil.
local function last_of(blocks, first, tag)
  local depth = 0
  for index = first, #blocks do
    if is_html(blocks[index]) then
      for slash, name in blocks[index].text:gmatch('<(/?)(%a[%w-]*)') do
        if name:lower() == tag then depth = depth + (slash == '' and 1 or -1) end
      end
      if depth == 0 then return blocks[index].text:lower():match('</' .. tag .. '%s*>%s*$') and index end
    end
  end
end

-- The pictures of raw HTML as Pandoc's; one that has no words, alt="", says so.
local function silent(element, html)
  if not html:match('alt%s*=%s*""') and not html:match("alt%s*=%s*''") then return element end
  return element:walk { Image = function(image)
    if #image.caption == 0 then image.attributes.alt = '' end
    return image
  end }
end

local PICTURES = { RawInline = function(raw)
  if not raw.format:match('^html') or not raw.text:lower():match('^<img%s') or is_active(raw.text) then return nil end
  local read = pandoc.utils.blocks_to_inlines(pandoc.read(raw.text, 'html').blocks)
  if #read ~= 1 or read[1].t ~= 'Image' then return nil end
  return silent(pandoc.Plain(read), raw.text).content
end }

-- A figure with its pictures as Pandoc has them: its caption describes the only one that says nothing of itself.
local function pictured(figure)
  local content, silents = figure.content, 0
  if #content == 1 and content[1].t == 'Figure' and content[1].identifier == '' and #figure.caption.long > 0 then
    figure.content = content[1].content -- a paragraph of one picture is a figure for Pandoc, and this is the same
  end
  figure = figure:walk(PICTURES)
  local described = figure:walk { Image = function(image)
    if #image.caption > 0 or image.attributes.alt then return nil end
    silents = silents + 1
    image.caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
    return image
  end }
  return silents < 2 and described or nil -- raw, they are told
end

local function slots(inlines)
  local found = pandoc.List {}
  for _, inline in ipairs(inlines) do
    local place = inline.t == 'Span' and #inline.classes == 1 and inline.classes[1]:match '^compositor%-slot%-(%d+)$'
    if not place and inline.t ~= 'Space' and inline.t ~= 'SoftBreak' then return nil end
    if place then found:insert(tonumber(place)) end
  end
  return #found > 0 and found or nil
end

-- How many cells a table has, and how many columns they take together.
local function cells(element)
  local number, columns = 0, 0
  local function count(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do number, columns = number + 1, columns + cell.col_span end
    end
  end
  count(element.head.rows)
  for _, body in ipairs(element.bodies) do
    count(body.head)
    count(body.body)
  end
  count(element.foot.rows)
  return number, columns
end

local function written_cells(html)
  local number, columns = 0, 0
  for attributes in html:lower():gmatch('<t[dh]%f[%s>]([^<>]*)>') do
    number, columns = number + 1, columns + (tonumber(attributes:match('colspan%s*=%s*["\']?(%d+)')) or 1)
  end
  return number, columns
end

local convert

-- The element that some blocks are the tags and the content of, or nil where not all of it would be in it.
local function read(blocks, tag)
  local html, kept, open = pandoc.List {}, pandoc.List {}, false
  for _, block in ipairs(blocks) do
    local kind = is_html(block) and holds(block.text, STRUCTURE[tag]) or 'other'
    if is_html(block) and not holds(block.text, STRUCTURE[tag]) then return nil end
    if kind == 'other' then
      if not open then
        kept:insert(pandoc.Blocks {})
        html:insert('<span class="' .. SLOT .. #kept .. '"></span>')
      end
      kept[#kept]:insert(block)
    else
      html:insert(block.text)
    end
    open = kind == 'other'
  end
  local text = table.concat(html, '\n')
  for span in text:lower():gmatch('[wl]span%s*=%s*["\']?%s*(%d+)') do
    if #span > 3 then return nil end -- more cells than a page has letters would be made of one
  end
  local found = pandoc.read(text, 'html').blocks
  if tag == 'table' and #found == 1 and found[1].t == 'Table' then
    local number, columns = written_cells(text)
    local has, takes = cells(found[1])
    if has ~= number or takes ~= columns then -- widths of fewer columns than there are: Pandoc keeps no more
      found = pandoc.read(text:gsub('</?[cC][oO][lL][^<>]*>', ''), 'html').blocks
      has, takes = cells(found[1])
      if has ~= number or takes ~= columns then return nil end
    end
  end
  if #found ~= 1 or found[1].t:lower() ~= tag then return nil end
  local filled = 0
  local element = silent(found[1], text):walk { Blocks = function(list)
    local out = pandoc.Blocks {}
    for _, block in ipairs(list) do
      local places = (block.t == 'Plain' or block.t == 'Para') and slots(block.content)
      if not places then out:insert(block) end
      for _, place in ipairs(places or {}) do
        out:extend(convert(kept[place]))
        filled = filled + 1
      end
    end
    return out
  end }
  if filled ~= #kept then return nil end
  if tag == 'figure' then return pictured(element) end
  return element
end

-- `: Words {#tbl-x}` behind a table in HTML; Pandoc looks for its own tables only.
local function take_caption(element, after)
  local first = after and after.t == 'Para' and after.content[1]
  if #element.caption.long > 0 or not first or first.t ~= 'Str' or (first.text ~= ':' and first.text ~= 'Table:') then return false end
  local words = pandoc.Inlines(after.content)
  words:remove(1)
  while #words > 0 and words[1].t == 'Space' do words:remove(1) end
  for index, inline in ipairs(words) do
    local rest = inline.t == 'Str' and inline.text:sub(1, 1) == '{' and pandoc.Inlines { table.unpack(words, index) }
    local span = rest and pandoc.utils.blocks_to_inlines(pandoc.read('[]' .. common.stringify(rest), 'markdown').blocks)
    if span and #span == 1 and span[1].t == 'Span' then
      if span[1].identifier ~= '' then element.identifier = span[1].identifier end
      element.classes:extend(span[1].classes)
      for key, value in pairs(span[1].attributes) do element.attributes[key] = value end
      words = pandoc.Inlines { table.unpack(words, 1, index - 1) }
      break
    end
  end
  while #words > 0 and words[#words].t == 'Space' do words:remove() end
  element.caption.long = pandoc.Blocks { pandoc.Plain(words) }
  return true
end

function convert(blocks)
  local out, index = pandoc.Blocks {}, 1
  while index <= #blocks do
    local block = blocks[index]
    local tag = is_html(block) and block.text:lower():match('^%s*<(%a+)%f[%s>]')
    local last = STRUCTURE[tag] and last_of(blocks, index, tag)
    local element = last and read({ table.unpack(blocks, index, last) }, tag)
    if element then
      index = last
      if tag == 'table' and take_caption(element, blocks[index + 1]) then index = index + 1 end
    end
    out:insert(element or block)
    index = index + 1
  end
  return out
end

return function(doc, context)
  if not context.tagged then return doc end
  return doc:walk { Blocks = convert }
end
