-- Gives the reference list its place: where the author put it, under an empty head, or in a section of its own.
local common = require 'common'
local sections = require 'sections'

local function has_place(doc)
  local found = false
  doc:walk { Div = function(div) if div.identifier == 'refs' then found = true end end }
  return found
end

local function cites(doc)
  local found = false
  doc:walk { Cite = function() found = true end }
  return found
end

-- The place of the last head called so that nothing stands under: an appendix may follow. At the very end a head without a
-- number may be called anything, as Pandoc has it.
local function empty_head(blocks, context)
  local last = blocks[#blocks]
  if last and last.t == 'Header' and not last.attributes.number then return #blocks end
  for place = #blocks, 1, -1 do
    local head, following = blocks[place], blocks[place + 1]
    local empty = not following or (following.t == 'Header' and following.level <= (head.level or 0))
    if head.t == 'Header' and empty and sections.is_reference_head(head, context) then return place end
  end
end

return function(doc, context)
  local title = context.meta['reference-section-title']
  context.meta['reference-section-title'] = nil -- or citeproc would write a second head
  if pandoc.utils.type(title) ~= 'Inlines' and type(title) ~= 'string' then title = nil end -- told by reading/validation.py
  if context.meta['suppress-bibliography'] or has_place(doc) or not (context.meta.nocite or cites(doc)) then return doc end
  local place = empty_head(doc.blocks, context)
  if not place then
    local content = pandoc.Inlines(title or context.terms.references)
    local id = 'references'
    while context.targets[id] do id = id .. '-list' end
    doc.blocks:insert(pandoc.Header(1, content, pandoc.Attr(id, { 'unnumbered' })))
    table.insert(context.headings, { id = id, level = 1, number = '', content = content, listed = true })
  end
  doc.blocks:insert((place or #doc.blocks) + 1, pandoc.Div({}, pandoc.Attr('refs')))
  return doc
end
