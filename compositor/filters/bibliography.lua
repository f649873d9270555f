-- Gives the reference list its place: where the author put it, under a last empty head, or in a section of its own.
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

return function(doc, context)
  local title = context.meta['reference-section-title']
  context.meta['reference-section-title'] = nil -- or citeproc would write a second head
  if pandoc.utils.type(title) ~= 'Inlines' and type(title) ~= 'string' then title = nil end -- told by manuscript.py
  if context.meta['suppress-bibliography'] or has_place(doc) or not (context.meta.nocite or cites(doc)) then return doc end
  local last = doc.blocks[#doc.blocks]
  if not (last and last.t == 'Header' and sections.is_reference_head(last, context)) then
    local content = pandoc.Inlines(title or context.terms.references)
    local id = 'references'
    while context.targets[id] do id = id .. '-list' end
    doc.blocks:insert(pandoc.Header(1, content, pandoc.Attr(id, { 'unnumbered' })))
    table.insert(context.headings, { id = id, level = 1, number = '', content = content, listed = true })
  end
  doc.blocks:insert(pandoc.Div({}, pandoc.Attr('refs')))
  return doc
end
