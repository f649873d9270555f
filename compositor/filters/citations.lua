-- After citeproc: gives every link from a citation to its entry an id, so that entries can point back.
return function(doc, context)
  local count = 0
  return doc:walk {
    Link = function(link)
      local entry = link.target:match('^#ref%-(.+)$')
      if not entry then return nil end
      count = count + 1
      link.identifier = 'cite-' .. count
      context.places[entry] = context.places[entry] or pandoc.List {}
      context.places[entry]:insert(link.identifier)
      return link
    end,
  }
end
