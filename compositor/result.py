"""What a build gives: files, problems, what the journal asks. All types are frozen and picklable.

They stand apart from those of an article, because a build of what has not changed needs no others: it takes as long to make
a type as to read a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

Severity = Literal["error", "warning"]
State = Literal["pass", "fail", "advice", "by hand"]  # "advice" is not met and need not be


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person must know about: what, where, and what to do."""

    code: str  # stable, for example "cite-missing"
    severity: Severity
    where: str  # "manuscript/article.md:41", or a file without a line
    text: str  # what is wrong
    hint: str  # what to do


class BuildError(Exception):
    """No document can exist; carries every problem found so far."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[BuildError], tuple[tuple[Problem, ...]]]:
        return BuildError, (self.problems,)


class MissingTool(Exception):  # noqa: N818 - it is a state of the machine, not a mistake in the input
    """Something the operating system must supply is not there; carries the line that installs it."""

    def __init__(self, name: str, line: str) -> None:
        super().__init__(f"{name} is missing; install it with: {line}")
        self.name = name
        self.line = line

    def __reduce__(self) -> tuple[type[MissingTool], tuple[str, str]]:
        return MissingTool, (self.name, self.line)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that a journal asks of a manuscript, and whether it has it."""

    name: str  # "abstract"
    asked: str  # "at most 200 words"
    found: str  # "212 words"
    state: State


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered line of a review copy, and where it comes from."""

    page: int  # from 1
    on_page: int  # from 1
    number: int  # from 1, through the whole copy
    text: str
    file: str  # name of the source, "manuscript/article.md"; empty where the program wrote the line
    first: int  # lines of the source, from 1; 0 where there is none
    last: int


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands at one place in the margin of a page: a running head or foot, or the page's number."""

    place: str  # "top", "bottom", "left" or "right"
    text: str
    own: str = ""  # the class of the running head that is in it, if it is one of print.html's


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file, in memory."""

    name: str
    media_type: str
    data: bytes
    pages: int | None = None  # PDF only
    starts: tuple[tuple[str, ...], ...] = ()  # PDF only: the first words of running text of each page
    lines: tuple[Line, ...] = ()  # review copy only
    margins: tuple[tuple[Margin, ...], ...] = ()  # PDF and review copy only: what stands in the margins of each page
    seconds: float = 0.0  # time it took to print
    beside: bool = False  # no edition: a citation or a picture that stands beside them, and is not read back

    @property
    def edition(self) -> str:
        """Name of the edition: "pdf" of ``paper.pdf``, "jats" of ``paper.jats.xml``, "review" of ``paper.review.pdf``."""
        return (
            self.name.removesuffix(".pdf").rsplit(".", 1)[-1]
            if self.lines
            else self.name.removesuffix(".xml").rsplit(".", 1)[-1]
        )


@dataclass(frozen=True, slots=True)
class Build:
    """What a build gives: files and what was noticed on the way."""

    artifacts: tuple[Artifact, ...]
    problems: tuple[Problem, ...]
    counts: dict[str, int] = field(default_factory=dict)  # words, references, figures, …
    requirements: tuple[Requirement, ...] = ()  # of the profile, each with its state
    texts: tuple[Path, ...] = ()  # the files that words come from: the text, the metadata, the data, the bibliography

    @property
    def failed(self) -> bool:
        """Whether any problem is an error."""
        return any(problem.severity == "error" for problem in self.problems)
