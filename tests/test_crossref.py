"""The deposit for Crossref: valid by its schema, with every reference in it, read back, and without a say of the clock."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.editions import crossref
from compositor.options import DEFAULT
from compositor.proof.prove import prove
from compositor.reading.manuscript import read
from compositor.result import Artifact
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, ROOT, Built, run
from tests.judges import xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # of a library that ziamath uses
SUBMISSION = CASES / "features" / "submission"
ASKED = "--to", "crossref"
NAMES = {"c": "http://www.crossref.org/schema/5.5.0", "j": "http://www.ncbi.nlm.nih.gov/JATS1"}
DEPOSITOR = """url: https://example.org/articles/one
crossref: {depositor: First Press, email: deposits@example.org, registrant: First Press}
"""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Copy manuscripts of many kinds, each with a depositor: no journal, every construct, numbers, other scripts."""
    folders = []
    for name in ("every-construct", "style-numbered", "refs-particles", "refs-non-latin", "refs-many-authors", "catalogued"):
        folder = tmp_path_factory.mktemp("deposit") / name
        shutil.copytree(CASES / "features" / name, folder)
        text = next(folder / file for file in ("article.md", "paper.md") if (folder / file).is_file())
        head = text.read_text(encoding="utf-8")
        more = DEPOSITOR + "".join(
            line for key, line in (("doi", "doi: 10.5555/one\n"), ("date", "date: 2026-01-02\n")) if f"\n{key}:" not in head
        )
        head = re.sub(r"\nurl:.*", "", head)
        text.write_text(head.replace("---\n", f"---\n{more}", 1), encoding="utf-8")
        folders.append(folder)
    return folders


def test_valid_by_the_schema(copies: list[Path], build: Callable[..., Built]) -> None:
    """Crossref's own schema finds nothing: in a journal's article, in posted content, whatever the references."""
    files = [build(source, *ASKED).path("crossref") for source in (SUBMISSION, *copies)]
    assert xml.crossref(files) == []
    assert not any(item["code"] == "proof-differs" for source in copies for item in build(source, *ASKED).problems)


def test_every_reference_is_deposited(copies: list[Path], build: Callable[..., Built]) -> None:
    """As many as the list has, each with its key and as printed, and its DOI where it has one."""
    for source in (SUBMISSION, *copies):
        built = build(source, *ASKED)
        listed = etree.parse(built.path("crossref")).xpath("//c:citation", namespaces=NAMES)
        assert len(listed) == built.data["counts"]["references"] > 0
        assert all(entry.xpath("string(c:unstructured_citation)", namespaces=NAMES) for entry in listed)
    root = etree.parse(build(SUBMISSION, *ASKED).path("crossref"))
    assert root.xpath("//c:citation[@key='one']/c:doi/text()", namespaces=NAMES) == ["10.5555/first"]


def test_preprint_where_there_is_no_journal(copies: list[Path], build: Callable[..., Built]) -> None:
    """Posted content, with its date and licence."""
    root = etree.parse(build(copies[0], *ASKED).path("crossref"))
    assert root.xpath("//c:posted_content/@type", namespaces=NAMES) == ["preprint"]
    assert root.xpath("string(//c:posted_date)", namespaces=NAMES) == "01022026"
    assert not root.xpath("//c:journal", namespaces=NAMES)


def test_abstract_is_in_the_namespace_of_jats_and_leads_nowhere(build: Callable[..., Built]) -> None:
    """No link, no id and no call of a note: what they lead to is not deposited."""
    root = etree.parse(build(SUBMISSION, *ASKED).path("crossref"))
    (abstract,) = root.iter(f"{{{NAMES['j']}}}abstract")
    paragraphs = ["".join(paragraph.itertext()) for paragraph in abstract]
    assert paragraphs == [
        "An abstract with emphasis, x2x^2, a citation (One & A Body, 2020) and a note.",
        "Its second paragraph.",
    ]
    assert not abstract.xpath(".//@id | .//j:xref", namespaces=NAMES)


def test_the_clock_has_no_say(tmp_path: Path, build: Callable[..., Built]) -> None:
    """The batch's id comes from the text and the timestamp from the date; another build gives the same bytes."""
    before = build(SUBMISSION, *ASKED).path("crossref").read_bytes()
    assert b"<timestamp>20260304000000</timestamp>" in before
    process = run(SUBMISSION, *ASKED, "--out", tmp_path, "--quiet")
    assert process.returncode == 0, process.stderr
    assert (tmp_path / "article.crossref.xml").read_bytes() == before


def test_second_deposit_has_a_timestamp_of_its_own(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Crossref takes a second one only with a greater timestamp, so a person may give it."""
    shutil.copytree(SUBMISSION, tmp_path / "it")
    text = (tmp_path / "it" / "article.md").read_text(encoding="utf-8")
    text = text.replace("  registrant: First Press\n", "  registrant: First Press\n  timestamp: 20260401120000\n")
    (tmp_path / "it" / "article.md").write_text(text, encoding="utf-8")
    assert b"<timestamp>20260401120000<" in build(tmp_path / "it", *ASKED).path("crossref").read_bytes()


def test_all_does_not_ask_for_a_deposit(tmp_path: Path) -> None:
    """An author who is no member of Crossref can still ask for every edition."""
    (tmp_path / "article.md").write_text("---\ntitle: One\n---\n\nWords.\n", encoding="utf-8")
    process = run(tmp_path, "--to", "all", "--out", tmp_path / "dist", "--quiet")
    assert process.returncode == 0, process.stderr
    assert not list((tmp_path / "dist").glob("*.crossref.xml"))


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the article that is ready to submit."""
    manuscript, _ = read(SUBMISSION)
    document, _ = compose(manuscript)
    return lay_out(manuscript, document, DEFAULT)[0]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("<title>Ready", "<title>Unready", "the title"),
        ("<surname>Two", "<surname>Too", "author 2"),
        ("<given_name>Author</given_name>\n<surname>One", "<given_name>One</given_name>\n<surname>Author", "author 1"),
        (">The Project<", ">A Project<", "author 3"),
        ("0000-0002-1825-0097", "0000-0002-1825-0098", "ORCID iD of author 1"),
        ("00abcde12", "00abcde13", "ROR iDs of author 1"),
        ("First University", "Last University", "affiliations of author 1"),
        ('type="conceptualization"', 'type="software"', "roles of author 1"),
        (">A-2</fr:assertion>", ">A-3</fr:assertion>", "grant 2"),
        ("10.5555/submission.1", "10.5555/submission.2", "the DOI"),
        ("articles/submission</resource>", "articles/other</resource>", "the address"),
        ("<day>20</day>", "<day>21</day>", "the date accepted"),
        ("licenses/by/4.0/", "licenses/by/3.0/", "the licence"),
        ("2049-3630</issn>\n</journal_metadata>", "2049-3631</issn>\n</journal_metadata>", "the journal"),
        ("Its second paragraph", "Its third paragraph", "the abstract"),
        ("A. Three Jr. (Ed.)", "A. Tree Jr. (Ed.)", "reference two"),
        ('key="three"', 'key="four"', "reference three"),
    ],
)
def test_mutation(old: str, new: str, named: str, sheet: Sheet) -> None:
    """One thing changed in the finished deposit is found and named; unchanged, it differs in nothing."""
    artifact = crossref.render(sheet)
    assert prove(sheet, (artifact,), ROOT) == []
    assert old.encode() in artifact.data
    changed = Artifact(artifact.name, "", artifact.data.replace(old.encode(), new.encode(), 1))
    found = [item.text for item in prove(sheet, (changed,), ROOT)]
    assert any(named in item and item.startswith("CROSSREF") for item in found), found
