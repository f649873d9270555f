"""A PDF that holds its sources, or a manifest, can be set again by anyone; and whatever was changed is found and named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from lxml import etree

from compositor.records import attachments
from compositor.records.provenance import Source
from tests.conftest import CASES, need, run
from tests.judges import crate, pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

STYLED = CASES / "features" / "style-file"
EVERYTHING = CASES / "features" / "every-construct"


@pytest.fixture
def attached(build: Callable[..., Built]) -> Path:
    """Give a PDF that holds its sources."""
    return build(STYLED, "--to", "pdf", "--attach-sources").path("pdf")


def test_a_pdf_alone_is_set_again(attached: Path, tmp_path: Path) -> None:
    """Under another name, in another place, without anything beside it, the PDF rebuilds itself to the byte."""
    alone = tmp_path / "received by mail.pdf"
    shutil.copy(attached, alone)
    process = run("verify", alone, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "Identical" in process.stdout
    assert [path.name for path in tmp_path.iterdir()] == [alone.name]


def test_the_sources_inside_are_the_sources(attached: Path) -> None:
    """Text, bibliography, style, templates, lock file and the record are attached, each as it is."""
    with pikepdf.open(attached) as file:
        found = {name: item.get_file().read_bytes() for name, item in file.attachments.items()}
        relations = {name: str(item.obj["/AFRelationship"]) for name, item in file.attachments.items()}
        assert len(file.Root["/AF"]) == len(found)
    for path in STYLED.iterdir():
        if path.name in ("article.md",) or (path.suffix in (".csl", ".json", ".yaml", ".bib") and path.name != "expected.yaml"):
            assert found[f"sources/{path.name}"] == path.read_bytes()
    assert {"build.json", "requirements.lock", "templates/print.html", "templates/css/print.css"} <= set(found)
    assert relations["sources/article.md"] == "/Source"


def test_a_changed_source_is_found(attached: Path, tmp_path: Path) -> None:
    """A PDF whose attached text was changed by a word is not identical, and the difference is named."""
    with pikepdf.open(attached) as file:
        item = file.attachments["sources/article.md"]
        text = item.get_file().read_bytes()
        del file.attachments["sources/article.md"]
        changed = pikepdf.AttachedFileSpec(file, text + b"\nAnother word.\n", filename="sources/article.md")
        file.attachments["sources/article.md"] = changed
        file.save(tmp_path / "changed.pdf")
    process = run("verify", tmp_path / "changed.pdf")
    assert process.returncode == 1
    assert "Not identical" in process.stderr
    assert "object " in process.stderr


def test_another_version_of_a_tool_is_named(attached: Path, tmp_path: Path) -> None:
    """When the bytes differ, the record says which tool was another one then."""
    with pikepdf.open(attached) as file:
        build = json.loads(file.attachments["build.json"].get_file().read_bytes())
        build["tools"]["WeasyPrint"] = "1.0"
        del file.attachments["build.json"]
        file.attachments["build.json"] = pikepdf.AttachedFileSpec(file, json.dumps(build).encode(), filename="build.json")
        file.save(tmp_path / "old.pdf")
    process = run("verify", tmp_path / "old.pdf")
    assert process.returncode == 1
    assert "WeasyPrint 1.0 then, 70.0 now" in process.stderr


@pytest.mark.parametrize(
    "name", ["sources/../../outside.md", "/sources/outside.md", "sources/..\\outside.md", "sources/C:outside.md"]
)
def test_an_attached_name_cannot_lead_out(name: str, tmp_path: Path) -> None:
    """Nothing is written outside the folder that the sources are unpacked into."""
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(attachments.NotRebuildable):
        attachments.unpack([Source(name, b"outside")], inner)
    assert [path.name for path in tmp_path.rglob("*")] == ["inner"]


def test_a_file_that_describes_nothing(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A PDF without sources, a damaged PDF and a JSON file that is no manifest are wrong usage, each with its reason."""
    plain = build(STYLED, "--to", "pdf").path("pdf")
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "other.json").write_text("{}")
    for path, words in (
        (plain, "--attach-sources"),
        (tmp_path / "damaged.pdf", "cannot be read"),
        (tmp_path / "other.json", "no manifest"),
    ):
        process = run("verify", path)
        assert process.returncode == 2
        assert words in process.stderr
        assert "Traceback" not in process.stderr


RECORDS: dict[str, tuple[dict[str, Any], str]] = {
    # what a stranger's record says → what is told
    "a style elsewhere": ({"style": "{out}/secret.csl"}, "is not among the sources"),
    "a style where one stands": ({"style": "secret.csl"}, "is not among the sources"),
    "a style above": ({"style": "../../secret.csl"}, "is not among the sources"),
    "a profile elsewhere": ({"profile": "{out}/house"}, "is not among the sources"),
    "a profile where one stands": ({"profile": "house"}, "is not among the sources"),
    "a style with a NUL": ({"style": "a\0.csl"}, "holds a NUL"),
    "no edition": ({"to": []}, "names no edition"),
    "a commit that is markup": ({"commit": "<b>\x1b[2J"}, "cannot be read"),
    "a date that is none": ({"date": "soon\x1b[2J"}, "is no date"),
    "lines that have no numbers": ({"numbers": "roman"}, "cannot be read"),
    "a source above": ({"source": "../../etc"}, "leads out"),
    "a source with a NUL": ({"source": "a\0"}, "holds a NUL"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_from_a_stranger(name: str, attached: Path, tmp_path: Path) -> None:
    """A record that names a style or a profile outside the PDF, or holds nonsense, has none of it read, and is told so."""
    values, words = RECORDS[name]
    shutil.copy(STYLED / "styles" / "house.csl", tmp_path / "secret.csl")
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "profile.toml").write_text('name = "A house"\n')
    with pikepdf.open(attached) as file:
        build = json.loads(file.attachments["build.json"].get_file().read_bytes())
        for key, value in values.items():
            told = value.replace("{out}", str(tmp_path)) if isinstance(value, str) else value
            (build if key == "source" else build["options"])[key] = told
        del file.attachments["build.json"]
        file.attachments["build.json"] = pikepdf.AttachedFileSpec(file, json.dumps(build).encode(), filename="build.json")
        file.save(tmp_path / "received.pdf")
    process = run("verify", tmp_path / "received.pdf", cwd=tmp_path)
    assert process.returncode == 2, process.stderr
    assert words in process.stderr
    assert "Traceback" not in process.stderr
    assert "\x1b" not in process.stderr


def test_a_terminal_is_given_no_orders(attached: Path, tmp_path: Path) -> None:
    """The names of a stranger's tools are printed, and what a terminal would obey in them is written as escapes."""
    with pikepdf.open(attached) as file:
        build = json.loads(file.attachments["build.json"].get_file().read_bytes())
        build["tools"]["Evil\x1b[2J\n"] = "1\x1b]0;x\x07"
        del file.attachments["build.json"]
        file.attachments["build.json"] = pikepdf.AttachedFileSpec(file, json.dumps(build).encode(), filename="build.json")
        file.save(tmp_path / "received.pdf")
    process = run("verify", tmp_path / "received.pdf")
    assert "Another version: Evil\\x1b[2J\\n 1\\x1b]0;x\\x07 then" in process.stderr
    assert "\x1b" not in process.stderr


def test_an_attachment_that_swells(attached: Path, tmp_path: Path) -> None:
    """An attached file of 2 MB that unpacks to 2 GB ends at the limit on memory, and soon."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(10_000_000)) for _ in range(200)) + packer.flush()
    with pikepdf.open(attached) as file:
        stream = pikepdf.Stream(file, b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        described = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, UF=pikepdf.String("sources/a"), EF=pikepdf.Dictionary(F=file.make_indirect(stream))
        )
        file.Root.Names.EmbeddedFiles.Names.extend([pikepdf.String("sources/a"), file.make_indirect(described)])
        file.save(tmp_path / "swollen.pdf")
    process = run("verify", tmp_path / "swollen.pdf", "--limit", "memory=600")
    assert process.returncode != 0
    assert "cannot be read" in process.stderr or "[limit-memory]" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Give a folder with a manuscript, its bibliography beside it, and its editions."""
    shutil.copytree(STYLED, tmp_path / "manuscript")
    (tmp_path / "manuscript" / "expected.yaml").unlink()
    process = run(tmp_path / "manuscript", "--out", tmp_path / "dist", "--to", "epub,html")
    assert process.returncode == 0, process.stderr
    return tmp_path


def test_a_manifest_is_set_again(journal: Path) -> None:
    """From the manifest, the sources above it are found, set again, and every file compared."""
    process = run("verify", journal / "dist" / "manifest.json")
    assert process.returncode == 0, process.stderr
    assert "article.epub" in process.stdout


def test_a_changed_output_or_source_is_named(journal: Path) -> None:
    """An edition with another byte, a source that has changed, an edition that is gone: each is named."""
    page = journal / "dist" / "article.html"
    page.write_bytes(page.read_bytes() + b"\n")
    process = run("verify", journal / "dist" / "manifest.json")
    assert process.returncode == 1
    assert "article.html: it has changed" in process.stderr
    page.unlink()
    with (journal / "manuscript" / "article.md").open("a") as file:
        file.write("\nMore.\n")
    process = run("verify", journal / "dist" / "manifest.json")
    assert "article.html: it is not there" in process.stderr
    assert "article.md: the source has changed" in process.stderr


@pytest.mark.parametrize("name", ["../secret.md", "/etc/hostname", "a\0b"])
def test_a_manifest_cannot_name_what_lies_outside(name: str, journal: Path) -> None:
    """A source of a manifest lies in the folder that is looked through; no other file is so much as compared."""
    path = journal / "dist" / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for item in told["@graph"]:
        if item["@id"].startswith("#source/"):
            item["name"] = name
    path.write_text(json.dumps(told), encoding="utf-8")
    process = run("verify", path, "--sources", journal)
    assert process.returncode == 2
    assert "leads out of its folder" in process.stderr


def manifest(journal: Path) -> dict[str, dict[str, Any]]:
    """Read a manifest as entities by their id."""
    graph = json.loads((journal / "dist" / "manifest.json").read_text(encoding="utf-8"))["@graph"]
    return {item["@id"]: item for item in graph}


def test_the_manifest_tells_of_every_file(journal: Path) -> None:
    """Each output and each source is there, with its size and digest; nothing refers to nothing."""
    entities = manifest(journal)
    for path in (journal / "dist").iterdir():
        if path.name not in ("manifest.json", "ro-crate-metadata.json"):
            said = entities[path.name]
            assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert said["contentSize"] == str(path.stat().st_size)
            assert "/" in said["encodingFormat"]
    for item in entities["#build"]["object"]:
        assert len(entities[item["@id"]]["sha256"]) == 64
    referred = json.dumps(entities["#build"]) + json.dumps(entities["./"])
    assert all(item["@id"] in entities for item in entities["#build"]["instrument"])
    assert str(journal) not in referred
    copy = (journal / "dist" / "ro-crate-metadata.json").read_bytes()
    assert copy == (journal / "dist" / "manifest.json").read_bytes()


def words_of(path: Path) -> str:
    """Give the words of an edition of any kind, without spaces: lines and cells end where they like."""
    if path.suffix == ".pdf":
        need("pdftotext")
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            names = [name for name in book.namelist() if name.endswith((".xhtml", "document.xml"))]
            text = "".join("".join(etree.fromstring(book.read(name)).itertext()) for name in names)
    else:
        text = "".join(etree.fromstring(path.read_bytes(), etree.HTMLParser()).itertext())
    return re.sub(r"[\s\u00ad]+|(?<=[0-9a-f])-(?=\s)", "", text)


@pytest.mark.parametrize("edition", ["pdf", "epub", "html", "docx", "jats", "review"])
def test_every_edition_ends_with_its_colophon(edition: str, build: Callable[..., Built]) -> None:
    """Tools, fonts, the style with its date, the digest of the sources and the command stand in each."""
    built = build(STYLED, "--review") if edition == "review" else build(STYLED, "--to", "all")
    path = built.path(edition)
    told = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))["@graph"]
    entities = {item["@id"]: item for item in told}
    tools = {item["name"]: item["softwareVersion"] for item in told if item["@type"] == "SoftwareApplication"}
    style = next(item["name"] for key, item in entities.items() if key.startswith("#style/"))
    assert re.search(r"\(\d{4}-\d{2}-\d{2}\)$", style), "the style has no date"
    names = ("Compositor", "Pandoc", "WeasyPrint", "Pango", "HarfBuzz", "EB Garamond", "Source Sans 3", "Source Code Pro")
    said = [f"{name} {tools[name]}" for name in names]
    said += [style, entities["#build"]["identifier"].removeprefix("sha256:"), entities["#build"]["description"]]
    found = words_of(path)
    for words in said:
        assert re.sub(r"\s+", "", words) in found, words


def test_rocrate_validator_finds_nothing(journal: Path, article: Built, tmp_path: Path) -> None:
    """The manifest is an RO-Crate 1.1, and one that is none is found."""
    for folder in (journal / "dist", article.path("html").parent):
        complaints = crate.ro_crate(folder)
        assert not complaints, "\n".join(complaints)
    shutil.copytree(journal / "dist", tmp_path / "changed")
    path = tmp_path / "changed" / "ro-crate-metadata.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for item in told["@graph"]:
        item.pop("datePublished", None)
    path.write_text(json.dumps(told), encoding="utf-8")
    assert any("datePublished" in complaint for complaint in crate.ro_crate(tmp_path / "changed"))


def test_the_manifest_tells_of_trust_and_problems(tmp_path: Path) -> None:
    """A build that was trusted says so, and what was found is in the manifest with its place."""
    (tmp_path / "article.md").write_text("# Head\n\nWords.\n")
    run(tmp_path, "--out", tmp_path / "dist", "--to", "html", "--trust")
    entities = manifest(tmp_path)
    assert "trusted" in entities["#build"]["description"]
    assert "--trust" in entities["#build"]["description"]
    assert entities["#problem-1"]["name"] == "warning title-missing"
    assert entities["#problem-1"]["text"].startswith("article.md:1: ")


def test_verapdf_passes_a_pdf_with_its_sources(build: Callable[..., Built]) -> None:
    """With everything attached, the file is still PDF/A-3a and PDF/UA-1."""
    complaints = pdf.verapdf([build(EVERYTHING, "--to", "pdf", "--attach-sources").path("pdf")], ("3a", "ua1"))
    assert not complaints, "\n".join(complaints)


def test_what_the_system_supplies_is_recorded(build: Callable[..., Built]) -> None:
    """The manifest has the version of each library that shapes bytes, and of the program that read the PDF back."""
    need("pdftotext")
    built = build(STYLED, "--to", "pdf", "--attach-sources")
    graph = {str(item["@id"]): item for item in json.loads((built.folder / "manifest.json").read_bytes())["@graph"]}
    versions = {item["name"]: item["softwareVersion"] for item in graph.values() if item["@type"] == "SoftwareApplication"}
    for name in ("Pango", "HarfBuzz", "HarfBuzz subset", "Fontconfig", "FreeType", "poppler"):
        assert re.fullmatch(r"\d+(\.\d+)+", versions[name]), name
        assert {"@id": f"#tool/{name.replace(' ', '%20')}"} in graph["#build"]["instrument"]
    assert "poppler" not in graph["#options"]["value"]  # another one changes no edition


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Build an article with a profile that lies beside its folder, and give the manifest."""
    house = tmp_path / "jex"
    (house / "css").mkdir(parents=True)
    (house / "profile.toml").write_text('name = "Journal of Examples"\ndescription = "One."\npage = "a5"\n', encoding="utf-8")
    (house / "css" / "print-house.css").write_text("h1 { color: black }\n", encoding="utf-8")
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.md").write_text("---\ntitle: T\nauthor: Author One\nlang: en\n---\n\nText.\n", encoding="utf-8")
    process = run("build", ".", "--profile", "../jex", "--to", "html", "--out", "dist", cwd=tmp_path / "text")
    assert process.returncode == 0, process.stderr
    return tmp_path / "text" / "dist" / "manifest.json"


def test_a_profile_beside_the_manuscript_is_found(outside: Path) -> None:
    """The manifest does not say where it lay; a folder of its name beside the sources, with the same profile.toml, is it."""
    process = run("verify", outside)
    assert process.returncode == 0, process.stderr
    process = run("verify", outside, "--sources", outside.parents[1])
    assert process.returncode == 0, process.stderr


def test_a_profile_that_was_moved_is_named(outside: Path) -> None:
    """Where it is not beside the sources, one is told to name it, and then it is found."""
    house, other = outside.parents[2] / "jex", outside.parents[2] / "journals" / "examples"
    other.parent.mkdir()
    house.rename(other)
    process = run("verify", outside)
    assert process.returncode == 2
    assert "name its folder with --profile" in process.stderr
    assert run("verify", outside, "--profile", other).returncode == 0
    (other / "css" / "print-house.css").write_text("h1 { color: red }\n", encoding="utf-8")
    process = run("verify", outside, "--profile", other)
    assert process.returncode == 1
    assert "elsewhere/jex/css/print-house.css: the source has changed" in process.stderr


def test_a_manifest_reads_no_folder_that_is_no_profile(outside: Path) -> None:
    """A stranger's manifest may name any folder beside the sources; without that very profile.toml it is not read."""
    house = outside.parents[2] / "jex"
    (house / "profile.toml").write_text('name = "Another"\n', encoding="utf-8")
    process = run("verify", outside)
    assert process.returncode == 2
    assert "lay outside" in process.stderr
    assert "changed" not in process.stderr


def test_a_link_in_a_profile_leads_nowhere(outside: Path) -> None:
    """A file of the profile that is a link out of its folder is not read."""
    sheet = outside.parents[2] / "jex" / "css" / "print-house.css"
    secret = outside.parents[2] / "secret.css"
    sheet.rename(secret)
    sheet.symlink_to(secret)
    process = run("verify", outside)
    assert process.returncode == 2
    assert "leads out of its folder" in process.stderr
