"""The pinned fonts: found in their packages, one weight each for print, cut to the text's alphabet for screens and e-readers.

Letters of another script, which a family does not have, come from a face that stands beside it, in editions that need it;
those that none of ours has, from the author's own (``fontfolder.py``).

Packing a font as WOFF2 takes a second or so, and fixing the weight of those for print a fifth; both are kept in the user's
cache.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from compositor.running.kept import kept, source


@dataclass(frozen=True, slots=True)
class Face:
    """One file of a family; ``weight`` is a CSS weight or range."""

    family: str
    style: str  # normal or italic
    weight: str
    package: str
    file: str
    blocks: tuple[tuple[int, int], ...] = ()  # what it is there for, where it stands beside another family
    beside: tuple[str, ...] = ()  # the families that it completes
    drawn: int | None = None  # the weight it is drawn at, where that is not the one it is asked for
    data: bytes = field(default=b"", repr=False)  # of the author's own: the font, cut already; it has no package
    version: str = ""  # of the author's own
    anchored: bool = False  # whether it says of every letter and mark where they meet
    clusters: tuple[str, ...] = ()  # of the author's own: letters with marks that it is to draw as a whole

    @property
    def variable(self) -> bool:
        """Whether one file has every weight."""
        return "[" in self.file or (bool(self.data) and " " in self.weight)

    @property
    def reversed(self) -> bool:
        """Whether its letters are written from right to left."""
        return any(
            unicodedata.bidirectional(chr(code)) in ("R", "AL") for start, end in self.blocks for code in range(start, end + 1)
        )

    @property
    def path(self) -> Path:
        """Where the package keeps the file."""
        return Path(str(files(self.package) / "files" / self.file))

    def read(self) -> bytes:
        """Give the font."""
        if self.data or self.family not in TEXT:
            return self.data or self.path.read_bytes()
        return _anchored(self.path) if self.anchored else _legible(self.path)


TEXT = ("EB Garamond",)
LABELS = ("Source Sans 3", "Source Code Pro")
FACES = (
    Face("EB Garamond", "normal", "400 800", "fontpkg_eb_garamond", "EBGaramond[wght].ttf"),
    Face("EB Garamond", "italic", "400 800", "fontpkg_eb_garamond", "EBGaramond-Italic[wght].ttf"),
    Face("Source Sans 3", "normal", "200 900", "fontpkg_source_sans_3", "SourceSans3[wght].ttf"),
    Face("Source Sans 3", "italic", "200 900", "fontpkg_source_sans_3", "SourceSans3-Italic[wght].ttf"),
    Face("Source Code Pro", "normal", "200 900", "fontpkg_source_code_pro", "SourceCodePro[wght].ttf"),
)

# Unicode 17, Blocks.txt
HEBREW = ((0x0590, 0x05FF), (0xFB1D, 0xFB4F))
ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))

# Neither script has italics: what is set off stands bolder, as their printers do.
SCRIPTS = (
    Face("Frank Ruhl Libre", "normal", "300 900", "fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght].ttf", HEBREW, TEXT),
    Face("Frank Ruhl Libre", "italic", "400", "fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght].ttf", HEBREW, TEXT, drawn=600),
    Face("Assistant", "normal", "200 800", "fontpkg_assistant", "Assistant[wght].ttf", HEBREW, LABELS),
    Face("Amiri", "normal", "400", "fontpkg_amiri", "Amiri-Regular.ttf", ARABIC, TEXT + LABELS),
    Face("Amiri", "normal", "700", "fontpkg_amiri", "Amiri-Bold.ttf", ARABIC, TEXT + LABELS),
    Face("Amiri", "italic", "400", "fontpkg_amiri", "Amiri-Bold.ttf", ARABIC, TEXT + LABELS),
)
JOINERS = (0x20, 0xA0, 0x200C, 0x200D, 0x200E, 0x200F, 0x25CC)  # what stands inside a run of such letters

# Unicode 17, DerivedCoreProperties.txt, Default_Ignorable_Code_Point: those that are letters or marks
IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip

WEIGHTS = (400, 600, 700)  # of print
ADDRESS = "compositor:font/"
NAMES = (*range(7), 13, 14)  # OpenType's name table: who made it, what it is called, its licence

# What the style sheets ask for; every other feature is left out of a cut.
FEATURES = [
    "kern",
    "liga",
    "clig",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "onum",
    "pnum",
    "lnum",
    "tnum",
    "smcp",
    "c2sc",
    "sups",
]

# A cut covers whole blocks, so that an edit rarely needs a new one. Unicode 17, Blocks.txt.
BLOCKS = (
    (0x0020, 0x00FF), (0x0100, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1D00, 0x1DFF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2100, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0xFB00, 0xFB06),
)  # fmt: skip
ALWAYS = (0x0020, 0x2000, 0x2190)


# EB Garamond's old-style 1 is a small capital I, as it was with Garamond. It has another with a flag, which no feature gives.
ONES = {"one.osf": "one.01", "one.tosf": "one.tosf01"}


@lru_cache(maxsize=4)
def _legible(path: Path) -> bytes:
    """Give the family of the text with a 1 that nobody takes for an I."""
    data = path.read_bytes()
    return kept("fonts", (version("fonttools").encode(), data), partial(_flag_ones, data))


def _flag_ones(data: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for part in lookup.SubTable:
            part = getattr(part, "ExtSubTable", part)
            if lookup.LookupType in (1, 7) and hasattr(part, "mapping"):
                part.mapping = {ONES.get(one, one): ONES.get(other, other) for one, other in part.mapping.items()}
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@lru_cache(maxsize=4)
def _anchored(path: Path) -> bytes:
    """Give the same with marks that stand on their letters."""
    from compositor.fonts import anchors

    data = _legible(path)
    ingredients = (version("fonttools").encode(), version("uharfbuzz").encode(), source(anchors.__file__), data)
    return kept("fonts", ingredients, partial(_anchor, data))


def _anchor(data: bytes) -> bytes:
    import uharfbuzz
    from fontTools.ttLib import TTFont

    from compositor.fonts import anchors

    opened = uharfbuzz.Face(data)
    heaviest = uharfbuzz.SubsetInput()
    heaviest.keep_everything()
    heaviest.pin_axis_location(opened, "wght", opened.axis_infos[0].max_value)
    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    with TTFont(io.BytesIO(heaviest.subset(opened).blob.data), lazy=True) as heavy:
        anchors.complete(font, heavy)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def anchored(text: str) -> tuple[Face, ...]:
    """Give the faces that take the place of the text's where it has a letter and a mark that are not one sign: ɔ̃, ы́, r̥.

    Making them takes some seconds, once, and few texts need them.
    """
    known = _alphabet(FACES[0].path)
    composed = unicodedata.normalize("NFC", text)
    apart = "".join(sign if ord(sign) in known else unicodedata.normalize("NFD", sign) for sign in sorted(set(composed)))
    if not any(unicodedata.combining(sign) and ord(sign) in known for sign in apart):
        return ()
    return tuple(replace(face, anchored=True) for face in FACES if face.family in TEXT)


def ours(more: tuple[Face, ...]) -> tuple[Face, ...]:
    """Give the pinned faces, with those of ``anchored`` in their places where ``more`` has them."""
    better = {(face.family, face.style): face for face in more if face.anchored}
    return tuple(better.get((face.family, face.style), face) for face in FACES)


def blocks_of(text: str) -> tuple[tuple[int, int], ...]:
    """Give the Unicode blocks a text needs, the basic ones always."""
    used = {ord(character) for character in text}
    return tuple(block for block in BLOCKS if block[0] in ALWAYS or any(block[0] <= code <= block[1] for code in used))


@lru_cache(maxsize=8)
def _alphabet(path: Path) -> frozenset[int]:
    import uharfbuzz

    return frozenset(uharfbuzz.Face(path.read_bytes()).unicodes)


@lru_cache(maxsize=4)
def _font(family: str, style: str) -> Any:
    import uharfbuzz

    face = next(face for face in FACES if (face.family, face.style) == (family, style))
    return uharfbuzz.Font(uharfbuzz.Face(face.read()))


def width(text: str, family: str, style: str, size: float) -> float:
    """Give how wide a text is in a face of ours and a size, in the size's unit; a letter that it lacks is taken for an em."""
    import uharfbuzz

    font, buffer = _font(family, style), uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    em = font.face.upem
    glyphs = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return float(sum(glyph.x_advance if info.codepoint else em for info, glyph in glyphs) * size / em)


def beside(text: str) -> tuple[Face, ...]:
    """Give the faces that complete the families for the letters of a text, each for the blocks that the text has of it."""
    used = {ord(character) for character in set(text)}
    cut = {
        face: tuple((start, end) for start, end in face.blocks if any(start <= code <= end for code in used))
        for face in SCRIPTS
    }
    return tuple(replace(face, blocks=blocks) for face, blocks in cut.items() if blocks)


# what asks for fonts: not a rule that brings one, but a declaration, or the attribute of a drawing
ASKED = re.compile(
    r"(?P<face>@font-face\s*\{[^}]*\})|\bfont-family=(?P<mark>['\"])(?P<inside>.*?)(?P=mark)|\bfont(?:-family)?\s*:[^;{}]*"
)


def accompany(css: str, faces: tuple[Face, ...]) -> str:
    """Name the faces behind the families that they complete, in style sheets and in the attributes of drawings."""
    behind: dict[str, dict[str, None]] = {}
    for face in faces:
        for family in face.beside:
            behind.setdefault(family, {})[face.family] = None
    if not behind:
        return css

    def named(match: re.Match[str]) -> str:
        return ", ".join([match[0], *behind[match[2]]])

    names = re.compile(rf"(['\"]?)\b({'|'.join(behind)})\b\1")

    def completed(match: re.Match[str]) -> str:
        if match["face"]:
            return match[0]
        start = match.start("inside") - match.start() if match["inside"] else 0
        end = match.end("inside") - match.start() if match["inside"] else len(match[0])
        return match[0][:start] + names.sub(named, match[0][start:end]) + match[0][end:]

    return ASKED.sub(completed, css)


def accompany_page(page: str, faces: tuple[Face, ...]) -> str:
    """Do the same to the style sheets at the head of a page."""
    head, end, body = page.partition("</head>")
    return re.sub(r"<style>.*?</style>", lambda match: accompany(match[0], faces), head, flags=re.DOTALL) + end + body


def dressed(page: str, more: tuple[Face, ...]) -> str:
    """Give a page of print that a template of the author's made without fonts ours: it can have no other."""
    if "@font-face" in page:
        return page
    rules = "".join(
        f'@font-face {{ font-family: "{face["family"]}"; font-style: {face["style"]}; font-weight: {face["weight"]}; '
        f'src: url("{face["url"]}") }}\n'
        for face in for_print(more)
    )
    head = re.search(r"<head\b[^>]*>", page) or re.search(r"<html\b[^>]*>", page)
    at = head.end() if head else 0
    return f"{page[:at]}<style>{rules}</style>{page[at:]}"


FORMULA_FAMILY = "Formulas"  # not its own name, which the few signs of it that a text needs go by
ROOT, MINUS = 0x221A, 0x2212  # which no text of a formula says
# Letters that lean in formulas, and where Unicode has them leaning (Unicode 17, Mathematical Alphanumeric Symbols)
LEANING = ((0x41, 0x5A, 0x1D434), (0x61, 0x7A, 0x1D44E), (0x0391, 0x03A9, 0x1D6E2), (0x03B1, 0x03C9, 0x1D6FC))
ALWAYS_LEANING = (0x210E, *range(0x1D715, 0x1D71C))  # h, and ϑ and its kin


def of_formulas() -> Path:
    """Give the font that formulas are drawn with, which also has the signs that no other has."""
    return Path(str(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"))


@lru_cache(maxsize=1)
def release_of_formulas() -> tuple[str, str]:
    """Give the name of the font of formulas, and its version."""
    from fontTools.ttLib import TTFont

    with TTFont(of_formulas(), lazy=True) as font:
        return font["name"].getBestFamilyName(), f"{font['head'].fontRevision:.3f}"


def beyond_text(text: str) -> bool:
    """Whether a text has letters that the family of the text lacks."""
    return any(ord(letter) not in _alphabet(FACES[0].path) and not unseen(letter) for letter in text)


def missing(text: str) -> str:
    """Give the characters that no pinned text or sans face has, in order, each once."""
    known = _alphabet(FACES[0].path) | _alphabet(FACES[2].path) | _alphabet(FACES[4].path)
    known = known.union(*(_alphabet(face.path) for face in beside(text)))
    return "".join(sorted(item for item in set(text) if ord(item) not in known and not unseen(item)))


def clusters(text: str, letters: str) -> tuple[str, ...]:
    """Give the clusters of a text, each a sign with its marks, that have a mark among these letters; each once, in order."""
    marks = {sign for sign in set(text) if unicodedata.category(sign).startswith("M")}
    if marks.isdisjoint(letters):
        return ()
    some = "".join(map(re.escape, sorted(marks)))
    found = set(re.findall(rf"[^\s{some}][{some}]+", text))
    return tuple(sorted(cluster for cluster in found if not set(letters).isdisjoint(cluster[1:])))


@lru_cache(maxsize=1)
def upright_only() -> re.Pattern[str]:
    """Give what finds letters with marks where the text's italic has the marks alone."""
    upright, italic = (_alphabet(face.path) for face in FACES[:2])
    letters = "".join(re.escape(chr(code)) for code in sorted(upright - italic) if chr(code).isalpha())
    marks = "".join(re.escape(chr(code)) for code in sorted(upright) if unicodedata.combining(chr(code)))
    return re.compile(f"[{letters}][{marks}]+")


def unseen(character: str) -> bool:
    """Whether a character needs no glyph: spaces and orders, and what changes the form of the one before."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or any(
        start <= ord(character) <= end for start, end in IGNORABLE
    )


def cut(face: Face, blocks: tuple[tuple[int, int], ...] = (), weight: int | None = None) -> bytes:
    """Give a face as TrueType, with only these blocks if any are named; ``weight`` pins a variable face."""
    import uharfbuzz

    opened = uharfbuzz.Face(face.read())
    wanted = uharfbuzz.SubsetInput()
    if blocks:
        wanted.unicode_set.update(code for start, end in blocks for code in range(start, end + 1))
        wanted.name_id_set.update(NAMES)
        wanted.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
        if face.beside:  # another script needs every feature that shapes it
            wanted.unicode_set.update(JOINERS)
        else:
            wanted.layout_feature_tag_set.clear()
            wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode()) for tag in FEATURES)
    else:
        wanted.keep_everything()
    if face.variable and (weight := face.drawn or weight) is not None:
        if face.data:  # it may be made for a narrower range than ours
            low, high = map(int, face.weight.split())
            weight = min(max(weight, low), high)
        wanted.pin_axis_location(opened, "wght", weight)
    data: bytes = wanted.subset(opened).blob.data
    return _level(data, next(other for other in FACES if other.family == face.beside[0])) if face.beside else data


def _level(data: bytes, other: Face) -> bytes:
    """Give a font the height and depth of another's, so that a line with both is no taller than its neighbours.

    And its space: Pango takes a space now from one, now from the other, and a line that was filled with one would fall short.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False)
    with TTFont(other.path) as model:
        scale = font["head"].unitsPerEm / model["head"].unitsPerEm
        height, depth = (round(value * scale) for value in (model["hhea"].ascent, model["hhea"].descent))
        space = round(model["hmtx"][model.getBestCmap()[0x20]][0] * scale)
    for glyph in {font.getBestCmap()[code] for code in (0x20, 0xA0) if code in font.getBestCmap()}:
        font["hmtx"][glyph] = (space, 0)
        if "CFF " in font:  # says the width of each letter too
            outline = font["CFF "].cff[0].CharStrings[glyph]
            outline.setProgram([space - outline.private.nominalWidthX, "endchar"])
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = height, depth, 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = height, depth, 0
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = height, -depth
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def of_address(address: str, more: tuple[Face, ...] = ()) -> bytes:
    """Give the face that a style sheet of print names by an address of ``for_print``; ``more`` are those it was given."""
    name, weight = address.removeprefix(ADDRESS).split("/")
    face = (*FACES, *SCRIPTS)[int(name)] if name.isdecimal() else next(item for item in more if _address(item) == name)
    return _printed(face, int(weight))


@lru_cache(maxsize=64)
def _printed(face: Face, weight: int) -> bytes:
    make = partial(cut, face, face.blocks, weight)
    if face.beside:
        return make()
    return kept("fonts", (version("uharfbuzz").encode(), face.read(), str(weight).encode()), make)


@lru_cache(maxsize=64)
def _address(face: Face) -> str:
    """Name one of the author's faces, or one with anchors."""
    return f"anchored-{face.style}" if face.anchored else f"own-{hashlib.sha256(face.data).hexdigest()}"


def for_print(more: tuple[Face, ...], *families: str) -> list[dict[str, Any]]:
    """Give the faces that style sheets of print may ask for, as ``@font-face`` needs them; of all families if none is named.

    ``more`` are those that stand beside them. One weight each: WeasyPrint would make a variable face static again on every
    write, which takes longer than the rest.
    """
    own = {face: _address(face) for face in more if face.data}
    named = {face.family for face in more if face.beside and not face.data}
    known = {face: _address(face) if face.anchored else str(index) for index, face in enumerate((*ours(more), *SCRIPTS))}
    return [
        {"family": face.family, "style": face.style, "weight": weight, "url": f"{ADDRESS}{address}/{weight}"}
        for face, address in (known | own).items()
        if (face.data or face.family in named if face.beside else not families or face.family in families)
        for weight in (WEIGHTS if " " in face.weight else (int(face.weight),))
    ]


def cut_formulas(codes: frozenset[int]) -> bytes:
    """Give the font of formulas as TrueType, with these letters, as they are and as they lean, in every size they grow to."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update((*codes, ROOT, MINUS, *ALWAYS_LEANING))
    for start, end, leaning in LEANING:
        wanted.unicode_set.update(leaning + code - start for code in codes if start <= code <= end)
    wanted.name_id_set.update(NAMES)
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode()) for tag in ("ssty", "dtls", "flac", "ccmp", "kern"))
    wanted.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE | uharfbuzz.SubsetFlags.NO_HINTING
    data: bytes = wanted.subset(uharfbuzz.Face(of_formulas().read_bytes())).blob.data
    return data


def woff2(face: Face, blocks: tuple[tuple[int, int], ...]) -> bytes:
    """Give a variable face with only these blocks as WOFF2."""
    return packed(cut(face, blocks))


def packed(data: bytes) -> bytes:
    """Give a font as WOFF2."""
    return kept("fonts", (version("fonttools").encode(), version("brotli").encode(), data), partial(_pack, data))


def _pack(data: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
