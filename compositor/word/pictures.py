"""Pictures in Word: an ``img`` in, a ``w:drawing`` out; SVG beside a PNG that older programs show."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from compositor.editions import artist
from compositor.fonts import fontface, lettering
from compositor.setting.media import SVG, Media, as_png, flat_png

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet
    from compositor.word.parts import Part

EMU = 9525  # English Metric Units to the CSS pixel
DPI = 300  # resolution that SVG is drawn at
UNITS = {"px": 1.0, "": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "em": 16.0, "ex": 8.0}
DRAWING = """<w:drawing
 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="0" cy="0"/><wp:docPr id="0" name=""/>
<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
<pic:nvPicPr><pic:cNvPr id="0" name=""/><pic:cNvPicPr/></pic:nvPicPr>
<pic:blipFill><a:blip r:embed=""/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"""
# Extensions of Office 2016 and later: the drawing behind the picture, and a picture that shows nothing.
SVG_BLIP = """<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">
<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed=""/></a:ext></a:extLst>"""
DECORATIVE = """<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">
<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>"""
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_PARSER = etree.XMLParser(remove_blank_text=True)


def shown(sheet: Sheet) -> dict[str, tuple[Media, Media | None]]:
    """Give each picture by its address, as every program shows it, and the SVG behind it."""
    found: dict[str, tuple[Media, Media | None]] = {}
    for address, media in sheet.media.items():
        if media.media_type == SVG:
            found[address] = artist.drawn(sheet, "docx", draw_all)[address], media
        else:
            found[address] = (as_png(media) if media.media_type == "image/webp" else media), None
    return found


def draw_all(sheet: Sheet) -> dict[str, Media]:
    """Draw each SVG; gives pictures by address."""
    return {address: drawn(sheet, media) for address, media in sheet.media.items() if media.media_type == SVG}


def drawn(sheet: Sheet, media: Media, *, flat: bool = True) -> Media:
    """Draw an SVG, with the fonts of the article; ``flat`` in 256 colours, for a picture behind which the SVG itself stands."""
    import pypdfium2

    from compositor.editions.engine import load_engine
    from compositor.editions.pdf import fetcher
    from compositor.pages import clusters

    size = f"@page {{ margin: 0; size: {media.width:g}px {media.height:g}px }} svg {{ display: block; width: 100% }}"
    page = fontface.dressed(f"<style>{size}</style>{media.data.decode()}", sheet.scripts)
    fetch = fetcher(sheet.media, sheet.scripts)
    with lettering.watched(media.name, sheet.templates), clusters.kept_together(sheet.scripts):
        pdf = load_engine().HTML(string=page, url_fetcher=fetch, base_url="compositor:word/").write_pdf()
    document = pypdfium2.PdfDocument(pdf)
    picture = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
    document.close()
    if flat:
        data = flat_png(picture, dpi=(DPI, DPI))
    else:
        picture.save(out := io.BytesIO(), "PNG", optimize=True, dpi=(DPI, DPI))
        data = out.getvalue()
    return replace(media, name=media.name.removesuffix(".svg") + ".png", media_type="image/png", data=data)


def draw(
    image: etree._Element, media: Media, vector: Media | None, part: Part, number: int, room: tuple[float, float]
) -> etree._Element:
    """Set one picture. ``number`` is its own in the document; ``room`` is the width and height there is, in CSS pixels."""
    width, height = _size(image, media, *room)
    drawing = etree.fromstring(DRAWING, _PARSER)
    for extent in drawing.xpath(".//*[@cx]"):
        extent.set("cx", str(round(width * EMU)))
        extent.set("cy", str(round(height * EMU)))
    named = drawing.find(".//{*}docPr")
    for element in (named, drawing.find(".//{*}cNvPr")):
        element.set("id", str(number))
        element.set("name", f"Picture {number}")
    alt = image.get("alt")
    if alt:
        named.set("descr", alt)
    elif alt == "":
        named.append(etree.fromstring(DECORATIVE, _PARSER))
    blip = drawing.find(".//{*}blip")
    blip.set(EMBED, part.picture(media))
    if vector is not None:
        blip.append(etree.fromstring(SVG_BLIP, _PARSER))
        blip.find(".//{*}svgBlip").set(EMBED, part.picture(vector))
    return drawing


def _size(image: etree._Element, media: Media, measure: float, tallest: float) -> tuple[float, float]:
    """Give width and height in CSS pixels: as the author asks, and never wider or taller than there is room."""
    asked = {key: _length(image, key, measure) for key in ("width", "height")}
    width, height = asked["width"], asked["height"]
    ratio = media.height / media.width
    if width is None:
        width = height / ratio if height is not None else media.width
        height = height if height is not None else media.height
    elif height is None:
        height = width * ratio
    scale = min(1.0, measure / width, tallest / height)
    return max(1.0, width * scale), max(1.0, height * scale)


def _length(image: etree._Element, key: str, measure: float) -> float | None:
    style = re.search(rf"(?:^|;)\s*{key}:\s*([^;]+)", image.get("style", ""))
    match = re.fullmatch(r"\s*([\d.]+)\s*([a-z%]*)\s*", style[1] if style else image.get(key, ""))
    if match is None or (match[2] == "%" and key == "height") or float(match[1]) <= 0:
        return None
    return float(match[1]) * (measure / 100 if match[2] == "%" else UNITS.get(match[2], 1.0))
