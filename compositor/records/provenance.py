"""Where an edition comes from: a manuscript and what set it in, its sources, tools and the command that sets it again out."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from compositor import __version__, templating
from compositor.commands import figures
from compositor.editions.engine import libraries
from compositor.fonts import mathfont, typefaces
from compositor.options import DEFAULT, REVIEW, Options
from compositor.reading import data, history, inside
from compositor.result import BuildError
from compositor.running import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compositor.model import Manuscript

PACKAGES = ("weasyprint", "pydyf", "lxml", "jinja2", "uharfbuzz", "fonttools", "ziamath", "pillow", "pypdfium2", "babel")
ELSEWHERE = "elsewhere"  # folder of the names of files that are not beside the manuscript: where they lie is nobody's business
TYPESETTERS = ("Compositor", "Pandoc", "WeasyPrint", "Pango", "HarfBuzz")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that the editions were made from."""

    name: str  # from the folder that holds all of them, with slashes: manuscript/article.md
    data: bytes

    @property
    def sha256(self) -> str:
        """Digest of the file, 64 hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that made the editions."""

    name: str  # stem of the output files
    root: Path  # the folder that the names of the sources start from
    sources: tuple[Source, ...]  # by name
    digest: str  # SHA-256 over names and contents of the sources
    style: Source  # the CSL file
    style_title: str  # "American Psychological Association 7th edition (2026-02-06)"
    tools: tuple[tuple[str, str], ...]  # name, version
    faces: tuple[tuple[str, str], ...]  # name, version
    texts: tuple[Source, ...]  # those that words come from: the text, the metadata, the data, the bibliography
    source: str  # what to build: a folder or a file among the sources
    options: Options  # those that set the same editions again
    trusted: bool  # --trust was given

    @property
    def text_files(self) -> tuple[Path, ...]:
        """Where the texts lie; without those that are not beside the manuscript."""
        return tuple(self.root / text.name for text in self.texts if not text.name.startswith(f"{ELSEWHERE}/"))

    @property
    def command(self) -> str:
        """The command that sets the editions again, from the folder that holds the sources."""
        options = self.options
        words = ["compositor", "build", *filter(None, [self.source])]
        if options.to == REVIEW:
            words += ["--review", *(["--number-lines", options.numbers] if options.numbers != DEFAULT.numbers else [])]
        elif options.to != DEFAULT.to:
            words += ["--to", ",".join(options.to)]
        words += ["--style", options.style] if options.style else []
        words += ["--profile", options.profile] if options.profile else []
        words += ["--attach-sources"] if options.attach else []
        words += ["--blind"] if options.blind else []
        words += ["--changes", options.changes] if options.changes else []
        words += ["--trust"] if self.trusted else []
        return " ".join(words)


def gather(
    manuscript: Manuscript,
    pictures: Iterable[Path],
    pandoc: str,
    options: Options,
    scripts: tuple[typefaces.Face, ...] = (),
    *,
    formulas: bool = False,
) -> Provenance:
    """Find everything that the editions of a manuscript are made from. Reads each source once."""
    paths = _paths(manuscript, pictures)
    own = manuscript.folder.resolve()
    near = [path for path in paths if path.is_relative_to(own) or path.is_relative_to(own.parent / "bibliography")]
    root = Path(os.path.commonpath([path.parent for path in near]))
    told = (path.relative_to(root).as_posix() if path in near else f"{ELSEWHERE}/{path.name}" for path in paths)
    names = {path: _as_unicode(name) for path, name in zip(paths, told, strict=True)}
    house = manuscript.profile.folder
    if (profile := options.profile) and not house.is_relative_to(templating.templates_folder()):  # a folder somebody named
        profile = house.relative_to(root).as_posix() if house.is_relative_to(root) else f"{ELSEWHERE}/{house.name}"
        inner = {path: path.relative_to(house) for path in names if path.is_relative_to(house)}
        names |= {path: _as_unicode(f"{profile}/{rest.as_posix()}") for path, rest in inner.items()}
    sources = tuple(sorted((Source(name, path.read_bytes()) for path, name in names.items()), key=_name))
    by_name = {source.name: source for source in sources}
    commit = None if options.commit else history.last_commit(paths)
    found = Provenance(
        name=manuscript.name,
        root=root,
        sources=sources,
        digest=digest(sources),
        style=Source(manuscript.style.name, manuscript.style.read_bytes()),
        style_title=style_title(manuscript.style),
        tools=(("Compositor", __version__), ("Pandoc", pandoc), *_tools()),
        faces=tuple(dict((*_faces(scripts), *([mathfont.release_of_formulas()] if formulas else []))).items()),
        texts=tuple(by_name[names[path]] for path in texts(manuscript) if path in names),
        source=_source(manuscript, root),
        options=replace(
            options,
            style=names.get(manuscript.style, manuscript.style.stem) if options.style else "",
            profile=profile,
            commit=options.commit or (commit.id if commit and commit.exact else ""),
            date=manuscript.metadata.date,
        ),
        trusted=limits.current().trusted,
    )
    return _anonymous(found) if options.blind else found


def prepare() -> None:
    """Find beforehand what is the same for every manuscript."""
    _tools(), _faces(()), styles_folder()


def _as_unicode(name: str) -> str:
    """Write a file's name for a record; bytes that are no UTF-8 have no character."""
    return os.fsencode(name).decode("utf-8", "replace")


def _anonymous(origin: Provenance) -> Provenance:
    """Take away what leads to the sources and so to their authors: names and digests, the commit, the command's paths.

    The texts stay, for the map of a review copy: it is the author's.
    """
    options = replace(origin.options, style="", profile="", commit="", date="")
    return replace(origin, sources=(), digest="", source="", options=options)


def digest(sources: Iterable[Source]) -> str:
    """Give the SHA-256 over the sources: name, length and content of each, by name."""
    total = hashlib.sha256()
    for source in sources:
        total.update(f"{source.name}\0{len(source.data)}\0".encode() + source.data)
    return total.hexdigest()


def texts(manuscript: Manuscript) -> list[Path]:
    """Give the files that words come from."""
    metadata = (manuscript.folder / name for name in ("metadata.yaml", "metadata.yml"))
    found = [manuscript.path, *(path for path in metadata if path.is_file())]
    found += data.files(manuscript.folder) if manuscript.metadata.jinja else []
    return [path.resolve() for path in (*found, *manuscript.bibliography)]


def _name(source: Source) -> str:
    return source.name


def _paths(manuscript: Manuscript, pictures: Iterable[Path]) -> list[Path]:
    folder = manuscript.folder
    found = [*texts(manuscript), *pictures]
    for script in figures.scripts(folder):
        found += [script, *script.parent.glob("_*.py"), *(folder / "data").rglob("*")]
    found += [*(folder / "templates").rglob("*")]
    house = manuscript.profile.folder
    if not house.is_relative_to(templating.templates_folder()):
        found += house.rglob("*")
    if not manuscript.style.is_relative_to(styles_folder()):
        found.append(manuscript.style)
    return sorted(
        {path.resolve() for path in found if path.is_file() and (inside.may_read(path, folder) or path.is_relative_to(house))}
    )


@lru_cache(maxsize=1)
def styles_folder() -> Path:
    """Give the folder of the official collection of styles."""
    from compositor.reading.styles import DEFAULT, style_file

    return style_file(DEFAULT).parent


def style_title(path: Path) -> str:
    """Give the style's own title, and the date of its file, which tells two versions apart."""
    head = path.read_text(encoding="utf-8", errors="replace")[:8000]
    title = re.search(r"<title>([^<]+)</title>", head)
    date = re.search(r"<updated>(\d{4}-\d{2}-\d{2})", head)
    return (title[1].strip() if title else path.stem) + (f" ({date[1]})" if date else "")


@lru_cache(maxsize=1)
def _tools() -> tuple[tuple[str, str], ...]:
    names = {"weasyprint": "WeasyPrint"}
    packages = tuple((names.get(name, name), version(name)) for name in PACKAGES)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (*packages, *libraries(), ("Python", python), ("zlib", zlib.ZLIB_RUNTIME_VERSION), ("templates", _templates()))


def _templates() -> str:
    """Give a digest of the shipped templates, as their version."""
    return digest(shipped_templates())[:12]


@lru_cache(maxsize=1)
def shipped_templates() -> tuple[Source, ...]:
    """Give the templates that come with Compositor."""
    folder = templating.templates_folder()
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    found = (Source(path.relative_to(folder).as_posix(), path.read_bytes().replace(b"\r\n", b"\n")) for path in paths)
    return tuple(sorted(found, key=_name))


@lru_cache(maxsize=1)
def _faces(scripts: tuple[typefaces.Face, ...]) -> tuple[tuple[str, str], ...]:
    return tuple({face.family: face.version or version(face.package) for face in (*typefaces.FACES, *scripts)}.items())


def _source(manuscript: Manuscript, root: Path) -> str:
    """Name what to build: the folder where it is enough, the text where the folder holds several."""
    place = manuscript.path.resolve()
    try:
        whole = inside.find_text(place.parent).resolve() == place
    except BuildError:
        whole = False
    return (place.parent if whole else place).relative_to(root).as_posix()
