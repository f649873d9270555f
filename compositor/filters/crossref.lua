-- Resolves @fig-x, [-@fig-x], [@fig-a; @fig-b] and their kin into links, before citeproc sees them; and MyST's [](#fig-x).
local common = require 'common'

local function key(id)
  -- @Fig-x asks for a capital, and means fig-x
  if id:match('^%u%a*-') then
    local lower = id:gsub('^%a+', string.lower)
    return lower, true
  end
  return id, false
end

-- Words that lead to a reference. Any other prefix takes the place of "Figure", as in Quarto: [Panel @fig-a].
local LEADS = {}
for _, word in ipairs { 'see', 'see also', 'cf.', 'compare', 'e.g.', 'also', 'and', 'in', 'siehe', 's.', 'vgl.', 'voir', 'véase', 'vedi', 'zob.', 'por.', 'ver', 'см.', 'див.' } do
  LEADS[word] = true
end

local function link(content, item)
  local lettered = item.target.number:match('^%u+%.?%d') and 'lettered' or nil -- its figures are as tall as its letter
  return pandoc.Link(content, '#' .. item.id, '', pandoc.Attr('', { 'xref', lettered }))
end

-- The parts of "1.2", "A1" and "4b", one behind the other.
local function order(number)
  local parts = {}
  for digits, letters in number:gmatch('(%d*)([^%d.]*)') do
    if digits ~= '' then table.insert(parts, tonumber(digits)) end
    if letters ~= '' then table.insert(parts, letters) end
  end
  return parts
end

-- The letter before a number that counts on, "A." of "A.3", and what it counts; a part of a section does not.
local function counted(target)
  local letter, count = target.number:match('^(%u*%.?)(%d+)$')
  if target.kind == 'sec' and letter ~= '' then return nil end
  return letter, tonumber(count)
end

local function before(one, two)
  local left, right = order(one.target.number), order(two.target.number)
  for index = 1, math.min(#left, #right) do
    local a, b = left[index], right[index]
    if type(a) ~= type(b) then return type(a) == 'number' end
    if a ~= b then return a < b end
  end
  return #left < #right
end

-- Members of one kind as runs: {1}, {3, 4, 5}, … A run of three or more becomes a range.
local function runs(items)
  local found = {}
  for _, item in ipairs(items) do
    local run, letter, this = found[#found], counted(item.target)
    if this and run and run.letter == letter and run.last == this - 1 then
      table.insert(run, item)
    else
      run = { item, letter = letter }
      table.insert(found, run)
    end
    run.last = this
  end
  local out = {}
  for _, run in ipairs(found) do
    if #run >= 3 then
      table.insert(out, { run[1], run[#run] })
    else
      for _, item in ipairs(run) do table.insert(out, { item }) end
    end
  end
  return out
end

local function join(context, parts)
  local out = pandoc.Inlines {}
  for index, part in ipairs(parts) do
    if index > 1 then
      out:extend(pandoc.Inlines(index == #parts and (' ' .. context.terms['and'] .. ' ') or ', '))
    end
    out:extend(part)
  end
  return out
end

local function numbers(context, items)
  local parts = {}
  for _, run in ipairs(runs(items)) do
    local part = pandoc.Inlines { link(run[1].target.number, run[1]) }
    if run[2] then
      part:insert(pandoc.Str('–'))
      part:insert(link(run[2].target.number, run[2]))
    end
    table.insert(parts, part)
  end
  return join(context, parts)
end

local function word(context, kind, several, upper)
  local found = context.terms[kind][several and 2 or 1]
  return upper and common.capital(found) or found
end

local function one(context, item)
  local citation, target = item.citation, item.target
  local content
  if target.number == '' then
    content = pandoc.Inlines { link({ pandoc.Quoted('DoubleQuote', target.title) }, item) }
  elseif citation.mode == 'SuppressAuthor' then
    content = pandoc.Inlines { link(target.number, item) }
  elseif #citation.prefix > 0 and LEADS[common.plain(citation.prefix):lower():gsub('[%s,]+$', '')] then
    content = pandoc.Inlines(citation.prefix)
    content:extend { pandoc.Space(), link(word(context, target.kind, false, item.upper) .. common.tie .. target.number, item) }
  elseif #citation.prefix > 0 then
    content = pandoc.Inlines(citation.prefix)
    content:extend { pandoc.Str(common.tie), link(target.number, item) }
  else
    content = pandoc.Inlines { link(word(context, target.kind, false, item.upper) .. common.tie .. target.number, item) }
  end
  content:extend(citation.suffix)
  return content
end

-- A group is sorted within each kind, as pandoc-crossref does: "Figures 1 and 3 and Table 2".
local function group(context, items)
  local kinds, by_kind = {}, {}
  for _, item in ipairs(items) do
    local kind = item.target.kind
    if item.target.number == '' or #item.citation.prefix > 0 or #item.citation.suffix > 0 then
      kind = item -- stands by itself
    end
    if not by_kind[kind] then
      by_kind[kind] = {}
      table.insert(kinds, kind)
    end
    table.insert(by_kind[kind], item)
  end
  local parts = {}
  for _, kind in ipairs(kinds) do
    local members = by_kind[kind]
    if #members == 1 then
      table.insert(parts, one(context, members[1]))
    else
      table.sort(members, before)
      local content = pandoc.Inlines {}
      if members[1].citation.mode ~= 'SuppressAuthor' then
        content:insert(pandoc.Str(word(context, kind, true, members[1].upper) .. common.tie))
      end
      content:extend(numbers(context, members))
      table.insert(parts, content)
    end
  end
  return join(context, parts)
end

return function(doc, context)
  return doc:walk {
    Cite = function(cite)
      local items, foreign, missing = {}, {}, false
      for _, citation in ipairs(cite.citations) do
        local id, upper = key(citation.id)
        local target = context.targets[citation.id] or context.targets[id]
        if context.works[citation.id] and not common.kind(id) then target = nil end -- a key that is also some head's name
        if context.targets[citation.id] then id = citation.id end
        if target then
          table.insert(items, { id = id, upper = upper, target = target, citation = citation })
        elseif common.kind(id) and not context.works[citation.id] then
          missing = true
          local said = context.empty[id] and 'the block "' .. id .. '" holds no table' or 'nothing is labelled "' .. id .. '"'
          common.report(context, 'xref-missing', citation.id, said)
        else
          table.insert(foreign, citation.id)
        end
      end
      if missing then return {} end
      if #items == 0 then return nil end
      if #foreign > 0 then
        common.report(context, 'xref-mixed', cite.citations[1].id .. ' ' .. cite.citations[2].id, 'cross-references and citations share one pair of brackets: ' .. foreign[1])
        return {}
      end
      if #items == 1 then return one(context, items[1]) end
      return group(context, items)
    end,
    Link = function(element)
      local id, upper = key(element.target:match('^#(.+)$') or '')
      local target = context.targets[id]
      if not target or #element.content > 0 then return nil end
      return one(context, { id = id, upper = upper, target = target, citation = { prefix = {}, suffix = {} } })
    end,
  }
end
