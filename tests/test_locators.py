"""The page that a citation names is printed as it is written, whatever style and language make of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import html

from compositor.reading import styles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

BOOK = {
    "id": "one",
    "type": "book",
    "title": "A Book",
    "author": [{"family": "One", "given": "Author"}],
    "issued": {"date-parts": [[2001]]},
    "publisher": "A Press",
}


@pytest.mark.parametrize(
    ("style", "lang", "cited", "printed"),
    [
        ("ieee", "en", "[@one, 47 sq.]. [@one, p. 3 ff., n. 4]", "[1, p.~47~sq.]. [1, p.~3~ff.], n.~4"),
        ("ieee", "de", "[@one, S. 47f.] und @one [S. 3 ff.].", "[1, S.~47f.] und [1, S.~3~ff.]."),
        ("ieee", "it", "[@one, p. 47 e ss.], [@one, 47 s.]", "[1, p.~47~e~ss.], [1, p.~47~s.]"),
        ("american-medical-association", "en", "[@one, 47 et seq.]", "1(p47~et~seq.)"),
        ("apa", "de", "[@one, 47 f.; @one, vv. 3-7]", "(One, 2001, S.~47~f.; One, 2001, vv. 3–7)"),
        ("apa", "de", "[@one, s. v. Wort], @one [§ 5 Abs. 2]", "(One, 2001, s. v. Wort), One (2001, §~5 Abs.~2)"),
        ("chicago-author-date", "de", "[@one, s.v. Wort]", "(One 2001, s.v.~Wort)"),
        ("nature", "en", "Words [@one, 47 sq.].", "Words1."),
    ],
)
def test_in_the_text(style: str, lang: str, cited: str, printed: str, build: Callable[..., Built], tmp_path: Path) -> None:
    """What follows a page stands with it, inside of the style's bracket, with its stop; signs of a language stay."""
    (tmp_path / "works.json").write_text(json.dumps([BOOK]))
    head = f"---\ntitle: A title\nlang: {lang}\ncsl: {style}\nbibliography: works.json\n---\n\n"
    (tmp_path / "article.md").write_text(head + cited + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "html")
    page = html.fromstring(built.path("html").read_text(encoding="utf-8"))
    said = page.xpath("//main//p[descendant::a[@role='doc-biblioref']]")
    assert said[0].text_content().strip().replace("\N{NO-BREAK SPACE}", "~") == printed
    assert not any(item["code"] == "proof-differs" for item in built.problems)


def test_one_stop_at_the_end_of_a_note(build: Callable[..., Built], tmp_path: Path) -> None:
    """The stop of "sq." ends the note, and the author's own note, too."""
    (tmp_path / "works.json").write_text(json.dumps([BOOK]))
    head = "---\ntitle: A title\ncsl: chicago-notes-bibliography\nbibliography: works.json\n---\n\n"
    (tmp_path / "article.md").write_text(head + "Words [@one, 47 sq.]. More.^[See @one, p. 3; and [@one, 48 ff.].]\n")
    page = html.fromstring(build(tmp_path, "--to", "html").path("html").read_text(encoding="utf-8"))
    notes = [" ".join(item.text_content().split()) for item in page.xpath("//li[starts-with(@id, 'fn')]")]
    assert "47 sq." in notes[0]
    assert "48 ff." in notes[1]
    assert not any("sq.." in note or "ff.." in note for note in notes)


def test_styles_that_print_no_locators() -> None:
    """Known from the style itself: whether its citations, or a macro that they use, print one."""
    assert styles.prints_locators(styles.style_file("apa"))
    assert styles.prints_locators(styles.style_file("chicago-notes-bibliography"))
    assert not styles.prints_locators(styles.style_file("nature"))
    assert not styles.prints_locators(styles.style_file("nlm-citation-sequence"))
