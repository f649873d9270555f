"""Changes in a whole text: two sheets of one article in, the later one with all that has changed marked out.

Paragraphs, heads, captions, cells and the like are paired by their words, in their order, and of each pair the words are
compared. A paragraph that was moved is taken out in one place and new in the other. Numbers of heads, figures and notes are
the program's own, and do not count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree
from markupsafe import Markup

from compositor.changes import inlines, words
from compositor.changes.version import Block, Version, all_tokens, blocks_in, entry_blocks, words_of
from compositor.options import MARKED
from compositor.setting import markup

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

LEAST = 0.4  # how alike two blocks are that are one in two versions
FLOW = {"section", "div", "blockquote", "dd"}  # what may hold one more paragraph
WHOLE = ("sourceCode", "line-block", "abstract-title")  # classes of a div that may not
DELETED = "deleted"  # the class of a block that is no longer there


def changes(pages: Sheet, before: Sheet) -> Sheet:
    """Give a sheet with what has changed since another marked."""
    new, old = Version(markup.clone(pages.root)), Version(markup.clone(before.root))
    merge = _Merge(new, old, pages, before)
    merge.all()
    scripts = (*pages.scripts, *(face for face in before.scripts if face not in pages.scripts))
    front = pages.front | {key: _titled(pages.front[key], before.front[key]) for key in ("title", "subtitle")}
    formulas = before.formulas | pages.formulas
    return replace(pages, name=f"{pages.name}{MARKED}", root=new.root, front=front, formulas=formulas, scripts=scripts)


def _titled(new: dict[str, str], old: dict[str, str]) -> dict[str, str]:
    """Mark the changes of a title; its plain text stays as it is now."""
    if not new["html"] or new["html"] == old["html"]:
        return new
    now, then = markup.parse(new["html"]), markup.parse(old["html"])
    there, gone = words.tokens(now, {}), words.tokens(then, {})
    inlines.mark(now, there, gone, words.compare([token.key for token in gone], [token.key for token in there]), {})
    return new | {"html": Markup(markup.inner(now))}  # noqa: S704 - from Pandoc's output, as both were


class _Merge:
    """Two versions of a text becoming one."""

    def __init__(self, new: Version, old: Version, pages: Sheet, before: Sheet) -> None:
        self.new, self.old, self.pages, self.before = new, old, pages, before
        self.said = {key: words_of(note) for key, note in old.notes().items()}  # of the notes that are gone, perhaps
        self.behind: dict[etree._Element, etree._Element] = {}  # block → what was put behind it last
        self.heads: dict[etree._Element, etree._Element] = {}  # what holds blocks → what was put before all of them first
        self._name_notes()

    def _name_notes(self) -> None:
        """Give notes that are one in both versions the same name."""
        old, new = self.old.notes(), self.new.notes()
        ids = list(old), list(new)
        self.old.names = {key: f"old {key}" for key in old}
        self.new.names = {key: f"new {key}" for key in new}
        self.noted: dict[str, str] = {}  # new → old
        said = [
            [("", [token.key for block in blocks_in(note, {}) for token in block.tokens]) for note in part.values()]
            for part in (old, new)
        ]
        for there, here in words.pairs(said[0], said[1], LEAST):
            self.noted[ids[1][here]] = ids[0][there]
            self.new.names[ids[1][here]] = self.old.names[ids[0][there]]

    def all(self) -> None:
        """Mark every change."""
        new, old = self.new.apart(), self.old.apart()
        for key, part in new.items():
            self.blocks(self.old.blocks(old[key]) if key in old else [], self.new.blocks(part), part)
        no_more = [block for key, part in old.items() if key not in new for block in self.old.blocks(part)]
        self.blocks([*no_more, *self.old.body()], self.new.body(), self.new.root)
        before = self.old.notes()
        for key, note in self.new.notes().items():
            self.blocks(self.old.blocks(before[self.noted[key]]) if key in self.noted else [], self.new.blocks(note), note)
        self._entries()

    def blocks(self, old: list[Block], new: list[Block], around: etree._Element) -> None:
        """Mark the changes among blocks that stand in one element."""
        paired = dict(words.pairs([block.item for block in old], [block.item for block in new], LEAST))
        hosts = [_host(block.element, around) for block in new]
        last: etree._Element | None = None
        for number, block in enumerate(old):
            if number in paired:
                last = hosts[paired[number]]
                self._pair(block, new[paired[number]])
            elif (gone := self._gone(block)) is not None:
                self._put(gone, last, around)
        for number in sorted({*range(len(new))} - {*paired.values()}):
            self._fresh(new[number])

    def _put(self, gone: etree._Element, last: etree._Element | None, around: etree._Element) -> None:
        """Put a block that is gone behind another, and behind what was put there before."""
        if last is None and around not in self.heads:
            around.insert(0, gone)
            self.heads[around] = gone
            return
        last = last if last is not None else self.heads[around]
        self.behind.get(last, last).addnext(gone)
        self.behind[last] = gone

    def _fresh(self, block: Block) -> None:
        if block.kind == "table":
            for part in list(block.element.iter("caption", "td", "th")):
                _wrap_all(part)
        elif block.kind == "figure":
            _add_class(block.element, "inserted")
        else:
            inlines.wrap(block.element)

    def _gone(self, block: Block) -> etree._Element | None:
        """Give a block that is no longer there as a paragraph, or None for a picture: its caption tells of it."""
        if block.kind == "figure":
            return None
        if block.kind == "table":
            return self._no_table(block.element)
        gone = etree.Element("pre" if block.kind == "pre" else "p", {"class": f"{DELETED} {DELETED}-{block.kind}"})
        gone.append(inlines.deletion(block.tokens, self.said))
        return gone

    def _pair(self, old: Block, new: Block) -> None:
        if new.kind == "table":
            self._table(old.element, new.element)
        elif new.kind == "figure":
            if _pictures(old.element, self.before) != _pictures(new.element, self.pages):
                _add_class(new.element, "changed")
        else:
            self._inside(old, new)

    def _inside(self, old: Block, new: Block) -> None:
        found = words.compare(old.keys, new.keys)
        inlines.mark(new.element, new.tokens, old.tokens, found, self.said)

    def _table(self, old: etree._Element, new: etree._Element) -> None:
        """Mark the changes of a table row by row, and of each row cell by cell."""
        captions = [table.find("caption") for table in (old, new)]
        if captions[0] is not None and captions[1] is not None:
            self._cell(captions[0], captions[1])
        elif captions[0] is not None:
            new.addprevious(self._lost("p", captions[0]))
        elif captions[1] is not None:
            _wrap_all(captions[1])
        rows = [list(table.iter("tr")) for table in (old, new)]
        items = [
            [(str(len(row)), [token.key for cell in row for token in all_tokens(cell, version.names)]) for row in part]
            for part, version in zip(rows, (self.old, self.new), strict=True)
        ]
        if [kind for kind, _ in items[0]] == [kind for kind, _ in items[1]]:  # each row has its own in the other
            paired = {number: number for number in range(len(rows[0]))}
        else:
            paired = dict(words.pairs(items[0], items[1], LEAST))
        last: etree._Element | None = None
        for number, row in enumerate(rows[0]):
            if number in paired:
                last = rows[1][paired[number]]
                for before, now in zip(row, last, strict=True):
                    self._cell(before, now)
            elif last is not None:
                self._put(self._row(row), last, new)
            elif rows[1]:
                rows[1][0].addprevious(self._row(row))
        for number in sorted({*range(len(rows[1]))} - {*paired.values()}):
            for cell in rows[1][number]:
                _wrap_all(cell)

    def _cell(self, old: etree._Element, new: etree._Element) -> None:
        """Mark the changes of a cell or caption, and of the blocks in it."""
        said = [Block(cell, "cell", words.tokens(cell, names.names)) for cell, names in ((old, self.old), (new, self.new))]
        self._inside(*said)
        self.blocks(self.old.blocks(old), self.new.blocks(new), new)

    def _no_table(self, table: etree._Element) -> etree._Element:
        """Give a table that is no longer there."""
        gone = etree.Element("table", {"class": DELETED})
        gone.extend([self._lost("caption", caption) for caption in table.iter("caption")])
        etree.SubElement(gone, "tbody").extend([self._row(row) for row in table.iter("tr")])
        return gone

    def _row(self, row: etree._Element) -> etree._Element:
        """Give a row that is no longer there."""
        gone = etree.Element("tr", {"class": DELETED})
        for cell in row:
            gone.append(self._lost(cell.tag, cell))
            gone[-1].attrib.update({key: value for key, value in cell.attrib.items() if key in ("colspan", "style", "scope")})
        return gone

    def _lost(self, tag: str, old: etree._Element) -> etree._Element:
        """Give an element with all words of one that is no longer there."""
        gone = etree.Element(tag, {"class": DELETED})
        gone.append(inlines.deletion(all_tokens(old, self.old.names), self.said))
        return gone

    def _entries(self) -> None:
        """Mark the changes of the reference list; works are known by their keys."""
        new, old = self.new.entries(), self.old.entries()
        last: etree._Element | None = None
        for key, entry in old.items():
            if key in new:
                last = new[key]
                self.blocks(entry_blocks(entry), entry_blocks(last), last)
            else:
                gone = self._lost("li" if new else "p", entry)
                gone.set("class", f"csl-entry {DELETED}")
                if new:
                    self._put(gone, last, next(iter(new.values())).getparent())
                else:  # there is no list any more
                    end = next(part for part in self.new.root if part.get("role") in ("doc-endnotes", "doc-colophon"))
                    end.addprevious(gone)
        for key, entry in new.items():
            for block in entry_blocks(entry) if key not in old else ():
                inlines.wrap(block.element)


def _wrap_all(element: etree._Element) -> None:
    """Mark all that an element and the blocks in it hold as new."""
    for part in [
        element,
        *(block.element for block in blocks_in(element, {}) if block.kind not in ("table", "figure")),
    ]:
        if words.tokens(part, {}):
            inlines.wrap(part)


def _host(element: etree._Element, around: etree._Element) -> etree._Element:
    """Give the block behind which another paragraph may stand."""
    while (parent := element.getparent()) is not None and parent is not around:
        whole = set(WHOLE) & set(parent.get("class", "").split())
        if parent.tag in FLOW and not whole and "csl-entry" not in parent.get("class", ""):
            break
        element = parent
    return element


def _pictures(figure: etree._Element, sheet: Sheet) -> list[bytes]:
    """Give what tells the pictures of a figure apart."""
    found = [sheet.media.get(image.get("src", "")) for image in figure.iter("img")]
    return [picture.data for picture in found if picture is not None]


def _add_class(element: etree._Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())
