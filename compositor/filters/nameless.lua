-- In a style of notes, "as @key has it" prints the names of a work's authors in the text. A work that has none is called by its
-- title there: Pandoc would print nothing, and the sentence would lack a word.
local NAMES = { 'author', 'editor', 'translator', 'director', 'composer', 'chair', 'host', 'producer', 'performer',
  'editorial-director', 'collection-editor', 'container-author', 'reviewed-author', 'illustrator', 'interviewer' }
local ITALIC = { book = true, legal_case = true, map = true, motion_picture = true, musical_score = true, pamphlet = true,
  performance = true, periodical = true, report = true, thesis = true, ['classic'] = true }
local PLAIN = { bill = true, hearing = true, legislation = true, patent = true, regulation = true, standard = true, treaty = true }

local function named(work)
  for _, name in ipairs(NAMES) do
    if work[name] and #work[name] > 0 then return true end
  end
  return false
end

local function title_of(work)
  local title = work['title-short'] or work.title
  if not title or #pandoc.utils.stringify(title) == 0 then return nil end
  title = pandoc.Inlines(title)
  if PLAIN[work.type] then return title end
  return pandoc.Inlines { ITALIC[work.type] and pandoc.Emph(title) or pandoc.Quoted('DoubleQuote', title) }
end

return function(doc, context, library)
  if not context.note_style then return doc end
  local titles = {}
  for _, work in ipairs(library) do
    if not named(work) then titles[work.id] = title_of(work) end
  end
  return doc:walk {
    Cite = function(cite)
      local first = cite.citations[1]
      local title = first.mode == 'AuthorInText' and titles[first.id]
      if not title then return nil end
      first.mode = 'NormalCitation'
      local out = pandoc.Inlines(title)
      out:extend { pandoc.Space(), pandoc.Cite(cite.content, cite.citations) }
      return out
    end,
  }
end
