-- Reads raw LaTeX that stands in a Markdown text as what it means: \emph{…}, \citep{…}, a table, a list, a theorem.
--
-- Pandoc's reader of LaTeX does it, and leaves raw what it does not know. It gets no file to read; and no date, which would be
-- another in each build.
local FORMAT = 'latex+raw_tex'
local REFUSED = { 'today', '%a*input%a*', 'include', 'includeonly', 'subfile', 'usepackage', 'documentclass', 'newtheorem' }
-- How something looks, which is for the style sheets to say; these go without a word where they stand in what is read.
local LOOKS = { centering = 1, raggedright = 1, raggedleft = 1, noindent = 1, indent = 1, small = 1, footnotesize = 1,
  scriptsize = 1, tiny = 1, normalsize = 1, large = 1, Large = 1, setlength = 1, hline = 1, toprule = 1, midrule = 1,
  bottomrule = 1, arraystretch = 1, protect = 1, leavevmode = 1, par = 1 }
local STATEMENTS = { theorem = 1, lemma = 1, corollary = 1, proposition = 1, conjecture = 1, proof = 1, remark = 1, solution = 1 }
local NO_DESCRIPTION = 'image' -- Pandoc's word in the place of a picture's text

local function says_something(blocks)
  local found = pandoc.utils.stringify(blocks):find('%S') ~= nil
  blocks:walk {
    Image = function() found = true end,
    Cite = function() found = true end,
    CodeBlock = function(code) found = found or code.text:find('%S') ~= nil end,
    Note = function() found = true end,
    RawInline = function() found = true end, -- which our own filter may know
    RawBlock = function() found = true end,
  }
  return found
end

local function read(text)
  for _, name in ipairs(REFUSED) do
    if text:find('\\' .. name .. '%f[%A]') then return nil end
  end
  local ok, doc = pcall(pandoc.read, text, FORMAT, nil, {}) -- {}: no file but those named here
  return ok and says_something(doc.blocks) and doc.blocks or nil
end

local function is_raw(element)
  return element.t == 'RawInline' or element.t == 'RawBlock'
end

local function looks(raw)
  local name = raw.text:match('^%s*\\(%a+)')
  return name and LOOKS[name] and {} or nil
end

-- What the reader has made, as our other filters expect it.
local TIDY = {
  RawInline = looks,
  RawBlock = looks,
  Cite = function(cite)
    cite.content = pandoc.Inlines {} -- the LaTeX itself, which citeproc writes over
    return cite
  end,
  Image = function(image)
    if pandoc.utils.stringify(image.caption) == NO_DESCRIPTION then image.caption = pandoc.Inlines {} end
    return image
  end,
  Span = function(span) -- a colour
    return span.attributes.style and span.identifier == '' and span.content or nil
  end,
  Div = function(div)
    local only = #div.content == 1 and div.content[1]
    if only and only.t == 'Table' and only.identifier == '' then -- a float has the label of its table
      only.identifier = div.identifier
      return only
    end
    return div.identifier == '' and div.content or nil
  end,
}

-- A paragraph that held nothing but looks.
local function empty(block)
  return (block.t == 'Para' or block.t == 'Plain') and #block.content == 0
end

local function tidy(blocks)
  return pandoc.Blocks(blocks):walk(TIDY):filter(function(block) return not empty(block) end)
end

-- A statement as theorems.lua knows it: its title, as \begin{theorem}[title] has it, and its \label are taken from the text.
local function statement(text)
  local name, inner = text:match('^%s*\\begin{(%a+)}(.*)\\end{%a+}%s*$')
  if not name or not STATEMENTS[name] then return nil end
  local title, id
  inner = inner:gsub('^%s*(%b[])', function(found) title = found:sub(2, -2) return '' end)
  inner = inner:gsub('\\label%s*{([^}]*)}', function(found) id = id or found return '' end)
  local blocks = read(inner)
  if not blocks then return nil end
  return pandoc.Blocks { pandoc.Div(tidy(blocks), pandoc.Attr(id or '', { name }, title and { name = title } or {})) }
end

local native = {}

-- The blocks that a raw block means, or nil.
function native.blocks(raw)
  local found = statement(raw.text)
  if found then return found end
  local blocks = read(raw.text)
  if not blocks or #blocks == 0 then return nil end
  if #blocks == 1 and (is_raw(blocks[1]) or (#(blocks[1].content or {}) == 1 and is_raw(blocks[1].content[1]))) then return nil end
  return tidy(blocks)
end

-- The inlines that a raw inline means, or nil.
function native.inlines(raw)
  local blocks = read(raw.text)
  if not blocks or #blocks ~= 1 or blocks[1].t ~= 'Para' then return nil end
  local content = blocks[1].content
  if #content == 1 and is_raw(content[1]) then return nil end
  local first = tidy(blocks)[1]
  return first and first.content or nil
end

return native
