-- Says of each figure and table where on the page its author wants it: here, or at the top or bottom, or a page of its own,
-- upright or landscape.
--
-- `placement=top`, or Quarto's fig-pos and tbl-pos with LaTeX's letters; several letters leave the choice to us. `.landscape` may
-- stand on a block around them, too.
local common = require 'common'

local LETTERS = { h = 'here', t = 'top', b = 'bottom', p = 'page' }
local KNOWN = { here = true, top = true, bottom = true, page = true, landscape = true, auto = true }

-- Takes the wish off an element; gives it as written, with the name of its attribute.
local function take(element)
  for _, name in ipairs { 'placement', 'fig-pos', 'tbl-pos' } do
    local value = element.attributes[name]
    element.attributes[name] = nil
    if value then return value, name end
  end
  for _, name in ipairs { 'here', 'landscape' } do
    if common.has_class(element, name) then
      element.classes = element.classes:filter(function(class) return class ~= name end)
      return name, 'placement'
    end
  end
end

local function meant(value, name, context)
  local bare = value:lower():gsub('!', '')
  if KNOWN[bare] then return bare end
  if bare:match('^[htbp]+$') then return LETTERS[bare] or 'auto' end
  common.report(context, 'placement-unknown', name .. ' ' .. value, value .. ' is no place on a page')
  return 'auto'
end

local function settle(element, context, parts)
  local value, name = take(element)
  if parts then
    element.content = element.content:walk {
      Image = function(image)
        local inner, inner_name = take(image)
        if not value then value, name = inner, inner_name end
        return image
      end,
    }
  end
  local place = value and meant(value, name, context)
  if place and place ~= 'auto' then
    element.attributes['data-placement'] = place
    context.placed = context.placed or place ~= 'here'
  end
  return element
end

-- A block around figures and tables that are wanted landscape: it gives way to them. One that holds none is left as it is.
local function unfold(div, context)
  if not common.has_class(div, 'landscape') then return nil end
  local found = false
  local function turn(element)
    found = true
    element.attributes.placement = 'landscape'
    return settle(element, context, element.t == 'Figure'), false
  end
  local content = div.content:walk { traverse = 'topdown', Figure = turn, Table = turn }
  if found then return content, false end
end

-- What stands in a list or a quotation stays there, with the words around it.
local function tell_inside(doc, context)
  local function tell(element)
    local place = element.attributes['data-placement']
    if not place or place == 'here' then return nil end
    local caption = element.caption.long:walk { Span = function(span) if common.has_class(span, 'label') then return {} end end }
    local name = element.identifier ~= '' and element.identifier or common.plain(pandoc.utils.blocks_to_inlines(caption)):match('^%s*(.*)$')
    common.report(context, 'placement-inside', name, 'in a list or quotation, nothing is set on its own: ' .. place .. ' is not heeded')
  end
  local function look(block)
    block:walk { Figure = tell, Table = tell }
    return nil, false
  end
  doc:walk { traverse = 'topdown', BlockQuote = look, BulletList = look, OrderedList = look, DefinitionList = look }
end

return function(doc, context)
  doc = doc:walk {
    traverse = 'topdown',
    Div = function(div) return unfold(div, context) end,
    Figure = function(figure) return settle(figure, context, true), false end,
    Table = function(element) return settle(element, context) end,
  }
  if context.placed then tell_inside(doc, context) end
  return doc
end
