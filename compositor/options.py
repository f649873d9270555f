"""What of the command changes the bytes of an edition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a build; two builds of the same sources with the same options are the same."""

    to: tuple[str, ...] = ("pdf", "epub", "html")
    style: str = ""
    profile: str = ""
    attach: bool = False  # the sources stand in the PDF
    blind: bool = False  # a copy that does not name the authors
    commit: str = ""  # told, where there is no repository to ask
    numbers: str = "running"  # of a review copy's lines: "running", or "page" where each page begins with 1
    date: str = ""  # of that commit; stands in where the metadata have none


DEFAULT = Options()
REVIEW = ("review",)  # a review copy is made alone
