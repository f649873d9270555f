"""Pictures: every image the text names in, its bytes in forms the editions can show out."""

from __future__ import annotations

import io
import re
import struct
import urllib.request
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import tinycss2
from lxml import etree

from compositor.editions import engine
from compositor.places import Places
from compositor.problems import problem
from compositor.reading import characters, inside
from compositor.result import BuildError, MissingTool
from compositor.running import limits
from compositor.setting import active

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from compositor.model import Manuscript
    from compositor.result import Problem

SVG = "image/svg+xml"
SVG_NAME = "{http://www.w3.org/2000/svg}"
SHAPES = {f"{SVG_NAME}{name}" for name in ("rect", "circle", "ellipse", "image", "svg", "pattern")}
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
SAVED: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
SMALL = 10_000  # pixels
PDF_DPI = 300  # resolution a PDF figure is drawn at
TIMEOUT = 20  # seconds without an answer from the network


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, ready to embed."""

    name: str  # file name inside an EPUB: fig-1.png
    media_type: str
    data: bytes
    width: float  # natural size in CSS pixels, 96 to the inch
    height: float
    path: Path | None = None  # the author's file, where it came from one
    dropped: tuple[tuple[str, str, str], ...] = ()  # what an SVG had to lose: problem's code, what, the text it can be found by
    shapeless: tuple[tuple[str, str], ...] = ()  # sizes below nought that an SVG has: its shape and attribute, and the value


def collect(root: etree._Element, manuscript: Manuscript) -> tuple[dict[str, Media], list[Problem]]:
    """Load every image of the set body, by its address in the text. One that cannot be shown is a problem."""
    places = Places(manuscript.path, manuscript.source)
    found: dict[str, Media] = {}
    problems: list[Problem] = []
    for image in root.iter("img"):
        address = image.get("src", "")
        if address in found:
            continue
        where = _where(places, address)
        name = unquote(address)[:80]
        if not address:
            problems.append(problem("image-missing", where, "an image has no address"))
            continue
        try:
            data, path = _fetch(address, manuscript.folder, where)
            found[address] = replace(load(data, f"fig-{len(found) + 1}"), path=path)
            drawing = found[address]
            told = drawing.dropped or drawing.shapeless
            inner = Places(path, data.decode("utf-8", "replace")) if path and told else None
            for code, gone, needle in drawing.dropped:
                place = inner.text(needle) if inner else where
                problems.append(problem(code, place, f"{gone} is left out of the picture"))
            for what, value in drawing.shapeless:
                place = inner.attribute(what.split()[-1], value) if inner else where
                problems.append(problem("image-size", place, f"{name}: {what} is {value}, so that no program shows it"))
        except BuildError as error:
            problems += error.problems
        except FileNotFoundError:
            problems.append(problem("image-missing", where, f"there is no image {name}"))
        except (ValueError, OSError, etree.XMLSyntaxError) as error:
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            problems.append(problem("image-unreadable", where, f"{name}: {text}"))
    return found, problems


def _fetch(address: str, folder: Path, where: str) -> tuple[bytes, Path | None]:
    """Give the bytes that an address means, and the file they came from. Raises BuildError where it may not be read."""
    if address[:5].lower() == "data:" or (limits.current().trusted and re.match(r"https?://", address)):
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 - data: or, in one's own text, the web
            data: bytes = answer.read(limits.current().bytes("picture") + 1)
        if len(data) > limits.current().bytes("picture"):
            raise ValueError(f"the picture has more than {limits.current().picture} MiB")
        return data, None
    path = inside.locate(address if inside.is_address(address) else unquote(address.split("?")[0]), folder, where)
    if not isinstance(path, Path):
        raise BuildError((path,))
    if path.exists() and (too_large := inside.oversized(path, "picture", where)):
        raise BuildError((too_large,))
    return path.read_bytes(), path


def _where(places: Places, address: str) -> str:
    """Find an image by its address, as it stands in the text or as an address is written."""
    if not address:
        return places.text("]()")
    plain = places.text(unquote(address))
    return plain if ":" in plain else places.text(address)


def load(data: bytes, stem: str) -> Media:
    """Read one picture. Raises ValueError, OSError or XMLSyntaxError when it is none."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return _svg(data, stem)
    if data.startswith(b"%PDF"):
        return _pdf(data, stem)
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit is the user's to set
    try:
        with (
            _whole(),
            Image.open(io.BytesIO(data), formats=[*TYPES, "TIFF", "BMP"]) as image,
        ):  # others may start a program: EPS
            _limit_pixels(image.width, image.height)
            kind = {"MPO": "JPEG"}.get(image.format or "", image.format or "")  # a camera's JPEG with others behind it
            if kind not in TYPES:
                raise ValueError(f"{kind or 'this kind of file'} cannot be shown in every edition")
            image.load()
            _limit_frames(image)
            data = _upright(image, data, kind)
            dpi = float(image.info.get("dpi", (96, 96))[0]) or 96
            width, height = Image.open(io.BytesIO(data)).size
            size = (width * 96 / dpi, height * 96 / dpi)
    except (UnidentifiedImageError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error):
        raise ValueError("this is no picture that can be read") from None
    return Media(f"{stem}.{kind.lower().replace('jpeg', 'jpg')}", TYPES[kind], data, *size)


@contextmanager
def _whole() -> Iterator[None]:
    """Refuse pictures that are cut short. WeasyPrint, as soon as it is loaded, has Pillow take them, grey where they end."""
    from PIL import ImageFile

    with suppress(MissingTool):
        engine.load_engine()  # it is being loaded in a thread; which of the two comes first must not matter
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _limit_pixels(width: float, height: float) -> None:
    """Refuse a picture that would fill the memory; its header tells before it is read."""
    most = limits.current().pixels
    if width * height > most * 1e6:
        raise ValueError(f"the picture has {width:.0f} × {height:.0f} pixels; the limit is {most} million")


def _limit_frames(image: Image) -> None:
    """Refuse a moving picture whose frames would fill the memory of whoever shows it. Each counts as a small one at least."""
    most = limits.current().pixels * 1e6 / max(image.width * image.height, SMALL)
    if image.format == "GIF":  # whose frames nobody has counted
        for number in range(1, int(most) + 2):
            try:
                image.seek(number)
            except EOFError:
                break
        count = number
    else:
        count = getattr(image, "n_frames", 1)
    if count > max(most, 1):
        size = f"{image.width} × {image.height} pixels"
        raise ValueError(
            f"the picture has {int(most)} frames or more of {size}; the limit is {limits.current().pixels} million"
        )
    image.seek(0)


def _upright(image: Image, data: bytes, kind: str) -> bytes:
    """Turn a photograph that only says that it is turned: not every program that shows an edition would do it."""
    from PIL import ExifTags, ImageOps

    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):  # broken notes of a camera
        return data
    if not turned or getattr(image, "n_frames", 1) > 1:
        return data
    out = io.BytesIO()
    upright = ImageOps.exif_transpose(image)
    kept = {key: image.info[key] for key in ("icc_profile", "dpi") if image.info.get(key)}
    upright.save(out, kind, exif=upright.getexif(), **SAVED.get(kind, {}), **kept)
    return out.getvalue()


def flat_png(picture: Image, **options: Any) -> bytes:
    """Give a drawing as a PNG of 256 colours; other ways to choose them, and a smaller file, take ten times as long."""
    from PIL.Image import Dither, Quantize

    out = io.BytesIO()
    picture.quantize(256, method=Quantize.FASTOCTREE, dither=Dither.NONE).save(out, "PNG", **options)
    return out.getvalue()


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
        _limit_pixels(width * PDF_DPI / 72, height * PDF_DPI / 72)
        picture = page.render(scale=PDF_DPI / 72).to_pil().convert("RGB")
        document.close()
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"the PDF cannot be read: {error}") from None
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Media(f"{stem}.png", "image/png", out.getvalue(), width * 96 / 72, height * 96 / 72)


UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
LENGTH = re.compile(rf"\s*({NUMBER})\s*(?:px|pt|pc|mm|cm|q|in|em|ex|ch|rem|vw|vh|%|)\s*", re.IGNORECASE)


def _length(text: str | None) -> float | None:
    match = re.fullmatch(r"\s*([\d.]+)\s*(px|pt|pc|mm|cm|in|)\s*", text or "")
    return float(match[1]) * UNITS[match[2]] if match else None


def _svg(data: bytes, stem: str) -> Media:
    """Clean an SVG: no scripts, no entities, no outside references, ids of its own, a viewBox."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.tag != f"{SVG_NAME}svg":
        raise ValueError("not an SVG picture")
    gone: list[tuple[str, str, str]] = []
    for element in list(root.iter()):
        if not isinstance(element.tag, str):  # an entity reference
            raise ValueError("the SVG uses XML entities")
        name = etree.QName(element).localname
        if not element.tag.startswith(SVG_NAME) or name in ("metadata", "foreignObject"):
            gone += [("markup-dropped", f"<{name}>", name)] if name.lower() in active.ACTIVE else []
            _remove(element)
    gone += [("markup-dropped", item.name, item.needle) for item in active.drop_active(root, keep=("style",))]
    gone += _scrub(root)
    for element in root.iter():
        _spell_out_font(element)
        _look_into(element)
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
    for name in ("width", "height"):
        asked = root.get(name, "auto").strip()
        if asked != "auto" and ((match := LENGTH.fullmatch(asked)) is None or float(match[1]) <= 0):
            raise ValueError(f"the SVG's {name} is {asked}")
    shapeless = tuple(
        (f"the {etree.QName(element).localname}'s {name}", element.get(name).strip())
        for element in root.iterdescendants()
        for name in ("width", "height", "r", "rx", "ry")
        if element.tag in SHAPES and re.match(r"\s*-", element.get(name, ""))
    )
    box = [float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if part]
    if len(box) == 4 and min(box[2:]) <= 0:
        raise ValueError(f"the SVG's viewBox is {root.get('viewBox')}")
    width = _length(root.get("width")) or (box[2] if len(box) == 4 else 300.0)
    height = _length(root.get("height")) or (box[3] if len(box) == 4 else 150.0)
    if len(box) != 4:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    etree.cleanup_namespaces(root)
    drawing = etree.tostring(root, encoding="utf-8", with_tail=False)
    return Media(f"{stem}.svg", SVG, drawing, width, height, dropped=tuple(gone), shapeless=shapeless)


def _scrub(root: etree._Element) -> list[tuple[str, str, str]]:
    """Take characters that nobody sees out of a drawing's words and attributes; gives what went."""
    gone: set[str] = set()
    for element in root.iter():
        element.text, in_text = characters.scrub(element.text)
        element.tail, in_tail = characters.scrub(element.tail)
        gone |= in_text | in_tail
        for key, value in element.attrib.items():
            cleaned, found = characters.scrub(str(value))
            if found:
                element.set(key, cleaned)
                gone |= found
    return [(characters.code(item), characters.name(item), item) for item in sorted(gone)]


def _look_into(element: etree._Element) -> None:
    """Hold a picture inside a drawing against the limits. Raises ValueError for one that is none, or too large."""
    for key, value in element.attrib.items():
        if etree.QName(key).localname == "href" and active.BITMAP.match(value):
            with urllib.request.urlopen(value) as answer:  # noqa: S310 - data:
                found = load(answer.read(), "inside")
            if found.media_type not in TYPES.values():
                raise ValueError("the SVG holds a picture that is not what it says")


def _scope(sheet: str, stem: str) -> str:
    """Keep an SVG's rules to itself: every selector starts below its root or at it, every id is the renamed one."""
    if any(not found.startswith("#") for found in active.css_addresses(sheet)):
        raise ValueError("the SVG's style sheet reaches outside the file")
    out = []
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        selectors = re.sub(r"#(?=[A-Za-z_])", f"#{stem}-", tinycss2.serialize(rule.prelude))
        body = re.sub(r"url\(\s*#", f"url(#{stem}-", tinycss2.serialize(rule.content))
        scoped = (_both(part.strip(), stem) for part in selectors.split(","))
        out.append(", ".join(scoped) + " {" + body + "}")
    return "\n".join(out)


def _both(selector: str, stem: str) -> str:
    """Give a selector for what is below the root, and for the root where it begins there: ``svg .bar``."""
    first, rest = re.fullmatch(r"([^\s>+~]*)(.*)", selector, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"#{stem} {selector}, {first}#{stem}{rest}" if first and f"#{stem}-" not in first else f"#{stem} {selector}"


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
