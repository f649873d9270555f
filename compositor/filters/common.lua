-- Small helpers that several filters need. Nothing here changes a document.
local M = {}

M.stringify = pandoc.utils.stringify

-- The text of inlines as a reader sees it, without notes and raw markup.
function M.plain(content)
  local bare = pandoc.Plain(content):walk {
    Note = function() return {} end,
    RawInline = function() return {} end,
    LineBreak = function() return pandoc.Space() end,
    Math = function(math) return pandoc.Str(math.text) end,
  }
  return M.stringify(bare)
end

-- Records a problem; `subject` is what the source is searched for to find its line.
function M.report(context, code, subject, text)
  table.insert(context.problems, { code = code, subject = subject, text = text })
end

-- Splits a label such as "fig-x" or JOSS's "fig:x" into its kind, or gives nil.
local KINDS = { fig = 'fig', tbl = 'tbl', tab = 'tbl', eq = 'eq', sec = 'sec', lst = 'lst',
  thm = 'thm', lem = 'lem', cor = 'cor', prp = 'prp', cnj = 'cnj', asm = 'asm', hyp = 'hyp', def = 'def', exm = 'exm', exr = 'exr',
  rem = 'rem', sol = 'sol', alg = 'alg' }
function M.kind(id)
  local prefix = id:match('^(%a+)[-:]')
  return prefix and KINDS[prefix:lower()]
end

-- Takes the title of a div, its attribute `name` or `title` or else a head at its beginning; nil where it has none.
function M.take_title(div)
  local said = div.attributes.name or div.attributes.title
  div.attributes.name, div.attributes.title = nil, nil
  if (said or '') ~= '' then return pandoc.utils.blocks_to_inlines(pandoc.read(said, 'markdown').blocks) end
  local first = div.content[1]
  if not first or first.t ~= 'Header' then return nil end
  div.content:remove(1)
  return first.content
end

-- A no-break space between a word and its number.
M.tie = '\u{a0}'

function M.capital(word)
  return pandoc.text.upper(pandoc.text.sub(word, 1, 1)) .. pandoc.text.sub(word, 2)
end

-- The heads of a structured abstract run into the paragraphs behind them, as medical journals have it: no sections of the text.
function M.run_in(blocks)
  local out, head = pandoc.Blocks {}, nil
  local function begin(content)
    if not M.plain(head):match('[.:!?]%s*$') then head:insert(pandoc.Str '.') end
    local inlines = pandoc.Inlines { pandoc.Strong { pandoc.Span(head, pandoc.Attr('', { 'abstract-head' })) } }
    if content then
      inlines:insert(pandoc.Space())
      inlines:extend(content)
    end
    out:insert(pandoc.Para(inlines))
    head = nil
  end
  for _, block in ipairs(blocks) do
    local text = block.t == 'Para' or block.t == 'Plain'
    if head then begin(text and block.content) else text = false end
    if block.t == 'Header' then head = pandoc.Inlines(block.content) elseif not text then out:insert(block) end
  end
  if head then begin() end
  return out
end

-- A filter for quotation marks as the language has them; Pandoc's HTML writer knows only the English.
function M.quotes(terms)
  return {
    Quoted = function(quoted)
      local marks = quoted.quotetype == 'DoubleQuote' and terms.quotes or terms.inner_quotes
      local content = pandoc.Inlines { pandoc.Str(marks[1]) }
      content:extend(quoted.content)
      content:insert(pandoc.Str(marks[2]))
      return content
    end,
  }
end

function M.quote(element, terms)
  return element:walk(M.quotes(terms))
end

-- 1 is a, 26 is z, 27 is aa; `first` is "a" or "A".
function M.letter(number, first)
  local out = ''
  while number > 0 do
    out = string.char(string.byte(first) + (number - 1) % 26) .. out
    number = (number - 1) // 26
  end
  return out
end

-- The pairs of a table by their keys: Lua's own order is another in each process, and problems come in it.
function M.sorted(map)
  local names, place = pandoc.List {}, 0
  for name in pairs(map) do names:insert(name) end
  names:sort()
  return function()
    place = place + 1
    return names[place], map[names[place]]
  end
end

-- A text of the front matter, or a list or map of them, through a filter.
function M.through(value, filter)
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' or kind == 'Blocks' then return value:walk(filter) end
  if kind == 'List' then return value:map(function(item) return M.through(item, filter) end) end
  if kind ~= 'table' then return value end
  local out = {}
  for key, item in M.sorted(value) do out[key] = M.through(item, filter) end
  return out
end

function M.has_class(element, class)
  return element.classes and element.classes:includes(class)
end

return M
