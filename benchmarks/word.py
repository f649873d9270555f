"""One word of the article is changed: how long until the web page is there, and the PDF, beside WeasyPrint's own time for it.

    .venv/bin/python benchmarks/word.py
    .venv/bin/python benchmarks/word.py --rounds 9

Each build is a process of its own, from the shell's point of view, with everything on. WeasyPrint's own time is that of
laying out and writing the very page that our PDF is printed from, in a process that has loaded and warmed it before.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import compare


def change_a_word(folder: Path, number: int) -> None:
    """Put another word where there was one, in the middle of the text."""
    path = folder / "article.md"
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    plain = [place for place, part in enumerate(paragraphs) if len(part) > 300 and part[0].isalpha()]
    place = plain[len(plain) // 2]
    first, _, rest = paragraphs[place].partition(" ")
    paragraphs[place] = f"{first} {chr(97 + number % 26)}{rest}"
    path.write_text("\n\n".join(paragraphs), encoding="utf-8")


def own_time(folder: Path) -> float:
    """Give the seconds that WeasyPrint needs by itself to lay out and write the page of the PDF."""
    from compositor.editions import body, pdf
    from compositor.editions.engine import load_engine
    from compositor.options import DEFAULT
    from compositor.pages import pagination
    from compositor.reading import manuscript
    from compositor.setting import document, sheet

    weasyprint = load_engine()
    options = replace(DEFAULT, to=("pdf",))
    text, _ = manuscript.read(folder, options.style, options.date, options.profile)
    composed, _ = document.compose(text)
    pages, _ = sheet.lay_out(text, composed, options)
    page = body.prepare(pages, pagination.Edges())
    fetch = pdf.fetcher(pages.media, pages.scripts)
    pdf.warm(text.lang)
    begun = time.perf_counter()
    weasyprint.HTML(string=page, url_fetcher=fetch, base_url=pdf.BASE).render(**pdf.OPTIONS).write_pdf(**pdf.OPTIONS)
    return time.perf_counter() - begun


def main() -> None:
    """Change a word, build, and so on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--own", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.own:
        print(own_time(asked.own))
        return
    took: dict[str, list[float]] = {"web page": [], "PDF": [], "WeasyPrint alone": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "article")
        compare.write_article(folder, 1)
        for number in range(2 * asked.rounds):
            edition = ("html", "pdf")[number % 2]
            change_a_word(folder, number)
            [command] = compare.ours(folder, (edition,))
            cost = compare.run([command], folder)
            took["web page" if edition == "html" else "PDF"].append(cost.wall)
            if edition == "pdf":
                alone = [sys.executable, __file__, "--own", str(folder)]
                said = subprocess.run(alone, capture_output=True, text=True, check=True, env=compare.USUAL)
                took["WeasyPrint alone"].append(float(said.stdout))
    print("| after one word | seconds, median | least | most |")
    print("|---|---|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} |")


if __name__ == "__main__":
    main()
