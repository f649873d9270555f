-- Frees tables from widths that nobody chose, and ties the notes under a table to it: ::: table-notes behind the table, or paragraphs as APA has them, beginning "*Note.*".
local common = require 'common'

local function begins_note(block, context)
  if block.t ~= 'Para' then return false end
  local first = block.content[1]
  if not first or (first.t ~= 'Emph' and first.t ~= 'Strong') then return false end
  local following = block.content[2]
  local said = common.plain(first.content):lower() .. (following and following.t == 'Str' and following.text or '')
  local word = said:match('^(.-)%s*[.:]')
  return word == 'note' or word == 'notes' or word == context.terms.note:lower()
end

-- A note to one cell: its mark is raised, or an asterisk of significance.
local function begins_mark(block)
  if block.t ~= 'Para' then return false end
  local first = block.content[1]
  return first and (first.t == 'Superscript' or (first.t == 'Str' and first.text:match('^[*†‡§]') ~= nil)) or false
end

local function tied(table, notes, context)
  context.table_notes = (context.table_notes or 0) + 1
  local id = (table.identifier ~= '' and table.identifier or 'table-' .. context.table_notes) .. '-notes'
  table.attributes['aria-describedby'] = id
  return pandoc.Div(notes, pandoc.Attr(id, { 'table-notes' }))
end

-- A pipe table that is long in the source has widths by its dashes. Where these are all alike nobody has chosen them.
local function free_widths(element)
  local first, sum = element.colspecs[1][2], 0
  for _, column in ipairs(element.colspecs) do
    if not column[2] or math.abs(column[2] - first) > 0.001 then return end
    sum = sum + column[2]
  end
  if #element.colspecs > 1 and math.abs(sum - 1) < 0.001 then
    element.colspecs = pandoc.List(element.colspecs):map(function(column) return { column[1] } end)
  end
end

local function in_blocks(blocks, context)
  local out, index = pandoc.Blocks {}, 1
  while index <= #blocks do
    local block, after = blocks[index], blocks[index + 1]
    if block.t == 'Table' then free_widths(block) end
    if block.t == 'Table' and after then
      local notes = pandoc.Blocks {}
      if after.t == 'Div' and common.has_class(after, 'table-notes') then
        notes:extend(after.content)
        index = index + 1
      elseif begins_note(after, context) then
        repeat
          notes:insert(blocks[index + 1])
          index = index + 1
        until not (blocks[index + 1] and begins_mark(blocks[index + 1]))
      end
      out:insert(block)
      if #notes > 0 then out:insert(tied(block, notes, context)) end
    else
      out:insert(block)
    end
    index = index + 1
  end
  return out
end

return function(doc, context)
  return doc:walk { Blocks = function(blocks) return in_blocks(blocks, context) end }
end
