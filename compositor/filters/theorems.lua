-- Theorems and their kin, as Quarto has them, ::: {#thm-line}, or by their class, ::: theorem; and proofs and remarks.
--
-- A name is the attribute `name` or a head at the beginning. The label stands in the first paragraph; each kind is counted
-- by itself. They are set before the sections, which would count such a head.
local common = require 'common'

local NUMBERED = { theorem = 'thm', lemma = 'lem', corollary = 'cor', proposition = 'prp', conjecture = 'cnj',
  assumption = 'asm', definition = 'def' }
local LABELLED = { thm = 'theorem', lem = 'lemma', cor = 'corollary', prp = 'proposition', cnj = 'conjecture',
  asm = 'assumption', hyp = 'hypothesis',
  def = 'definition', exm = 'example', exr = 'exercise',
  rem = 'remark', sol = 'solution', alg = 'algorithm' }
local UPRIGHT = { def = true, exm = true, exr = true, rem = true, sol = true, alg = true }
local PLAIN = { proof = true, remark = true, solution = true }
local ENDED = '□' -- as amsthm has it

local function kind_of(div)
  local kind = common.kind(div.identifier)
  if LABELLED[kind] then return kind end
  for _, class in ipairs(div.classes) do
    if NUMBERED[class] or PLAIN[class] then return NUMBERED[class] or class end
  end
end

local function is_text(block)
  return block and (block.t == 'Para' or block.t == 'Plain')
end

-- Whether a text begins with the word as its label, which an author may have written: set off, or with a stop behind it.
local function says(blocks, term)
  if not is_text(blocks[1]) then return false end
  local text, length = pandoc.utils.stringify(blocks[1]), pandoc.text.len(term)
  if pandoc.text.lower(pandoc.text.sub(text, 1, length)) ~= pandoc.text.lower(term) then return false end
  local first, behind = blocks[1].content[1].t, pandoc.text.sub(text, length + 1, length + 1)
  return behind:match('^[.:(]$') ~= nil or ((first == 'Emph' or first == 'Strong') and behind:match('^%s?$') ~= nil)
end

local function begin(blocks, label)
  local first = blocks[1]
  if is_text(first) then
    first.content:insert(1, pandoc.Space())
    first.content:insert(1, label)
    blocks[1] = first
  else
    blocks:insert(1, pandoc.Para { label })
  end
end

local function finish(blocks)
  if pandoc.utils.stringify(blocks):match(ENDED .. '%s*$') then return end
  local last, mark = blocks[#blocks], pandoc.Span({ pandoc.Str(ENDED) }, pandoc.Attr('', { 'qed' }))
  local ending = { pandoc.Str(common.tie), mark } -- the space keeps a line for the mark, which stands at its right end
  if is_text(last) then
    last.content:extend(ending)
    blocks[#blocks] = last
  else
    blocks:insert(pandoc.Para(ending))
  end
end

return function(doc, context)
  return doc:walk {
    traverse = 'topdown',
    Div = function(div)
      local kind = kind_of(div)
      if not kind then return nil end
      local name, number = common.take_title(div), nil
      local term = context.terms[kind]
      local words = pandoc.Inlines { pandoc.Str(common.capital(PLAIN[kind] and term or term[1])) }
      if not PLAIN[kind] then
        context.counters[kind] = (context.counters[kind] or 0) + 1
        number = tostring(context.counters[kind])
        words[1] = pandoc.Str(words[1].text .. common.tie .. number)
        if div.identifier ~= '' then context.targets[div.identifier] = { kind = kind, number = number } end
        table.insert(context.labels, { id = div.identifier, kind = kind, number = number, caption = name and common.plain(name) or '' })
      end
      if name and PLAIN[kind] and pandoc.text.lower(common.plain(name)):find(pandoc.text.lower(term), 1, true) == 1 then
        words = pandoc.Inlines(name) -- "Proof of Theorem 1" says already what it is
      elseif name then
        words:extend { pandoc.Space(), pandoc.Str '(' }
        words:extend(name)
        words:insert(pandoc.Str ')')
      end
      words:insert(pandoc.Str(context.terms.delimiter))
      if name or not (PLAIN[kind] and says(div.content, term)) then begin(div.content, pandoc.Span(words, pandoc.Attr('', { 'label' }))) end
      if kind == 'proof' then finish(div.content) end
      local class = LABELLED[kind] or kind
      div.classes = pandoc.List(div.classes):filter(function(item) return item ~= class end)
      div.classes:extend { 'theorem', UPRIGHT[kind] and 'upright' or nil }
      if class ~= 'theorem' then div.classes:insert(class) end
      return div
    end,
  }
end
