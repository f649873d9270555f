"""Every folder in ``cases/features`` builds, and each edition says what its ``expected.yaml`` says.

expected.yaml may hold: ``heads`` ("1.1 Title", in order), ``references`` (the whole list), ``text`` (strings that every
edition must contain), ``absent`` (strings that none may contain), ``problems`` ("severity code file:line"), ``options``
(for the command), and ``html``, ``epub`` or ``pdf`` (strings for one edition's text alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import CASES, EDITIONS, need
from tests.reading import fold, read, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

FEATURES = sorted(path.parent for path in (CASES / "features").glob("*/expected.yaml"))


def expected(case: Path) -> dict[str, Any]:
    wanted: dict[str, Any] = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    return wanted


def build_case(build: Callable[..., Built], case: Path) -> Built:
    source = next((case / name for name in ("paper.md", "article.md") if (case / name).is_file()), case)
    return build(source if expected(case).get("single") else case, *expected(case).get("options", []))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", FEATURES, ids=lambda case: case.name)
def test_feature(case: Path, edition: str, build: Callable[..., Built]) -> None:
    """The edition holds the heads, references and words that the case promises."""
    wanted = expected(case)
    if edition == "pdf":
        need("pdfinfo")
    reading = read(build_case(build, case).path(edition))
    if "heads" in wanted:
        assert [squeeze(title) for _, title in reading.heads] == [squeeze(title) for title in wanted["heads"]]
    if "references" in wanted:
        assert [squeeze(entry) for entry in reading.references] == [squeeze(entry) for entry in wanted["references"]]
    for words in [*wanted.get("text", []), *wanted.get(edition, [])]:
        assert squeeze(words) in squeeze(reading.text), words
    for words in wanted.get("absent", []):
        assert fold(words) not in reading.text, words


@pytest.mark.parametrize("case", FEATURES, ids=lambda case: case.name)
def test_feature_problems(case: Path, build: Callable[..., Built]) -> None:
    """The build reports the problems that the case names, and no others."""
    built = build_case(build, case)
    found = [f"{item['severity']} {item['code']} {item['where'].rsplit('/', 1)[-1]}" for item in built.problems]
    assert sorted(found) == sorted(expected(case).get("problems", []))
