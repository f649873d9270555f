"""A book, many times the text of the article and a thousand works cited in it: what a page takes, and how much memory.

    .venv/bin/python benchmarks/book.py                  # fifty times the text
    .venv/bin/python benchmarks/book.py --times 10 --works 100

One build with everything on, from the shell's point of view. Seconds are those of the clock, over all cores; memory is that
of the largest process.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import compare


def write_book(folder: Path, times: int, works: int) -> None:
    """Write the article so many times over, each time citing its share of works that are like real ones."""
    compare.write_article(folder, times)
    library = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    model = next(work for work in library if work["type"] == "article-journal")
    more = [
        model
        | {
            "id": f"work{number}",
            "title": f"On the subject numbered {number}",
            "author": [{"family": f"Author{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}", "given": "One"}],
            "issued": {"date-parts": [[1990 + number % 30]]},
            "DOI": f"10.5555/work.{number}",
        }
        for number in range(works - len(library))
    ]
    (folder / "references.json").write_text(json.dumps([*library, *more], ensure_ascii=False), encoding="utf-8")
    text = (folder / "article.md").read_text(encoding="utf-8")
    paragraphs = text.split("\n\n")
    plain = [place for place, part in enumerate(paragraphs) if len(part) > 300 and part[0].isalpha()]
    for number, work in enumerate(more):
        paragraphs[plain[number % len(plain)]] += f" Others say the same [@{work['id']}, p. {number % 90 + 1}]."
    (folder / "article.md").write_text("\n\n".join(paragraphs), encoding="utf-8")


def main() -> None:
    """Build it once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50, help="how often the article's text stands in the text")
    parser.add_argument("--works", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "book")
        write_book(folder, asked.times, asked.works)
        [command] = compare.ours(folder, compare.EDITIONS["three"])
        cost = compare.run([[*command, "--json", "--limit", "seconds=3600"]], folder)
        answer = json.loads((folder / "log").read_text(encoding="utf-8"))
    pages = next(output["pages"] for output in answer["outputs"] if output["edition"] == "pdf")
    print("| pages | works | seconds | ms a page | CPU ms a page | memory, MiB |")
    print("|---|---|---|---|---|---|")
    wall, cpu = (1000 * seconds / pages for seconds in (cost.wall, cost.cpu))
    print(f"| {pages:,} | {asked.works:,} | {cost.wall:.0f} | {wall:.0f} | {cpu:.0f} | {cost.memory:,.0f} |")


if __name__ == "__main__":
    main()
