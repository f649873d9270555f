"""Our build beside each peer's chain on the same article, in turn: A B A B …, and the ratios A/B pair by pair.

    .venv/bin/python benchmarks/compare.py                      # the article, three editions
    .venv/bin/python benchmarks/compare.py --editions five      # with DOCX and JATS
    .venv/bin/python benchmarks/compare.py --times 10           # ten times the text
    .venv/bin/python benchmarks/compare.py --plot docs/speed.svg

Each run is a process of its own, from the shell's point of view: what a person waits for. Ours does everything it always
does: both PDF profiles, the proof of words, page numbers in every copy, the manifest. The peers do less: they set the same
text with the same citations, without tags, proof or cross-references. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
EDITIONS = {"three": ("pdf", "epub", "html"), "five": ("pdf", "epub", "html", "docx", "jats")}
FIGURES = ("wall", "cpu", "memory")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a chain took: seconds of the clock, seconds of processors, and MiB of its largest process."""

    wall: float
    cpu: float
    memory: float


# Python keeps what it has compiled, as it does by itself; with this set, it would compile all of ours anew for each build.
USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(commands: list[list[str]], folder: Path) -> Cost:
    """Run commands one after the other, as a script would. Raises RuntimeError when one fails."""
    begun, cpu, memory = time.perf_counter(), 0.0, 0.0
    for command in commands:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=USUAL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{(folder / 'log').read_text(errors='replace')[-2000:]}")
        cpu += used.ru_utime + used.ru_stime
        memory = max(memory, used.ru_maxrss / 1024)
    return Cost(time.perf_counter() - begun, cpu, memory)


def write_article(folder: Path, times: int) -> None:
    """Write the article of this repository, its data filled in, so many times over, with its bibliography beside it."""
    from compositor.reading.manuscript import read

    manuscript, _ = read(ROOT / "manuscript" / "article.md")
    whole = manuscript.text
    without = re.sub(r"\n# References.*\n+::: \{#refs\}\n:::\n", "\n", whole)  # the list stands once, at the end
    name = re.compile(r"([#@]|\[\^)((?:sec|fig|tbl|eq)-)?([\w-]+)")

    def renamed(copy: int) -> str:
        def number(match: re.Match[str]) -> str:
            ours = match[2] or match[1] == "[^"
            return f"{match[0]}-{copy}" if ours and copy else match[0]

        return name.sub(number, whole if copy == times - 1 else without)

    front = (
        "---\ntitle: The Collective Security Treaty Organization in Russian foreign policy\nauthor: The Compositor Project\n"
        "date: 2026-11-23\nlang: en-GB\nbibliography: references.json\n---\n\n"
    )
    folder.mkdir()
    (folder / "article.md").write_text(front + "\n\n".join(map(renamed, range(times))), encoding="utf-8")
    shutil.copy(ROOT / "bibliography" / "references.json", folder)
    shutil.copytree(ROOT / "manuscript" / "figures", folder / "figures")


def ours(folder: Path, editions: tuple[str, ...]) -> list[list[str]]:
    """Build into a folder that is new each time, so that nothing is known to be unchanged."""
    out = tempfile.mkdtemp(dir=folder)
    return [[sys.executable, str(ROOT / "build.py"), "article.md", "--to", ",".join(editions), "--out", out]]


def _pandoc(folder: Path, *words: str) -> list[str]:
    import pypandoc

    from compositor.reading.styles import style_file

    style = ["--citeproc", f"--csl={style_file('apa')}", "--number-sections", "--standalone"]
    return [pypandoc.get_pandoc_path(), "article.md", *style, *words]


def _writers(folder: Path, editions: tuple[str, ...]) -> list[list[str]]:
    names = {"html": ("naive.html", "--embed-resources"), "epub": ("naive.epub",), "docx": ("naive.docx",)}
    found = [_pandoc(folder, "-o", *names[edition]) for edition in editions if edition in names]
    if "jats" in editions:
        found.append(_pandoc(folder, "-t", "jats_publishing", "-o", "naive.xml"))
    return found


def naive(folder: Path, editions: tuple[str, ...]) -> list[list[str]]:
    """Pandoc once an edition, then WeasyPrint's command on the web page."""
    return [*_writers(folder, editions), [sys.executable, "-m", "weasyprint", "naive.html", "naive.pdf"]]


def typst(folder: Path, editions: tuple[str, ...]) -> list[list[str]]:
    """Pandoc once an edition, and once more to Typst, whose compiler is a package of Python."""
    compiler = "import typst; typst.compile('naive.typ', output='naive.pdf')"
    return [*_writers(folder, editions), _pandoc(folder, "-t", "typst", "-o", "naive.typ"), [sys.executable, "-c", compiler]]


def _latex(engine: str) -> Callable[[Path, tuple[str, ...]], list[list[str]]]:
    def chain(folder: Path, editions: tuple[str, ...]) -> list[list[str]]:
        return [*_writers(folder, editions), _pandoc(folder, f"--pdf-engine={engine}", "-o", "naive.pdf")]

    return chain


PEERS: dict[str, tuple[Callable[[Path, tuple[str, ...]], list[list[str]]], Callable[[], bool]]] = {
    "Pandoc and WeasyPrint": (naive, lambda: True),
    "Pandoc and Typst": (typst, lambda: importlib.util.find_spec("typst") is not None),
    "Pandoc and LuaLaTeX": (_latex("lualatex"), lambda: shutil.which("lualatex") is not None),
    "Pandoc and pdfLaTeX": (_latex("pdflatex"), lambda: shutil.which("pdflatex") is not None),
}


def compare(folder: Path, peer: str, editions: tuple[str, ...], pairs: int) -> dict[str, list[float]]:
    """Run ours and a peer's in turn, once each uncounted, and give the ratios of each figure."""
    chain = PEERS[peer][0]
    ratios: dict[str, list[float]] = {figure: [] for figure in FIGURES}
    for pair in range(pairs + 1):
        mine, theirs = run(ours(folder, editions), folder), run(chain(folder, editions), folder)
        print(f"  {peer}: {mine.wall:.2f} s and {theirs.wall:.2f} s", file=sys.stderr)
        for figure in FIGURES if pair else ():
            ratios[figure].append(getattr(mine, figure) / getattr(theirs, figure))
    return ratios


def table(found: dict[str, dict[str, list[float]]]) -> str:
    """Write the ratios as a table of Markdown: median, and least and most in brackets."""
    lines = ["| beside | wall | CPU | memory |", "|---|---|---|---|"]
    for peer, ratios in found.items():
        cells = (f"{statistics.median(r):.2f} ({min(r):.2f}–{max(r):.2f})" for r in (ratios[figure] for figure in FIGURES))
        lines.append(f"| {peer} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(found: dict[str, dict[str, list[float]]], path: Path, title: str) -> None:
    """Draw the ratios: a dot for the median on a line from least to most; left of 1 we are faster."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "compositor", "font.family": "sans-serif", "svg.fonttype": "none"}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 0.6 + 0.9 * len(found)), layout="constrained")
    colours = {"wall": "#1d3557", "cpu": "#b07d2b", "memory": "#7a8a99"}
    for row, ratios in enumerate(found.values()):
        for offset, (name, colour) in enumerate(colours.items()):
            values, y = ratios[name], row + 0.22 * (offset - 1)
            axes.plot([min(values), max(values)], [y, y], color=colour, linewidth=2)
            axes.plot(
                statistics.median(values), y, "o", color=colour, label={"cpu": "CPU"}.get(name, name) if not row else None
            )
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(found)), list(found))
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("ours as a multiple of theirs; less is better")
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Compare with every peer that is here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", choices=EDITIONS, default="three")
    parser.add_argument("--times", type=int, default=1, help="how often the article's text stands in the text")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one; may be given again")
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "article")
        write_article(folder, asked.times)
        for peer in asked.peer or PEERS:
            if not PEERS[peer][1]():
                print(f"  {peer}: not here", file=sys.stderr)
                continue
            try:
                found[peer] = compare(folder, peer, EDITIONS[asked.editions], asked.pairs)
            except RuntimeError as error:  # such as a LaTeX that knows no Cyrillic
                print(f"  {peer}: it cannot set this text\n{error}", file=sys.stderr)
    print(table(found))
    if asked.plot:
        text = "the article" if asked.times == 1 else f"{asked.times} times the article"
        plot(found, asked.plot, f"{len(EDITIONS[asked.editions])} editions of {text}, {asked.pairs} pairs")


if __name__ == "__main__":
    main()
