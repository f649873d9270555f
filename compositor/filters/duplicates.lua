-- Reports identifiers that stand twice. Changes nothing.
local common = require 'common'

return function(doc, context)
  local seen = {}
  local function note(element)
    local id = element.identifier
    if not id or id == '' then return nil end
    if seen[id] then
      common.report(context, 'label-duplicate', id, 'the label "' .. id .. '" stands more than once')
    end
    seen[id] = true
  end
  doc:walk { Header = note, Div = note, Span = note, Figure = note, Table = note, Image = note, CodeBlock = note, Code = note, Link = note }
  return doc
end
