"""Every folder in ``cases/features`` builds, and each edition says what its ``expected.yaml`` says.

expected.yaml may hold: ``heads`` ("1.1 Title", in order; compared in test_section_numbering.py), ``references`` (the whole
list; compared in test_reference_list.py), ``text`` (strings that every edition must contain), ``absent`` (strings that
none may contain), ``problems`` ("severity code file:line"), ``options`` (for the command), ``single`` (build the file, not
the folder), and ``html``, ``epub`` or ``pdf`` (strings for one edition's text alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import EDITIONS, FEATURES, build_case, expected, need
from tests.reading import fold, read, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", FEATURES, ids=lambda case: case.name)
def test_feature(case: Path, edition: str, build: Callable[..., Built]) -> None:
    """The edition holds the words that the case promises, and none that it rules out."""
    wanted = expected(case)
    if edition == "pdf":
        need("pdfinfo")
    reading = read(build_case(build, case).path(edition))
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
