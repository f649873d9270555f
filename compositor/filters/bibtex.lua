-- Mends a work that Pandoc has read from BibTeX, and says whether there was anything to mend.
local common = require 'common'

-- Pandoc reads "van der" as a particle that falls away behind a given name, and so "Walt" is cited. What to do with it is the
-- style's to say: APA keeps it everywhere, Chicago in the text.
local function keep_particles(work)
  local changed = false
  for _, field in pairs(work) do
    for _, name in ipairs(type(field) == 'table' and field or {}) do
      local particle = type(name) == 'table' and name['dropping-particle']
      if particle and not name['non-dropping-particle'] then
        name['non-dropping-particle'], name['dropping-particle'] = particle, nil
        changed = true
      end
    end
  end
  return changed
end

-- "phdthesis" in words: in most languages Pandoc prints it as it is.
local function name_genre(work, genres)
  local genre = work.genre and genres[common.stringify(work.genre)]
  if genre then work.genre = pandoc.Inlines(genre) end
  return genre ~= nil
end

return function(work, genres)
  local kept, named = keep_particles(work), name_genre(work, genres)
  return kept or named
end
