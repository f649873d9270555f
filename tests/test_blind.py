"""Blind copies: nothing tells who wrote the article, and what would is found wherever it hides."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from lxml import etree
from PIL import Image, PngImagePlugin

from compositor.blinding import blind, identity, leaks
from compositor.editions.archive import pack
from compositor.options import Options, settled
from compositor.reading import manuscript
from compositor.result import Artifact
from compositor.setting import document
from tests.conftest import CASES, ROOT, need, run
from tests.judges import epub, pdf, web, word, xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compositor.blinding.identity import Identity
    from tests.conftest import Built

CASE = CASES / "features" / "blind"
ALL = ("--blind", "--to", "all")
TELLING = {  # what the case's copies must not hold, each found by another pattern
    "name": "Author One",
    "name turned": "One, Author",
    "family name": "Twofold",
    "e-mail address": "one@example.org",
    "ORCID iD": "0000-0002-1825-0097",
    "ORCID iD without dashes": "0000000218250097",
    "affiliation": "University of Somewhere",
    "grant": "AG-2017-33",
    "identifier": "10.5555/one.1",
}
SECRET = TELLING["name"]


@pytest.fixture(scope="module")
def who() -> Identity:
    """Who wrote the case."""
    read, _ = manuscript.read(CASE)
    return identity.identify(read, document.compose(read)[0])


@pytest.fixture(scope="module")
def copies(build: Callable[..., Built]) -> dict[str, bytes]:
    """Give every file of the case's blind copy by its ending."""
    built = build(CASE, *ALL)
    assert built.data["ok"], built.process.stdout
    return {path.name.partition(".")[2]: path.read_bytes() for path in built.folder.iterdir() if path.name != "manifest.json"}


def into_pdf(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Change a PDF."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def pdf_info(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Author"] = pikepdf.String(SECRET)


def pdf_utf16(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Keywords"] = pikepdf.String(b"\xfe\xff" + SECRET.encode("utf-16-be"))


def pdf_xmp(pdf: pikepdf.Pdf) -> None:
    xmp = pdf.Root.Metadata.read_bytes().replace(b"</rdf:Description>", f"<x>{SECRET}</x></rdf:Description>".encode(), 1)
    pdf.Root.Metadata = pdf.make_stream(xmp)


def pdf_annotation(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=pikepdf.String(SECRET))
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])


def pdf_outline(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(SECRET, 0))


def pdf_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, SECRET.encode(), filename="a.txt")


def pdf_attachment_name(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["author-one.txt"] = pikepdf.AttachedFileSpec(pdf, b"nothing", filename="author-one.txt")


def pdf_attachment_packed(pdf: pikepdf.Pdf) -> None:
    inner = pack([("deep/notes.txt.gz", gzip.compress(SECRET.encode(), mtime=0))])
    pdf.attachments["a.zip"] = pikepdf.AttachedFileSpec(pdf, inner, filename="a.zip")


def pdf_text(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page = pdf.pages[-1]
    page.Resources.Font["/Plant"] = pdf.make_indirect(font)
    shown = b"q BT /Plant 9 Tf 1 0 0 1 9 9 Tm [(Auth) -20 (or)] TJ ( O) Tj (ne) Tj ET Q"  # in parts, as a typesetter writes
    page.contents_add(pdf.make_stream(shown))


def pdf_alternative(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.K[0].Alt = pikepdf.String(SECRET)


def pdf_key(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/AuthorOne"] = pikepdf.Dictionary()


def pdf_piece(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PieceInfo = pikepdf.Dictionary(Tool=pdf.make_stream(f"path=/srv/{SECRET}/x".encode()))


def picture(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind, **more)
    return out.getvalue()


def exif() -> bytes:
    tags = Image.Exif()
    tags[0x013B] = SECRET  # Artist
    return picture("JPEG", exif=tags)


def png_text(*, packed: bool) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", f"by {SECRET}", zip=packed)
    return picture("PNG", pnginfo=told)


def into_zip(data: bytes, member: str, change: Callable[[str], str]) -> bytes:
    """Change a member of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    assert member in [name for name, _ in files]
    changed = [(name, change(content.decode()).encode() if name == member else content) for name, content in files]
    assert changed != files
    return pack(changed)


def add(data: bytes, name: str, content: bytes) -> bytes:
    """Add a member to an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return pack([*((item, archive.read(item)) for item in archive.namelist()), (name, content)])


def zip_comment(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = SECRET.encode()
    return out.getvalue()


def before(mark: str, new: str) -> Callable[[str], str]:
    """Put something before the last of a mark."""

    def put(text: str) -> str:
        head, found, tail = text.rpartition(mark)
        assert found, mark
        return head + new + mark + tail

    return put


def html_picture(text: str) -> str:
    address = "data:image/png;base64," + base64.b64encode(png_text(packed=True)).decode()
    return before("</body>", f'<img alt="" src="{address}">')(text)


COMMENTS = (
    '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    f'<w:comment w:id="0" w:author="{SECRET}"><w:p/></w:comment></w:comments>'
)
SPLIT = "<w:p><w:r><w:t>Auth</w:t></w:r><w:r><w:t>or One</w:t></w:r></w:p>"
CHANGED = '<w:p><w:ins w:id="9" w:author="Author One"><w:r><w:t>x</w:t></w:r></w:ins></w:p>'
CONTRIBUTOR = "<contrib><name><surname>One</surname><given-names>Author</given-names></name></contrib>"


def in_pdf(change: Callable[[pikepdf.Pdf], None]) -> tuple[str, Callable[[bytes], bytes]]:
    """Give a carrier in a PDF."""
    return "pdf", lambda data: into_pdf(data, change)


# Each way in which a finished file may tell of an author: the edition, and what puts a name there.
CARRIERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    **{
        change.__name__.replace("_", " "): in_pdf(change)
        for change in (
            pdf_info, pdf_utf16, pdf_xmp, pdf_annotation, pdf_outline, pdf_attachment, pdf_attachment_name,
            pdf_attachment_packed, pdf_text, pdf_alternative, pdf_key, pdf_piece,
        )
    },
    "pdf comment": ("pdf", lambda data: data + f"\n% {SECRET}\n".encode()),
    "jpeg EXIF": ("png", lambda _: exif()),
    "jpeg comment": ("png", lambda _: picture("JPEG", comment=SECRET.encode())),
    "png text": ("png", lambda _: png_text(packed=False)),
    "png packed text": ("png", lambda _: png_text(packed=True)),
    "svg metadata": ("svg", lambda data: data.replace(b"</svg>", f"<metadata>{SECRET}</metadata></svg>".encode())),
    "svg comment": ("svg", lambda data: data.replace(b"</svg>", f"<!-- {SECRET} --></svg>".encode())),
    "svg attribute": ("svg", lambda data: data.replace(b"<svg", b'<svg data-from="/home/author_one/map.svg"', 1)),
    "html comment": ("html", lambda data: before("</body>", f"<!-- {SECRET} -->")(data.decode()).encode()),
    "html meta": ("html", lambda data: before("</head>", f'<meta name="author" content="{SECRET}">')(data.decode()).encode()),
    "html escaped": ("html", lambda data: before("</body>", "<p>Auth&#111;r&nbsp;One</p>")(data.decode()).encode()),
    "html address": ("html", lambda data: before("</body>", '<a href="/Author%20One">x</a>')(data.decode()).encode()),
    "html parted word": ("html", lambda data: before("</body>", "<p>Au\u00adthor <b>On</b>e</p>")(data.decode()).encode()),
    "html script": ("html", lambda data: before("</head>", f'<script>var by = "{SECRET}"</script>')(data.decode()).encode()),
    "html picture": ("html", lambda data: html_picture(data.decode()).encode()),
    "epub package": (
        "epub",
        lambda data: into_zip(data, "EPUB/package.opf", before("</metadata>", f"<dc:creator>{SECRET}</dc:creator>")),
    ),
    "epub member": ("epub", lambda data: add(data, "EPUB/author-one.txt", b"")),
    "epub picture": ("epub", lambda data: add(data, "EPUB/fig.jpg", exif())),
    "epub archive": ("epub", zip_comment),
    "docx properties": (
        "docx",
        lambda data: into_zip(data, "docProps/core.xml", before("</cp:coreProperties>", f"<dc:creator>{SECRET}</dc:creator>")),
    ),
    "docx comments": ("docx", lambda data: add(data, "word/comments.xml", COMMENTS.encode())),
    "docx person": ("docx", lambda data: add(data, "word/people.xml", f'<p author="{SECRET}"/>'.encode())),
    "docx change": ("docx", lambda data: into_zip(data, "word/document.xml", before("<w:sectPr", CHANGED))),
    "docx runs": ("docx", lambda data: into_zip(data, "word/document.xml", before("<w:sectPr", SPLIT))),
    "jats contributor": ("jats.xml", lambda data: before("</article-meta>", CONTRIBUTOR)(data.decode()).encode()),
    "json": ("json", lambda data: data[:-2] + b', "x": "Auth\\u006fr One"}'),
}  # fmt: skip


@pytest.mark.parametrize("name", CARRIERS)
def test_name_is_found_wherever_it_hides(name: str, copies: dict[str, bytes], who: Identity) -> None:
    """The clean copy passes, and the same copy with one name put in does not, with the place told."""
    edition, plant = CARRIERS[name]
    clean = copies.get(edition) or copies["pdf"]
    found = leaks.check([Artifact(f"manuscript.{edition}", "", clean)], who)
    assert not found
    planted = Artifact(f"manuscript.{edition}", "", plant(clean))
    found = leaks.check([planted], who)
    assert {item.code for item in found} == {"blind-leak"}
    assert all(f"has the name “{SECRET}”" in item.text and item.where == planted.name for item in found)


@pytest.mark.parametrize("kind", TELLING)
def test_each_thing_that_tells_is_found(kind: str, copies: dict[str, bytes], who: Identity) -> None:
    """Names in each form, addresses, iDs, institutions and grants."""
    page = before("</body>", f"<p>{TELLING[kind]}</p>")(copies["html"].decode()).encode()
    assert leaks.check([Artifact("manuscript.html", "", page)], who)


def test_user_and_host_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of this machine and of who works at it tell as much as a signature."""
    monkeypatch.setenv("LOGNAME", "plantedlogin")
    monkeypatch.setattr("socket.gethostname", lambda: "plantedhost.example.org")
    read, _ = manuscript.read(CASE)
    found = identity.identify(read, document.compose(read)[0])
    for text, kind in (("/home/plantedlogin/x", "user"), ("plantedlogin", "user"), ("on plantedhost", "host")):
        assert kind in {needle.kind for _, needle in leaks.scan("a.txt", text.encode(), found.needles)}


def test_name_of_a_file_is_found(who: Identity) -> None:
    """A file's own name is looked at, and the names of what is packed in it."""
    assert "the name of the file" in leaks.check([Artifact("author-one.pdf", "", b"")], who)[0].text
    assert leaks.check([Artifact("twofold_2017.html", "", b"")], who)


def test_broken_files_are_searched(who: Identity) -> None:
    """What only begins like a PDF, an archive or a picture is read as bytes."""
    for start in (b"%PDF-1.7\n", b"\x1f\x8b\x08", b"\x89PNG\r\n\x1a\n", b"<p", b"PK\x05\x06" + bytes(18)):
        assert leaks.check([Artifact("a", "", start + b" \x00 Author One")], who), start


def test_namesakes_and_words_are_no_names(who: Identity) -> None:
    """Another person of the same family name, and a family name that is a word, tell nothing."""
    for text in ("One, Z. (2019). Of a namesake.", "one thing", "Some author once wrote", "no one"):
        assert not list(leaks.scan("a.txt", text.encode(), who.needles)), text


@pytest.mark.parametrize("source", [ROOT / "manuscript", CASE], ids=["article", "self-citations"])
def test_copy_tells_nobody(source: Path, build: Callable[..., Built]) -> None:
    """Every edition passes the search, is read back whole, and nothing beside it says how to cite whom."""
    built = build(source, *ALL)
    assert built.data["ok"], built.process.stdout
    assert not {"blind-leak", "proof-differs"} & {item["code"] for item in built.problems}
    names = {path.name for path in built.folder.iterdir()}
    assert {"manuscript.pdf", "manuscript.epub", "manuscript.html", "manuscript.docx", "manuscript.jats.xml"} <= names
    assert not {name for name in names if name.lower().startswith("citation")}
    read, _ = manuscript.read(source)
    who = identity.identify(read, document.compose(read)[0])
    files = [Artifact(path.name, "", path.read_bytes()) for path in built.folder.iterdir()]
    assert not leaks.check(files, who)
    assert leaks.check([Artifact("a.md", "", read.path.read_bytes())], who) or source != CASE


def test_manifest_tells_nothing_of_the_sources(build: Callable[..., Built]) -> None:
    """It lists what was made and with what; no source, path, commit or problem, and so it cannot be set again."""
    folder = build(CASE, *ALL).folder
    graph = {item["@id"]: item for item in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["@graph"]}
    assert {"manuscript.pdf", "manuscript.docx"} <= set(graph)
    assert not [name for name in graph if name.startswith(("#source/", "#problem", "#author", "https://orcid"))]
    assert "version" not in graph["#build"]
    assert graph["#build"]["description"] == "compositor build --to pdf,epub,html,docx,jats --blind"
    process = run("verify", folder / "manifest.json")
    assert process.returncode == 2
    assert "does not say what it is made from" in process.stderr


def test_ordinary_copy_fails_the_search(build: Callable[..., Built], who: Identity) -> None:
    """The search is no friend of ours: every ordinary edition of the case has leaks."""
    built = build(CASE, "--to", "all")
    for edition in ("pdf", "epub", "html", "docx", "jats"):
        path = built.path(edition)
        found = leaks.check([Artifact("a", "", path.read_bytes())], who)
        kinds = {item.text.split(" has the ")[1].split(" “")[0] for item in found}
        assert {"name", "affiliation", "e-mail address", "ORCID iD"} <= kinds, edition


def test_leak_stops_the_build(build: Callable[..., Built]) -> None:
    """What no mask reaches, such as a template of one's own, is told and nothing is written."""
    built = build(CASES / "problems" / "blind-leak", "--blind", "--to", "html")
    assert built.process.returncode == 1
    assert not list(built.folder.iterdir())


def test_masked_works_keep_their_place(build: Callable[..., Built]) -> None:
    """The list is in the order of what it says: masked works stand under A, by their years, and nobody else moves."""
    root = etree.fromstring(build(CASE, *ALL).path("jats").read_bytes())
    entries = ["".join(item.itertext()).strip() for item in root.xpath("//ref//mixed-citation")]
    starts = [re.sub(r"\s+", " ", item)[:14] for item in entries]
    assert starts[:4] == ["Another, A. (2", "Author. (2015)", "Author. (2017a", "Author. (2017b"]
    assert [item[:3] for item in starts[4:]] == ["One", "Zed"]


def test_pictures_lose_what_they_say(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A photograph keeps its pixels and turns the way it should; its camera, owner and place go."""
    tags = Image.Exif()
    tags[0x013B], tags[0x0112] = SECRET, 6  # Artist, Orientation
    Image.new("RGB", (40, 20), "red").save(tmp_path / "one.jpg", exif=tags)
    (tmp_path / "article.md").write_text(
        "---\ntitle: T\nauthor: Author One\nlang: en\n---\n\n![A photograph](one.jpg)\n", encoding="utf-8"
    )
    built = build(tmp_path, "--blind", "--to", "epub")
    with zipfile.ZipFile(built.path("epub")) as book:
        name = next(name for name in book.namelist() if name.endswith("fig-1.jpg"))
        image = Image.open(io.BytesIO(book.read(name)))
    assert image.size == (20, 40)
    assert not image.getexif()


@pytest.mark.parametrize("more", [("--to", "pdf,crossref"), ("--attach-sources",)])
def test_what_names_authors_excludes_it(more: tuple[str, ...], tmp_path: Path) -> None:
    """A deposit and attached sources are wrong usage together with --blind."""
    process = run(CASE, "--blind", *more, "--out", tmp_path / "out")
    assert (process.returncode, (tmp_path / "out").exists()) == (2, False)


def test_journal_that_hides_authors_makes_review_copies_blind(tmp_path: Path) -> None:
    """--review asks the profile: "double" blinds, "open" does not, and --blind blinds always; the map still leads home."""
    need("pdftotext")
    shutil.copytree(CASE, tmp_path / "case")
    for name, options, hidden in (
        ("double", ("--profile", "mcgill-journal-of-medicine"), True),
        ("open", ("--profile", "joss"), False),
        ("asked", ("--blind",), True),
    ):
        out = tmp_path / name
        process = run(tmp_path / "case", "--review", "--out", out, *options)
        assert process.returncode == 0, process.stderr
        assert "proof-differs" not in process.stderr
        copy = next(out.glob("*.review.pdf"))
        words = subprocess.run(["pdftotext", str(copy), "-"], capture_output=True, text=True, check=True).stdout
        assert ("Twofold" in words) is not hidden
        assert copy.name.startswith("manuscript" if hidden else "article")
        lines = json.loads(next(out.glob("*.review.json")).read_text(encoding="utf-8"))["lines"]
        there = next(line for line in lines if line["text"].startswith("Earlier we found"))
        assert (there["file"], there["first"]) == ("article.md", 34)
        told = (out / "manifest.json").read_text(encoding="utf-8")
        assert ("Twofold" in told) is not hidden


def test_journal_that_hides_authors_takes_no_sources(tmp_path: Path) -> None:
    """A review copy that becomes blind by its journal cannot carry what it is made from."""
    options = ("--review", "--profile", "mcgill-journal-of-medicine", "--attach-sources")
    process = run(CASE, *options, "--out", tmp_path / "out")
    assert process.returncode == 1
    assert "[blind-attach]" in process.stderr
    assert not (tmp_path / "out").exists()


# Surnames that are words of file formats, of our style sheets, fonts, terms, tools and dates.
WORDS = (
    "Page", "Font", "Note", "Two", "Type", "Image", "Frank", "Ruhl", "Libre", "May", "February", "Assistant", "Garamond",
    "Lang", "Link", "Title", "Block", "Bold", "Roman", "Times", "Black", "Green", "Gray", "Mark", "Span", "Root", "Head",
    "Figure", "Table", "Word", "Style", "Section", "Cover", "Catalog", "Parent", "Stream", "Object", "Filter", "Marked",
    "Adobe", "Pango", "Pandoc", "Part", "Street", "Price", "Day", "Li", "Do", "Em", "Ex", "No", "Abstract", "Keywords",
    "License", "Source", "Picture", "Layout", "Count", "First", "Last", "Next", "Names", "Field", "Start",
    "Begin", "White", "Rule", "Long", "Content",
)  # fmt: skip
PLAIN = """---
title: Qa qb
author: Author NAME
date: 2026-05-15
received: 2025-02-11
lang: en-GB
abstract: Qc.
keywords: [qd, qe]
license: CC-BY-4.0
ethics: Qh.
---

# Qf

Qg.[^a] See @fig-x and @tbl-y and @eq-z, @sec-q. Here is [בָּרָא]{lang=he}, and [قلم]{lang=ar}.

[^a]: A [qh](https://example.org).

![Qi](x.png){#fig-x alt="qk"}

| qa | qb |
|---|---|
| qc | 1 |

: Qj. {#tbl-y}

$$ x = 1 $$ {#eq-z}

::: callout-note
Ql.
:::

# Qm {#sec-q}
"""
EVERY = ("pdf", "epub", "html", "docx", "jats.xml", "review.pdf")


def written(folder: Path, surname: str) -> Path:
    """Write an article that names its author nowhere in the text."""
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (40, 40), "red").save(folder / "x.png")
    (folder / "a.md").write_text(PLAIN.replace("NAME", surname), encoding="utf-8")
    return folder / "a.md"


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Identity]:
    """Give a function that says who wrote it, were this the surname."""
    read, _ = manuscript.read(written(tmp_path_factory.mktemp("author") / "in", "Qzzz"))
    composed, _ = document.compose(read)

    def called(surname: str) -> Identity:
        people = (replace(read.metadata.authors[0], name=f"Author {surname}", family=surname),)
        return identity.identify(replace(read, metadata=read.metadata.model_copy(update={"authors": people})), composed)

    return called


@pytest.fixture(scope="module")
def plain(build: Callable[..., Built], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give every file of blind copies of an article whose author has a surname that is no word."""
    source = written(tmp_path_factory.mktemp("plain") / "in", "Qzzz")
    found: dict[str, bytes] = {}
    for options in (ALL, ("--blind", "--review")):
        built = build(source, *options)
        assert built.data["ok"], built.process.stdout
        found |= {path.name.partition(".")[2]: path.read_bytes() for path in built.folder.iterdir()}
    assert set(EVERY) <= set(found)
    return found


def test_surnames_that_are_words_of_ours_are_no_leaks(plain: dict[str, bytes], author: Callable[[str], Identity]) -> None:
    """Keys of a PDF, rules of CSS, elements, fonts, terms, tools and dates tell of nobody, in any edition."""
    files = [Artifact(f"manuscript.{ending}", "", data) for ending, data in plain.items()]
    people = [author(surname) for surname in WORDS]
    everybody = replace(people[0], needles=tuple(needle for who in people for needle in who.needles))
    assert not [item.text for item in leaks.check(files, everybody)]


@pytest.mark.parametrize("surname", ["Page", "Ruhl", "May", "Note", "Font", "Type"])
def test_surnames_that_are_words_of_ours_are_found_in_the_authors_words(
    surname: str, plain: dict[str, bytes], author: Callable[[str], Identity]
) -> None:
    """The same surname in text, attributes, metadata, the name of a file and a picture is told, with the words found."""
    who = author(surname)
    said = f"as {surname} (2017) said"

    def info(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Subject"] = pikepdf.String(said)

    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", said)
    places = {
        "text": ("html", before("</body>", f"<p>as <b>{surname}</b> (2017) said</p>")(plain["html"].decode()).encode()),
        "attribute": ("html", before("</body>", f'<i title="{said}"></i>')(plain["html"].decode()).encode()),
        "comment": ("html", before("</style>", f"/* {said} */")(plain["html"].decode()).encode()),
        "metadata": ("pdf", into_pdf(plain["pdf"], info)),
        "picture": ("png", picture("PNG", pnginfo=told)),
        "docx": (
            "docx",
            into_zip(plain["docx"], "word/document.xml", before("<w:sectPr", f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>")),
        ),
        "jats": (
            "jats.xml",
            before("</body>", f"<sec><title>x</title><p>{said}</p></sec>")(plain["jats.xml"].decode()).encode(),
        ),
        "epub": ("epub", into_zip(plain["epub"], "EPUB/section-01.xhtml", before("</body>", f"<p>{said}</p>"))),
    }
    for place, (ending, data) in places.items():
        found = leaks.check([Artifact(f"manuscript.{ending}", "", data)], who)
        assert found, place
        assert f"has the name “Author {surname}”: “" in found[0].text
        assert surname in found[0].text.rsplit("“", 1)[1], found[0].text


def test_name_of_a_file_that_is_a_surname_is_found(author: Callable[[str], Identity]) -> None:
    """Whoever calls a picture by a name has told it, though the name be a word."""
    assert leaks.check([Artifact("ruhl-2017.png", "", picture("PNG"))], author("Ruhl"))
    assert leaks.check([Artifact("author-page.png", "", picture("PNG"))], author("Page"))


@pytest.mark.parametrize("surname", ["Page", "Ruhl", "May", "Figure"])
def test_authors_of_such_surnames_have_blind_copies(surname: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """All editions are built; dates and our own terms stay as they are."""
    built = build(written(tmp_path / "in", surname), "--blind", "--to", "pdf,epub,html,docx,jats")
    assert built.data["ok"], built.process.stdout
    page = built.path("html").read_text(encoding="utf-8")
    assert "15 May 2026" in page
    assert re.search(r"See\W+<a[^>]*>(?:<span[^>]*>)?Figure\W+1", page)


def test_same_names_in_other_writings() -> None:
    """Diacritics, turned names, initials and file names are one person's; a mask takes all of them."""
    text = "---\ntitle: T\nauthor:\n- {given: Zoë Ann, family: Ångström-Şahin}\nlang: en\n---\n\nText.\n"
    found = "Zoe A. Angstrom-Sahin and Ångström Şahin, Z. A. in zoe-angstrom-sahin.pdf by ANGSTROM-SAHIN"
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        from pathlib import Path

        (Path(name) / "a.md").write_text(text, encoding="utf-8")
        read, _ = manuscript.read(Path(name))
        who = identity.identify(read, document.compose(read)[0])
    masked = blind.masking(who, "Author")(found)
    assert not re.search(r"(?i)[aå]ngstr|[sş]ahin|zo[eë]", masked), masked
    assert not settled(Options(), read.profile).blind


def test_judges_find_no_fault(build: Callable[..., Built]) -> None:
    """A copy without authors is as sound as one with them: PDF/A-3a, PDF/UA-1, EPUB, HTML, Office's schemas, JATS."""
    files = {
        edition: [build(source, *ALL).path(edition) for source in (ROOT / "manuscript", CASE)]
        for edition in ("pdf", "epub", "html", "docx", "jats")
    }
    found = pdf.verapdf(files["pdf"], ("3a", "ua1")) + epub.epubcheck(files["epub"]) + web.nu(files["html"])
    found += web.axe(files["html"]) + word.audit(files["docx"])
    assert not found, "\n".join(found)
    for file in files["jats"]:
        assert not xml.jats(file.read_bytes())
