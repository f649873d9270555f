"""The faces of print and screen: the pinned families, one file each, and those of other scripts beside them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from compositor.fonts.repairs import legible, with_anchors


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
        return with_anchors(self.path) if self.anchored else legible(self.path)


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

WEIGHTS = (400, 600, 700)  # of print


def ours(more: tuple[Face, ...]) -> tuple[Face, ...]:
    """Give the pinned faces, with those of ``anchored`` in their places where ``more`` has them."""
    better = {(face.family, face.style): face for face in more if face.anchored}
    return tuple(better.get((face.family, face.style), face) for face in FACES)
