"""What of the command changes the bytes of an edition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compositor.problems import problem
from compositor.result import BuildError

if TYPE_CHECKING:
    from compositor.model import Profile


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
    changes: str = ""  # what has changed since this is marked: a path, or a commit
    date: str = ""  # of that commit; stands in where the metadata have none


DEFAULT = Options()
MARKED = ".changes"  # in the names of copies with changes marked
REVIEW = ("review",)  # a review copy is made alone


def settled(options: Options, profile: Profile) -> Options:
    """Say whether the copy is blind: where that is asked for, and a review copy for a journal that hides the authors.

    Raises BuildError for what a blind copy cannot have.
    """
    blind = options.blind or (options.to == REVIEW and profile.blind == "double")
    if blind and options.attach:
        text = "the sources name the authors: a blind copy cannot carry them"
        raise BuildError((problem("blind-attach", "--attach-sources", text),))
    return replace(options, blind=blind)
