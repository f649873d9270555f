-- Makes links of the references to numbered examples, which examples.py marks with a character that no text holds, and gives
-- addresses the sign back that Pandoc was not to see.
local common = require 'common'

local MARK, ADDRESS_MARK = '\u{fdd0}', '\u{fdd1}'
local BLOCK = 'compositor-examples'

-- The number that Pandoc gives each name, from the block behind the text; takes the block out.
local function numbers(doc)
  local found = {}
  local rest = doc:walk {
    Div = function(div)
      if div.identifier ~= BLOCK then return nil end
      div:walk { Span = function(span)
        local only = #span.content == 1 and span.content[1]
        if only and only.t == 'Str' then found[span.attributes.name] = only.text end
      end }
      return {}
    end,
  }
  return rest, found
end

local function restored(text)
  return (text:gsub(MARK, '@'):gsub(ADDRESS_MARK, '@'))
end

local function is_marked(text)
  return text:find(MARK, 1, true) or text:find(ADDRESS_MARK, 1, true)
end

-- A word with its references as links, or as plain numbers where no link may stand.
local function resolve(word, names, found, plain)
  local out, rest = pandoc.Inlines {}, word:gsub(ADDRESS_MARK, '@')
  local function say(text)
    if text ~= '' then out:insert(pandoc.Str(text)) end
  end
  while true do
    local start, last = rest:find(MARK, 1, true)
    if not start then break end
    say(rest:sub(1, start - 1))
    rest = rest:sub(last + 1)
    for _, name in ipairs(names) do
      if rest:sub(1, #name) == name then
        rest = rest:sub(#name + 1)
        local number = found[name]
        if not number then
          out:insert(pandoc.Cite({ pandoc.Str('@' .. name) }, { pandoc.Citation(name, 'AuthorInText') }))
        elseif plain then
          say(number)
        else
          out:insert(pandoc.Link(number, '#example-' .. number, '', pandoc.Attr('', { 'xref', 'example' })))
        end
        break
      end
    end
  end
  say(rest)
  return out
end

local function filter(names, found)
  local function words(plain)
    return function(str)
      if is_marked(str.text) then return resolve(str.text, names, found, plain) end
    end
  end
  local function verbatim(element)
    if not is_marked(element.text) then return nil end
    element.text = restored(element.text)
    return element
  end
  local function attributes(element)
    local marked = false
    for key, value in pairs(element.attributes) do
      if is_marked(value) then element.attributes[key], marked = restored(value), true end
    end
    return marked and element or nil
  end
  return {
    traverse = 'topdown',
    Div = attributes, Span = attributes, Header = attributes,
    Code = verbatim, CodeBlock = verbatim, Math = verbatim, RawInline = verbatim, RawBlock = verbatim,
    Str = words(false),
    Link = function(link)
      local address = #link.content == 1 and link.content[1].t == 'Str' and link.content[1].text == link.target
      link.target, link.title = restored(link.target), restored(link.title)
      attributes(link)
      link.content = address and pandoc.Inlines { pandoc.Str(link.target) } or link.content:walk { Str = words(true) }
      return link, false
    end,
    Image = function(image)
      image.src, image.title = restored(image.src), restored(image.title)
      attributes(image)
      image.caption = image.caption:walk { Str = words(true) }
      return image, false
    end,
  }
end

return function(doc, context)
  local names = context.terms.examples
  if #names == 0 then return doc end
  local found
  doc, found = numbers(doc)
  local links = filter(names, found)
  context.fields = common.through(context.fields, links)
  return doc:walk(links)
end
