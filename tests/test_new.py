"""A new manuscript builds at once, for every journal, and nothing is ever overwritten."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from compositor import __version__
from compositor.commands import new
from compositor.reading import profiles
from tests.conftest import run

if TYPE_CHECKING:
    from pathlib import Path


def told(folder: Path, *options: str) -> list[str]:
    """Build, and give the problems; the build must succeed."""
    process = run(folder, "--out", folder.parent / "dist", "--json", *options)
    assert process.returncode == 0, process.stdout + process.stderr
    return [f"{item['code']} {item['where']} {item['text']}" for item in json.loads(process.stdout)["problems"]]


def test_two_commands_give_every_edition(tmp_path: Path) -> None:
    """From nothing: one command writes a manuscript, the other builds it in all editions, without a word of complaint."""
    process = run("new", tmp_path / "article")
    assert process.returncode == 0, process.stderr
    assert (tmp_path / "article" / ".gitignore").is_file()
    assert told(tmp_path / "article", "--to", "all") == []
    made = {path.suffix for path in (tmp_path / "dist").iterdir()}
    assert {".pdf", ".epub", ".html", ".docx", ".xml"} <= made


def test_it_is_the_same_in_every_edition(tmp_path: Path) -> None:
    new.start(tmp_path / "article")
    process = run("check", tmp_path / "article")
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.parametrize("profile", profiles.names())
def test_it_builds_for_every_journal(profile: str, tmp_path: Path) -> None:
    """What a journal asks may be missing, and is told; the text itself is in order."""
    new.start(tmp_path / "article", profile)
    assert [line for line in told(tmp_path / "article", "--to", "pdf") if not line.startswith("profile-")] == []
    metadata = yaml.safe_load((tmp_path / "article" / "metadata.yaml").read_text(encoding="utf-8"))
    assert metadata["profile"] == profile


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds anything stays as it is; an empty one is taken; an unknown journal is wrong usage."""
    folder = tmp_path / "article"
    folder.mkdir()
    (folder / "article.md").write_text("mine", encoding="utf-8")
    process = run("new", folder)
    assert process.returncode == 1
    assert "Nothing was written" in process.stderr
    assert [path.read_text(encoding="utf-8") for path in folder.iterdir()] == ["mine"]
    assert run("new", tmp_path / "other", "--profile", "nowhere").returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["article"]
    (folder / "article.md").unlink()
    assert run("new", folder).returncode == 0


def test_the_person_at_work_is_the_author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's name is taken as it is, whatever YAML would make of it; without one a placeholder stands there."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    for name, expected in (("", "Author One"), ("Author: #Two", "Author: #Two")):
        if name:
            subprocess.run(["git", "config", "--global", "user.name", name], check=True)
        new.start(tmp_path / (name or "nobody"))
        metadata = yaml.safe_load((tmp_path / (name or "nobody") / "metadata.yaml").read_text(encoding="utf-8"))
        assert metadata["author"][0]["name"] == expected


def test_the_workflow_is_one(tmp_path: Path) -> None:
    """It names this version, and what it runs are commands that there are."""
    new.start(tmp_path / "article")
    flow = yaml.safe_load((tmp_path / "article" / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    lines = [step["run"] for step in flow["jobs"]["build"]["steps"] if "run" in step]
    assert any(f"compositor-press=={__version__}" in line for line in lines)
    for line in (line for line in lines if line.startswith("compositor ")):
        assert run(line.split()[1], "--help").returncode == 0
