-- After citeproc: gives every link from a citation to its entry an id, so that entries can point back. The filter that it
-- is given is run along with its own: a walk through the whole text costs more than what is done on it.
--
-- In a style of notes citeproc is asked for no links, because with them it puts a full stop outside the quotation mark
-- it belongs in; they are made here.

-- The parts of a note's text that stand for its citations: split at semicolons, if that gives as many.
local function parts_of(content, count)
  local parts = pandoc.List { pandoc.Inlines {} }
  for _, inline in ipairs(content) do
    parts[#parts]:insert(inline)
    if inline.t == 'Str' and inline.text:match(';$') and #parts < count then parts:insert(pandoc.Inlines {}) end
  end
  return #parts == count and parts or pandoc.List { pandoc.Inlines(content) }
end

local function link_parts(content, citations)
  local out = pandoc.Inlines {}
  for index, part in ipairs(parts_of(content, #citations)) do
    while part[1] and part[1].t == 'Space' do out:insert(part:remove(1)) end
    out:insert(pandoc.Link(part, '#ref-' .. citations[index].id, '', pandoc.Attr('', {}, { role = 'doc-biblioref' })))
  end
  return out
end

local function link_note(note, citations)
  for index, block in ipairs(note.content) do
    if block.content and index == 1 then block.content = link_parts(block.content, citations) end
    note.content[index] = block
  end
  return note
end

-- What a citation gives in a style of notes: a note, behind a full stop that citeproc has moved before it, or behind the
-- name of an author who is named in the text; or, inside a note, words. A note's call is a link, so no link goes around it.
local function link_notes(doc)
  return doc:walk {
    Cite = function(cite)
      local out, words, noted = pandoc.Inlines {}, pandoc.Inlines {}, false
      for _, inline in ipairs(cite.content) do
        if inline.t == 'Note' then
          noted = true
          if cite.citations[1].mode == 'AuthorInText' and #words > 0 then words = link_parts(words, { cite.citations[1] }) end
          out:extend(words)
          words = pandoc.Inlines {}
          out:insert(link_note(inline, cite.citations))
        else
          words:insert(inline)
        end
      end
      if #words > 0 then out:extend(noted and words or link_parts(words, cite.citations)) end
      cite.content = out
      return cite
    end,
  }
end

return function(doc, context, filter)
  if context.note_style then doc = link_notes(doc) end
  local count = 0
  function filter.Link(link)
    local entry = link.target:match('^#ref%-(.+)$')
    if not entry then return nil end
    count = count + 1
    link.identifier = 'cite-' .. count
    context.places[entry] = context.places[entry] or pandoc.List {}
    context.places[entry]:insert(link.identifier)
    return link
  end
  -- What a picture is said to show has been counted by now, and is text: nobody can follow a link there.
  function filter.Image(image)
    image.caption:walk {
      Link = function(link)
        for _, places in pairs(context.places) do
          local _, index = places:find(link.identifier)
          if index then places:remove(index) end
        end
      end,
    }
  end
  return doc:walk(filter)
end
