"""Setting: a Manuscript in, the one Document that every edition is printed from out."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from compositor.model import Citation, Document, Entry, Heading, Label, Rich
from compositor.places import Places, at, shown
from compositor.problems import problem
from compositor.reading import characters, chunks, language, statements, styles
from compositor.records import citation
from compositor.setting import active, direction, examples, glosses, leadwords, leftovers, markup, pandoc, pipetables, stray

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.model import Manuscript
    from compositor.reading.metadata import Metadata
    from compositor.result import Problem

# What the author may have called a field of the front matter.
FIELD_KEYS = {
    "authors": ("author", "authors"),
    "affiliations": ("affiliations", "affiliation", "institute"),
    "short_title": ("short-title",),
    "keywords": ("keywords", "tags"),
}
NOTHING_OWN = {"apa": {"html": "", "text": ""}, "bibtex": ""}  # of an article without a title
# How a problem's subject is looked for in the text.
BY_CITATION = {"cite-missing", "xref-missing", "xref-mixed"}


def _fields(metadata: Metadata, lang: str, terms: dict[str, Any]) -> dict[str, Any]:
    """Give the texts of the front matter that may hold Markdown."""
    blocks = {
        "abstract": metadata.abstract,
        "acknowledgements": metadata.acknowledgements,
        "conflicts": metadata.conflicts,
        "contributions": statements.contributions(metadata.authors, lang),
        "data_availability": metadata.data_availability,
        "ethics": metadata.ethics,
        "funding": statements.funding_text(metadata.funding, metadata.grants, terms["grant"]),
    }
    return {
        "title": metadata.title,
        "subtitle": metadata.subtitle,
        "short_title": metadata.short_title,
        "keywords": list(metadata.keywords),
        "authors": [author.name for author in metadata.authors],
        "affiliations": [affiliation.name for affiliation in metadata.affiliations],
        "translations": [
            {
                "lang": item.lang,
                **{key: value for key in ("title", "subtitle", "keywords") if (value := getattr(item, key))},
                **_blocks({"abstract": item.abstract}),
            }
            for item in metadata.translations
        ],
        "groups": [group.title for group in metadata.reference_groups],
        **_blocks(blocks),
    }


def _groups(manuscript: Manuscript) -> list[dict[str, list[str]]]:
    """Give what each group of the reference list takes; files by their whole paths, as Pandoc is told them."""
    return [
        {
            "types": list(group.types),
            "keywords": list(group.keywords),
            "files": [str((manuscript.folder / name).resolve()) for name in group.files],
        }
        for group in manuscript.metadata.reference_groups
    ]


def _signs(lang: str) -> dict[str, Any]:
    """Give the quotation marks of a language, and its direction where that is not ours."""
    terms, _ = language.terms(lang)
    return {key: terms[key] for key in ("quotes", "inner_quotes")} | ({"dir": "rtl"} if direction.is_rtl(lang) else {})


def _blocks(texts: dict[str, str]) -> dict[str, str]:
    """Give texts with the line end that makes Pandoc read blocks, not inlines."""
    return {key: value.rstrip() + "\n\n" for key, value in texts.items() if value.strip()}


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in value]
    if "html" not in value:
        return {key: _rich(item) for key, item in value.items()}
    html = _settled(active.clean(value["html"]).strip())
    return Rich(html, _plain(html, value["text"]))


def _settled(html: str) -> str:
    """Have the formulas of a piece of HTML set, where it has any."""
    if "<math" not in html:
        return html
    from compositor import maths

    return maths.settle_text(html)


def _plain(html: str, text: str) -> str:
    """Give the plain text of a piece of HTML, where Pandoc's has formulas as TeX."""
    if "<math" not in html:
        return text.strip()
    from compositor import maths

    return " ".join(maths.in_words(markup.parse(html)).split())


def _heading(head: dict[str, Any]) -> Heading:
    html = _settled(active.clean(head["html"]))
    return Heading(**(head | {"html": html, "text": _plain(html, head["text"])}))


def _problems(manuscript: Manuscript, strays: stray.Strays, answer: dict[str, Any]) -> list[Problem]:
    """Give the problems that the filters found, each with its place in the author's file."""
    places = strays.places
    found: list[Problem] = []
    seen: dict[str, int] = {}
    for item in answer["problems"]:
        code = item["code"]
        if code == "bib-unreadable":
            found.append(_unreadable(manuscript, item))
            continue
        subject = item["subject"]
        if code in BY_CITATION:
            where = places.citation(subject)
        elif code == "locator-dropped":
            where = places.locator(*subject.split(" ", 1))
        elif code == "div-unclosed":
            before = manuscript.source.count("\n") - manuscript.text.count("\n")
            where = at(manuscript.path, max(1, int(subject) + before))
        elif code == "gloss-uneven":
            where = glosses.where(places, subject)
        elif code == "note-uncalled":
            where = places.note(subject)
        elif code == "markup-stray":
            if not (where := strays.where(subject)):
                continue
        elif code == "heading-skipped":
            where = places.heading(subject)
        elif code == "note-misplaced":
            name, _, position = subject.partition(" ")
            keys = (found for key in FIELD_KEYS.get(name, (name,)) for found in (f"{key} {position}".strip(), key))
            where = next((manuscript.places[key] for key in keys if key in manuscript.places), shown(manuscript.path))
        elif code == "group-empty":
            where = manuscript.places.get(f"reference-groups {subject}", shown(manuscript.path))
        elif code == "condition-settled":
            seen[subject] = seen.get(subject, 0) + 1
            where = places.text(subject, seen[subject]) if "=" in subject else places.text(chunks.CONDITION)
        elif code in ("placement-unknown", "image-size"):
            name, _, value = subject.partition(" ")
            where = places.attribute(name, value)
        elif code == "placement-inside":
            where = places.label(subject)
            where = where if ":" in where else places.text(subject)
        elif code == "label-duplicate":
            seen[subject] = seen.get(subject, 1) + 1
            where = places.label(subject, seen[subject])
        else:
            where = places.text(subject)
        unrun = code == "xref-missing" and chunks.labels(manuscript.source, subject)
        more = "; the chunk of code that would give it is not run" if unrun else ""
        found.append(problem(code, where, item["text"] + more))
    known = {work["id"] for work in answer["library"]}
    unread = len(manuscript.bibliography) < len(manuscript.metadata.bibliography)
    if not unread and not any(item.code == "bib-unreadable" for item in found):
        found += [_missing(places, key) for key in answer["cited"] if key not in known]
    return list(dict.fromkeys(found))


# A number that an author may have given a head: "1. Models", "2.1 Models", "IV. Models"; a year is none
OWN_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)]|[IVX]+\.)\s+(?=\S)")


def _numbered_twice(places: Places, headings: list[dict[str, Any]]) -> list[Problem]:
    """Report heads that their author has numbered and that are numbered here as well; once, however many they are."""
    twice = [head for head in headings if head["number"] and OWN_NUMBER.match(head["text"])]
    if not twice:
        return []
    first = twice[0]
    more = {1: "", 2: ", and another head so"}.get(len(twice), f", and {len(twice) - 1} more heads so")
    text = f"a head has a number of its own, and is printed as “{first['number']} {first['text']}”{more}"
    return [problem("heading-numbered", places.heading(first["text"]), text)]


def _missing(places: Places, key: str) -> Problem:
    """Report a work that is not in the bibliography, or a numbered example that is nowhere: both are written (@key)."""
    if examples.is_reference(places.prose, key):
        text = f"no example is called (@{key}), and no entry of the bibliography has that key"
        return problem("example-missing", places.citation(key), text)
    return problem("cite-missing", places.citation(key), f"no entry has the key {key!r}")


def _examples(manuscript: Manuscript) -> list[Problem]:
    """Report examples that are called as one before them: Pandoc knows the first."""
    before = manuscript.source.count("\n") - manuscript.text.count("\n")
    found = []
    for name, line in examples.twice(manuscript.text):
        text = f"another example is called (@{name}): no reference leads to this one"
        found.append(problem("example-duplicate", at(manuscript.path, line + before), text))
    return found


def _notes(manuscript: Manuscript) -> list[Problem]:
    """Report notes that are called and not defined, and those defined twice; Pandoc prints the one and loses the other."""
    prose = Places(manuscript.path, manuscript.source).prose
    defined = Counter(re.findall(r"^ {0,3}\[\^([^\]\s]+)\]:", prose, re.MULTILINE))
    found = []
    for match in re.finditer(r"\[\^([^\]\s]+)\](?!:)", prose):
        if match[1] not in defined and prose[match.start() - 1 : match.start()] != "\\":
            where = at(manuscript.path, prose.count("\n", 0, match.start()) + 1)
            found.append(problem("note-missing", where, f"the note [^{match[1]}] is defined nowhere"))
    found += _notes_of_fields(manuscript)
    for name in (name for name, count in defined.items() if count > 1):
        second = list(re.finditer(rf"^ {{0,3}}\[\^{re.escape(name)}\]:", prose, re.MULTILINE))[1]
        where = at(manuscript.path, prose.count("\n", 0, second.start()) + 1)
        found.append(problem("note-duplicate", where, f"the note [^{name}] is defined twice"))
    return found


def _notes_of_fields(manuscript: Manuscript) -> list[Problem]:
    """Report notes that the front matter calls: it is read by itself, and knows none of those that the text defines."""
    found = []
    metadata = manuscript.metadata
    keys = ("title", "subtitle", "abstract", "acknowledgements", "conflicts", "data_availability", "ethics", "funding")
    fields = {key.replace("_", "-"): getattr(metadata, key) for key in keys}
    for position, item in enumerate(metadata.translations, start=1):
        fields[f"translations {position}"] = "\n\n".join((item.title, item.subtitle, item.abstract))
    for key, text in fields.items():
        prose = Places(manuscript.path, text).prose if "[^" in text else ""  # without code
        defined = re.findall(r"^ {0,3}\[\^([^\]\s]+)\]:", prose, re.MULTILINE)
        where = manuscript.places.get(key) or manuscript.places.get(key.partition(" ")[0]) or shown(manuscript.path)
        for name in dict.fromkeys(re.findall(r"(?<!\\)\[\^([^\]\s]+)\](?!:)", prose)):
            if name not in defined:
                text = f"the note [^{name}] is not defined in the front matter; write ^[text] in its place"
                found.append(problem("note-missing", where, text))
    return found


def _unreadable(manuscript: Manuscript, item: dict[str, Any]) -> Problem:
    """Place a fault in a bibliography: as Pandoc says, or as a parser of the format does where Pandoc gives no line."""
    from compositor.references import schema
    from compositor.references.entries import Entries

    path = next((path for path in manuscript.bibliography if str(path) == item["file"]), manuscript.path)
    text = " ".join(item["text"].split()).replace(f"Error reading bibliography file {item['file']}:", "").strip()
    match = re.search(r"\bline (\d+)", text)
    line = int(match[1]) if match else 0
    if path.suffix in (".yaml", ".yml") and match:
        line += 1  # its lines count from 0
    if path.suffix == ".json":
        try:
            works = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
        except json.JSONDecodeError as error:
            line, text = error.lineno, error.msg
        else:  # Pandoc counts the works, "$[4]"; the schema says which one it is, and what is wrong
            if (position := re.search(r"\$\[(\d+)\]", text)) and (said := schema.explain(works, int(position[1]))):
                key, text = said
                return problem("bib-unreadable", Entries(manuscript).where(key), text)
    return problem("bib-unreadable", at(path, line) if line else shown(path), text)


def compose(manuscript: Manuscript, meanwhile: Callable[[], None] = lambda: None) -> tuple[Document, list[Problem]]:
    """Set the manuscript: numbers, cross-references, citations and the reference list, settled once for all editions.

    ``meanwhile`` is done while Pandoc works.
    """
    metadata = manuscript.metadata
    terms, _ = language.terms(manuscript.lang)
    own = citation.own_entry(metadata, manuscript.name)
    written = _fields(metadata, manuscript.lang, terms)
    translated = {item.lang: _signs(item.lang) for item in metadata.translations}
    strays = stray.Strays(manuscript)
    known = terms | {
        "strays": strays.possible,
        "stray_notes": strays.notes,
        "conditions": chunks.CONDITION in manuscript.text,
        "glosses": glosses.BLOCK.search(manuscript.text) is not None,
        "leads": leadwords.found(manuscript, terms),
        "translated": translated,
        "groups": _groups(manuscript),
        "appendix_numbering": manuscript.appendix_numbering,
        "locators": styles.prints_locators(manuscript.style),
    }
    answer = pandoc.typeset(manuscript, written, own, styles.style_file(styles.DEFAULT), known, meanwhile)
    answer, gone = characters.scrub(answer)
    for path in manuscript.bibliography if gone else ():  # told already, with their lines
        gone -= set(path.read_bytes().decode("utf-8", "replace"))
    problems = [*_problems(manuscript, strays, answer), *characters.hidden(gone, _where_hidden(manuscript))]
    problems += [*_notes(manuscript), *_examples(manuscript), *pipetables.check(manuscript), *leftovers.check(manuscript)]
    problems += leftovers.check_set(answer["body"], strays.places)
    problems += _numbered_twice(strays.places, answer["headings"])
    from compositor.references import check_library  # loaded while Pandoc worked

    problems += check_library(manuscript, answer["library"], answer["cited"])
    fields = {key: _rich(value) for key, value in answer["fields"].items()}
    if "title" in fields and not fields["title"].text:  # a comment, a link without words
        where = manuscript.places.get("title", shown(manuscript.path))
        problems.append(problem("title-missing", where, "the title has no words"))
        own, answer["own"] = {}, NOTHING_OWN
        del fields["title"]
    if own:
        own["title"] = ": ".join(fields[key].text for key in ("title", "subtitle") if key in fields)
    own_rich = _rich(answer["own"]["apa"])
    core = {key: answer[key] for key in ("body", "headings", "entries", "fields")}
    document = Document(
        body=answer["body"],
        headings=tuple(map(_heading, answer["headings"])),
        labels=tuple(Label(**label) for label in answer["labels"]),
        entries=tuple(Entry(entry["id"], entry["text"].strip(), tuple(entry["places"])) for entry in answer["entries"]),
        fields=fields,
        citation=Citation(own_rich, citation.bibtex(answer["own"]["bibtex"], own), citation.ris(own) if own else "", own),
        library=tuple(answer["library"]),
        terms=terms,
        digest=_digest(core, metadata),
        pandoc=answer["pandoc"],
    )
    return document, problems


def _where_hidden(manuscript: Manuscript) -> str:
    """Find the entity that hid a character, such as &#x202E;; one in a bibliography has no line."""
    match = re.search(r"&#(?:x0*(?:20[26][0-9a-f]|[01789]?[0-9a-f])|\d+);", manuscript.source, re.IGNORECASE)
    return at(manuscript.path, manuscript.source.count("\n", 0, match.start()) + 1) if match else shown(manuscript.path)


def _digest(core: dict[str, Any], metadata: Metadata) -> str:
    people = [asdict(author) for author in metadata.authors]
    record = json.dumps(
        [core, metadata.model_dump(mode="json", exclude={"authors"}), people],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(record.encode()).hexdigest()
