-- Sets one document: every filter in its order, citeproc once, and the result as JSON. A custom writer, so that
-- one Pandoc process reads, cites and writes.
local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
package.path = here .. '/?.lua;' .. package.path

local bibtex = require 'bibtex'
local common = require 'common'
local locators = require 'locators'

local HTML = { html_math_method = 'mathml', section_divs = true, wrap_text = 'none', number_sections = false }

local function html(blocks)
  return pandoc.write(pandoc.Pandoc(blocks), 'html5', HTML)
end

-- Every work in the bibliography as CSL JSON; a bibliography that cannot be read is a problem, not a stop.
local function read_library(meta, context)
  local all, lang = pandoc.List {}, meta.lang
  local everything = pandoc.Inlines { pandoc.Cite({ pandoc.Str '@*' }, { pandoc.Citation('*', 'NormalCitation') }) }
  local function add(part)
    part.nocite, part.lang = everything, lang
    return pcall(pandoc.utils.references, pandoc.Pandoc({}, part))
  end
  local readable, kept = pandoc.List {}, pandoc.List {}
  local paths = meta.bibliography or {}
  if pandoc.utils.type(paths) ~= 'List' then paths = { paths } end
  for _, path in ipairs(paths) do
    local ok, found = add { bibliography = path }
    if ok then
      local of_bibtex = common.stringify(path):lower():match('%.bib%a*$')
      for _, work in ipairs(found) do
        context.files[work.id] = context.files[work.id] or common.stringify(path)
        if of_bibtex and bibtex(work, context.terms.genres) then kept:insert(work) end
      end
      all:extend(found)
      readable:insert(path)
    else
      local file = common.stringify(path)
      table.insert(context.problems, { code = 'bib-unreadable', file = file, text = tostring(found) })
    end
  end
  meta.bibliography = readable
  if meta.references then
    local ok, found = add { references = meta.references }
    if ok then all:extend(found) end
  end
  if #kept > 0 then meta.references = pandoc.List(meta.references or {}) .. kept end -- which go before those of the files
  return all
end

-- CSL fields hold inlines; the checks want text. BibTeX's reader writes these names small.
local UPPER = { doi = 'DOI', isbn = 'ISBN', issn = 'ISSN', url = 'URL', pmid = 'PMID', pmcid = 'PMCID' }
local function flatten(value)
  if type(value) ~= 'table' and type(value) ~= 'userdata' then return value end
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' or kind == 'Blocks' then return common.stringify(value) end
  local out = {}
  for key, item in pairs(value) do out[UPPER[key] or key] = flatten(item) end
  if kind == 'List' or value[1] ~= nil then return pandoc.List(out) end
  return out
end

-- A text of the front matter as markup and as plain text. A note has no place there.
local function rich(value, terms)
  local kind = pandoc.utils.type(value)
  if kind == 'Blocks' and #value == 1 and value[1].t == 'Para' then value, kind = value[1].content, 'Inlines' end -- `title: |`
  if kind == 'Inlines' or kind == 'Blocks' then
    value = value:walk { Note = function() return {} end }
    if terms then value = common.quote(value, terms) end
  end
  if kind == 'Inlines' then
    return { html = html { pandoc.Plain(value) }, text = common.plain(value) }
  elseif kind == 'Blocks' then
    return { html = html(value), text = common.plain(pandoc.utils.blocks_to_inlines(value)) }
  elseif kind == 'List' then
    return value:map(function(item) return rich(item, terms) end)
  elseif kind == 'table' then
    local out = {}
    for key, item in pairs(value) do out[key] = rich(item, terms) end
    return out
  end
  return nil
end

-- The article's own citation: APA always, because the box in the web page promises it.
local function own_citation(meta)
  local own = meta['compositor-own']
  if not own then return { apa = { html = '', text = '' }, bibtex = '' } end
  local card = pandoc.utils.citeproc(pandoc.Pandoc({}, {
    references = pandoc.List { own },
    nocite = pandoc.Inlines { pandoc.Cite({}, { pandoc.Citation(common.stringify(own.id), 'NormalCitation') }) },
    csl = meta['compositor-apa'], lang = meta.lang,
  }))
  local entry
  card:walk { Div = function(div) if div.identifier:match('^ref%-') then entry = div end end }
  return {
    apa = entry and rich(pandoc.utils.blocks_to_inlines(entry.content)) or { html = '', text = '' },
    bibtex = pandoc.write(pandoc.Pandoc({}, { references = pandoc.List { own } }), 'bibtex'),
  }
end

local function bare_meta(meta)
  local out = {}
  for key, value in pairs(meta) do
    if not key:match('^compositor%-') then out[key] = value end
  end
  return out
end

-- Lines of text as markup, written at once: each call of the writer takes longer than a line.
local function html_each(lines)
  local blocks, found = pandoc.Blocks {}, pandoc.List {}
  for _, line in ipairs(lines) do blocks:insert(pandoc.Div { pandoc.Plain(line) }) end
  for part in html(blocks):gmatch('<div>\n(.-)\n</div>') do found:insert(part) end
  return found
end

local function number_heads(doc)
  return doc:walk {
    Header = function(header)
      local number = header.attributes.number
      if number then
        header.attributes.number = nil
        header.content:insert(1, pandoc.Space())
        header.content:insert(1, pandoc.Span({ pandoc.Str(number) }, pandoc.Attr('', { 'number' })))
      end
      header.level = math.min(header.level + 1, 6) -- the article's title is the only <h1>
      return header
    end,
  }
end

-- The signs around an ordered list's numbers; Pandoc's HTML has no place for them, so that a box around the list tells them.
local SIGNS = { OneParen = ')', TwoParens = '()' }
local function mark_lists(list)
  local signs = SIGNS[list.delimiter]
  return signs and pandoc.Div({ list }, pandoc.Attr('', { 'list-marks' }, { marks = signs }))
end

-- The paragraphs of a definition, where Pandoc has run them into one: it takes the last for a line of the list.
local function part_paragraphs(list)
  local parted = false
  for _, item in ipairs(list.content) do
    for _, blocks in ipairs(item[2]) do
      for index = 1, #blocks - 1 do
        if blocks[index].t == 'Plain' and (blocks[index + 1].t == 'Plain' or blocks[index + 1].t == 'Para') then
          blocks[index], blocks[index + 1] = pandoc.Para(blocks[index].content), pandoc.Para(blocks[index + 1].content)
          parted = true
        elseif blocks[index].t == 'Para' and blocks[index + 1].t == 'Plain' then
          blocks[index + 1] = pandoc.Para(blocks[index + 1].content)
        end
      end
    end
  end
  return parted and list or nil
end

-- A head in a list of heads: one link leads to it, and none stands in another.
local BARE = {
  Note = function() return {} end,
  Link = function(link) return link.content end,
  Cite = function(cite) return cite.content end,
}

-- The citations of heads, as citeproc has them, where heads are listed.
local function cite_heads(doc, context)
  local cited, found = false, {}
  for _, head in ipairs(context.headings) do head.content:walk { Cite = function() cited = true end } end
  if not cited then return end
  doc:walk { Header = function(head) found[head.identifier] = head.content end }
  for _, head in ipairs(context.headings) do head.content = found[head.id] or head.content end
end

-- What Pandoc itself noticed while it read the text, and made the best of.
local function tell_read(context)
  for _, message in ipairs(PANDOC_STATE.log) do
    local said = pandoc.json.decode(pandoc.json.encode(message), false)
    if said.type == 'UnclosedDiv' then
      common.report(context, 'div-unclosed', string.format('%d', said.openpos.line), 'the ::: is never closed: all that follows stands in it')
    elseif said.type == 'NoteDefinedButNotUsed' then
      common.report(context, 'note-uncalled', said.key, 'the note [^' .. said.key .. '] is called nowhere, and is in no edition')
    end
  end
end

function Writer(doc)
  local meta = doc.meta
  local terms = pandoc.json.decode(common.stringify(meta['compositor-terms']), false)
  local context = {
    terms = terms, meta = meta, problems = {}, targets = {}, works = {}, places = {},
    headings = {}, labels = {}, counters = {}, files = {}, fields = meta['compositor-fields'] or {},
  }
  tell_read(context)
  local library = read_library(meta, context)
  for _, work in ipairs(library) do context.works[work.id] = true end
  local own = own_citation(meta)
  context.blind = meta['compositor-blind'] ~= nil
  context.note_style = meta['compositor-note-style'] ~= nil

  doc.meta = bare_meta(meta)
  context.meta = doc.meta
  local titled = { title = true, subtitle = true, short_title = true, keywords = true, authors = true, affiliations = true, translations = true }
  for name, value in common.sorted(context.fields) do
    if titled[name] then
      local function look(item, position)
        local kind = pandoc.utils.type(item)
        if kind == 'List' then for index, member in ipairs(item) do look(member, position == '' and ' ' .. index or position) end end
        if kind == 'table' then
          for key, member in common.sorted(item) do if key ~= 'abstract' then look(member, position) end end
        end
        if kind ~= 'Inlines' and kind ~= 'Blocks' then return end
        item:walk { Note = function() common.report(context, 'note-misplaced', name .. position, 'a note in the ' .. name:gsub('s$', '') .. ' is printed nowhere') end }
      end
      look(value, '')
    end
  end
  doc = require('conditions')(doc, context)
  doc = require('examples')(doc, context)
  local latex = require('latex')(context)
  doc = doc:walk(latex)
  context.fields = common.through(context.fields, latex)
  doc = require('html')(doc, context)
  doc = require('stray')(doc, context)
  doc = require('glosses')(doc, context)
  doc = require('abstract')(doc, context)
  doc = require('translations')(doc, context)
  doc = require('statements')(doc, context)
  doc = require('theorems')(doc, context)
  doc = require('boxes')(doc, context)
  doc = require('sections').run(doc, context)
  doc = require('epigraph')(doc)
  doc = require('labels')(doc, context)
  doc = require('placement')(doc, context)
  doc = require('sizes')(doc, context)
  doc = require('tablenotes')(doc, context)
  doc = require('duplicates')(doc, context)
  doc = require('leadwords')(doc, context)
  doc = require('crossref')(doc, context)
  doc = require('bibliography')(doc, context)

  local cited, seen = pandoc.List {}, {}
  local function cites(cite)
    for _, citation in ipairs(cite.citations) do
      if not seen[citation.id] and citation.id ~= '*' then
        seen[citation.id] = true
        cited:insert(citation.id)
      end
    end
  end
  -- citeproc walks the metadata too: fields travel there, so that an abstract may cite
  doc.meta = context.meta
  doc.meta.fields = context.fields
  doc = doc:walk { Cite = function(cite)
    cites(cite)
    return locators.keep(cite, context)
  end }
  doc = require('nameless')(doc, context, library)
  doc = locators.restore(pandoc.utils.citeproc(doc), context)
  cite_heads(doc, context)
  doc = require('groups')(doc, context, library)
  local last = common.quotes(terms)
  last.OrderedList, last.DefinitionList = mark_lists, part_paragraphs
  doc = require('citations')(doc, context, last)

  local entries = pandoc.List {}
  doc:walk {
    Div = function(div)
      local id = div.identifier:match('^ref%-(.+)$')
      if id then
        entries:insert { id = id, text = common.plain(pandoc.utils.blocks_to_inlines(div.content)), places = context.places[id] or pandoc.List {} }
      end
    end,
  }
  local heads = pandoc.List(context.headings):map(function(head)
    return common.quote(head.content:walk(BARE), terms)
  end)
  local written, headings = html_each(heads), pandoc.List {}
  for index, head in ipairs(context.headings) do
    headings:insert { id = head.id, level = head.level, number = head.number, listed = head.listed,
      html = written[index], text = common.plain(heads[index]) }
  end
  local fields = {}
  for key, value in pairs(doc.meta.fields or {}) do fields[key] = rich(value, terms) end
  return pandoc.json.encode {
    body = html(number_heads(doc).blocks), headings = headings, labels = pandoc.List(context.labels),
    entries = entries, cited = cited, library = library:map(flatten), fields = fields, own = own,
    problems = pandoc.List(context.problems), pandoc = tostring(PANDOC_VERSION),
  }
end
