-- Numbers the sections and closes gaps in their levels.
local common = require 'common'

local LISTS = { references = true, bibliography = true, ['works cited'] = true, ['literature cited'] = true }

local M = {}

function M.is_reference_head(header, context)
  local title = common.plain(header.content):lower()
  return LISTS[title] or title == context.terms.references:lower()
end

-- The level of the heads of sections. The list's own head does not count where others do: it is often written by itself.
function M.base(doc, context)
  local base, own
  doc:walk {
    Header = function(header)
      if M.is_reference_head(header, context) then
        own = math.min(own or header.level, header.level)
      else
        base = math.min(base or header.level, header.level)
      end
    end,
  }
  return base or own or 1
end

function M.run(doc, context)
  local base = M.base(doc, context)
  local numbering = context.meta['number-sections'] ~= false and context.meta.numbersections ~= false
  local counters, silent = {}, {}
  local open = { 0 } -- the levels, as written, of the heads the present one stands under
  local appendix, appendices = false, 0
  return doc:walk {
    Header = function(header)
      local written, sibling = math.max(header.level - base + 1, 1), false
      while open[#open] >= written do
        sibling = open[#open] == written
        table.remove(open)
      end
      if written > open[#open] + 1 and not sibling then
        local title = common.plain(header.content)
        common.report(context, 'heading-skipped', title, 'the head "' .. title .. '" skips a level')
      end
      table.insert(open, written)
      local level = #open - 1
      header.level = level
      -- JOSS: \label in a head
      header.content = header.content:walk {
        Span = function(span)
          if common.has_class(span, 'tex-label') then
            header.identifier = span.attributes.target
            return {}
          end
        end,
      }
      if M.is_reference_head(header, context) and not common.has_class(header, 'unnumbered') then
        header.classes:insert('unnumbered')
      end
      local quiet = common.has_class(header, 'unnumbered') or not numbering
      for above = 1, level - 1 do quiet = quiet or silent[above] end
      silent[level] = quiet
      for below = level + 1, 6 do counters[below] = 0 silent[below] = false end
      if level == 1 then
        if common.has_class(header, 'appendix') then appendix = true elseif not quiet then appendix = false end
      end
      local number = ''
      if not quiet then
        if level == 1 and appendix then
          appendices = appendices + 1
          counters[1] = common.letter(appendices, 'A')
        elseif level == 1 then
          context.sections = (context.sections or 0) + 1
          counters[1] = context.sections
        else
          counters[level] = (counters[level] or 0) + 1
        end
        local parts = {}
        for index = 1, level do parts[index] = tostring(counters[index]) end
        number = table.concat(parts, '.')
        header.attributes.number = number
      end
      local kind = (appendix and level == 1 and number ~= '') and 'app' or 'sec'
      if header.identifier ~= '' then
        context.targets[header.identifier] = { kind = kind, number = number, title = header.content }
      end
      table.insert(context.headings, {
        id = header.identifier, level = level, number = number, content = header.content,
        listed = not common.has_class(header, 'unlisted'),
      })
      return header
    end,
  }
end

return M
