-- After citeproc: parts the reference list into groups, each under a head, as `reference-groups` has them.
--
-- A work goes to the first group that takes it, by the file that it stands in, its type or a keyword; a group that asks for
-- nothing takes what is left. What no group takes stands first, without a head.
local common = require 'common'

local function words(text)
  local found = {}
  for part in (text or ''):gmatch('[^,;]+') do found[pandoc.text.lower(part:match('^%s*(.-)%s*$'))] = true end
  return found
end

local function takes(group, work, file)
  if #group.types + #group.keywords + #group.files == 0 then return true end
  if pandoc.List(group.types):includes(work.type) or pandoc.List(group.files):includes(file) then return true end
  local has = words(work.keyword and common.stringify(work.keyword))
  for _, keyword in ipairs(group.keywords) do
    if has[pandoc.text.lower(keyword)] then return true end
  end
  return false
end

-- The level and identifier of the last head before the list, among its siblings.
local function head_of(blocks, place)
  for index = place, 1, -1 do
    if blocks[index].t == 'Header' then return blocks[index] end
  end
end

local function part(list, context, known, level, after)
  local parts, rest = {}, pandoc.Blocks {}
  for _, entry in ipairs(list.content) do
    local id, taken = (entry.identifier or ''):match('^ref%-(.+)$'), false
    for index, group in ipairs(context.terms.groups) do
      if id and known[id] and takes(group, known[id], context.files[id]) then
        parts[index] = parts[index] or pandoc.Blocks {}
        parts[index]:insert(entry)
        taken = true
        break
      end
    end
    if not taken then rest:insert(entry) end
  end
  local out, lists = pandoc.Blocks {}, 0
  local function add(entries)
    lists = lists + 1
    out:insert(pandoc.Div(entries, pandoc.Attr(lists == 1 and 'refs' or 'refs-' .. lists, list.classes, list.attributes)))
  end
  if #rest > 0 then add(rest) end
  for index, title in ipairs(context.groups) do
    if parts[index] then
      local id = 'reference-group-' .. index
      out:insert(pandoc.Header(level, title, pandoc.Attr(id, { 'unnumbered', 'reference-group' })))
      add(parts[index])
      after = after + 1
      table.insert(context.headings, after, { id = id, level = level, number = '', content = title, listed = true })
    else
      local said = common.plain(title)
      common.report(context, 'group-empty', tostring(index), 'no work of the list is in the group "' .. said .. '"')
    end
  end
  return out
end

return function(doc, context, library)
  context.groups = context.fields.groups or {}
  context.fields.groups = nil
  if doc.meta.fields then doc.meta.fields.groups = nil end
  if #context.groups == 0 then return doc end
  local known = {}
  for _, work in ipairs(library) do known[work.id] = known[work.id] or work end
  return doc:walk {
    Blocks = function(blocks)
      for place, block in ipairs(blocks) do
        if block.t == 'Div' and block.identifier == 'refs' then
          local head, after = head_of(blocks, place), #context.headings
          for index, item in ipairs(context.headings) do
            if head and item.id == head.identifier then after = index end
          end
          local out = pandoc.Blocks {}
          for index, other in ipairs(blocks) do
            if index == place then out:extend(part(block, context, known, (head and head.level or 1) + 1, after)) else out:insert(other) end
          end
          return out
        end
      end
    end,
  }
end
