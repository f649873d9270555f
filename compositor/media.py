"""Pictures: every image the text names in, its bytes in forms the editions can show out."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import tinycss2
from lxml import etree

from compositor import markup
from compositor.places import Places
from compositor.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.model import Manuscript, Problem

SVG = "image/svg+xml"
SVG_NAME = "{http://www.w3.org/2000/svg}"
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
PDF_DPI = 300  # resolution a PDF figure is drawn at
ACTIVE = {
    "script",
    "foreignObject",
    "iframe",
    "handler",
    "listener",
    "set",
    "animate",
    "animateMotion",
    "animateTransform",
}


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, ready to embed."""

    name: str  # file name inside an EPUB: fig-1.png
    media_type: str
    data: bytes
    width: float  # natural size in CSS pixels, 96 to the inch
    height: float


def collect(root: etree._Element, manuscript: Manuscript) -> tuple[dict[str, Media], list[Problem]]:
    """Load every image of the set body, by its address in the text. One that cannot be shown is a problem."""
    places = Places(manuscript.path, manuscript.source)
    found: dict[str, Media] = {}
    problems: list[Problem] = []
    for image in root.iter("img"):
        address = image.get("src", "")
        if address in found or address.lower().startswith("data:image/"):
            continue
        where = _where(places, address)
        path = _locate(address, manuscript.folder)
        shown = unquote(address)
        if not address:
            problems.append(problem("image-missing", where, "an image has no address"))
        elif path is None:
            problems.append(problem("image-outside", where, f"{shown[:80]} is not in the manuscript's folder"))
        elif not path.is_file():
            problems.append(problem("image-missing", where, f"there is no image {shown}"))
        else:
            try:
                found[address] = load(path, f"fig-{len(found) + 1}")
            except (ValueError, OSError, etree.XMLSyntaxError) as error:
                text = str(error).splitlines()[0] if str(error) else type(error).__name__
                problems.append(problem("image-unreadable", where, f"{shown}: {text}"))
    return found, problems


def _where(places: Places, address: str) -> str:
    """Find an image by its address, as it stands in the text or as an address is written."""
    if not address:
        return places.text("]()")
    plain = places.text(unquote(address))
    return plain if ":" in plain else places.text(address)


def _locate(address: str, folder: Path) -> Path | None:
    """Give the file an address means, or None where it leaves the manuscript's folder."""
    if not address or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:|//", address):
        return None
    path = (folder / unquote(address.split("?")[0])).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def load(path: Path, stem: str) -> Media:
    """Read one picture. Raises ValueError, OSError or XMLSyntaxError when it is none."""
    data = path.read_bytes()
    if path.suffix.lower() == ".svg" or (data.lstrip()[:5] in (b"<?xml", b"<svg ") and b"<svg" in data[:4000]):
        return _svg(data, stem)
    if data.startswith(b"%PDF"):
        return _pdf(data, stem)
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                kind = image.format or ""
                dpi = float(image.info.get("dpi", (96, 96))[0]) or 96
                size = (image.width * 96 / dpi, image.height * 96 / dpi)
        except (
            UnidentifiedImageError,
            Image.DecompressionBombWarning,
            Image.DecompressionBombError,
            SyntaxError,
        ) as error:
            known = isinstance(error, (Image.DecompressionBombWarning, Image.DecompressionBombError))
            raise ValueError(str(error) if known else "this is no picture that can be read") from None
    if kind not in TYPES:
        raise ValueError(f"{kind or 'this kind of file'} cannot be shown in every edition")
    return Media(f"{stem}.{kind.lower().replace('jpeg', 'jpg')}", TYPES[kind], data, *size)


def as_png(media: Media) -> Media:
    """Give a WebP as PNG, for e-readers that show no WebP. Deterministic."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(media.data)) as image:
        image.convert("RGBA" if image.has_transparency_data else "RGB").save(out, "PNG", optimize=True)
    return Media(media.name.rsplit(".", 1)[0] + ".png", "image/png", out.getvalue(), media.width, media.height)


def _pdf(data: bytes, stem: str) -> Media:
    """Draw the first page of a PDF figure; no edition can show a PDF inside."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        page = document[0]
        width, height = page.get_size()  # points
        picture = page.render(scale=PDF_DPI / 72).to_pil().convert("RGB")
        document.close()
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"the PDF cannot be read: {error}") from None
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Media(f"{stem}.png", "image/png", out.getvalue(), width * 96 / 72, height * 96 / 72)


UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def _length(text: str | None) -> float | None:
    match = re.fullmatch(r"\s*([\d.]+)\s*(px|pt|pc|mm|cm|in|)\s*", text or "")
    return float(match[1]) * UNITS[match[2]] if match else None


def _svg(data: bytes, stem: str) -> Media:
    """Clean an SVG: no scripts, no entities, no outside references, ids of its own, a viewBox."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.tag != f"{SVG_NAME}svg":
        raise ValueError("not an SVG picture")
    for element in list(root.iter()):
        if not isinstance(element.tag, str):  # an entity reference
            raise ValueError("the SVG uses XML entities")
        name = etree.QName(element).localname
        if not element.tag.startswith(SVG_NAME) or name in ("metadata", "foreignObject"):
            _remove(element)
    markup.drop_active(root, keep=("style",))
    for element in root.iter():
        _spell_out_font(element)
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{stem}-{value}")
            elif etree.QName(key).localname == "href" and value.startswith("#"):
                element.set(key, f"#{stem}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, re.sub(r"url\(\s*#", f"url(#{stem}-", value))
        if element.tag == f"{SVG_NAME}style":
            element.text = _scope(element.text or "", stem)
    root.set("id", stem)
    box = [float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if part]
    width = _length(root.get("width")) or (box[2] if len(box) == 4 else 300.0)
    height = _length(root.get("height")) or (box[3] if len(box) == 4 else 150.0)
    if len(box) != 4:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    etree.cleanup_namespaces(root)
    return Media(f"{stem}.svg", SVG, etree.tostring(root, encoding="utf-8", with_tail=False), width, height)


def _scope(sheet: str, stem: str) -> str:
    """Keep an SVG's rules to itself: every selector starts at its root, every id is the renamed one."""
    if markup.OUTSIDE.search(sheet):
        raise ValueError("the SVG's style sheet reaches outside the file")
    out = []
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        selectors = re.sub(r"#(?=[A-Za-z_])", f"#{stem}-", tinycss2.serialize(rule.prelude))
        body = re.sub(r"url\(\s*#", f"url(#{stem}-", tinycss2.serialize(rule.content))
        out.append(", ".join(f"#{stem} {part.strip()}" for part in selectors.split(",")) + " {" + body + "}")
    return "\n".join(out)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _spell_out_font(element: etree._Element) -> None:
    """Write ``style="font: 8px 'Source Sans 3'"`` as attributes, because WeasyPrint reads only those in SVG text."""
    style = element.get("style", "")
    if "font" not in style:
        return
    kept = []
    for declaration in re.split(r";(?![^(]*\))", style):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        match = (
            re.fullmatch(r"(?:(italic|oblique)\s+)?(?:(bold|[1-9]00)\s+)?([\d.]+(?:px|pt)?)(?:/\S+)?\s+(.+)", value)
            if key == "font"
            else None
        )
        if match:
            names = ("font-style", "font-weight", "font-size", "font-family")
            for name, found in zip(names, match.groups(), strict=True):
                if found:
                    element.set(name, found)
        elif key in ("font-family", "font-size", "font-style", "font-weight", "text-anchor"):
            element.set(key, value)
        elif key:
            kept.append(f"{key}: {value}")
    if kept:
        element.set("style", "; ".join(kept))
    else:
        del element.attrib["style"]
