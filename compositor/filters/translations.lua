-- Puts abstracts in other languages behind the abstract, each in a Div that says its language; their titles stay fields.
local common = require 'common'

return function(doc, context)
  local first = doc.blocks[1]
  local place = first and first.t == 'Div' and first.identifier == 'abstract' and 2 or 1
  for _, translation in ipairs(context.fields.translations or {}) do
    local lang = common.stringify(translation.lang)
    for _, name in ipairs { 'title', 'subtitle', 'abstract' } do
      translation[name] = translation[name] and common.quote(translation[name], context.terms.translated[lang])
    end
    local abstract = translation.abstract
    translation.abstract = nil
    if abstract then
      local attributes = { lang = lang, dir = context.terms.translated[lang].dir }
      doc.blocks:insert(place, pandoc.Div(common.run_in(abstract), pandoc.Attr('abstract-' .. lang, { 'translated-abstract' }, attributes)))
      place = place + 1
    end
  end
  return doc
end
