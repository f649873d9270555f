-- Reports a picture's width or height that is no length above nought: Pandoc leaves it out without a word.
local common = require 'common'

local UNITS = { [''] = true, px = true, pt = true, pc = true, mm = true, cm = true, ['in'] = true, em = true, ['%'] = true }

local function usable(value)
  if value == 'auto' then return true end
  local number, unit = value:match('^%s*([%d.]+)%s*(%a*%%?)%s*$')
  return number ~= nil and (tonumber(number) or 0) > 0 and UNITS[unit] == true
end

return function(doc, context)
  return doc:walk {
    Image = function(image)
      for _, name in ipairs { 'width', 'height' } do
        local value = image.attributes[name]
        if value and not usable(value) then
          common.report(context, 'image-size', name .. ' ' .. value, 'the ' .. name .. ' ' .. value .. ' is none, so the picture has its own')
          image.attributes[name] = nil
        end
      end
      return image
    end,
  }
end
