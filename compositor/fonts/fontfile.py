"""One font of the author's own: the bytes of a file in, what it says of itself and faces cut from it out.

It may come from a stranger. It is cut to the letters that are wanted, and written anew under a plain name: without
instructions, colours and everything else that no edition needs.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compositor.fonts import alphabets, cutting, typefaces
from compositor.running import limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SIGNATURES = (b"\0\1\0\0", b"true", b"OTTO")
NEEDED = ("head", "hhea", "hmtx", "maxp", "cmap", "OS/2")
RESTRICTED = 0x0002  # OS/2's fsType: "Restricted License embedding" (OpenType 1.9)
GENERIC = ("serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "math", "emoji", "inherit", "initial")
# drawings in colour, pictures of letters, positions that only an editor needs, and instructions for screens of old
DROPPED = ("SVG ", "COLR", "CPAL", "CBDT", "CBLC", "sbix", "EBDT", "EBLC", "EBSC", "DSIG", "LTSH", "VDMX", "hdmx", "meta")


@dataclass(frozen=True, slots=True)
class Font:
    """A file that can be cut."""

    path: Path
    data: bytes
    family: str  # plain letters, figures and spaces
    style: str  # normal or italic
    weight: str  # a CSS weight, or a range
    version: str
    alphabet: frozenset[int]
    whole: bool = True  # its outlines can vary within a PDF's fonts; those of CFF2 cannot

    def carries(self, cluster: str) -> bool:
        """Whether it has every sign of a cluster."""
        return all(ord(sign) in self.alphabet or alphabets.unseen(sign) for sign in cluster)

    def spelling(self, cluster: str) -> set[int]:
        """Give the signs of a cluster that it has, and those that they may be composed to."""
        return {ord(sign) for sign in cluster + unicodedata.normalize("NFC", cluster)} & self.alphabet


class BrokenFont(Exception):  # noqa: N818 - what the file is
    """A file is no font that can be used; the message says why."""


def read(path: Path, data: bytes) -> Font:
    """Read what a font says of itself. Raises BrokenFont."""
    import uharfbuzz
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    if data[:4] == b"ttcf":
        raise BrokenFont("it is a collection of several fonts; save the one you need as TTF or OTF")
    try:
        if data[:3] == b"wOF":
            data = _unpacked(data)
        if data[:4] not in SIGNATURES:
            raise BrokenFont("this is no font that can be read: TTF, OTF, WOFF or WOFF2 can")
        with TTFont(io.BytesIO(data), lazy=True) as font:
            if lacking := [tag for tag in NEEDED if tag not in font]:
                raise BrokenFont(f"the font has no table {lacking[0]}")
            if not {"glyf", "CFF ", "CFF2"} & set(font.keys()):
                raise BrokenFont("the font has no outlines: letters that are pictures cannot be printed")
            if font["OS/2"].fsType & 0x000F == RESTRICTED:
                raise BrokenFont("its makers do not allow it to be embedded (OS/2 fsType 2)")
            family = _plain(str(font["name"].getBestFamilyName() or "") if "name" in font else "", path)
            italic = bool(font["OS/2"].fsSelection & 1) or bool(font["head"].macStyle & 2)
            weight = _weight(font)
            version = f"{font['head'].fontRevision:.3f}"
            whole = "CFF2" not in font
        alphabet = frozenset(uharfbuzz.Face(data).unicodes)
    except BrokenFont:
        raise
    except MemoryError:
        raise
    except Exception as error:  # a library that reads fonts may raise anything on one that is none
        raise BrokenFont(f"this is no font that can be read: {type(error).__name__}") from None
    return Font(path, data, family, "italic" if italic else "normal", weight, version, alphabet, whole)


def _unpacked(data: bytes) -> bytes:
    """Give a font that was packed for the web as it was before."""
    from fontTools.ttLib import TTFont

    if int.from_bytes(data[16:20]) > limits.current().bytes("font"):  # totalSfntSize of both WOFF 1.0 and 2.0
        raise BrokenFont(f"unpacked it has more than {limits.current().font} MiB")
    out = io.BytesIO()
    with TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(out)
    return out.getvalue()


def _weight(font: Any) -> str:
    axes = [axis for axis in font["fvar"].axes if axis.axisTag == "wght"] if "fvar" in font else []
    if axes:
        low, high = (round(min(max(value, 1), 1000)) for value in (axes[0].minValue, axes[0].maxValue))
        return f"{low} {high}" if low < high else str(low)
    return str(min(max(font["OS/2"].usWeightClass, 1), 1000))


def _plain(name: str, path: Path) -> str:
    """Give a family's name as style sheets can have it without quotation marks, and no other family's."""
    words = re.findall(r"[A-Za-z0-9]+", name) or re.findall(r"[A-Za-z0-9]+", path.stem) or ["Own"]
    plain = re.sub(r" (?=\d)", "", " ".join(words))[:40].strip()  # no word may begin with a figure
    plain = plain if plain[0].isalpha() else f"Own{plain}"
    known = {re.sub(r" (?=\d)", "", face.family.lower()) for face in (*typefaces.FACES, *typefaces.SCRIPTS)}
    return f"{plain} Own" if plain.lower() in {*known, *GENERIC} else plain


def faces(font: Font, codes: list[int], clusters: tuple[str, ...] = ()) -> list[typefaces.Face]:
    """Cut a font to some of its letters, and to ``clusters`` that it is to draw as a whole. Raises BrokenFont."""
    codes = sorted({*codes, *(code for cluster in clusters for code in font.spelling(cluster))})
    low, _, high = font.weight.partition(" ")
    fixed = () if font.whole else sorted({min(max(weight, int(low)), int(high or low)) for weight in typefaces.WEIGHTS})
    try:
        cuts = {str(weight): _cut(font, codes, weight) for weight in fixed} or {font.weight: _cut(font, codes)}
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise BrokenFont(f"the font cannot be cut: {type(error).__name__}") from None
    beside = typefaces.TEXT + typefaces.LABELS
    return [
        typefaces.Face(
            font.family,
            font.style,
            weight,
            "",
            font.path.name,
            _ranges(codes),
            beside,
            data=data,
            version=font.version,
            clusters=clusters,
        )
        for weight, data in cuts.items()
    ]


def _cut(font: Font, codes: list[int], weight: int | None = None) -> bytes:
    import uharfbuzz
    from fontTools.cffLib.CFF2ToCFF import convertCFF2ToCFF
    from fontTools.ttLib import TTFont

    opened = uharfbuzz.Face(font.data)
    wanted = uharfbuzz.SubsetInput()
    forms = (code for start, end in alphabets.IGNORABLE for code in range(start, end + 1))
    wanted.unicode_set.update((*codes, *cutting.JOINERS, *forms))
    flags = uharfbuzz.SubsetFlags
    wanted.flags |= flags.NOTDEF_OUTLINE | flags.NO_HINTING
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in DROPPED)
    for axis in opened.axis_infos:
        if axis.tag != "wght":
            wanted.pin_axis_to_default(opened, axis.tag)
        elif weight is not None:
            wanted.pin_axis_location(opened, "wght", weight)
    data = wanted.subset(opened).blob.data
    with TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False) as cut:
        if "CFF2" in cut:  # outlines that vary no more are those of CFF, which a PDF knows
            convertCFF2ToCFF(cut)
        if "CFF " in cut:
            _number(cut)
        _rename(cut, font)
        out = io.BytesIO()
        cut.save(out)
    return out.getvalue()


def _number(cut: Any) -> None:
    """Let each glyph of a font whose glyphs have numbers for names (CID-keyed) have its own place in it as its number.

    PDF/A wants the two to agree, and a font that was cut has kept the old numbers (ISO 19005-3, 6.2.11.4).
    """
    outlines = cut["CFF "].cff[0]
    if not hasattr(outlines, "ROS"):
        return
    names = [".notdef", *(f"cid{number:05}" for number in range(1, len(outlines.charset)))]
    glyphs = outlines.CharStrings.charStrings
    outlines.CharStrings.charStrings = {new: glyphs[old] for old, new in zip(outlines.charset, names, strict=True)}
    outlines.charset, outlines.CIDCount = names, len(names)
    cut.setGlyphOrder(names)


def _rename(cut: Any, font: Font) -> None:
    """Write the names of a font anew: what a stranger wrote there would stand in every PDF."""
    from fontTools.ttLib import newTable

    cut["name"] = names = newTable("name")
    names.names = []
    style = f"{font.weight.replace(' ', '-')} {font.style}"
    whole = f"{font.family} {style}"
    for number, text in ((1, font.family), (2, "Regular"), (3, whole), (4, whole), (6, re.sub(r"[^A-Za-z0-9-]", "", whole))):
        names.setName(text, number, 3, 1, 0x409)
    cut["OS/2"].achVendID = "NONE"
    if "STAT" in cut:  # it points at names that are gone
        del cut["STAT"]
    if "fvar" in cut:
        for axis in cut["fvar"].axes:
            axis.axisNameID = 2
        cut["fvar"].instances = []


def _ranges(codes: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Give sorted numbers as ranges."""
    found: list[tuple[int, int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return tuple(found)
