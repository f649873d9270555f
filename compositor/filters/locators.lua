-- Keeps locators whole. citeproc takes "47" for the page and "sq." for words behind the citation, which a style of numbers sets
-- behind its bracket, "[1, S. 47] sq."; signs that no text holds make one word of both until it is done. And tells of locators
-- that the style prints nowhere.
local common = require 'common'

local M = {}

local SPACE, STOP = '\u{fdd2}', '\u{fdd3}'
-- "And what follows", in several languages: 47 f., 47 sq., 47 et seq., 47 e ss.
local FOLLOWING, AND = {}, { et = true, e = true, y = true }
for word in ('f ff s ss seq seqq sg sgg sq sqq suiv'):gmatch('%a+') do FOLLOWING[word] = true end

-- A word, its stop, and the comma behind it, of the inline at a place that has a space before it.
local function word_at(inlines, place)
  local space, str = inlines[place], inlines[place + 1]
  if space and space.t == 'Space' and str and str.t == 'Str' then return str.text:match('^(%a+)(%.?)([,;]?)$') end
end

-- The words behind a page that say what follows, as one; and how many inlines they are.
local function following(inlines, place)
  local word, stop, rest = word_at(inlines, place)
  if AND[word] and stop .. rest == '' then
    local second, end_stop, end_rest = word_at(inlines, place + 2)
    if FOLLOWING[second] then return SPACE .. word .. SPACE .. second .. (end_stop ~= '' and STOP or '') .. end_rest, 4 end
  elseif FOLLOWING[word] then
    return SPACE .. word .. (stop ~= '' and STOP or '') .. rest, 2
  end
end

local function joined(suffix)
  local out, place, changed = pandoc.Inlines {}, 1, false
  while suffix[place] do
    local inline = suffix[place]
    place = place + 1
    local text = inline.t == 'Str' and inline.text or ''
    local page, rest = text:match('^(.*%df+)%.([,;]?)$') -- "47f."
    local said, taken = nil, 0
    if page then
      text, said = page, STOP .. rest
    elseif text:match('%d$') then
      said, taken = following(suffix, place)
    end
    if said then inline, place, changed = pandoc.Str(text .. said), place + (taken or 0), true end
    if text:match('^%d+%-%d+%p?$') and #out > 1 and common.stringify(out[#out - 1]):match('%a%.$') then -- "vv. 3-7", which it may not know
      inline, changed = pandoc.Str((text:gsub('%-', '–'))), true
    end
    out:insert(inline)
  end
  return changed and out or nil
end

-- Two braces keep citeproc from a word that it would take for another: "s. v." begins as the German "S. 5" does, and loses its
-- first half; and a German § would become an "Abschn."
local function guarded(suffix, context)
  local said = common.plain(suffix):gsub('\u{a0}', ' ')
  local german = common.stringify(context.meta.lang or ''):match('^de')
  if not (said:match('^,?%s*[sS]%.%s?[vV]%.') or german and said:match('^,?%s*§')) then return nil end
  local out = pandoc.Inlines(suffix)
  if said:match('^,') then
    out:insert(1, pandoc.Str '{}')
  else
    out:insert(1, pandoc.Str '{},')
    if out[2].t ~= 'Space' then out:insert(2, pandoc.Space()) end
  end
  return out
end

-- Before citeproc: a citation with its locators as they are to be read, or nil where they are so.
function M.keep(cite, context)
  local citations, changed = cite.citations, false
  for _, citation in ipairs(citations) do
    if #citation.suffix > 0 then
      local whole = joined(citation.suffix)
      context.joined = context.joined or whole ~= nil
      whole = guarded(whole or citation.suffix, context) or whole
      if whole then citation.suffix, changed = whole, true end
    end
  end
  if not changed then return nil end
  cite.citations = citations
  return cite
end

-- The letters and figures that are printed, those of notes too, without what stands between them.
local function signs(content)
  local found = ''
  content:walk { Str = function(str) found = found .. str.text end, Code = function(code) found = found .. code.text end }
  return (found:gsub('[%p%s]', ''):gsub(SPACE, ''):gsub(STOP, ''):gsub('\u{a0}', ''))
end

-- After citeproc, in a style that prints no locators: tells of the first one, and of how many there are.
local function tell(doc, context)
  local first, count = nil, 0
  doc:walk {
    Cite = function(cite)
      local printed
      for _, citation in ipairs(cite.citations) do
        local said = #citation.suffix > 0 and context.works[citation.id] and signs(citation.suffix) or ''
        if said:match('%d') then
          printed = printed or signs(cite.content)
          if not printed:find(said, 1, true) then
            first, count = first or citation, count + 1
          end
        end
      end
    end,
  }
  if not first then return end
  local said = common.plain(first.suffix):gsub('^[,%s]+', ''):gsub(SPACE, ' '):gsub(STOP, '.')
  local more = count > 1 and ', and ' .. count - 1 .. ' more,' or ''
  common.report(context, 'locator-dropped', first.id .. ' ' .. said,
    'the style prints no pages in citations: "' .. said .. '" of ' .. first.id .. more .. (count > 1 and ' are' or ' is') .. ' in no edition')
end

-- After citeproc: takes the signs out. The stop of "sq." ends a note or sentence as well, where it comes last.
function M.restore(doc, context)
  if not context.terms.locators then tell(doc, context) end
  if not context.joined then return doc end
  doc = doc:walk {
    Inlines = function(inlines)
      for place = #inlines - 1, 1, -1 do
        local rest = inlines[place + 1]
        if rest.t == 'Str' and rest.text:sub(1, 1) == '.' and common.stringify(inlines[place]):sub(-#STOP) == STOP then
          if rest.text == '.' then inlines:remove(place + 1) else inlines[place + 1] = pandoc.Str(rest.text:sub(2)) end
        end
      end
      return inlines
    end,
  }
  return doc:walk {
    Str = function(str)
      if not str.text:find(SPACE) and not str.text:find(STOP) then return nil end
      return pandoc.Str((str.text:gsub(STOP .. '%.?', '.'):gsub(SPACE, common.tie)))
    end,
  }
end

return M
