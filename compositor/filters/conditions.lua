-- Settles what Quarto shows in one format only, ::: {.content-visible when-format="html"}: editions say the same, so what its
-- PDF would have stands in all of them, and the rest in none.
local common = require 'common'

local PAPER = { pdf = true, latex = true, printable = true }

-- Whether the PDF, in which no metadata or profile of Quarto's is known, would have what stands under these conditions.
local function holds(attributes)
  local key, value
  for _, name in ipairs { 'when-format', 'unless-format', 'when-meta', 'unless-meta', 'when-profile', 'unless-profile' } do
    if attributes[name] then key, value = name, attributes[name] end
  end
  if not key then return true, 'nothing' end
  local met = key:match('format') and (PAPER[value:lower()] or false) or false
  if key:match('^unless') then met = not met end
  return met, key .. '="' .. value .. '"'
end

local function settle(element, context)
  local visible = common.has_class(element, 'content-visible')
  if not visible and not common.has_class(element, 'content-hidden') then return nil end
  local met, said = holds(element.attributes)
  local stays = visible == met
  common.report(context, 'condition-settled', said, 'what stands under ' .. said .. ' is in ' .. (stays and 'every' or 'no')
    .. ' edition, as it is in the PDF: all say the same')
  return stays and element.content or {}
end

return function(doc, context)
  if not context.terms.conditions then return doc end
  return doc:walk {
    traverse = 'topdown',
    Div = function(div) return settle(div, context) end,
    Span = function(span) return settle(span, context) end,
  }
end
