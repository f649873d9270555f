-- Puts the abstract at the head of the text, in a Div of its own, whether it came from the metadata or a leading section.
local common = require 'common'

-- The blocks of a leading section called "Abstract", and the blocks after it; nil where there is none.
local function leading_section(doc, context)
  local first = doc.blocks[1]
  if not first or first.t ~= 'Header' then return nil end
  local title = common.plain(first.content):lower()
  local named = title == 'abstract' or title == context.terms.abstract:lower() or common.has_class(first, 'abstract')
  if not named then return nil end
  local abstract, rest = pandoc.Blocks {}, pandoc.Blocks {}
  local inside = true
  for index = 2, #doc.blocks do
    local block = doc.blocks[index]
    if block.t == 'Header' and block.level <= first.level then inside = false end
    if inside then abstract:insert(block) else rest:insert(block) end
  end
  return abstract, rest
end

return function(doc, context)
  local abstract, rest = context.fields.abstract, doc.blocks
  context.fields.abstract = nil
  if not abstract then abstract, rest = leading_section(doc, context) end
  if not abstract then return doc end
  if pandoc.utils.type(abstract) == 'Inlines' then abstract = pandoc.Blocks { pandoc.Para(abstract) } end
  doc.blocks = pandoc.Blocks { pandoc.Div(common.run_in(abstract), pandoc.Attr('abstract')) }
  doc.blocks:extend(rest)
  return doc
end
