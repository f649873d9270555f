"""The same sources give the same bytes, whatever is different about the machine, the place and the hour."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from compositor.commands.difference import first_difference
from compositor.fonts.typefaces import FACES
from compositor.running.kept import cache_folder
from tests.conftest import CASES, ROOT, need

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("manuscript", "bibliography")


def copy_article(folder: Path) -> Path:
    """Copy the shipped article, without its repository; gives the folder that holds it."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    return folder


def build(
    sources: Path, out: Path, *, before: tuple[str, ...] = (), review: bool = False, program: Path = ROOT, **options: Any
) -> dict[str, bytes]:
    """Build every edition, with everything on, or the review copy; gives each file of the output folder."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONHASHSEED", "TZ", "LC_ALL", "LANG")}
    environment |= options.pop("env", {})
    options.setdefault("cwd", sources)
    command = [*before, sys.executable, str(program / "build.py"), str(sources / "manuscript"), "--quiet", "--out", str(out)]
    command += ["--review"] if review else ["--to", "all", "--attach-sources"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the files of a build with nothing unusual about it."""
    folder = tmp_path_factory.mktemp("usual")
    return build(copy_article(folder), folder / "dist")


def same(usual: dict[str, bytes], found: dict[str, bytes]) -> None:
    """Compare two output folders, and name the first difference."""
    assert sorted(found) == sorted(usual)
    differences = [f"{name}: {said}" for name in usual if (said := first_difference(usual[name], found[name], name))]
    assert not differences, "\n".join(differences)


ENVIRONMENTS = {
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "hash seed": {"PYTHONHASHSEED": "4242"},
    "name of the user": {
        "USER": "someone",
        "LOGNAME": "someone",
        "HOME": "/nonexistent",
        "XDG_CACHE_HOME": str(cache_folder().parent),
    },
    "source date": {"SOURCE_DATE_EPOCH": "86400"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment(name: str, usual: dict[str, bytes], tmp_path: Path) -> None:
    """What the environment says is not in the bytes."""
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", env=ENVIRONMENTS[name]))


def test_clock(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Five years later the bytes are the same."""
    need("faketime")
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", before=("faketime", "2031-02-03 04:05:06")))


def test_another_user(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Somebody else on the machine, who may write to nothing but a folder of his own."""
    need("setpriv")
    if os.geteuid() != 0:
        pytest.skip("only root may become somebody else")
    # the interpreter may lie in a folder that is closed to others: it can be read, and no more
    reads = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search", "--bounding-set=-all,+dac_read_search")
    him = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *reads)
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to others
        Path(place).chmod(0o755)
        own = Path(place, "own")
        own.mkdir()
        os.chown(own, 65534, 65534)
        told = {"HOME": str(own), "XDG_CACHE_HOME": str(own / "cache"), "TMPDIR": str(own)}
        found = build(copy_article(Path(place)), own / "dist", before=him, env=told)
        assert (own / "dist" / "article.pdf").stat().st_uid == 65534
    same(usual, found)


def test_a_home_full_of_settings(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Settings for Pandoc, fonts of the same names and rules for them in a user's home have no say."""
    from fontTools.ttLib import TTFont

    home = tmp_path / "home"
    for name, text in {
        ".local/share/pandoc/init.lua": "error('read')",
        ".local/share/pandoc/abbreviations": "and\nof\nthe\n",
        ".config/fontconfig/fonts.conf": """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
            <fontconfig><dir>~/.fonts</dir><match target="pattern"><test name="family"><string>EB Garamond</string></test>
            <edit name="family" mode="assign" binding="strong"><string>Source Sans 3</string></edit></match>
            <match target="font"><edit name="embolden" mode="assign"><bool>true</bool></edit></match></fontconfig>""",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    font = TTFont(FACES[2].path)
    for record in font["name"].names:
        record.string = FACES[0].family if record.nameID in (1, 4, 16) else record.string
    (home / ".fonts").mkdir()
    font.save(home / ".fonts" / "x.ttf")
    places = {"XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_CACHE_HOME": ".cache"}
    settings = {"HOME": str(home), **{key: str(home / name) for key, name in places.items()}}
    settings |= {"FREETYPE_PROPERTIES": "truetype:interpreter-version=35", "PANGO_LANGUAGE": "he", "LANGUAGE": "tr"}
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", env=settings))


def test_folder_and_where_one_stands(usual: dict[str, bytes], tmp_path: Path) -> None:
    """The name of the folder, with letters and spaces that programs stumble over, and the place of the command."""
    folder = tmp_path / "Ünï cödé, und Leerzeichen"
    folder.mkdir()
    same(usual, build(copy_article(folder), folder / "out put", cwd=tmp_path))


def test_umask(usual: dict[str, bytes], tmp_path: Path) -> None:
    """A umask that lets nobody in changes no byte."""
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", umask=0o077))


def test_one_core(usual: dict[str, bytes], tmp_path: Path) -> None:
    """On one core of the machine."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no way to name cores")
    core = min(os.sched_getaffinity(0))
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", before=("taskset", "--cpu-list", str(core))))


def test_a_review_copy_with_everything_different(tmp_path: Path) -> None:
    """The copy for referees, and its map, elsewhere and years later."""
    need("faketime")
    folders = (tmp_path / "here", tmp_path / "Ünï cödé")
    for folder in folders:
        folder.mkdir()
    first = build(copy_article(folders[0]), tmp_path / "one", review=True)
    unlike = ENVIRONMENTS["time zone"] | ENVIRONMENTS["locale"] | ENVIRONMENTS["hash seed"]
    before = ("faketime", "2031-02-03 04:05:06", "taskset", "--cpu-list", str(min(os.sched_getaffinity(0))))
    same(first, build(copy_article(folders[1]), tmp_path / "other", review=True, env=unlike, umask=0o077, before=before))


def test_order_of_files(usual: dict[str, bytes], tmp_path: Path) -> None:
    """On a file system that lists every folder backwards."""
    need("disorderfs")
    (tmp_path / "sources").mkdir()
    (tmp_path / "mirror").mkdir()
    copy_article(tmp_path / "sources")
    command = ["disorderfs", "--reverse-dirents=yes", str(tmp_path / "sources"), str(tmp_path / "mirror")]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        if os.environ.get("COMPOSITOR_CI"):
            pytest.fail(mounted.stderr)
        pytest.skip(f"disorderfs cannot mount here: {mounted.stderr}")
    assert [path.name for path in (tmp_path / "mirror").iterdir()] != [path.name for path in (tmp_path / "sources").iterdir()]
    try:
        same(usual, build(tmp_path / "mirror", tmp_path / "dist"))
    finally:
        subprocess.run(["umount", str(tmp_path / "mirror")], check=True)


def test_cache_that_is_damaged_or_gone(usual: dict[str, bytes], tmp_path: Path) -> None:
    """A cache with a wrong byte in every file, with other files, or none at all, gives the same bytes."""
    cache = tmp_path / "cache" / "compositor"
    shutil.copytree(cache_folder(), cache)
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert kept
    for number, path in enumerate(sorted(kept)):
        data = path.read_bytes()
        path.write_bytes([b"", data[:-1], data[:40] + b"\0\0\0\0" + data[44:]][number % 3])
    damaged = {path: path.read_bytes() for path in kept}
    (cache / "fonts" / "a folder").mkdir()
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", env={"XDG_CACHE_HOME": str(tmp_path / "cache")}))
    # the damaged files were looked at
    assert any(path.exists() and path.read_bytes() != data for path, data in damaged.items())
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file where the cache should be")
    again = build(tmp_path, tmp_path / "again", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    same(usual, again)


def test_cache_of_another_version(usual: dict[str, bytes], tmp_path: Path) -> None:
    """What a version that cuts its fonts otherwise left in the cache is not taken for ours."""
    other = tmp_path / "other"
    for part in ("compositor", "templates"):
        shutil.copytree(ROOT / part, other / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", other)
    code = other / "compositor" / "fonts" / "cutting.py"
    code.write_text(code.read_text(encoding="utf-8").replace('"kern",', ""), encoding="utf-8")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    copy_article(tmp_path)
    theirs = build(tmp_path, tmp_path / "theirs", program=other, env=cache)
    assert theirs["article.html"] != usual["article.html"]
    same(usual, build(tmp_path, tmp_path / "dist", env=cache))


def test_every_construct_twice(build: Callable[..., Any], tmp_path: Path) -> None:
    """The case with everything in it, built in two places, is the same."""
    folders = (tmp_path / "here", tmp_path / "elsewhere")
    for folder in folders:
        shutil.copytree(CASES / "features" / "every-construct", folder)
    first, second = map(build, folders)
    for edition in ("pdf", "epub", "html"):
        one, other = (item.path(edition).read_bytes() for item in (first, second))
        assert not first_difference(one, other, f"x.{edition}")


def test_an_identifier_is_made_of_the_content(tmp_path: Path) -> None:
    """It is a UUID of version 5: the same for the same text, another for another."""

    def identifier(words: str) -> str:
        (tmp_path / "manuscript").mkdir(exist_ok=True)
        (tmp_path / "manuscript" / "article.md").write_text(
            f"---\ntitle: A title\nauthor: Author One\ndate: 2026-01-01\n---\n\n{words}\n"
        )
        package = io.BytesIO(build(tmp_path, tmp_path / "dist")["article.epub"])
        with zipfile.ZipFile(package) as book:
            found = re.search(r"urn:uuid:([0-9a-f-]{36})", book.read("EPUB/package.opf").decode())
        assert found is not None
        return found[1]

    first, again, other = identifier("Words."), identifier("Words."), identifier("Other words.")
    assert first == again != other
    assert uuid.UUID(first).version == 5
