"""How even the lines of a text are: ours, WeasyPrint's own, Typst's and LuaLaTeX's, from the same words in the same font.

    .venv/bin/python benchmarks/evenness.py

The paragraphs of the article are set in EB Garamond of 11 points, 12.2 and 6.5 cm wide, justified and hyphenated, and nothing
else. The spaces are measured in the PDF, as poppler finds its words. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIZE = 11.0  # points
WIDTHS = (346.0, 184.0)  # points: the article's lines in one column and in two
WIDE, NARROW = 0.4, 0.15  # em: spaces that are seen as holes, and that part words badly


@dataclass(frozen=True, slots=True)
class Evenness:
    """What the lines of a text are like, the last of each paragraph left out; spaces in em."""

    lines: int
    mean: float
    deviation: float
    wide: int
    narrow: int
    hyphens: int


def paragraphs() -> list[str]:
    """Give the article's paragraphs as plain words."""
    from compositor.reading.manuscript import read

    text = read(ROOT / "manuscript" / "article.md")[0].text
    found = []
    for part in text.split("\n\n"):
        plain = re.sub(r"\[\^[^\]]*\]|\{[^}]*\}|\[-?@[^\]]*\]", "", " ".join(part.split()))
        plain = re.sub(r"@[\w-]+", "", plain)
        plain = re.sub(r"[*_`\\]|\[([^\]]*)\]\([^)]*\)", r"\1", plain)
        if len(plain) > 200 and plain[0].isalpha():
            found.append(
                re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s+", " ", plain))
                .replace("--", "\N{EN DASH}")
                .replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
            )
    return found


def fonts_folder(folder: Path) -> Path:
    """Write the font where peers find it."""
    from compositor.fonts import fontface

    place = folder / "fonts"
    place.mkdir()
    for face in fontface.for_print(()):
        if face["family"] == "EB Garamond" and face["style"] == "normal" and face["weight"] == 400:
            (place / "EBGaramond.ttf").write_bytes(fontface.of_address(face["url"], ()))
    return place


def _page(folder: Path, width: float, *, ours: bool) -> None:
    from contextlib import nullcontext

    from compositor.editions import pdf
    from compositor.editions.engine import load_engine
    from compositor.fonts import fontface
    from compositor.pages import makeup

    face = next(face for face in fontface.for_print(()) if face["family"] == "EB Garamond")
    css = (
        (
            "@font-face {{ font-family: 'EB Garamond'; src: url({url}) }} "
            f"@page {{ size: {width + 100}pt 700pt; margin: 50pt }} body, p {{ margin: 0 }} p {{ text-indent: 15pt }} "
            f"html {{ font: {SIZE}pt/1.3 'EB Garamond'; text-align: justify; hyphens: auto; hyphenate-limit-chars: 6 3 3; "
            "hyphenate-character: '-'; hyphenate-limit-zone: 6% }"
        )
        .replace("{url}", face["url"])
        .replace("{{", "{")
        .replace("}}", "}")
    )
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs())
    page = load_engine().HTML(
        string=f"<html lang=en-GB><style>{css}</style>{body}", url_fetcher=pdf.fetcher({}, ()), base_url=pdf.BASE
    )
    with makeup.made_up() if ours else nullcontext():
        page.write_pdf(folder / "set.pdf")


def compositor(folder: Path, width: float) -> None:
    """Set it as the editions do."""
    _page(folder, width, ours=True)


def weasyprint(folder: Path, width: float) -> None:
    """Set it as WeasyPrint does by itself."""
    _page(folder, width, ours=False)


def typst(folder: Path, width: float) -> None:
    """Set it with Typst's own settings."""
    compiler = import_module("typst")

    escaped = [re.sub(r"([#*_$@<>\[\]`~\\/-])", r"\\\1", text) for text in paragraphs()]
    head = (
        f'#set page(width: {width + 100}pt, height: 700pt, margin: 50pt)\n#set text(font: "EB Garamond", size: {SIZE}pt, '
        'lang: "en", region: "GB", hyphenate: true)\n#set par(justify: true, first-line-indent: 15pt)\n\n'
    )
    (folder / "set.typ").write_text(head + "\n\n".join(escaped), encoding="utf-8")
    compiler.compile(folder / "set.typ", output=folder / "set.pdf", font_paths=[folder / "fonts"])


def _latex(package: str) -> Callable[[Path, float], None]:
    def chain(folder: Path, width: float) -> None:
        escaped = "\n\n".join(re.sub(r"([#$%&_{}])", r"\\\1", text) for text in paragraphs())
        source = (
            "\\documentclass[11pt,british]{article}\\usepackage{fontspec,babel}"
            + package
            + "\\setmainfont[Path=fonts/]{EBGaramond.ttf}"
            + f"\\usepackage[paperwidth={width + 100}bp,paperheight=700bp,margin=50bp]{{geometry}}\\pagestyle{{empty}}"
            + "\\begin{document}\\fontsize{11bp}{14bp}\\selectfont\n"
            + escaped
            + "\n\\end{document}\n"
        )
        (folder / "set.tex").write_text(source, encoding="utf-8")
        command = ["lualatex", "-interaction=batchmode", "set.tex"]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True, timeout=300)

    return chain


def _has_latex() -> bool:
    return shutil.which("lualatex") is not None


CHAINS: dict[str, tuple[Callable[[Path, float], None], Callable[[], bool]]] = {
    "Compositor": (compositor, lambda: True),
    "WeasyPrint": (weasyprint, lambda: True),
    "Typst": (typst, lambda: importlib.util.find_spec("typst") is not None),
    "LuaLaTeX": (_latex(""), _has_latex),
    "LuaLaTeX, microtype": (_latex("\\usepackage{microtype}"), _has_latex),
}


def measure(pdf: Path, width: float) -> Evenness:
    """Measure the lines of a PDF that fill their width."""
    told = subprocess.run(["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
    spaces, hyphens = [], 0
    for line in re.findall(r"<line [^>]*>(.*?)</line>", told, re.DOTALL):
        words = [
            (float(left), float(right), html.unescape(text))
            for left, right, text in re.findall(r'<word xMin="([\d.]+)" [^>]*?xMax="([\d.]+)"[^>]*>(.*?)</word>', line)
        ]
        if len(words) < 2 or words[-1][1] < 50 + width - 2:  # the last line of a paragraph, if it is short
            continue
        spaces.append(sum(after[0] - before[1] for before, after in pairwise(words)) / (len(words) - 1) / SIZE)
        hyphens += words[-1][2].endswith(("-", "\N{HYPHEN}", "\N{SOFT HYPHEN}"))
    return Evenness(
        len(spaces),
        statistics.mean(spaces),
        statistics.pstdev(spaces),
        sum(space > WIDE for space in spaces),
        sum(space < NARROW for space in spaces),
        hyphens,
    )


def main() -> None:
    """Set, measure, and print a table a width."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for width in WIDTHS:
        head = (
            f"{width / 72 * 2.54:.1f} cm wide",
            "lines",
            "space, em",
            "deviation",
            f"over {WIDE}",
            f"under {NARROW}",
            "hyphens",
        )
        print(f"\n| {' | '.join(head)} |")
        print("|---|---|---|---|---|---|---|")
        for name, (chain, is_here) in CHAINS.items():
            if not is_here():
                continue
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                fonts_folder(folder)
                chain(folder, width)
                found = measure(folder / "set.pdf", width)
            row = name, found.lines, f"{found.mean:.3f}", f"{found.deviation:.3f}", found.wide, found.narrow, found.hyphens
            print(f"| {' | '.join(map(str, row))} |")


if __name__ == "__main__":
    main()
