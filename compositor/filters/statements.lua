-- Puts the statements at the end of the text, before appendices and the reference list, in one order: who did what, who paid, and so on.
--
-- Each comes from the metadata, or stands in the text as a last section of that title; then the author's title stays.
local common = require 'common'
local sections = require 'sections'

local ORDER = { 'contributions', 'funding', 'ethics', 'data_availability', 'acknowledgements', 'conflicts' }
local ROLES = { acknowledgements = 'doc-acknowledgments', contributions = 'doc-credits' } -- DPUB-ARIA 1.1 has no others

-- What English journals call them; languages.toml has the words of other languages.
local TITLES = {
  contributions = { 'author contributions', 'author contribution', 'authors’ contributions', 'author contribution statement', 'author contributions statement', 'credit author statement', 'credit authorship contribution statement', 'contributions' },
  funding = { 'funding', 'funding statement', 'funding information', 'financial support', 'financial disclosure' },
  ethics = { 'ethics statement', 'ethics approval', 'ethical approval', 'ethics declaration', 'ethical statement', 'ethics approval and consent to participate', 'institutional review board statement' },
  data_availability = { 'data availability', 'data availability statement', 'availability of data', 'data and code availability', 'availability of data and materials', 'data accessibility', 'data accessibility statement' },
  acknowledgements = { 'acknowledgements', 'acknowledgments', 'acknowledgement', 'acknowledgment' },
  conflicts = { 'competing interests', 'competing interest', 'conflict of interest', 'conflicts of interest', 'conflict of interest statement', 'conflicts of interest statement', 'competing interests statement', 'declaration of competing interest', 'declaration of competing interests', 'declaration of interest', 'declaration of interests', 'declaration of conflicting interests', 'disclosure statement' },
}

local function name_of(header, context)
  local title = common.plain(header.content):lower():gsub('[.:%s]+$', ''):gsub("'", '’')
  for _, name in ipairs(ORDER) do
    if title == pandoc.text.lower(context.terms[name]) or pandoc.List(TITLES[name]):includes(title) then return name end
  end
end

-- The text as its main sections; the first has no head where the text begins without one.
local function split(doc, base)
  local parts = pandoc.List {}
  for _, block in ipairs(doc.blocks) do
    local opens = block.t == 'Header' and block.level <= base
    if opens or #parts == 0 then parts:insert { head = opens and block or nil, blocks = pandoc.Blocks {} } end
    if not opens then parts[#parts].blocks:insert(block) end
  end
  return parts
end

-- What tells who wrote the article is left out of a copy for referees.
local TELLING = { contributions = true, funding = true, acknowledgements = true }

-- Takes the statements out of the last sections; appendices and the reference list may stand among them. Text of another
-- kind must stand before them: an article may be about funding.
local function take(parts, context)
  local found, places = {}, pandoc.List {}
  for index = #parts, 1, -1 do
    local head = parts[index].head
    local name = head and name_of(head, context)
    if name and not found[name] then
      found[name] = parts[index]
      places:insert(index)
    elseif not head or not (sections.is_reference_head(head, context) or common.has_class(head, 'appendix')) then
      for _, place in ipairs(places) do parts:remove(place) end
      return found
    end
  end
  return {}
end

local function identifier(doc, name)
  local id, taken = name:gsub('_', '-'), {}
  doc:walk { Header = function(header) taken[header.identifier] = true end }
  while taken[id] do id = id .. '-statement' end
  return id
end

return function(doc, context)
  local base = sections.base(doc, context)
  local parts = split(doc, base)
  local found = take(parts, context)
  local statements = pandoc.Blocks {}
  for _, name in ipairs(ORDER) do
    local content, part = context.fields[name], found[name]
    context.fields[name] = nil
    if content and pandoc.utils.type(content) == 'Inlines' then content = { pandoc.Para(content) } end
    if (content or part) and not (context.blind and TELLING[name]) then
      local head = part and part.head or pandoc.Header(base, context.terms[name], pandoc.Attr(identifier(doc, name)))
      head.classes:extend { 'unnumbered', 'statement', name }
      head.attributes.role = ROLES[name]
      statements:insert(head)
      if part then statements:extend(part.blocks) end
      if content then statements:extend(content) end
    end
  end
  if #statements == 0 then return doc end
  local blocks = pandoc.Blocks {}
  for _, part in ipairs(parts) do
    local behind = part.head and (sections.is_reference_head(part.head, context) or common.has_class(part.head, 'appendix'))
    if behind then
      blocks:extend(statements)
      statements = {}
    end
    if part.head then blocks:insert(part.head) end
    blocks:extend(part.blocks)
  end
  blocks:extend(statements)
  doc.blocks = blocks
  return doc
end
