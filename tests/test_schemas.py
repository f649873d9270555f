"""The schemas that editors use: current, met by every manuscript and profile that is right, and not by wrong ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from compositor.commands import new
from compositor.reading.metadata import SPELLINGS, Metadata
from tests.conftest import CASES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCHEMAS = ROOT / "compositor" / "schemas"
METADATA = Draft7Validator(json.loads((SCHEMAS / "metadata.json").read_text(encoding="utf-8")))
PROFILE = Draft202012Validator(json.loads((SCHEMAS / "profile.json").read_text(encoding="utf-8")))
MADE = {"grants"}  # made of `funding`, and written by nobody


def _header(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        match = re.match(r"---\n(.*?)\n(?:---|\.\.\.)\n", text, re.DOTALL)
        text = match[1] if match else ""
    values: dict[str, Any] = json.loads(json.dumps(yaml.safe_load(text) or {}, default=str))
    return values


def _complaints(validator: Any, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_every_key_that_is_read_is_known() -> None:
    """A key that the program begins to read must be in the schema, with what it is for."""
    names = {field.alias or name for name, field in Metadata.model_fields.items()} - MADE
    names |= {other for others in SPELLINGS.values() for other in others}
    assert names <= set(METADATA.schema["properties"])


@pytest.mark.parametrize("path", [*CASES.glob("features/*/article.md"), *CASES.glob("features/*/metadata.yaml")], ids=str)
def test_right_metadata_meets_it(path: Path) -> None:
    assert _complaints(METADATA, _header(path)) == []


def test_ours_and_a_new_one_meet_it(tmp_path: Path) -> None:
    """And the new one names the schema, which lies where it says."""
    new.start(tmp_path / "article")
    for path in (ROOT / "manuscript" / "metadata.yaml", tmp_path / "article" / "metadata.yaml"):
        assert _complaints(METADATA, _header(path)) == []
    named = (tmp_path / "article" / "metadata.yaml").read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
    assert (tmp_path / "article" / named).read_bytes() == (SCHEMAS / "metadata.json").read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ["a", "list"]},
        {"author": {"orcid": "1234"}},
        {"author": []},
        {"jinja": "perhaps"},
        {"crossref": {"depositer": "a slip"}},
        {"keywords": {"a": "map"}},
        {"bibliography": 3},
    ],
    ids=str,
)
def test_wrong_metadata_does_not(wrong: dict[str, Any]) -> None:
    assert _complaints(METADATA, wrong)


@pytest.mark.parametrize("path", sorted(ROOT.glob("templates/profiles/*/profile.toml")), ids=lambda path: path.parent.name)
def test_shipped_profiles_meet_theirs(path: Path) -> None:
    """Each names the schema in its first line, for editors that know TOML."""
    text = path.read_text(encoding="utf-8")
    assert _complaints(PROFILE, tomllib.loads(text)) == []
    named = text.splitlines()[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == SCHEMAS / "profile.json"


def test_a_wrong_profile_does_not() -> None:
    assert _complaints(PROFILE, {"limits": {"abstract": {"most": -1}}})
    assert _complaints(PROFILE, {"colums": 2})


def test_the_schema_of_profiles_is_current() -> None:
    """``make docs`` has been run since the model last changed."""
    command = [sys.executable, "-c", "import cli; print(cli.schema(), end='')"]
    process = subprocess.run(command, cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert process.stdout == (SCHEMAS / "profile.json").read_text(encoding="utf-8")
