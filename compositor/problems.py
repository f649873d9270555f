"""The catalogue of problems: every code, how grave it is, and what a person can do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.result import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 1000  # characters
ORDERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CATALOGUE: dict[str, tuple[Severity, str]] = {
    # the command
    "changes-missing": ("error", "Name an earlier text or folder, or a commit, tag or branch of the manuscript's repository."),
    "changes-broken": ("error", "Mend it there, or name another version."),
    # reading
    "source-missing": ("error", "Name a folder that holds a Markdown file, or the file itself."),
    "source-ambiguous": ("error", "Name the file to build, or call it article.md."),
    "source-empty": ("error", "Write some text below the metadata."),
    "source-encoding": ("error", "Save the file as UTF-8."),
    "source-format": ("error", "Save the text as Markdown, in UTF-8; other formats are never opened."),
    "source-name": ("error", "Rename the file; the editions are called as it is, and name it."),
    "yaml-broken": ("error", "Check indentation and colons; a value with a colon or an asterisk stands in quotation marks."),
    "metadata-invalid": ("error", "Write the value in the form the message asks for."),
    "metadata-unknown": (
        "warning",
        "Correct the key, or write its words where they are read; keys unlike ours are your own.",
    ),
    "title-missing": ("warning", "Add `title:` to the metadata."),
    "date-unusable": ("warning", "Write the date as YYYY-MM-DD; the clock is never asked."),
    "lang-unknown": (
        "warning",
        "Add the language to compositor/languages.toml, or set `lang:` to one that is there; British English is en-GB.",
    ),
    "data-broken": ("error", "Correct the file; the manuscript takes its numbers from it."),
    "jinja-undefined": ("error", "Correct the name; files in data/ are reached as data.NAME."),
    "jinja-syntax": (
        "error",
        "Correct the template expression, or remove `jinja: true` if the text has none.",
    ),
    "note-misplaced": ("warning", "Move it into the text, or to `acknowledgements:` in the metadata."),
    "latex-dropped": ("warning", "Write it in Markdown; editions are not printed through LaTeX."),
    "div-unclosed": ("warning", "Write ::: on a line of its own where the block ends."),
    "markup-stray": ("warning", "Write what it opens, closes or belongs to, with empty lines around, or take it out."),
    "table-cells": ("warning", r"Give the head as many cells, or write \| for a bar that parts nothing."),
    "raw-dropped": ("warning", "Write it in Markdown; only raw HTML is shown, in every edition."),
    "chunk-unrun": (
        "warning",
        "Render the text first, quarto render FILE --to markdown or knitr::knit, and build what that gives.",
    ),
    "shortcode-unread": (
        "warning",
        "Write what it would give, or render the text first: quarto render FILE --to markdown.",
    ),
    "condition-settled": ("warning", "Write what every edition should say without a condition."),
    "draft-left": ("warning", "Finish it, or take it out; in code, `TODO`, it is left alone."),
    "control-character": ("warning", "Take it out; no edition may hold it."),
    "bidi-control": (
        "warning",
        "Take it out: it makes a text read otherwise than it is. Isolates round words written from right to left may stay.",
    ),
    "figure-stale": ("warning", "Draw it again: python build.py --figures"),
    "figure-failed": ("error", "Run the script by itself to see what it needs."),
    # setting
    "style-unknown": ("error", "Use a name from citationstyles.org such as apa, or the path of a .csl file."),
    "style-broken": ("error", "Compare the file with a style from citationstyles.org, or name one of those."),
    "profile-unknown": ("error", "Use one of the names given, or the path of a folder with a profile.toml."),
    "profile-broken": ("error", "Correct the line; templates/profiles/plain/profile.toml is a profile to start from."),
    "bib-missing": ("error", "Correct the path in `bibliography:`; it is relative to the manuscript."),
    "bib-unreadable": ("error", "Correct the file at the line named; Pandoc must be able to read it."),
    "cite-missing": ("error", "Add the work to the bibliography, or correct the key."),
    "locator-dropped": ("warning", "Name the page in the words of the text, or take a style that prints it."),
    "example-missing": ("error", "Write the example, (@name) at the beginning of a block, or correct the reference."),
    "example-duplicate": (
        "warning",
        "Give the second a name of its own; or, to show the first one again, write its words in a list of their own.",
    ),
    "xref-missing": (
        "error",
        "Label the target, {#fig-…}, {#tbl-…}, {#sec-…}, {#eq-…}, {#lst-…} or {#thm-…}, or correct the reference.",
    ),
    "xref-mixed": ("error", "Give cross-references and citations a pair of brackets each."),
    "label-duplicate": ("error", "Give each element its own label."),
    "gloss-uneven": ("warning", "Write as many words as above; {two words} stand over one, and {} leaves a place empty."),
    "group-empty": ("warning", "Take the group out of `reference-groups:`, or correct what it takes."),
    "link-broken": ("error", "Label the target, {#name}, or correct the link."),
    "note-missing": ("error", "Define the note, [^name]: text, or take the call out."),
    "note-uncalled": ("warning", "Call it in the text, [^name], or take it out."),
    "note-duplicate": ("error", "Give each note its own name."),
    "heading-numbered": (
        "warning",
        "Take the numbers out of the heads; or set `number-sections: false`, and they stand as you wrote them.",
    ),
    "heading-skipped": ("warning", "Use the next level down; the head is set at that level here."),
    "file-special": ("error", "Put a plain file in its place; a folder, a pipe or a device is not read."),
    "image-missing": ("error", "Correct the path; it is relative to the manuscript."),
    "image-unreadable": ("error", "Save the picture as SVG, PNG, JPEG, WebP, GIF or PDF."),
    "image-size": ("warning", "Write a length above nought, such as 80% or 12cm; in a drawing, correct the shape."),
    "file-outside": (
        "error",
        "Copy the file into the manuscript's folder; for a text of your own, --trust lets it read other files and the network.",
    ),
    "alt-missing": ("error", 'Describe the image: ![…](file){alt="what it shows"}; alt="" says that it is there for show.'),
    "markup-dropped": ("warning", "Write it in Markdown; active content is not published."),
    "pandoc-failed": ("error", "Correct the passage Pandoc names."),
    "placement-unknown": ("warning", "Write placement=here, top, bottom, page, landscape or auto."),
    "placement-inside": ("warning", "Move it before or behind the list or quotation, or take the wish out."),
    "math-failed": ("error", "Correct the formula; only LaTeX mathematics that Pandoc knows can be drawn."),
    # references
    "ref-uncited": ("warning", "Cite it, or take it out of the bibliography."),
    "ref-duplicate": ("warning", "Keep one entry, and cite it everywhere by one key."),
    "ref-incomplete": ("warning", "Add what is missing, so that a reader can find the work."),
    "ref-doi": ("warning", "Write the bare DOI, 10.NNNN/suffix."),
    "ref-isbn": ("warning", "Compare the number with the book; its length or check digit is wrong."),
    "ref-issn": ("warning", "Compare the number with the journal; its length or check digit is wrong."),
    "ref-url": ("warning", "Write the whole address, https://…; spaces and the like as percent signs and digits."),
    "ref-type": ("warning", "Write a type that CSL knows, such as article-journal, book, chapter or report."),
    "ref-schema": ("warning", "Write the field as the CSL-JSON schema 1.0.2 has it; the line says what it may hold."),
    "ref-year": ("warning", "Compare the date with the work, and correct it or the key."),
    "ref-name": ("warning", "Compare with the works, and spell the name in one way; if they are two people, leave it."),
    "ref-pages": ("warning", "Compare the pages with the work; the first stands first."),
    "ref-locator": ("warning", "Compare the citation with the work; it cites a page that the work does not have."),
    "ref-capitals": ("warning", "Write the title with capitals only where a sentence has them; the style does the rest."),
    "credit-unknown": ("warning", "Take one of the fourteen terms of credit.niso.org, such as conceptualization or software."),
    "ror-invalid": ("warning", "Compare it with ror.org; it is a nought, six letters or figures, and two figures."),
    "corresponding-missing": (
        "warning",
        "Write `corresponding: true` at the author whom readers should write to; until then no page shows an address.",
    ),
    "orcid-invalid": ("warning", "Compare the iD with orcid.org; its length or check digit is wrong."),
    # printing
    "deposit-incomplete": ("error", "Add it to the metadata, or leave `crossref` out of --to."),
    "deposit-update": (
        "warning",
        "Give the DOI of your Crossmark policy as `crossref: policy:`, and the whole date; Crossref takes no update without.",
    ),
    "template-broken": ("error", "Correct the template at the line named, or remove it: ours takes its place."),
    "font-missing": (
        "error",
        "Put a font that has it (TTF, OTF or WOFF2) into a folder fonts/ beside the text, and build again.",
    ),
    "font-broken": ("error", "Take the file out of fonts/, or put a TTF, OTF or WOFF2 of one font in its place."),
    "page-range": (
        "warning",
        "Correct `page:` of the journal; in a copy that is not the journal's own, `first-page: 1` counts from 1.",
    ),
    "proof-differs": ("warning", "Report it: the editions must say the same. Until then, read this place in both."),
    "template-unsafe": (
        "error",
        "Take it out of the templates or style sheets, or keep the picture beside the style sheet and write url(NAME.svg); "
        "for work of your own, --trust lets an address stand.",
    ),
    # what a journal asks: warnings of a build, errors of a check
    "profile-words": ("warning", "Shorten or lengthen the text; the profile says which of its parts count."),
    "profile-abstract": ("warning", "Shorten or lengthen the abstract."),
    "profile-title": ("warning", "Shorten or lengthen the title; a subtitle counts."),
    "profile-keywords": ("warning", "Take keywords out, or add some to `keywords:`."),
    "profile-references": ("warning", "Cite fewer or more works."),
    "profile-figures": ("warning", "Take figures out, move them to a supplement, or add some."),
    "profile-tables": ("warning", "Take tables out, move them to a supplement, or add some."),
    "profile-displays": ("warning", "Take figures or tables out, or move them to a supplement."),
    "profile-translation": ("warning", "Add it under `translations:`, with `lang:`, `title:`, `abstract:` and `keywords:`."),
    "profile-language": ("warning", "Write in the journal's variant of the language, and set `lang:` to it."),
    "profile-statement": ("warning", "Write it as a last section of that title, or under its key in the metadata."),
    "profile-section": ("warning", "Add a section with this head."),
    "profile-file": ("warning", "Rename the file, and its name in `bibliography:`."),
    # copies for referees
    "blind-attach": ("error", "Leave one of --blind and --attach-sources out."),
    "blind-leak": ("error", "Take it out of the place named: the text, a picture, or a template of your own."),
    "submit-nothing": (
        "error",
        "Name a journal with --profile, or say what it takes under [[files]] of your profile.",
    ),
    # limits
    "limit-time": ("error", "Look for a loop or a passage of great length; --limit seconds=NUMBER allows more time."),
    "limit-memory": ("error", "Look for a loop or a passage of great length; --limit memory=MIB allows more memory."),
    "limit-output": ("error", "Make the pictures smaller; --limit output=MIB allows more."),
    "limit-size": ("error", "Make the file smaller or part it; --limit text=MIB, picture=MIB or font=MIB allows more."),
    "limit-nesting": ("error", "Take some of the levels out: lists, quotations or brackets inside each other."),
    "build-died": ("error", "Report it, with the manuscript if you can: this must not happen."),
    "output-unwritable": (
        "error",
        "Make room, or choose another folder: --out names that of the editions, TMPDIR that of passing files.",
    ),
}


def problem(code: str, where: object, text: str) -> Problem:
    """Make a problem of the catalogue; an unknown code is a mistake of ours.

    A name of a stranger's may hold line ends, and characters that a terminal takes for orders: they are written as escapes.
    """
    severity, hint = CATALOGUE[code]
    return Problem(code, severity, plain(str(where)), plain(text), hint)


def plain(text: str) -> str:
    """Write as escapes what a terminal would obey, and cut what is too long to be read."""
    whole = ORDERS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]} …"


def strict(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Make every warning an error, as ``--strict`` asks."""
    return tuple(Problem(p.code, "error", p.where, p.text, p.hint) for p in problems)
