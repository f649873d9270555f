-- Boxes: what stands apart from the text under a title of its own, as Quarto's callouts, ::: callout-note, an author's ::: box
-- and GitHub's alerts, > [!NOTE]. A head in one is no section.
local common = require 'common'

local KINDS = { note = 1, tip = 2, warning = 3, caution = 4, important = 5 } -- their places among the terms

local function kind_of(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match('^callout%-(%a+)$')
    if kind and KINDS[kind] then return kind end
  end
  return common.has_class(div, 'box') and 'box' or nil
end

local function title(inlines)
  return pandoc.Div({ pandoc.Plain { pandoc.Strong(inlines) } }, pandoc.Attr('', { 'boxed-title' }))
end

local function box(blocks, kind, said, context)
  blocks = blocks:walk { Header = function(head) return title(head.content) end }
  if not said and KINDS[kind] then said = { pandoc.Str(context.terms.callouts[KINDS[kind]]) } end
  if said then blocks:insert(1, title(said)) end
  return blocks
end

-- The kind that a quotation says it is an alert of, and what is behind it.
local function alert(quote)
  local first = quote.content[1]
  local kind = first and first.t == 'Para' and first.content[1].t == 'Str' and first.content[1].text:match('^%[!(%u+)%]$')
  kind = kind and kind:lower()
  if not KINDS[kind] then return nil end
  local rest = pandoc.Inlines(first.content)
  rest:remove(1)
  while rest[1] and (rest[1].t == 'SoftBreak' or rest[1].t == 'Space' or rest[1].t == 'LineBreak') do rest:remove(1) end
  local blocks = pandoc.Blocks(quote.content)
  if #rest > 0 then blocks[1] = pandoc.Para(rest) else blocks:remove(1) end
  return kind, blocks
end

return function(doc, context)
  return doc:walk {
    traverse = 'topdown',
    Div = function(div)
      local kind = kind_of(div)
      if not kind then return nil end
      local said = common.take_title(div)
      for _, name in ipairs { 'collapse', 'icon', 'appearance' } do div.attributes[name] = nil end -- Quarto's
      div.content = box(div.content, kind, said, context)
      div.classes = pandoc.List(div.classes):filter(function(class) return not class:match('^callout') and class ~= 'box' end)
      div.classes:insert(1, 'boxed')
      if kind ~= 'box' then div.classes:insert(2, kind) end
      return div
    end,
    BlockQuote = function(quote)
      local kind, blocks = alert(quote)
      if kind then return pandoc.Div(box(blocks, kind, nil, context), pandoc.Attr('', { 'boxed', kind })) end
    end,
  }
end
