-- Parts an epigraph, ::: epigraph, into the words quoted and whom they are taken from.
--
-- The source is a last line or paragraph that begins with a dash, one of class "attribution", or an attribute.
local common = require 'common'

local DASHES = { ['—'] = true, ['–'] = true, ['―'] = true }

-- The inlines behind a leading dash, or nil.
local function behind_dash(inlines)
  local first = inlines[1]
  if not first or first.t ~= 'Str' then return nil end
  local dash = pandoc.text.sub(first.text, 1, 1)
  if not DASHES[dash] then return nil end
  local rest = pandoc.Inlines(inlines)
  rest:remove(1)
  if #first.text > #dash then rest:insert(1, pandoc.Str(first.text:sub(#dash + 1))) end
  while rest[1] and rest[1].t == 'Space' do rest:remove(1) end
  return #rest > 0 and rest or nil
end

-- Parts a paragraph at its last line: what is before it, and what is behind its dash.
local function last_line(inlines)
  for index = #inlines, 1, -1 do
    if inlines[index].t == 'SoftBreak' or inlines[index].t == 'LineBreak' then
      local before, after = pandoc.Inlines {}, pandoc.Inlines {}
      for place, inline in ipairs(inlines) do
        if place < index then before:insert(inline) elseif place > index then after:insert(inline) end
      end
      return before, behind_dash(after)
    end
  end
  return pandoc.Inlines {}, behind_dash(inlines)
end

-- Takes the source off the end of the blocks.
local function take_source(blocks)
  local last = blocks[#blocks]
  if not last then return nil end
  if last.t == 'Div' and common.has_class(last, 'attribution') then
    blocks:remove()
    return pandoc.utils.blocks_to_inlines(last.content)
  elseif last.t == 'Para' or last.t == 'Plain' then
    local only = #last.content == 1 and last.content[1]
    if only and only.t == 'Span' and common.has_class(only, 'attribution') then
      blocks:remove()
      return only.content
    end
    local before, source = last_line(last.content)
    if source and #before > 0 then last.content = before blocks[#blocks] = last elseif source then blocks:remove() end
    return source
  elseif last.t == 'LineBlock' then
    local source = behind_dash(last.content[#last.content])
    if source then
      last.content:remove()
      blocks[#blocks] = last
    end
    return source
  end
end

local function written(div)
  for _, name in ipairs { 'by', 'attribution', 'source', 'author' } do
    local value = div.attributes[name]
    div.attributes[name] = nil
    if value then return pandoc.utils.blocks_to_inlines(pandoc.read(value, 'markdown').blocks) end
  end
end

return function(doc)
  return doc:walk {
    Div = function(div)
      if not common.has_class(div, 'epigraph') then return nil end
      local source = written(div) or take_source(div.content)
      local blocks = div.content
      if #blocks == 1 and blocks[1].t == 'BlockQuote' then
        blocks = blocks[1].content
        source = source or take_source(blocks)
      end
      div.content = pandoc.Blocks { pandoc.BlockQuote(blocks) }
      if source then
        source = behind_dash(source) or source
        source:insert(1, pandoc.Str '—')
        source:insert(2, pandoc.Str(common.tie))
        div.content:insert(pandoc.Div({ pandoc.Para(source) }, pandoc.Attr('', { 'attribution' })))
      end
      div.attributes.role = 'doc-epigraph'
      return div
    end,
  }
end
