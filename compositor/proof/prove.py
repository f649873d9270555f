"""Proving: a sheet and the editions printed from it in, every difference between them out, as problems."""

from __future__ import annotations

import difflib
import re
import shutil
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from compositor.places import shown
from compositor.problems import problem
from compositor.proof import reversed as backwards
from compositor.proof.deposit import compare_deposit
from compositor.proof.expected import INVISIBLE, Difference, Expected, Word, expect, split, text_of, words_of
from compositor.proof.jats import compare_tags, read_jats
from compositor.proof.pages import compare_pages, usual_margins
from compositor.proof.read import Reading, begin_pdf, read_epub, read_html
from compositor.proof.structure import compare_structure
from compositor.proof.word import read_docx
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from compositor.proof.structure import Tagged
    from compositor.result import Artifact, Margin, Problem
    from compositor.setting.sheet import Sheet

PAPER = ("pdf", "review")
MOST = 12  # differences of an edition that are told one by one
RUNNING = {"running-authors": "running_authors", "running-title": "short_title"}  # the class of a running head → what it says
SHOWN = 12  # words of a reading that a problem quotes


def prove(sheet: Sheet, artifacts: tuple[Artifact, ...], source: Path) -> list[Problem]:
    """Read each edition back and compare it with the set document. The PDF needs pdftotext; without it, it is passed over."""
    proof = Proof(sheet, source)
    return [found for artifact in artifacts for found in proof.of(artifact)]


@dataclass(slots=True)
class Proof:
    """A sheet, and what its editions should say, found once for all that are alike."""

    sheet: Sheet
    source: Path
    known: dict[bool, Expected] = field(default_factory=dict)

    def read_sheet(self, editions: Collection[str]) -> None:
        """Find what these editions should say, before any is there."""
        for paper in {edition in PAPER for edition in editions}:
            self.expected(paper=paper)

    def expected(self, *, paper: bool) -> Expected:
        """Give what an edition on paper, or another, should say."""
        if paper not in self.known:
            counted = paper and any(face.reversed for face in self.sheet.scripts)
            self.known[paper] = expect(self.sheet, backwards.mark if counted else None, paper=paper)
        return self.known[paper]

    def of(self, artifact: Artifact, tagged: Callable[[], Tagged] | None = None) -> list[Problem]:
        """Read an edition back; ``tagged`` gives what the tags of a PDF are found to be, where somebody else compares them."""
        edition = artifact.edition.upper()
        differences = self._differences(artifact, tagged)
        found = [problem("proof-differs", shown(self.source), _say(edition, item)) for item in differences[:MOST]]
        if more := differences[MOST:]:
            found.append(problem("proof-differs", shown(self.source), f"{edition}: {len(more)} more differences"))
        return found

    def _differences(self, artifact: Artifact, tagged: Callable[[], Tagged] | None) -> list[Difference]:
        sheet, edition = self.sheet, artifact.edition
        if edition in PAPER:
            return self._on_paper(artifact, tagged)
        if edition == "crossref":
            return compare_deposit(sheet, artifact.data)
        if edition not in ("html", "epub", "jats", "docx"):
            return []
        wanted = self.expected(paper=False)
        if edition == "jats":
            return compare(wanted, read_jats(artifact.data)) + compare_tags(sheet, artifact.data)
        if edition == "docx":
            reading, differences = read_docx(artifact.data)
            differences += _stream(wanted.abstract, reading.abstract, "the abstract")
            differences += _stream(wanted.whole, reading.flow, "the text")
            differences += _compare_notes(wanted, reading) + _compare_links(wanted, reading.links)
        else:
            reading = read_html(artifact.data) if edition == "html" else read_epub(artifact.data)
            differences = compare(wanted, reading)
        return differences + _compare_authors(sheet, reading) + _compare_front(sheet, reading.front)

    def _on_paper(self, artifact: Artifact, tagged: Callable[[], Tagged] | None) -> list[Difference]:
        if shutil.which("pdftotext") is None:
            return []
        sheet, review = self.sheet, artifact.edition == "review"
        columns = 1 if review else sheet.paper.columns
        pages = begin_pdf(artifact.data, written=columns > 1, count=artifact.pages or 0)  # beside the rest
        others = partial(begin_pdf, artifact.data, written=columns == 1, count=artifact.pages or 0)
        wanted = self.expected(paper=True)
        tagged = tagged or partial(compare_structure, sheet, artifact.data)
        said = _compare_pdf(sheet, wanted, pages, 1 if review else sheet.paper.first, artifact.margins, others)
        found = tagged()
        return _compare_links(wanted, found.links) + said + found.differences


def _say(edition: str, difference: Difference) -> str:
    def quoted(words: str) -> str:
        parts = words.split()
        return f"“{' '.join(parts[:SHOWN])}{' …' if len(parts) > SHOWN else ''}”" if parts else "nothing"

    return f"{edition}, {difference.item}: it should say {quoted(difference.expected)}, and says {quoted(difference.found)}"


def compare(wanted: Expected, reading: Reading) -> list[Difference]:
    """Compare a reflowable edition, stream by stream."""
    found = _stream(wanted.abstract, reading.abstract, "the abstract")
    found += _stream(wanted.flow, reading.flow, "the text")
    for index, island in enumerate(wanted.islands):
        caption, inner = reading.islands[index] if index < len(reading.islands) else ([], [])
        found += _stream(island.caption, caption, f"the caption of {island.item}")
        found += _stream(island.inner, inner, island.item)
    found += _compare_notes(wanted, reading)
    for _, inner in reading.islands[len(wanted.islands) :]:
        found.append(Difference("the figures and tables", "", " ".join(inner)))
    return found + _compare_links(wanted, reading.links)


def _compare_notes(wanted: Expected, reading: Reading) -> list[Difference]:
    found = []
    for index, note in enumerate(wanted.notes):
        words = reading.notes[index] if index < len(reading.notes) else []
        found += _stream(note, words, f"note {index + 1}")
    for extra in reading.notes[len(wanted.notes) :]:
        found.append(Difference("the notes", "", " ".join(extra)))
    return found


def _compare_links(wanted: Expected, links: set[str]) -> list[Difference]:
    """Find addresses that lead nowhere in an edition; percent signs are as good as the letters they stand for."""
    said = {unquote(link) for link in links}
    return [Difference("the links", link, "") for link in sorted(wanted.links) if unquote(link) not in said]


def _stream(wanted: list[Word], words: list[str], item: str) -> list[Difference]:
    expected = [word.text for word in wanted]
    if expected == words:
        return []
    found = []
    matcher = difflib.SequenceMatcher(None, expected, words, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        loose = all(word.loose for word in wanted[start:end])
        if loose and "".join(expected[start:end]) == "".join(words[from_:to]):
            continue  # a picture between signs parts them in one reading, and not in the other
        if kind != "equal":
            place = wanted[min(start, len(wanted) - 1)].item if wanted else item
            found.append(Difference(place, " ".join(expected[start:end]), " ".join(words[from_:to])))
    return found


def _front_items(sheet: Sheet) -> list[tuple[str, str]]:
    """Give what the title block must say: what it is, and the words."""
    front = sheet.front
    items = [(f"the {key}", text_of(markup.parse(front[key]["html"]))) for key in ("title", "subtitle")]  # formulas are silent
    for author in front["authors"]:
        signs = (("corresponding", "*"), ("equal", "†"), ("deceased", "‡"))
        marks = ",".join(map(str, author["marks"])) + "".join(sign for key, sign in signs if author[key])
        items.append((f"author {author['name']}", author["name"] + marks))
        items.append((f"ORCID iD of {author['name']}", author["orcid"]))
        items.append((f"address of {author['name']}", author["email"] if author["corresponding"] else ""))
    items += [(f"affiliation {item['mark']}", item["name"]) for item in front["affiliations"]]
    items += [("the keywords", "; ".join(front["keywords"]))]
    for said in front["translations"]:
        items += [(f"the {key} in {said['lang']}", text_of(markup.parse(said[key]["html"]))) for key in ("title", "subtitle")]
        items += [(f"a keyword in {said['lang']}", keyword) for keyword in said["keywords"]]
    items += [(date["term"], date["text"]) for date in front["dates"]]
    items += [("the rubric", front["journal"].section)]
    for item in front["notices"]:
        items.append((f"the {item['kind']}", f"{item['term']}{front['terms'].colon}{item['title']}"))
        items.append((f"what the {item['kind']} is about", f"https://doi.org/{item['doi']}"))
    items += [(f"registration {item['id']}", f"{item['registry']} {item['id']}") for item in front["registrations"]]
    items += [("the copyright", front["copyright"]["statement"] if front["copyright"] else "")]
    items += [("the licence", front["license"].name if front["license"] else ""), ("the DOI", front["doi"])]
    return [(item, words) for item, words in items if words]


def _compare_front(sheet: Sheet, text: str) -> list[Difference]:
    squeezed = _squeezed(text)
    return [Difference(item, words, "") for item, words in _front_items(sheet) if _squeezed(words) not in squeezed]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", INVISIBLE.sub("", text))


def _compare_authors(sheet: Sheet, reading: Reading) -> list[Difference]:
    names = [author["name"] for author in sheet.front["authors"]]
    found = []
    for index in range(max(len(names), len(reading.authors))):
        name, says = (listed[index] if index < len(listed) else "" for listed in (names, reading.authors))
        if split(name) != split(says):
            found.append(Difference(f"author {name or says}", name, says))
    return found


def _compare_pdf(
    sheet: Sheet,
    wanted: Expected,
    pages: Callable[[], list[list[str]]],
    first: int,
    margins: tuple[tuple[Margin, ...], ...] = (),
    others: Callable[[], Callable[[], list[list[str]]]] | None = None,
) -> list[Difference]:
    """Compare the words of each page; ``others`` begins to read them in another order, for a page that differs in this one."""
    from compositor.editions.body import front_words

    front, contents = ([word.text for word in words_of(part, "")] for part in front_words(sheet))
    said = pages()
    while said and not said[-1]:
        said.pop()
    heads = [split(sheet.front[key]) for key in RUNNING.values()]
    around = [[(margin.place, split(_own(sheet, margin))) for margin in page] for page in margins]
    around = around or usual_margins(heads, len(said), first)
    found = compare_pages(wanted, said, around, front, contents)
    if found and others:
        either = compare_pages(wanted, said, around, front, contents, others()())
        found = min(found, either, key=len)
    return found + list(_compare_margins(sheet, margins, first))


def _own(sheet: Sheet, margin: Margin) -> str:
    """Give what a margin says; what is ours without the ends of its lines."""
    wanted = sheet.front[RUNNING[margin.own]] if margin.own else ""
    return wanted if _squeezed(wanted) == _squeezed(margin.text) else margin.text


def _compare_margins(sheet: Sheet, margins: tuple[tuple[Margin, ...], ...], first: int) -> Iterator[Difference]:
    """Find running heads and numbers of pages that are ours and do not say what they should; a journal adds what it likes."""
    if not any((folder / "print.html").is_file() for folder in sheet.templates):  # in its own template it says what it likes
        for own, text in sorted({(margin.own, margin.text) for page in margins for margin in page if margin.own}):
            if _squeezed(sheet.front[RUNNING[own]]) not in _squeezed(text):
                yield Difference("the running head", sheet.front[RUNNING[own]], text)
    figures = [[margin.text.strip() for margin in page if margin.text.strip().isdecimal()] for page in margins]
    for number, said in enumerate(figures, start=first):
        if said and str(number) not in said and figures.count(said) == 1:  # what is the same on several is no page's number
            yield Difference(f"the number of page {number}", str(number), " ".join(said))
