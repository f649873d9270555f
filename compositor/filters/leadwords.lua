-- A word before a reference that the reference would say again, "Figure @fig-a" or "Eqs. (@eq-a)": it stays, and the number
-- follows it. A word for several leads to all that "and", commas and dashes join to it.
local common = require 'common'

local JOINING = { [','] = true, ['–'] = true, ['-'] = true, ['&'] = true, [')'] = true, ['),'] = true, [')–('] = true }
local KIN = { app = 'sec' } -- an appendix is labelled as a section is

-- What the last word of a text leads to.
local function led(text, leads)
  local word = text:gsub('\u{a0}$', ''):match('[^%s%(%[“"‘—–\u{a0}]+$')
  return word and leads[pandoc.text.lower(word)]
end

local function leads_to(kinds, cite, context)
  local first = cite.citations[1]
  local target = context.targets[first.id]
  if not target or #first.prefix > 0 then return false end
  for _, kind in ipairs(kinds) do
    if (KIN[kind] or kind) == (KIN[target.kind] or target.kind) then return true end
  end
  return false
end

return function(doc, context)
  local leads = context.terms.leads
  if not next(leads) then return doc end
  return doc:walk {
    Inlines = function(inlines)
      local lead, space, met, changed = nil, nil, false, false -- what leads on, the space behind it, whether it has led yet
      for place, inline in ipairs(inlines) do
        if inline.t == 'Str' then
          local found, text = led(inline.text, leads), inline.text
          local joins = lead and (text == '(' or (met and lead.several and (JOINING[text] or text == context.terms['and'])))
          if found then lead, space, met = found, nil, false elseif not joins then lead = nil end
        elseif lead and inline.t == 'Cite' and leads_to(lead.kinds, inline, context) then
          for _, citation in ipairs(inline.citations) do citation.mode = 'SuppressAuthor' end
          if space then inlines[space] = pandoc.Str(common.tie) end
          space, met, changed = nil, true, true
          if not lead.several then lead = nil end
        elseif lead and (inline.t == 'Space' or inline.t == 'SoftBreak') then
          if not met then space = space or place end
        else
          lead = nil
        end
      end
      return changed and inlines or nil
    end,
  }
end
