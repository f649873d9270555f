"""Copies with changes marked: both versions can be read from them, in every edition, and nothing else is said."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.changes import mark, words
from compositor.editions import docx
from compositor.options import DEFAULT
from compositor.proof.expected import split, text_of
from compositor.reading.manuscript import read
from compositor.setting import markup
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, need, run
from tests.judges import epub, pdf, web, word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

EVERY_CONSTRUCT = CASES / "features" / "every-construct"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NEW = ("other", "words", "*italic*", "$y^2$", "**bold**", "new", ",", "[link](https://example.org)")
HEAD = "---\ntitle: A\nauthor: Author One\nlang: en-GB\n---\n\n"


def set_sheet(source: Path) -> Sheet:
    """Set a manuscript."""
    manuscript, _ = read(source)
    return lay_out(manuscript, compose(manuscript)[0], DEFAULT)[0]


def edited(text: str, seed: int) -> str:
    """Edit a manuscript as an author would: words, and paragraphs that go, come and change places."""
    chance = random.Random(seed)
    header = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    head = header[0] if header else ""
    parts = text[len(head) :].split("\n\n")
    for _ in range(8):
        at, how = chance.randrange(len(parts)), chance.random()
        if how < 0.15 and len(parts) > 1:
            del parts[at]
        elif how < 0.25:
            parts.insert(at, "A wholly new paragraph with *some* words.")
        elif how < 0.35:
            other = chance.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        else:
            said = parts[at].split(" ")
            for _ in range(chance.randint(1, 5)):
                place = chance.randrange(len(said))
                said[place : place + chance.randint(0, 1)] = [chance.choice(NEW)] if chance.random() < 0.7 else []
                said = said or ["word"]
            parts[at] = " ".join(said)
    return head + "\n\n".join(parts)


def later(case: Path, folder: Path, seed: int) -> Path:
    """Write an edited copy of a case."""
    copy = folder / f"{case.name}-{seed}"
    shutil.copytree(case, copy)
    text = next(path for path in copy.glob("*.md") if "README" not in path.name)
    text.write_text(edited(text.read_text(encoding="utf-8"), seed), encoding="utf-8")
    return copy


def only(root: etree._Element, kind: str) -> list[str]:
    """Give the words of a marked text with its insertions, or with its deletions, alone; notes and colophon aside."""
    copy = markup.clone(root)
    for change in list(copy.iter("ins", "del")):
        if change.get("class") == "change" and change.tag != kind:
            markup.drop(change)
    for aside in copy.xpath("./div[@role='doc-colophon'] | ./section[@role='doc-endnotes']"):
        markup.drop(aside)
    return split(text_of(copy))


def bare(word: str) -> str:
    """Give a word without signs and figures: what is numbered may have another number, a deleted note stands in brackets."""
    return re.sub(r"[\W\d_]+", "", word)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["every-construct", "tables", "lists", "mathematics", "reference-groups"])
def test_both_versions_can_be_read(name: str, seed: int, tmp_path: Path) -> None:
    """Without what is deleted it is the new text, word for word; without what is new, all words of the old are there."""
    old, new = set_sheet(CASES / "features" / name), set_sheet(later(CASES / "features" / name, tmp_path, seed))
    marked = mark.changes(new, old).root
    assert only(marked, "ins") == only(new.root, "")
    lost = Counter(map(bare, only(old.root, ""))) - Counter(map(bare, only(marked, "del")))
    assert not [word for word in lost.elements() if len(word) > 1]


def test_a_text_that_is_the_same_has_no_marks() -> None:
    """Not even where a note, a figure and a formula stand."""
    sheet = set_sheet(EVERY_CONSTRUCT)
    marked = mark.changes(sheet, set_sheet(EVERY_CONSTRUCT)).root
    assert marked.xpath("//*[@class='change' or contains(@class, 'deleted') or contains(@class, 'changed')]") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("The old coast.", "The coast.", "The [-old-] coast."),
        ("The coast.", "The old coast.", "The {+old+} coast."),
        ("The old coast.", "The new coast.", "The [-old-] {+new+} coast."),
        ("Who pays and who gains.", "Who pays.", "Who pays[- and who gains-]."),
        ("Forces, who pay.", "Forces who pay.", "Forces[-,-] who pay."),
        ("It began *early*.", "It began *late*.", "It began [-early-]{+late+}."),
        ("So (see One) it is.", "So (One) it is.", "So ([-see -]One) it is."),
        ("With $x^2$ in it.", "With $x^3$ in it.", "With [-x2-]{+x3+} in it."),
        ("日本語の本です。", "日本語の話です。", "日本語の[-本-]{+話+}です。"),
        ("One two three four.", "Five six seven eight.", "[-One two three four.-]{+Five six seven eight.+}"),
    ],
)
def test_words_are_marked_as_a_copy_editor_would(old: str, new: str, said: str, tmp_path: Path) -> None:
    """Whole words, and the spaces stay where they are needed."""
    sheets = []
    for name, text in (("old", old), ("new", new)):
        (tmp_path / f"{name}.md").write_text(HEAD + text, encoding="utf-8")
        sheets.append(set_sheet(tmp_path / f"{name}.md"))
    root = mark.changes(sheets[1], sheets[0]).root
    for annotation in list(root.iter(f"{markup.MATHML}annotation")):
        annotation.getparent().remove(annotation)
    for change in list(root.iter("ins", "del")):
        left, right = ("{+", "+}") if change.tag == "ins" else ("[-", "-]")
        change.text = left + (change.text or "")
        if len(change):
            change[-1].tail = (change[-1].tail or "") + right
        else:
            change.text += right
    paragraphs = root.xpath("./p[not(ancestor::*[@role='doc-colophon'])]")
    assert "".join(re.sub(r"\s+", " ", "".join(part.itertext())).strip() for part in paragraphs) == said


def test_moved_blocks_are_paired_in_their_order() -> None:
    """Of several ways to pair blocks the one that keeps most of the words together is taken; unlike ones are not paired."""
    old = [("text", list("abcd")), ("text", list("efgh")), ("pre", list("ijkl"))]
    new = [("text", list("efgx")), ("text", list("abcy")), ("text", list("ijkl"))]
    assert len(list(words.pairs(old, new, 0.4))) == 1
    assert list(words.pairs(old, [("text", list("abcx")), *new[:1]], 0.4)) == [(0, 0), (1, 1)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Built]) -> Built:
    """Build a marked copy of the case that holds every construct."""
    text = later(EVERY_CONSTRUCT, tmp_path_factory.mktemp("later"), 14)
    return build(text, "--changes", str(EVERY_CONSTRUCT), "--to", "pdf,epub,html,docx")


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Built]) -> Built:
    """Build a marked review copy of it."""
    return build(later(EVERY_CONSTRUCT, tmp_path_factory.mktemp("review"), 4), "--changes", str(EVERY_CONSTRUCT), "--review")


def test_no_judge_finds_fault(copy: Built, review: Built) -> None:
    """The PDF is PDF/A-3a and PDF/UA-1, the Word document keeps Office's schemas, EPUB and page are valid."""
    found = pdf.verapdf([copy.path("pdf"), review.path("review")], ("3a", "ua1"))
    found += word.audit([copy.path("docx")]) + epub.epubcheck([copy.path("epub")]) + web.nu([copy.path("html")])
    assert not found, "\n".join(found)


def test_every_edition_says_the_same(copy: Built, review: Built) -> None:
    """The proof reads both versions in each, and files are named so that none takes the place of the article's own."""
    for built in (copy, review):
        assert not [item for item in built.problems if item["code"] == "proof-differs"]
    names = {path.name for path in (*copy.folder.iterdir(), *review.folder.iterdir())}
    assert {"article.changes.pdf", "article.changes.docx", "article.changes.review.pdf", "article.changes.review.json"} <= names
    assert not {"article.pdf", "article.docx", "article.review.pdf"} & names


def document_of(data: bytes) -> etree._Element:
    """Give the text of a Word document."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def settled(data: bytes, gone: str) -> list[str]:
    """Give the paragraphs of a Word document as Word has them when all changes are accepted, or rejected: ``gone`` goes."""
    root = document_of(data)
    for mark_ in list(root.iterfind(f".//{W}pPr/{W}rPr/{W}{gone}")):
        paragraph = mark_.getparent().getparent().getparent()
        paragraph.getparent().remove(paragraph)
    for row in list(root.iterfind(f".//{W}trPr/{W}{gone}")):
        row.getparent().getparent().getparent().remove(row.getparent().getparent())
    for change in list(root.iter(f"{W}{gone}")):
        if change.getparent() is not None:
            change.getparent().remove(change)
    said = ["".join(text.text or "" for text in part.iter(f"{W}t", f"{W}delText")) for part in root.iter(f"{W}p")]
    return [re.sub(r"\s+", " ", text).strip() for text in said if text.strip()]


def test_word_accepts_and_rejects(tmp_path: Path) -> None:
    """Accepted, the Word document is the new one's; rejected, the old one's: with rows, paragraphs and notes."""
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n{}\n"
    texts = {
        "old": f"First *words* stand here.[^n]\n\nThis goes.\n\n{table.format('| 3 | 4 |')}\n[^n]: A note.\n",
        "new": f"First other words stand here.[^n]\n\n{table.format('| 3 | 5 |')}\nThis comes behind.\n\n[^n]: A note.\n",
    }
    sheets = {}
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(HEAD + text, encoding="utf-8")
        sheets[name] = set_sheet(tmp_path / f"{name}.md")
    marked = docx.render(mark.changes(sheets["new"], sheets["old"])).data
    until = "Colophon"
    for name, gone in (("new", "del"), ("old", "ins")):
        plain = settled(docx.render(sheets[name]).data, "del")
        found = settled(marked, gone)
        assert found[: found.index(until)] == plain[: plain.index(until)]
    changes = list(document_of(marked).iter(f"{W}ins", f"{W}del"))
    numbers = [change.get(f"{W}id") for change in changes]
    assert len({*numbers}) == len(numbers) > 4
    assert {change.get(f"{W}author") for change in changes} == {"Author One"}


def test_commit_of_the_repository(tmp_path: Path) -> None:
    """A version need not be kept as a copy: a commit, tag or branch holds it, with its bibliography."""
    need("git")
    folder = tmp_path / "paper"
    folder.mkdir()
    text = folder / "article.md"
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": ""}
    git = ["git", "-c", "user.name=Author One", "-c", "user.email=one@example.org", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    text.write_text(f"{HEAD}Old words stand here.\n", encoding="utf-8")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    subprocess.run([*git, "tag", "v1"], check=True)
    text.write_text(f"{HEAD}New words stand here.\n", encoding="utf-8")
    done = run(folder, "--changes", "v1", "--to", "html", "--out", tmp_path / "out", environment=settings)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "article.changes.html").read_text(encoding="utf-8")
    assert '<del class="change">Old</del>' in page
    assert '<ins class="change">New</ins>' in page
    assert "--changes v1" in re.sub("<[^>]+>", "", page)
    done = run(folder, "--changes", "v2", "--to", "html", "--out", tmp_path / "none", environment=settings)
    assert (done.returncode, "changes-missing" in done.stderr, (tmp_path / "none").exists()) == (1, True, False)


@pytest.mark.parametrize("name", ["a\x01b", "-x", "HEAD~9999", "../none", "\N{RIGHT-TO-LEFT OVERRIDE}v1"])
def test_name_that_means_nothing_is_told(name: str, tmp_path: Path) -> None:
    """Whatever it holds."""
    (tmp_path / "article.md").write_text(f"{HEAD}Words.\n", encoding="utf-8")
    done = run(tmp_path / "article.md", f"--changes={name}", "--to", "html", "--out", tmp_path / "out")
    assert (done.returncode, "error [changes-missing]" in done.stderr, "Traceback" in done.stderr) == (1, True, False), (
        done.stderr
    )


def test_earlier_version_that_is_broken_is_told(tmp_path: Path) -> None:
    """As what it is: the text itself has no fault."""
    (tmp_path / "article.md").write_text(f"{HEAD}Words.\n", encoding="utf-8")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "article.md").write_text("---\ntitle: [\n---\n\nWords.\n", encoding="utf-8")
    done = run(tmp_path / "article.md", "--changes", tmp_path / "old", "--to", "html", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "--changes: error [changes-broken]" in done.stderr
    assert "Traceback" not in done.stderr


def test_line_of_the_plain_copy_is_meant(tmp_path: Path) -> None:
    """Both review copies may stand in one folder."""
    (tmp_path / "old.md").write_text(f"{HEAD}Words.\n", encoding="utf-8")
    (tmp_path / "new.md").write_text(f"{HEAD}Other words.\n", encoding="utf-8")
    for options in ((), ("--changes", tmp_path / "old.md")):
        assert run(tmp_path / "new.md", "--review", *options, "--out", tmp_path / "out").returncode == 0
    done = run("where", "3", "--copy", tmp_path / "out")
    assert (done.returncode, "Other words." in done.stdout) == (0, True), done.stdout + done.stderr


def test_blind_copy_hides_the_authors_of_both(tmp_path: Path) -> None:
    """Somebody may have left in between."""
    for name, author in (("old", "Author Twofold"), ("new", "Author One")):
        text = f"---\ntitle: A\nauthor: {author}\nlang: en-GB\n---\n\nWords of {author} stand here, {name}.\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    done = run(tmp_path / "new.md", "--changes", tmp_path / "old.md", "--blind", "--to", "html,docx", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "manuscript.changes.html").read_text(encoding="utf-8")
    written = " ".join(document_of((tmp_path / "out" / "manuscript.changes.docx").read_bytes()).xpath("//text() | //@*"))
    assert '<ins class="change">new</ins>' in page
    assert not re.search("Twofold|Author One|new.md|old.md", page + written)


@pytest.mark.parametrize("options", [("--to", "jats"), ("--to", "crossref"), ("--attach-sources",)])
def test_what_a_marked_copy_cannot_be(options: tuple[str, ...], tmp_path: Path) -> None:
    """Archives and registries take one text."""
    done = run(EVERY_CONSTRUCT, "--changes", EVERY_CONSTRUCT, *options, "--out", tmp_path)
    assert (done.returncode, "--changes" in done.stderr) == (2, True)


def test_strike_out_of_the_author_is_no_tracked_change(tmp_path: Path) -> None:
    """Nor is raw HTML that says it were one."""
    (tmp_path / "a.md").write_text(f'{HEAD}Words ~~struck~~ <ins class="change">claimed</ins> here.\n', encoding="utf-8")
    root = document_of(docx.render(set_sheet(tmp_path / "a.md")).data)
    assert [*root.iter(f"{W}ins"), *root.iter(f"{W}del")] == []
