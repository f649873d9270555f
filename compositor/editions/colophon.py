"""The colophon: where an edition comes from in, the last words of every edition out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.records.provenance import TYPESETTERS
from compositor.setting import markup
from compositor.templating import environment

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.records.provenance import Provenance

ID = "compositor-colophon"


def append(root: etree._Element, origin: Provenance, terms: Any, before: tuple[Path, ...]) -> None:
    """Set the colophon behind the text. ``before`` are the folders of templates that go before ours."""
    words = (
        environment(before)
        .get_template("colophon.html")
        .render(
            terms=terms,
            tools=[(name, version) for name, version in origin.tools if name in TYPESETTERS],
            faces=origin.faces,
            style=origin.style_title,
            digest=_grouped(origin.digest),
            commit=origin.options.commit[:12],
            command=origin.command if origin.sources else "",
            id=ID,
        )
    )
    root.append(etree.fromstring(words.strip(), etree.XMLParser(remove_comments=True)))


def take(root: etree._Element) -> str:
    """Take the colophon out of the body, for an edition that has more to say behind the text; gives XHTML."""
    (found,) = root.xpath(f"./div[@id='{ID}']")
    markup.drop(found)
    found.tail = None
    around = etree.Element("div")
    around.append(found)
    return markup.inner(around)  # which never leaves an element empty: HTML has no <a/>


def _grouped(digits: str) -> str:
    """Part a digest into groups of eight, so that a person can compare it and a line can end in it."""
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))
