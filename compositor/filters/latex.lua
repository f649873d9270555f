-- Turns the LaTeX that JOSS documents (\label, \ref, \autoref, \eqref, equation environments) into our own syntax.
local common = require 'common'
local known = require 'tex'
local native = require 'native'

local WORDS = { LaTeX = 'LaTeX', TeX = 'TeX', LaTeXe = 'LaTeX2e', textendash = '–', textemdash = '—', ldots = '…', dots = '…',
  qed = '□', qedsymbol = '□' }
local ENVIRONMENTS = { equation = true, align = 'aligned', gather = 'gathered', multline = 'gathered', eqnarray = 'aligned' }

-- Takes \label{…} out of a text and gives both.
local function unlabel(text)
  local id
  local rest = text:gsub('\\label%s*{([^}]*)}', function(found) id = found return '' end)
  return rest, id
end

local function equation(text)
  local name, star, inner = text:match('^%s*\\begin{(%a+)(%*?)}(.-)\\end{%a+%*?}%s*$')
  local form = name and ENVIRONMENTS[name]
  if not form then return nil end
  local body, id = unlabel(inner)
  if form ~= true then body = '\\begin{' .. form .. '}' .. body .. '\\end{' .. form .. '}' end
  local math = pandoc.Math('DisplayMath', known(body, true))
  if star == '*' then return math end
  return pandoc.Span({ math }, pandoc.Attr(id or '', { 'equation' }))
end

local function reference(id, mode)
  return pandoc.Cite({}, { pandoc.Citation(id, mode) })
end

-- Raw markup for another format would be lost without a word.
local function other(raw, context)
  if raw.format == 'html' or raw.format == 'html5' then
    if raw.text:lower():match('^%s*<table') or raw.text:lower():match('^%s*<figure') then context.tagged = true end
    return nil
  end
  local first = raw.text:match('%S[^\n]*') or ''
  common.report(context, 'raw-dropped', first ~= '' and first or '{=' .. raw.format .. '}', 'raw ' .. raw.format .. ' is shown in no edition: ' .. first:sub(1, 60))
  return {}
end

return function(context)
  local filter
  filter = {
    RawInline = function(raw)
      if raw.format ~= 'tex' and raw.format ~= 'latex' then return other(raw, context) end
      local found = equation(raw.text)
      if found then return found end
      local id = raw.text:match('^\\label%s*{([^}]*)}$')
      if id then return pandoc.Span({}, pandoc.Attr('', { 'tex-label' }, { target = id })) end
      id = raw.text:match('^\\autoref%s*{([^}]*)}$') or raw.text:match('^\\[cC]ref%s*{([^}]*)}$')
      if id then return reference(id, 'AuthorInText') end
      id = raw.text:match('^\\ref%s*{([^}]*)}$')
      if id then return reference(id, 'SuppressAuthor') end
      id = raw.text:match('^\\eqref%s*{([^}]*)}$')
      if id then return { pandoc.Str('('), reference(id, 'SuppressAuthor'), pandoc.Str(')') } end
      local word = raw.text:match('^\\(%a+)%s*{?}?$')
      if word and WORDS[word] then
        return raw.text:match('%s$') and { pandoc.Str(WORDS[word]), pandoc.Space() } or pandoc.Str(WORDS[word])
      end
      local meant = raw.format == 'tex' and native.inlines(raw) -- `…`{=latex} is for LaTeX alone, by its author's word
      if meant then return meant:walk(filter) end
      common.report(context, 'latex-dropped', raw.text, 'raw LaTeX is shown in no edition: ' .. raw.text:sub(1, 60))
      return {}
    end,
    RawBlock = function(raw)
      if raw.format ~= 'tex' and raw.format ~= 'latex' then return other(raw, context) end
      local found = equation(raw.text)
      if found then return pandoc.Para { found } end
      local meant = raw.format == 'tex' and native.blocks(raw)
      if meant then return meant:walk(filter) end
      if not raw.text:match('^\\newcommand') and not raw.text:match('^\\def') and not raw.text:match('^\\renewcommand') and not raw.text:match('^\\DeclareMathOperator') then
        common.report(context, 'latex-dropped', raw.text:match('^[^\n]*'), 'raw LaTeX is shown in no edition: ' .. raw.text:match('^[^\n]*'):sub(1, 60))
      end
      return {}
    end,
    Math = function(math)
      context.displays = context.displays or math.mathtype == 'DisplayMath'
      local display = math.mathtype == 'DisplayMath'
      local body, id = unlabel(math.text)
      math.text = known(body, display)
      return id and display and pandoc.Span({ math }, pandoc.Attr(id, { 'equation' })) or math
    end,
  }
  return filter
end
