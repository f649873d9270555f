"""The types of an article that pass between the stages. All are frozen and picklable; this module imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

# How an appendix counts figures, tables, equations and listings: behind its letter, or on from the text; empty where none says.
AppendixNumbering = Literal["", "A1", "A.1", "continued"]


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An institution as printed under the authors' names."""

    name: str  # "Department, University, City, Country"
    ror: str = ""  # https://ror.org/… or empty


@dataclass(frozen=True, slots=True)
class Role:
    """What a person did for the article."""

    term: str  # CRediT's, or as written where CRediT has none
    degree: str = ""  # "lead", "equal", "supporting", or empty
    url: str = ""  # https://credit.niso.org/…, or empty where the term is not CRediT's


@dataclass(frozen=True, slots=True)
class Grant:
    """Money that the work was done with."""

    funder: str
    awards: tuple[str, ...] = ()  # numbers, as the funder writes them
    id: str = ""  # https://ror.org/…, or the DOI of the Funder Registry, or empty
    told: bool = False  # a statement of the author's own tells of it


@dataclass(frozen=True, slots=True)
class Author:
    """A person or body as it appears in the title block."""

    name: str  # display form, in reading order
    given: str = ""
    family: str = ""
    suffix: str = ""  # Jr., III
    literal: str = ""  # a name that must not be taken apart: a project, an institution
    orcid: str = ""  # bare: 0000-0002-1825-0097
    email: str = ""
    corresponding: bool = False
    equal: bool = False  # contributed equally
    deceased: bool = False
    degrees: tuple[str, ...] = ()  # MD, PhD; for machines
    affiliations: tuple[int, ...] = ()  # positions in Metadata.affiliations, from 0
    roles: tuple[Role, ...] = ()

    def csl(self) -> dict[str, str]:
        """Give the name as a CSL-JSON name variable."""
        if self.literal:
            return {"literal": self.literal}
        parts = (("family", self.family), ("given", self.given), ("suffix", self.suffix))
        return {key: value for key, value in parts if value}


@dataclass(frozen=True, slots=True)
class License:
    """The terms the article is published under."""

    name: str  # "CC BY 4.0"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rich:
    """A short text in two forms: XHTML inline or block markup, and plain text."""

    html: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.html)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much or how little of something a journal takes."""

    of: str  # "words", "abstract", "title" (words), "keywords", "references", "figures", "tables", "displays"
    least: int | None = None
    most: int | None = None
    counts: tuple[str, ...] = ()  # of words: the parts of the article that count
    advice: bool = False  # the journal says "about": no reason to fail


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a submission must hold."""

    part: str  # "manuscript", "title-page", "figures", … (compositor.reading.profiles.Held)
    name: str  # "manuscript.docx"


@dataclass(frozen=True, slots=True)
class Profile:
    """A journal's house: a citation style, a page, what it asks of a manuscript, and the folder of what it overrides."""

    name: str
    description: str
    csl: str  # a style's name or file, or empty
    page: tuple[float, float]  # width and height, points
    columns: int
    size: float  # points; the text's type
    line: float  # points; from line to line
    folder: Path  # holds profile.toml, templates and css
    issn: str = ""
    lang: str = ""  # BCP 47: the variant that the journal is written in
    numbering: str = ""  # of heads: "decimal", "none", or empty where the manuscript may choose
    appendix_numbering: AppendixNumbering = ""
    blind: str = ""  # "open", "single" (nobody knows the referees), "double" (nor the authors), or empty where not known
    spacing: float = 0  # of a manuscript for referees: 1, 1.5 or 2 lines; 0 where the journal does not say
    line_numbers: bool = False  # of a manuscript for referees
    limits: tuple[Limit, ...] = ()
    statements: tuple[str, ...] = ()  # "funding", "conflicts", …
    translations: tuple[str, ...] = ()  # languages (BCP 47) that title, abstract and keywords must be in
    sections: tuple[str, ...] = ()  # heads that the text must have
    files: tuple[Wanted, ...] = ()  # what a submission must hold


@dataclass(frozen=True, slots=True)
class Paper:
    """A page and the type area on it, and where pages begin to count. All lengths are in points."""

    width: float
    height: float
    top: float
    bottom: float
    side: float  # the margin left and right
    columns: int
    gap: float  # between columns
    size: float  # the text's type
    line: float  # from line to line: the grid
    first: int = 1  # the number of the first page

    @property
    def measure(self) -> float:
        """The width of the type area."""
        return self.width - 2 * self.side

    @property
    def column(self) -> float:
        """The width of a column."""
        return (self.measure - (self.columns - 1) * self.gap) / self.columns


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Everything read from the author's files, validated, not yet set."""

    folder: Path  # relative paths in the text start here
    path: Path  # the text file
    name: str  # stem of the output files
    source: str  # the text file as written, for finding lines
    text: str  # what Pandoc reads: after Jinja, without the YAML header
    metadata: Any  # compositor.reading.metadata.Metadata; Any keeps this module free of our imports
    pandoc_metadata: dict[str, Any]  # the keys that Pandoc itself understands, as written
    bibliography: tuple[Path, ...]
    abbreviations: Path | None  # citeproc's file of short journal titles
    style: Path  # the CSL file
    profile: Profile
    paper: Paper
    lang: str  # BCP 47
    appendix_numbering: AppendixNumbering
    places: dict[str, str]  # metadata key → "file:line"

    @property
    def templates(self) -> tuple[Path, ...]:
        """The folders of templates that go before ours: the manuscript's own, the profile's."""
        return tuple(folder for folder in (self.folder / "templates", self.profile.folder) if folder.is_dir())


@dataclass(frozen=True, slots=True)
class Heading:
    """A section head in document order."""

    id: str
    level: int  # 1 for a section, 2 for a subsection, …
    number: str  # "1.2", or empty
    html: str  # title without its number
    text: str
    listed: bool  # False keeps it out of the contents


@dataclass(frozen=True, slots=True)
class Label:
    """A numbered figure, table or equation."""

    id: str
    kind: str  # "fig", "tbl", "eq", "lst" or one of a theorem, such as "thm"
    number: str  # "3", or "A3" in an appendix
    caption: str  # plain text


@dataclass(frozen=True, slots=True)
class Entry:
    """One work in the reference list, in the order of the list."""

    id: str  # citation key
    text: str
    places: tuple[str, ...]  # ids of the citations that point here, in document order


@dataclass(frozen=True, slots=True)
class Document:
    """The one set text that every edition is printed from."""

    body: str  # XHTML: numbered sections, reference list, notes at the end
    headings: tuple[Heading, ...]
    labels: tuple[Label, ...]
    entries: tuple[Entry, ...]
    fields: dict[str, Any]  # rendered metadata: name → Rich, or a list of Rich
    citation: Citation
    library: tuple[dict[str, Any], ...]  # every work in the bibliography, CSL JSON
    terms: dict[str, Any]  # the words of the document's language
    digest: str  # SHA-256 of the body and what is printed around it
    pandoc: str  # the version that set it


@dataclass(frozen=True, slots=True)
class Citation:
    """How to cite the article itself, in the three forms readers ask for."""

    apa: Rich
    bibtex: str
    ris: str
    csl: dict[str, Any]
