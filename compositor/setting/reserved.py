"""Roles that tell our own parts apart: the set body in, the same body without those that raw HTML only claims out.

Notes, their calls and links back are known by their roles, which Pandoc gives (DPUB-ARIA 1.1). An author may write the
same role in raw HTML; taken for Pandoc's, it would lose a text or stop the build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compositor.word.revisions import MARK

if TYPE_CHECKING:
    from lxml import etree

ROLES = ("doc-endnotes", "doc-noteref", "doc-backlink", "doc-pagebreak")


def disown(root: etree._Element) -> list[str]:
    """Take the roles from elements that are not Pandoc's; gives each role taken, in the order of the text."""
    last = root[-1] if len(root) else None  # Pandoc writes the notes at the end
    notes = last if last is not None and (last.tag, last.get("role")) == ("section", "doc-endnotes") else None
    ids = {item.get("id", "") for item in notes.iter("li")} if notes is not None else set()
    taken = []
    called: set[str] = set()
    for change in root.iter("ins", "del"):  # only changes/ makes those that Word tracks
        if change.get("class"):
            change.set("class", " ".join(name for name in change.get("class", "").split() if name != MARK))
    for element in root.iter("{*}*"):
        role = element.get("role")
        if role not in ROLES or element is notes:
            continue
        target = element.get("href", "")[1:]
        if (
            role == "doc-noteref"
            and element.tag == "a"
            and target in ids - called
            and element.get("id") == f"fnref{target[2:]}"
        ):
            called.add(target)
        elif role != "doc-backlink" or notes is None or notes not in element.iterancestors() or not target.startswith("fnref"):
            del element.attrib["role"]
            taken.append(role)
    return taken
