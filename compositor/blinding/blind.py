"""Copies for referees who must not know the authors: a manuscript and its document in, the sheet without them out.

The author's own works are masked in the bibliography, before citeproc, so that citations and list say "Author, 2017" and
the list is in the order of what it says. It all happens before printing: every edition inherits it.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.blinding import identity
from compositor.model import Citation, Rich
from compositor.references.work import CREATORS, people, years
from compositor.setting import document, markup, sheet
from compositor.setting.media import SAVED

if TYPE_CHECKING:
    from compositor.blinding.identity import Identity
    from compositor.blinding.ours import Ours
    from compositor.model import Document, Manuscript
    from compositor.options import Options
    from compositor.references.work import Work
    from compositor.setting.media import Media
    from compositor.setting.sheet import Sheet

NAME = "manuscript"  # of the files: the author's own name for them may tell
LISTS = re.compile(r"refs(-\d+)?")  # the ids of the reference list and of its groups
GONE = "[…]"  # where something stood that is no name
# Where people keep what belongs to an article: its address tells whose it is.
REPOSITORIES = re.compile(
    r"https?://(?:[\w.-]+\.)?(?:github\.(?:com|io)|gitlab\.\w+|bitbucket\.org|codeberg\.org|sr\.ht|osf\.io|zenodo\.org|"
    r"figshare\.com|datadryad\.org|dataverse\.\w+|huggingface\.co|doi\.org/10\.(?:5281|6084|17605|5061|7910))(?=[/?#]|$)\S*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mask:
    """Takes from a text what tells of the authors."""

    needles: tuple[tuple[re.Pattern[str], str], ...]  # pattern over folded text, what stands instead
    ours: Ours  # what is no author's though it may be called as one: "Figure 1"

    def __call__(self, text: str) -> str:
        """Give a text without it."""
        return self.listed(REPOSITORIES.sub(GONE, text))

    def listed(self, text: str) -> str:
        """Give a text of the reference list without it: there, a repository is somebody else's."""
        out = text
        for pattern, instead in self.needles:
            plain = unicodedata.normalize("NFC", out)
            for match in reversed(list(pattern.finditer(self.ours.hidden(identity.folded(plain))))):
                plain = plain[: match.start()] + instead + plain[match.end() :]
                out = plain
        return out


def hide(manuscript: Manuscript, composed: Document, who: Identity, options: Options) -> Sheet:
    """Set an article again without its authors. Its problems are those of the article, told already."""
    word = str(composed.terms["masked"])
    mask = masking(who, word)
    own, keys = _own_works(composed.library, who, word)
    licence = manuscript.metadata.license
    metadata = manuscript.metadata.model_copy(
        update={
            "authors": (),
            "affiliations": (),
            "grants": (),
            "acknowledgements": "",
            "funding": "",
            "doi": "",
            "url": "",
            "related": (),
            "registrations": (),
            "copyright": None,
        }
        | {"license": replace(licence, name=mask(licence.name)) if licence else None}
    )
    inline = [work for work in manuscript.pandoc_metadata.get("references") or [] if str(work.get("id")) not in own]
    told = manuscript.pandoc_metadata | {"references": [*inline, *own.values()], "compositor-blind": True}
    paper = replace(manuscript.paper, first=1)
    hidden = replace(manuscript, name=NAME, metadata=metadata, pandoc_metadata=told, paper=paper)
    again, _ = document.compose(hidden)
    pages, _ = sheet.lay_out(hidden, _masked(again, mask, keys), options)
    texts = tuple(replace(source, name=mask(source.name)) for source in pages.origin.texts)
    media = {address: _picture(media, mask) for address, media in pages.media.items()}
    return replace(pages, media=media, origin=replace(pages.origin, texts=texts))


def masking(who: Identity, word: str) -> Mask:
    """Make the mask: names become ``word``, everything else a gap."""
    order = {"identifier": 0, "e-mail address": 1, "affiliation": 2}  # a name may stand inside one of these
    needles = sorted(who.needles, key=lambda needle: order.get(needle.kind, 3))
    patterns = ((re.compile(needle.pattern), word if needle.kind == "name" else GONE) for needle in needles)
    return Mask(tuple(patterns), who.ours)


def _own_works(library: tuple[Work, ...], who: Identity, word: str) -> tuple[dict[str, Work], dict[str, str]]:
    """Give the works to mask by their keys, and what each key is called in the copy: keys are made of names.

    A work that an author wrote, or edited as a whole, keeps its year alone; in one of somebody else's, the author's name goes.
    """
    found: dict[str, Work] = {}
    keys: dict[str, str] = {}
    for work in library:
        roles = {role: people(work, role) for role in CREATORS if people(work, role)}
        theirs = {role: [name for name in names if not identity.wrote(who.authors, name)] for role, names in roles.items()}
        if theirs == roles:
            continue
        first = "author" if "author" in roles else "editor" if "editor" in roles else next(iter(roles))
        if theirs[first] == roles[first]:
            found[work["id"]] = {key: value for key, value in {**work, **theirs}.items() if value != []}
            continue
        keys[work["id"]] = f"masked-{len(keys) + 1}"
        found[work["id"]] = {"id": work["id"], "type": work.get("type") or "document", "author": [{"literal": word}]}
        if year := years(work):
            found[work["id"]]["issued"] = {"date-parts": [[year[0]]]}
    return found, keys


def _masked(composed: Document, mask: Mask, keys: dict[str, str]) -> Document:
    """Mask what the set document says, shows and is called inside."""

    def entry(value: str) -> str:
        return f"ref-{keys[value[4:]]}" if value.startswith("ref-") and value[4:] in keys else value

    root = markup.parse(composed.body)
    for element in list(root.iter()):
        listed = any(LISTS.fullmatch(parent.get("id", "")) for parent in element.iterancestors())
        hidden = mask.listed if listed else mask
        for key, value in element.attrib.items():
            if key == "data-cites":
                element.set(key, " ".join(keys.get(cited, cited) for cited in value.split()))
            elif key == "href" and not value.startswith("#"):
                if hidden(value) != value:
                    element.tag = "span"
                    del element.attrib[key]
            elif key == "href":
                element.set(key, f"#{_label(mask, entry(value[1:]))}")
            elif key == "id":
                element.set(key, _label(mask, entry(value)))
            elif key not in ("src", "class"):
                element.set(key, hidden(value))
        if element.tag not in ("script", "style"):
            element.text = hidden(element.text) if element.text else element.text
        element.tail = hidden(element.tail) if element.tail else element.tail
    renamed = {work["id"]: keys.get(work["id"], work["id"]) for work in composed.library}
    return replace(
        composed,
        body=markup.inner(root),
        headings=tuple(
            replace(head, id=_label(mask, head.id), html=mask(head.html), text=mask(head.text)) for head in composed.headings
        ),
        labels=tuple(replace(label, caption=mask(label.caption), id=_label(mask, label.id)) for label in composed.labels),
        entries=tuple(replace(item, id=keys.get(item.id, item.id), text=mask.listed(item.text)) for item in composed.entries),
        fields={key: _field(value, mask) for key, value in composed.fields.items()},
        library=tuple({**work, "id": renamed[work["id"]]} for work in composed.library),
        citation=Citation(Rich(), "", "", {}),
    )


def _label(mask: Mask, label: str) -> str:
    return re.sub(r"[^\w.-]+", "", mask(label)) if mask(label) != label else label


def _field(value: Any, mask: Mask) -> Any:
    if isinstance(value, dict):
        return {key: _field(item, mask) for key, item in value.items()}
    return [_field(item, mask) for item in value] if isinstance(value, list) else Rich(mask(value.html), mask(value.text))


def _picture(media: Media, mask: Mask) -> Media:
    if not media.name.endswith(".svg"):
        return replace(media, data=_without_metadata(media.data), path=None)
    root = etree.fromstring(media.data)
    for element in root.iter():
        element.text = mask(element.text) if element.text else element.text
        element.tail = mask(element.tail) if element.tail else element.tail
        for key, value in element.attrib.items():
            if not key.endswith("href"):
                element.set(key, mask(value))
    return replace(media, data=etree.tostring(root, encoding="utf-8"), path=None)


def _without_metadata(data: bytes) -> bytes:
    """Write a picture again with its pixels, colours and resolution alone. A turned photograph is turned for good."""
    from PIL import Image, ImageOps

    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        kind = image.format or "PNG"
        kept = {key: image.info[key] for key in ("icc_profile", "dpi") if image.info.get(key)}
        upright = ImageOps.exif_transpose(image)
        plain = upright.copy()
        plain.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
        plain.save(out, kind, **SAVED.get(kind, {}), **kept)
    return out.getvalue()
