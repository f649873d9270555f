-- Puts acknowledgements and funding from the metadata at the end of the text, before the reference list.
local sections = require 'sections'

return function(doc, context)
  local added = pandoc.Blocks {}
  for _, name in ipairs { 'acknowledgements', 'funding' } do
    local content = context.fields[name]
    context.fields[name] = nil
    if content then
      if pandoc.utils.type(content) == 'Inlines' then content = { pandoc.Para(content) } end
      added:insert(pandoc.Header(sections.base(doc), context.terms[name], pandoc.Attr(name, { 'unnumbered' })))
      added:extend(content)
    end
  end
  if #added == 0 then return doc end
  local place = #doc.blocks + 1
  for index, block in ipairs(doc.blocks) do
    if block.t == 'Header' and sections.is_reference_head(block, context) then place = index end
  end
  local blocks = pandoc.Blocks {}
  for index, block in ipairs(doc.blocks) do
    if index == place then blocks:extend(added) end
    blocks:insert(block)
  end
  if place > #doc.blocks then blocks:extend(added) end
  doc.blocks = blocks
  return doc
end
