-- Numbers figures, tables, equations and listings, and writes the number in front of each caption. An appendix counts its own.
local common = require 'common'

-- Takes a JOSS \label out of a caption; gives the rest and the label.
local function unlabel(blocks)
  local id
  local rest = pandoc.Blocks(blocks):walk {
    Span = function(span)
      if common.has_class(span, 'tex-label') then
        id = span.attributes.target
        return {}
      end
    end,
  }
  return rest, id
end

local function caption_text(blocks)
  return common.plain(pandoc.utils.blocks_to_inlines(blocks))
end

-- What stands between the letter of an appendix and its numbers; where they go on from the text, nothing is asked for.
local JOINTS = { A1 = '', ['A.1'] = '.' }

-- A filter for heads that tells which appendix what follows is in. Where none has a letter, each has one that is not printed;
-- one without a letter among others that have it goes on with the numbers of the one before.
local function appendices(doc, context)
  local joint = JOINTS[context.terms.appendix_numbering]
  local lettered, silent = false, 0
  if not joint then return nil end
  doc:walk {
    Header = function(header)
      lettered = lettered or (header.level == 1 and common.has_class(header, 'appendix') and header.attributes.number ~= nil)
    end,
  }
  return function(header)
    if header.level > 1 then return nil end
    if not common.has_class(header, 'appendix') then
      context.series = nil
      return nil
    end
    local letter = header.attributes.number
    if not letter and not lettered then
      silent = silent + 1
      letter = common.letter(silent, 'A')
    end
    context.appendix = letter or context.appendix or 'A'
    context.series = context.appendix .. joint
  end
end

-- The next number of a kind: "3", or "A3" in an appendix; and what it counts.
local function number_next(context, kind)
  local series = context.series or ''
  local counted = kind .. series
  context.counters[counted] = (context.counters[counted] or 0) + 1
  return series .. context.counters[counted]
end

-- "Figure 1. " in front of the caption's first paragraph.
local function prefix(caption, word, number, delimiter)
  local label = pandoc.Span({ pandoc.Str(word .. common.tie .. number .. delimiter) }, pandoc.Attr('', { 'label' }))
  local first = caption[1]
  if first and (first.t == 'Plain' or first.t == 'Para') then
    first.content:insert(1, label)
    if #first.content > 1 then first.content:insert(2, pandoc.Space()) end
    caption[1] = first
  else
    caption:insert(1, pandoc.Plain { label })
  end
  return caption
end

local function register(context, id, kind, number, caption)
  if id ~= '' then context.targets[id] = { kind = kind, number = number } end
  table.insert(context.labels, { id = id, kind = kind, number = number, caption = caption })
end

-- Pandoc's HTML writer makes <embed> of a PDF, and loses its text. This ending keeps it an image; markup.py takes it off.
local SHOWN = { png = true, jpg = true, jpeg = true, gif = true, webp = true, svg = true }
local DISGUISE = '/compositor-picture.png'

-- Quarto writes the alternative text as fig-alt; Pandoc's attribute is alt.
local function alternative(image, figure_alt)
  local alt = image.attributes['fig-alt'] or image.attributes.alt or figure_alt
  image.attributes['fig-alt'] = nil
  if alt then image.attributes.alt = alt end
  local ending = (image.src:match('%.(%w+)$') or ''):lower()
  if not SHOWN[ending] and not image.src:match('^%a+:') then image.src = image.src .. DISGUISE end
  return image
end

-- Pandoc reads `![Caption](file){alt=""}` into a figure whose image has no text at all: its author says that it is for show.
local function keep_empty_alternatives(figure)
  if figure.attributes['fig-alt'] or figure.attributes.alt then return nil end
  figure.content = figure.content:walk {
    Image = function(image)
      if #image.caption > 0 or image.attributes['fig-alt'] or image.attributes.alt then return nil end
      image.attributes.alt = ''
      return image
    end,
  }
  return figure
end

-- The caption describes the picture where it is the only one and nothing else does, as in `![Caption](file)`.
local function described_by_caption(figure, caption)
  local pictures, silent = 0, 0
  pandoc.Blocks(figure.content):walk {
    Image = function(image)
      pictures = pictures + 1
      if #image.caption == 0 and not image.attributes.alt and not image.attributes['fig-alt'] then silent = silent + 1 end
    end,
  }
  return pictures == 1 and silent == 1 and caption ~= '' and caption or nil
end

-- Gives the element's identifier, and its number where it has one.
local function number_caption(element, kind, context, id)
  local caption = element.caption.long
  local rest, tex_id = unlabel(caption)
  if tex_id and id == '' then id = tex_id end
  local text = caption_text(rest)
  if text == '' and not common.kind(id) then return id end
  local number = number_next(context, kind)
  register(context, id, kind, number, text)
  element.caption.long = prefix(rest, common.capital(context.terms[kind][1]), number, context.terms.delimiter)
  return id, number
end

-- Gives the figure and its number.
local function number_figure(figure, context)
  local caption, number = described_by_caption(figure, caption_text(figure.caption.long)), nil
  figure.identifier, number = number_caption(figure, 'fig', context, figure.identifier)
  local alt = figure.attributes['fig-alt'] or figure.attributes.alt or caption
  figure.attributes['fig-alt'] = nil
  figure.attributes.alt = nil
  figure.content = pandoc.Blocks(figure.content):walk {
    Image = function(image)
      if image.identifier == figure.identifier then image.identifier = '' end
      image.caption = unlabel(pandoc.Blocks { pandoc.Plain(image.caption) })[1].content
      return alternative(image, alt)
    end,
  }
  return figure, number
end

-- Panels of a figure written as nested figures: (a), (b), …
local function number_panels(figure, number, context)
  local panels = 0
  local count = #pandoc.List(figure.content):filter(function(block) return block.t == 'Figure' end)
  if count < 2 then return figure end -- a figure of one picture has no panels
  figure.content = pandoc.Blocks(figure.content):walk {
    Figure = function(panel)
      panels = panels + 1
      local mark = common.letter(panels, 'a')
      if panel.identifier ~= '' then context.targets[panel.identifier] = { kind = 'fig', number = (number or '') .. mark } end
      panel.caption.long = prefix(panel.caption.long, '(' .. mark .. ')', '', '')
      return panel
    end,
  }
  return figure
end

-- A listing: code whose `caption` (pandoc-crossref) or `lst-cap` (Quarto) is Markdown, or whose label says that it is one.
local function number_listing(code, context)
  local said = code.attributes['lst-cap'] or code.attributes.caption
  code.attributes['lst-cap'], code.attributes.caption = nil, nil
  if (said or '') == '' and common.kind(code.identifier) ~= 'lst' then return nil end
  local caption, id = pandoc.utils.blocks_to_inlines(pandoc.read(said or '', 'markdown').blocks), code.identifier
  local number = number_next(context, 'lst')
  register(context, id, 'lst', number, common.plain(caption))
  local head = prefix(pandoc.Blocks { pandoc.Para(caption) }, common.capital(context.terms.lst[1]), number, context.terms.delimiter)
  code.identifier = ''
  return pandoc.Div({ pandoc.Div(head, pandoc.Attr('', { 'listing-caption' })), code }, pandoc.Attr(id, { 'listing' }))
end

local function own_caption(blocks)
  for _, block in ipairs(blocks) do
    if block.t == 'Table' and #block.caption.long > 0 then return true end
  end
  return false
end

local function is_notes(block)
  return block.t == 'Div' and common.has_class(block, 'table-notes')
end

-- Quarto's ::: {#fig-x} and ::: {#tbl-x}: the last paragraph is the caption; others behind a table are its notes.
local function from_div(div, context)
  local kind = common.kind(div.identifier)
  local blocks = pandoc.Blocks(div.content)
  if kind == 'lst' and blocks[1] and blocks[1].t == 'CodeBlock' then
    blocks[1].identifier = div.identifier
    blocks[1].attributes.caption = blocks[1].attributes.caption or div.attributes['lst-cap'] or div.attributes.caption
    blocks[1] = number_listing(blocks[1], context)
    return blocks
  end
  if kind ~= 'fig' and kind ~= 'tbl' then return nil end
  local caption = pandoc.Blocks {}
  local own = kind == 'tbl' and own_caption(blocks) -- then what stands under the table are notes
  if not own and #blocks > 1 and (blocks[#blocks].t == 'Para' or blocks[#blocks].t == 'Plain') then
    caption = pandoc.Blocks { pandoc.Plain(blocks:remove().content) }
  end
  if kind == 'tbl' then
    for index, block in ipairs(blocks) do
      if block.t == 'Table' then
        if #caption > 0 then block.caption.long = caption end
        block.identifier = number_caption(block, 'tbl', context, div.identifier)
        if common.has_class(div, 'landscape') then block.classes:insert('landscape') end
        blocks[index] = block
        if index < #blocks and not is_notes(blocks[index + 1]) then
          local notes = pandoc.Blocks {}
          while #blocks > index do notes:insert(1, blocks:remove()) end
          blocks:insert(pandoc.Div(notes, pandoc.Attr('', { 'table-notes' })))
        end
        return blocks
      end
    end
    context.empty[div.identifier] = true
    return nil
  end
  local columns = div.attributes['layout-ncol'] -- Quarto
  div.attributes['layout-ncol'] = nil
  if columns then div.classes:insert('columns-' .. columns) end
  local figure = pandoc.Figure(blocks, { long = caption }, pandoc.Attr(div.identifier, div.classes, div.attributes))
  local numbered, number = number_figure(figure, context)
  return number_panels(numbered, number, context)
end

-- `$$ … $$ {#eq-x}`: Pandoc leaves the attribute as text behind the formula.
local function attach_equation_labels(inlines)
  local out, index = pandoc.Inlines {}, 1
  while index <= #inlines do
    local math, after = inlines[index], index + 1
    if math.t == 'Math' and math.mathtype == 'DisplayMath' then
      while inlines[after] and (inlines[after].t == 'Space' or inlines[after].t == 'SoftBreak') do after = after + 1 end
      local id = inlines[after] and inlines[after].t == 'Str' and inlines[after].text:match('^{#([^}%s]+)}[.,;]?$')
      if id then
        math = pandoc.Span({ math }, pandoc.Attr(id, { 'equation' }))
        index = after
      end
    end
    out:insert(math)
    index = index + 1
  end
  return out
end

-- An image inside a paragraph that carries a label is a figure: JOSS's guide shows it so. The paragraph parts around it.
local function lift_figures(para)
  local parts, run, found = pandoc.List {}, pandoc.Inlines {}, false
  local function flush()
    if #common.plain(run) > 0 then parts:insert(pandoc.Para(run)) end
    run = pandoc.Inlines {}
  end
  for _, inline in ipairs(para.content) do
    local labelled = false
    if inline.t == 'Image' and #para.content > 1 then
      pandoc.Plain(inline.caption):walk { Span = function(span) labelled = labelled or common.has_class(span, 'tex-label') end }
      labelled = labelled or common.kind(inline.identifier) == 'fig'
    end
    if labelled then
      found = true
      flush()
      local id = inline.identifier
      inline.identifier = ''
      parts:insert(pandoc.Figure({ pandoc.Plain { inline } }, { long = { pandoc.Plain(inline.caption) } }, pandoc.Attr(id)))
    elseif not (#run == 0 and (inline.t == 'Space' or inline.t == 'SoftBreak')) then
      run:insert(inline)
    end
  end
  flush()
  return found and parts or nil
end

local function has(inlines, kind)
  for _, inline in ipairs(inlines) do
    if inline.t == kind then return true end
  end
  return false
end

-- Whether a picture stands among the words of a paragraph, and not in a figure: each paragraph is then looked through.
local function has_pictures_in_text(doc)
  local all, inside = 0, 0
  doc:walk { Image = function() all = all + 1 end }
  if all == 0 then return false end
  doc:walk {
    traverse = 'topdown',
    Figure = function(figure)
      figure.content:walk { Image = function() inside = inside + 1 end }
      return figure, false
    end,
  }
  return all > inside
end

return function(doc, context)
  context.empty = {} -- blocks that are labelled as tables and hold none
  if context.displays then doc = doc:walk { Inlines = attach_equation_labels } end -- every text of the document, rebuilt
  doc = doc:walk { Figure = keep_empty_alternatives }
  local pictures_in_text = has_pictures_in_text(doc)
  return doc:walk {
    traverse = 'topdown',
    Header = appendices(doc, context),
    Div = function(div)
      local block = from_div(div, context)
      if block then return block, false end
    end,
    Figure = function(figure)
      local alone = pandoc.List(figure.content):filter(function(block) return block.t == 'Figure' end)
      local numbered, number = number_figure(figure, context)
      if #alone > 0 then numbered = number_panels(numbered, number, context) end
      return numbered, false
    end,
    Para = function(para)
      if not pictures_in_text or not has(para.content, 'Image') then return nil end
      local parts = lift_figures(para)
      if parts then
        return parts:map(function(part) return part.t == 'Figure' and (number_figure(part, context)) or part end), false
      end
      local image = para.content[1]
      if #para.content == 1 and image.t == 'Image' and common.kind(image.identifier) == 'fig' then
        local id = image.identifier
        image.identifier = ''
        return (number_figure(pandoc.Figure({ pandoc.Plain { image } }, { long = { pandoc.Plain(image.caption) } }, pandoc.Attr(id)), context)), false
      end
    end,
    Table = function(element)
      element.identifier = number_caption(element, 'tbl', context, element.identifier)
      return element
    end,
    CodeBlock = function(code) return number_listing(code, context), false end,
    Image = function(image)
      return alternative(image)
    end,
    Span = function(span)
      if not common.has_class(span, 'equation') then return nil end
      local number = number_next(context, 'eq')
      register(context, span.identifier, 'eq', number, common.plain(span.content))
      span.content:insert(pandoc.Span({ pandoc.Str('(' .. number .. ')') }, pandoc.Attr('', { 'equation-number' })))
      return span, false
    end,
  }
end
