"""What kind of article it is: the metadata's ``type:`` or the journal's section in, JATS's word for it out."""

from __future__ import annotations

import re

from compositor.references.completeness import REQUIRED

USUAL = "research-article"
# The values that JATS's tag library suggests for article-type, and what journals call their sections.
KINDS: dict[str, tuple[str, ...]] = {
    "abstract": (),
    "addendum": (),
    "announcement": (),
    "article-commentary": ("commentary", "comment", "invited commentary"),
    "book-review": ("review of a book",),
    "books-received": (),
    "brief-report": ("brief communication", "short communication", "short report"),
    "calendar": (),
    "case-report": ("case study",),
    "collection": (),
    "correction": ("erratum", "corrigendum"),
    "discussion": (),
    "dissertation": (),
    "editorial": ("editor's note", "from the editor"),
    "in-brief": (),
    "introduction": (),
    "letter": ("letter to the editor", "correspondence"),
    "meeting-report": ("conference report",),
    "news": (),
    "obituary": ("in memoriam",),
    "oration": (),
    "other": (),
    "partial-retraction": (),
    "product-review": ("software review",),
    "rapid-communication": (),
    "reply": ("response", "author's reply"),
    "reprint": (),
    USUAL: ("research", "article", "original article", "original research"),
    "retraction": ("retraction notice",),
    "review-article": ("review", "literature review", "systematic review"),
    "translation": (),
}
PLURALS = {
    "errata": "erratum",
    "corrigenda": "corrigendum",
    "obituaries": "obituary",
    "replies": "reply",
    "commentaries": "commentary",
}
OF_CSL = {"review": "product-review", "review-book": "book-review"}  # article-journal and the others say nothing of it
# The values that it suggests for related-article-type.
RELATIONS = frozenset({
    "abstract", "addended-article", "addendum", "commentary", "commentary-article", "companion", "concurrent-pub",
    "continued-by", "continues", "corrected-article", "correction", "correction-forward", "expression-of-concern",
    "in-this-issue", "letter", "object-of-concern", "original-article", "partial-retraction",
    "partially-retracted-article", "peer-review", "peer-reviewed-article", "preprint", "reply", "republication",
    "republished-article", "retracted-article", "retraction-forward", "reviewed-article", "update", "updated-article",
})  # fmt: skip
# What an article is to the one that it is about, which its first page says: a key of ``notices`` in languages.toml, and of
# those that change the record, Crossref's type of an update.
NOTICES = {
    "addended-article": "addendum",
    "commentary-article": "comment",
    "corrected-article": "correction",
    "object-of-concern": "expression_of_concern",
    "partially-retracted-article": "partial_retraction",
    "retracted-article": "retraction",
}
CORRECTIONS = ("erratum", "corrigendum")  # what journals call them, and Crossref too
ANSWERED = ("commentary", "commentary-article", "letter")  # what a reply replies to
ABOUT = {"comment": "isCommentOn", "reply": "isReplyTo"}  # → Crossref's relations: these change no record


def _plain(said: str) -> str:
    """Write what a person calls a kind in one way: small letters, hyphens, one of it."""
    words = re.sub(r"[\s_-]+", "-", said.strip().casefold().replace("’", "'"))
    first = PLURALS.get(words, words)
    return first.removesuffix("s") if first.removesuffix("s") in _NAMES else first


_NAMES = {
    **{name.replace(" ", "-"): kind for kind, names in KINDS.items() for name in names},
    **{kind: kind for kind in KINDS},
}


def named(said: str) -> str:
    """Give JATS's word for what somebody calls a kind of article, such as "Erratum"; empty where it is none we know."""
    return _NAMES.get(_plain(said), "")


def is_known(said: str) -> bool:
    """Whether this is a kind of article, or a type of CSL; other programs have other types, such as "post"."""
    return bool(named(said)) or said in REQUIRED


def relation(said: str) -> str:
    """Take what another article is to this one. Raises ValueError for what JATS has no word for."""
    if said not in RELATIONS:
        raise ValueError(
            f"{said!r} is nothing that JATS calls a related article, such as corrected-article or commentary-article"
        )
    return said


def notice(related: str, said: str) -> str:
    """Say what an article of the kind ``said`` is to one that is ``related`` to it; empty where its first page does not say."""
    if related == "corrected-article" and _plain(said) in CORRECTIONS:
        return _plain(said)
    return "reply" if related in ANSWERED and named(said) == "reply" else NOTICES.get(related, "")


def of(said: str, csl: str, section: str, lang: str) -> str:
    """Say what kind an article is. Its section says so in English only: elsewhere its name is no guide."""
    found = named(said) or OF_CSL.get(said, "") or OF_CSL.get(csl, "")
    english = lang.partition("-")[0].lower() == "en"
    return found or (named(section) if english else "") or USUAL
