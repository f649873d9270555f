"""The only caller of Pandoc: a Manuscript in, what the Lua side set out; one process reads, cites and writes."""

from __future__ import annotations

import json
import logging
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.places import Places, at, shown
from compositor.problems import problem
from compositor.reading.styles import is_note_style
from compositor.result import BuildError
from compositor.running import aside
from compositor.setting import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from compositor.model import Manuscript

_Task = tuple[str, list[str], str]  # the text, Pandoc's arguments, the folder that it works in
FORMULA_ORDER = " lit nor scr sty brk aln count mcJc "
READER = "markdown-yaml_metadata_block-pandoc_title_block"  # header.py has read both
PROGRAM = "pandoc.exe" if sys.platform == "win32" else "pandoc"
# No file or address but those named here; and not the user's own folder, whose init.lua and abbreviations Pandoc would heed.
ALONE = ("--sandbox", f"--data-dir={Path(__file__).parents[1] / 'filters'}")
# A long text leaves Haskell so much to clear up that it takes a third of the time; with more room, it clears up less often.
LONG = 200_000  # characters: some seventy pages
ROOM = ("+RTS", "-A128m", "-F4", "-RTS")
WRITER = Path(__file__).parents[1] / "filters" / "set.lua"

# What Pandoc warns of is checked by us, with a line; its own log would only repeat it.
logging.getLogger("pypandoc").setLevel(logging.ERROR)


def _pinned() -> Any:
    """Give pypandoc, told to start the Pandoc of its own wheel.

    By itself it would start each Pandoc that it finds on the machine to ask for its version, and then use the newest.
    """
    import pypandoc

    vars(pypandoc)["__pandoc_path"] = str(Path(pypandoc.__file__).parent / "files" / PROGRAM)
    return pypandoc


def version() -> str:
    """Give the version of Pandoc."""
    return str(_pinned().get_pandoc_version())


def typeset(
    manuscript: Manuscript,
    fields: dict[str, Any],
    own: dict[str, Any],
    apa: Path,
    terms: dict[str, Any],
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Set the text with citeproc and our filters.

    ``fields`` are texts of the front matter, Markdown; they are set along with the body, so that they may cite.
    ``own`` is the article itself as CSL JSON; ``meanwhile`` is done while Pandoc works. Raises BuildError when Pandoc stops.
    """
    text, named = examples.marked(manuscript.path, _tied(manuscript.path, _cited_first(manuscript)))
    header: dict[str, Any] = dict(manuscript.pandoc_metadata)
    # what the author did not write must not be read as Markdown: paths and terms travel as they are
    if terms["notes_first"]:
        header.setdefault("notes-after-punctuation", False)
    written = examples.marked_fields(manuscript.path, fields, named)
    header["compositor-fields"] = {key: value for key, value in written.items() if value}
    raw = {
        "lang": manuscript.lang,
        "compositor-apa": str(apa),
        "compositor-terms": json.dumps(terms | {"examples": named}),  # ASCII, for locales that can write nothing else
    }
    arguments = [f"--metadata={key}:{value}" for key, value in raw.items()]
    arguments += [f"--metadata=bibliography:{path}" for path in manuscript.bibliography]
    if manuscript.abbreviations:
        arguments.append(f"--metadata=citation-abbreviations:{manuscript.abbreviations}")
    if is_note_style(manuscript.style):
        arguments += ["--metadata=compositor-note-style:true"]
    else:
        arguments += ["--metadata=link-citations:true"]
    if own:
        header["compositor-own"] = own
    room = ROOM if len(manuscript.text) > LONG else ()
    try:
        with tempfile.TemporaryDirectory() as folder:
            # not in the text: a metadata block there could name any file or address, and Pandoc would read it
            Path(folder, "header.json").write_text(json.dumps(header, ensure_ascii=False), encoding="utf-8")
            style = _whole_names(manuscript.style, Path(folder)) if manuscript.metadata.reference_groups else manuscript.style
            arguments = [*ALONE, f"--metadata-file={folder}/header.json", f"--metadata=csl:{style}", *arguments, *room]
            setter: aside.Aside[_Task, None, str | RuntimeError] = aside.Aside(_convert)
            aside.start(setter)
            setter.give((text, arguments, str(manuscript.folder)))
            meanwhile()
            answer = setter.result()
            if isinstance(answer, RuntimeError):
                raise answer
    except RuntimeError as error:
        message = re.sub(r"^Pandoc died with exitcode .*?: ", "", str(error))
        message = re.sub(r"\s*stack traceback:.*", "", message, flags=re.DOTALL).removeprefix("Error running Lua:").strip()
        if "out of memory" in message or "heap overflow" in message.lower() or "heap exhausted" in message.lower():
            raise MemoryError(message) from None  # guard.py tells it
        if "abbreviations file" in message:
            where = manuscript.places.get("citation-abbreviations", shown(manuscript.path))
            raise BuildError((problem("bib-unreadable", where, "they are not JSON as citeproc reads it"),)) from None
        if "CiteprocParseError" in message:
            raise BuildError((problem("style-broken", shown(manuscript.style), message),)) from None
        raise BuildError((problem("pandoc-failed", _place(manuscript, message), " ".join(message.split())),)) from None
    result: dict[str, Any] = json.loads(answer)
    return result


def _whole_names(style: Path, folder: Path) -> Path:
    """Write a style that has no dash for an author named just before: the work before it may go to another group."""
    copy = folder / style.name
    text = style.read_text(encoding="utf-8")
    copy.write_text(re.sub(r"\ssubsequent-author-substitute(-rule)?\s*=\s*(\"[^\"]*\"|'[^']*')", "", text), encoding="utf-8")
    return copy


# what may stand before the first word of a paragraph, and a citation that Pandoc would take for the number of an example
LEADING = re.compile(
    r"^ {0,3}(?:>[ \t]?|[-*+][ \t]+|\d+[.)][ \t]+|\[\^[^\]\s]+\]:[ \t]*)*@([A-Za-z0-9_-]+)(?=[.)]\s)", re.MULTILINE
)


def _cited_first(manuscript: Manuscript) -> str:
    """Give the text with its citations as such where a paragraph begins with one: "@key. The facts" in a note, say.

    An example may be written so as well, and is where the text points at it: (@key).
    """
    text, prose = manuscript.text, Places(manuscript.path, manuscript.text).prose
    for found in reversed(list(LEADING.finditer(prose)) if "@" in prose else []):
        if f"(@{found[1]})" not in prose:
            text = f"{text[: found.end()]}\\{text[found.end() :]}"
    return text


# LaTeX's tie before a command of LaTeX; Pandoc's Markdown has none, and would print it
TIED = re.compile(r"(?<=\S)~(?=\\(?:ref|eqref|autoref|[cC]ref|(?:[a-z]*cite[a-z]*))\b)")


def _tied(path: Path, text: str) -> str:
    r"""Give the text with LaTeX's ties as spaces at which no line ends, as in ``Figure~\\ref{fig-one}``."""
    places = [found.start() for found in TIED.finditer(Places(path, text).prose)] if "~\\" in text else []
    for place in reversed(places):
        text = f"{text[:place]}\u00a0{text[place + 1 :]}"
    return text


def _convert(task: _Task) -> Generator[None, None, str | RuntimeError]:
    """Run Pandoc; where it stops, give what pypandoc says of it: it need not be run again to say the same."""
    yield
    text, arguments, folder = task
    try:
        answer = _pinned().convert_text(
            text, to=str(WRITER), format=READER, extra_args=arguments, verify_format=False, cworkdir=folder
        )
    except RuntimeError as error:
        return error
    return str(answer)


def word_formulas(formulas: list[str]) -> list[etree._Element | None]:
    """Give Word's own form, ``m:oMath``, of each formula; those are MathML, and their TeX is read where they hold it."""
    if not formulas:
        return []
    # rows of a table: a paragraph of nothing would be left out, and a displayed formula may have several
    text = f"<table>{''.join(f'<tr><td>{formula}</td></tr>' for formula in formulas)}</table>"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "formulas.docx")
        _pinned().convert_text(text, to="docx", format="html", extra_args=list(ALONE), outputfile=str(path))
        with zipfile.ZipFile(path) as opened:
            document = etree.fromstring(opened.read("word/document.xml"))
    for element in document.iter("{*}rPr", "{*}mcPr"):  # Pandoc's order is not the schema's (ISO/IEC 29500-1, 22.1.2)
        element[:] = sorted(element, key=lambda child: FORMULA_ORDER.find(f" {etree.QName(child).localname} "))
        if element.find("{*}nor") is not None:  # upright words have no other face
            element[:] = [child for child in element if etree.QName(child).localname not in ("scr", "sty")]
    return [row.find(".//{*}oMath") for row in document.iterfind("{*}body/{*}tbl/{*}tr")]


def _place(manuscript: Manuscript, message: str) -> str:
    if macro := re.search(r"expanding macro (\S+)", message):
        return Places(manuscript.path, manuscript.source).text(f"\\{macro[1]}")
    match = re.search(r"\(line (\d+), column", message)
    if match is None:
        named = (
            key for key, value in manuscript.pandoc_metadata.items() if isinstance(value, str) and value and value in message
        )
        return next((manuscript.places[key] for key in named), shown(manuscript.path))
    before = manuscript.source.count("\n") - manuscript.text.count("\n")
    return at(manuscript.path, max(1, int(match[1]) + before))
