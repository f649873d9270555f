"""Keys of the metadata that nobody reads: a header in, those that look like slips of keys that we read out.

Authors have keys of their own, for other tools or for themselves; these are silent. Told is a key that is nearly one of
ours, and one that holds words which other programs print and we do not.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from compositor.reading import people
from compositor.reading.metadata import SPELLINGS, Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

NEAR = 0.8  # difflib's ratio; "titel" and "title" have so much
NEARER = 0.9
SHORTEST = 4  # letters; of fewer, too many words are near

# What is read beside the fields of Metadata and their other spellings: by normalise(), by Pandoc and by our filters.
OTHERS = {
    "affiliation", "author", "citation", "citation-abbreviations", "institute", "issn", "issue", "licence", "link-citations",
    "nocite", "notes-after-punctuation", "number-sections", "numbersections", "publisher", "reference-section-title",
    "references", "suppress-bibliography", "volume",
}  # fmt: skip
READ = {field.alias or name for name, field in Metadata.model_fields.items()} - {"grants"}
READ |= OTHERS | {other for others in SPELLINGS.values() for other in others}

# What other programs read, such as Hugo, and has nothing to do with the key of ours that it is near to. Pandoc's, Quarto's
# and R Markdown's other keys are near to none.
PASSED = {
    "accept", "bibliographystyle", "dates", "issued", "issues", "note", "pages", "profiles", "publish", "published",
    "translator", "translators", "urls",
}  # fmt: skip

# Words that other programs print, and where they are written here.
ELSEWHERE = {
    "thanks": "`acknowledgements:`",
    "jel": "the codes into `keywords:`",
    "jel-codes": "the codes into `keywords:`",
    "jel-classification": "the codes into `keywords:`",
    "msc": "the codes into `keywords:`",
    "msc-codes": "the codes into `keywords:`",
    "trial-registration": "`registrations:`",
    "clinical-trial": "`registrations:`",
    "author-note": "a section of the text",
    "authornote": "a section of the text",
    "plain-language-summary": "a section of the text",
}

# Of an author.
AUTHOR_READ = {
    "affiliation", "affiliations", "attributes", "corresponding", "deceased", "degrees", "dropping-particle", "email",
    "equal-contrib", "equal-contributor", "institute", "name", "non-dropping-particle", "orcid", "role", "roles",
    *(name for names in people.NAME_PARTS.values() for name in names),
}  # fmt: skip
# Of a journal: what is the article's, and stands beside it.
JOURNAL_ELSEWHERE = {key: f"`{key}:` beside `journal:`" for key in ("doi", "first-page", "received", "accepted", "license")}
AUTHOR_ELSEWHERE = {
    "note": "a section of the text",
    "degree": "`degrees:`",
    "orcid-id": "`orcid:`",
    "orcidid": "`orcid:`",
}


def unread(header: dict[str, Any], text: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Give the path of each key that is told, and what is told of it; a ``text`` may use a key by Jinja or a shortcode."""
    used = " ".join(re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL))
    for key, value in header.items():
        if value is None or re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", used):
            continue
        if said := _said(key, READ, ELSEWHERE, PASSED):
            yield (key,), said
    journal = header.get("journal")
    for key, value in journal.items() if isinstance(journal, dict) else ():
        if value is not None and (said := _said(key, set(), JOURNAL_ELSEWHERE, set())):
            yield ("journal", key), f"of a journal, {said}"
    role = "author" if header.get("author") is not None else "authors"
    for position, person in enumerate(people.listed(header.get(role))):
        for key, value in person.items() if isinstance(person, dict) else ():
            if value is not None and (said := _said(key, AUTHOR_READ, AUTHOR_ELSEWHERE, set())):
                yield ("authors", position, key), f"of an author, {said}"


def _said(key: str, read: set[str], elsewhere: dict[str, str], passed: set[str]) -> str:
    """Give what is told of a key, or nothing."""
    plain = key.lower().replace("_", "-").replace(" ", "-")
    if key in read or key in passed or plain in passed:
        return ""
    if plain in elsewhere:
        return f"`{key}:` is printed in no edition; write {elsewhere[plain]}"
    if meant := _near(plain, read):
        return f"nothing reads the key `{key}:`; did you mean `{meant}:`?"
    return ""


def _near(key: str, read: set[str]) -> str:
    """Give the key that is meant, or nothing where none is near.

    A slip keeps the first letter; and a key that begins with one of ours and a hyphen, title-en, is a key of its own unless
    it is very near.
    """
    if key in read:
        return key
    own = any(key.startswith(f"{name}-") for name in read)
    same = [name for name in sorted(read) if name[:1] == key[:1]]
    return next(iter(difflib.get_close_matches(key, same, 1, NEARER if own else NEAR)), "") if len(key) >= SHORTEST else ""
