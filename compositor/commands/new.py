"""A new manuscript: a folder's name in, a text that builds at once out, with an example of each construct."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from compositor import __version__
from compositor.reading import profiles

STARTER = Path(__file__).parents[1] / "starter"
SCHEMA = Path(__file__).parents[1] / "schemas" / "metadata.json"  # goes along, so that editors know it without a network
# Where a file goes that a package keeps under a plainer name.
PLACES = {
    "gitignore": ".gitignore",
    "editorconfig": ".editorconfig",
    "settings.json": ".vscode/settings.json",
    "publish.yml": ".github/workflows/publish.yml",
}


class Occupied(Exception):  # noqa: N818 - it is a state of the folder, not a mistake of the program
    """The place for a new manuscript already holds something."""


def start(folder: Path, profile: str = "plain") -> tuple[Path, ...]:
    """Write a new manuscript; gives its files, as they are named in the folder.

    The author is who Git says is at work, and today the date; both stand in ``metadata.yaml`` to be changed. Raises
    Occupied when the folder holds anything, and ValueError when there is no such profile.
    """
    if profile not in profiles.names():
        raise ValueError(f"there is no profile {profile!r}; choose from {', '.join(profiles.names())}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Occupied(f"{folder} is there already, and is not empty")
    values = {
        "AUTHOR": _git("user.name") or "Author One",
        "EMAIL": _git("user.email") or "one@example.org",
        "DATE": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "PROFILE": profile,
    }
    quoted = {key: _quoted(value) for key, value in values.items()} | {"VERSION": __version__}
    home = folder.absolute().parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=f".{folder.name}.") as work:  # whole, or not at all
        fresh = Path(work, "fresh")
        written = []
        for path in sorted(path for path in STARTER.rglob("*") if path.is_file()):
            name = path.relative_to(STARTER).as_posix()
            name = PLACES.get(name, name)
            text = re.sub(r"@([A-Z]+)@", lambda match: quoted.get(match[1], match[0]), path.read_text(encoding="utf-8"))
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
            written.append(Path(name))
        shutil.copy(SCHEMA, fresh / ".vscode" / "metadata.schema.json")
        written.append(Path(".vscode/metadata.schema.json"))
        if folder.exists():
            folder.rmdir()  # it is empty; were it not so any more, this would fail
        fresh.rename(folder.absolute())
    return tuple(written)


def _quoted(value: str) -> str:
    """Write a value so that YAML reads it as text again."""
    return yaml.safe_dump(value, allow_unicode=True, width=10_000).splitlines()[0]


def _git(key: str) -> str:
    """Ask Git for a setting of the person at work; empty where there is none."""
    if shutil.which("git") is None:
        return ""
    process = subprocess.run(["git", "config", "--global", key], capture_output=True, text=True, check=False)  # noqa: S607
    return " ".join(process.stdout.split())
