"""Verifying: a PDF with its sources, or a manifest, in; whether it can be set again, byte for byte, out."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from compositor import pipeline
from compositor.commands.difference import first_difference
from compositor.places import shown
from compositor.reading import profiles
from compositor.records import attachments, manifest
from compositor.records.citation import date_parts
from compositor.records.provenance import ELSEWHERE, Source
from compositor.result import BuildError
from compositor.running import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from compositor.options import Options
    from compositor.result import Problem
    from compositor.running.limits import Limits
    from compositor.running.listener import Listener

T = TypeVar("T")
OUTSIDE = f"it lay outside of the manuscript's folder; put it into the folder {ELSEWHERE}/ of the sources"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a comparison ended."""

    differences: tuple[str, ...]  # the first of each file; none: identical
    tools: tuple[str, ...] = ()  # each tool whose version is another here
    problems: tuple[Problem, ...] = ()  # why it could not be set again
    files: tuple[str, ...] = ()  # what was compared

    @property
    def identical(self) -> bool:
        """Whether every file is the same, byte for byte."""
        return not (self.differences or self.problems)


def verify(path: Path, sources: Path | None, limit: Limits, listener: Listener, profile: Path | None = None) -> Verdict:
    """Set again what a PDF or a manifest describes, in a clean folder, and compare.

    ``sources`` is the folder that a manifest's sources are in; by default they are looked for above it. ``profile`` is that
    of a profile that lay outside of them; by default it is looked for beside them. The file may be anyone's, so that it is
    read and compared under the limits of a build. Raises attachments.NotRebuildable when it describes nothing that can be
    set again.
    """
    try:
        record = _under(limit, path, partial(_record, path, sources, limit, profile))
        if record.wrong:
            return Verdict(record.wrong, files=tuple(record.wanted))
        return _again(record, path, limit, listener)
    except BuildError as error:
        return Verdict((), problems=error.problems)


@dataclass(frozen=True, slots=True)
class _Record:
    """What is to be set again, and what must come of it."""

    files: list[Source]
    build: attachments.Build
    wanted: dict[str, bytes]
    wrong: tuple[str, ...] = ()  # what is known to differ before anything is set


def _under(limit: Limits, path: Path, work: Callable[[], T]) -> T:
    """Do work in a process of its own, and raise the NotRebuildable that it raises."""
    done = guard.apart(partial(_caught, work), shown(path), limit)
    if isinstance(done, attachments.NotRebuildable):
        raise done
    return done


def _caught(work: Callable[[], T]) -> T | attachments.NotRebuildable:
    try:
        return work()
    except attachments.NotRebuildable as error:
        return error


def _record(path: Path, sources: Path | None, limit: Limits, profile: Path | None) -> _Record:
    if not path.is_file() or path.stat().st_size > limit.bytes("output"):
        raise attachments.NotRebuildable(f"{path} is no file of {limit.output} MiB or less")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise attachments.NotRebuildable(f"{path} cannot be read: {error.strerror}") from None
    return _pdf(path, data, limit) if data.startswith(b"%PDF") else _manifest(path, data, sources, profile)


def _pdf(path: Path, data: bytes, limit: Limits) -> _Record:
    attached = taken_out(data, limit)
    if attachments.BUILD not in attached:
        raise attachments.NotRebuildable(f"{path.name} does not hold its sources; build it with --attach-sources")
    build = attachments.read_build(attached[attachments.BUILD])
    return _Record([Source(name, content) for name, content in attached.items()], build, {f"{build.name}.pdf": data})


def taken_out(data: bytes, limit: Limits) -> dict[str, bytes]:
    """Take the attached files out of a PDF. Raises attachments.NotRebuildable."""
    import pikepdf

    found: dict[str, bytes] = {}
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for name, file in pdf.attachments.items():
                found[name] = file.get_file().read_bytes()
                if sum(map(len, found.values())) > limit.bytes("output"):
                    raise attachments.NotRebuildable(f"the attached files have more than {limit.output} MiB")
    except (pikepdf.PdfError, ValueError, KeyError) as error:
        raise attachments.NotRebuildable(f"the PDF cannot be read: {error}") from None
    return found


def _again(record: _Record, path: Path, limit: Limits, listener: Listener) -> Verdict:
    """Set the sources again in a clean folder, and compare each wanted file with what comes out."""
    build, wanted = record.build, record.wanted
    if not set(build.options.to) & set(pipeline.EDITIONS):
        raise attachments.NotRebuildable("the record names no edition")
    if build.options.date and not date_parts(build.options.date):
        raise attachments.NotRebuildable(f"{build.options.date!r} is no date")
    with tempfile.TemporaryDirectory(prefix="compositor-verify-") as place:
        folder = Path(place).resolve()
        attachments.unpack(record.files, folder)
        source = (folder / build.source).resolve()
        if not source.is_relative_to(folder):
            raise attachments.NotRebuildable(f"the source {build.source!r} leads out of its folder")
        options = replace(build.options, style=_style(build.options.style, folder), profile=_profile(build.options, folder))
        result = guard.guarded(partial(pipeline.build, options=options), source, listener, limit)
    errors = tuple(item for item in result.problems if item.severity == "error")
    if result.failed:
        return Verdict((), problems=errors, files=tuple(wanted))
    made = {artifact.name: artifact.data for artifact in result.artifacts}
    differences = _under(limit, path, partial(_compare, wanted, made))
    return Verdict(differences, _tools(build.tools, made) if differences else (), files=tuple(sorted(wanted)))


def _style(name: str, folder: Path) -> str:
    """Give the style that a record names: a file among its sources, or a name of the collection. No other is read."""
    path = (folder / name).resolve()
    if path.suffix == ".csl" and path.is_relative_to(folder) and path.is_file():
        return str(path)
    if not name or re.fullmatch(r"[\w-]+", name):
        return name
    raise attachments.NotRebuildable(f"the style {name!r} is not among the sources")


def _profile(options: Options, folder: Path) -> str:
    """Give the profile that a record names: a folder among its sources, or one of ours. No other is read."""
    path = (folder / options.profile).resolve()
    if not options.profile or options.profile in profiles.names():
        return options.profile
    if path.is_relative_to(folder) and path.is_dir():
        return str(path)
    raise attachments.NotRebuildable(f"the profile {options.profile!r} is not among the sources")


def _compare(wanted: Mapping[str, bytes], made: Mapping[str, bytes]) -> tuple[str, ...]:
    """Give the first difference of each file; what is packed in a stranger's file is unpacked for it."""
    return tuple(
        f"{name}: {difference}"
        for name, data in sorted(wanted.items())
        if (difference := first_difference(data, made.get(name, b""), name))
    )


def _tools(then: Mapping[str, str], made: Mapping[str, bytes]) -> tuple[str, ...]:
    """Name each tool whose version has changed."""
    now = _described(made[manifest.NAME])[0].tools
    names = [*then, *(name for name in now if name not in then)]
    return tuple(
        f"{name} {then.get(name, '(none)')} then, {now.get(name, '(none)')} now"
        for name in names
        if then.get(name) != now.get(name)
    )


def _described(data: bytes) -> tuple[attachments.Build, dict[str, str], dict[str, str]]:
    """Read a manifest: the build, and the SHA-256 of each output and each source. Raises attachments.NotRebuildable."""
    try:
        graph = {str(item["@id"]): item for item in json.loads(data)["@graph"]}
        action = graph["#build"]
        outputs = {str(item["@id"]): str(graph[item["@id"]]["sha256"]) for item in _several(action["result"])}
        listed = [graph[item["@id"]] for item in _several(action["object"]) if item["@id"].startswith("#source/")]
        sources = {str(item["name"]): str(item["sha256"]) for item in listed}
        build = attachments.read_build(graph["#options"]["value"])
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise attachments.NotRebuildable(f"this is no manifest of a build: {error}") from None
    return build, outputs, sources


def _several(value: Any) -> list[Any]:
    """Read a list, which RO-Crate writes as the one where it holds one."""
    return value if isinstance(value, list) else [value]


def _manifest(path: Path, data: bytes, sources: Path | None, profile: Path | None) -> _Record:
    build, outputs, wanted = _described(data)
    for name in (*outputs, *wanted):
        if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name or (name in outputs and not _is_plain(name)):
            raise attachments.NotRebuildable(f"the name {name!r} leads out of its folder")
    found: dict[str, bytes] = {}
    wrong = []
    for name, digest in sorted(outputs.items()):
        file = path.parent / name
        found[name] = file.read_bytes() if file.is_file() else b""
        if hashlib.sha256(found[name]).hexdigest() != digest:
            wrong.append(f"{name}: {'it has changed since it was built' if file.is_file() else 'it is not there'}")
    if build.options.blind:
        raise attachments.NotRebuildable("a blind copy does not say what it is made from, so that nobody learns whose it is")
    beside = [name for name in wanted if not name.startswith(f"{ELSEWHERE}/")]
    folder = sources or next((near for near in _near(path.resolve()) if _holds(near, beside)), None)
    if folder is None:
        raise attachments.NotRebuildable("the sources are not near the manifest; name their folder with --sources")
    places = {name: folder / name for name in wanted} | _of_profile(build.options.profile, folder, wanted, profile)
    for name, digest in sorted(wanted.items()):
        if not places[name].is_file() or hashlib.sha256(places[name].read_bytes()).hexdigest() != digest:
            outside = name.startswith(f"{ELSEWHERE}/") and not places[name].is_file()
            wrong.append(f"{name}: {OUTSIDE if outside else 'the source has changed since, or is not there'}")
    files = [Source(f"sources/{name}", places[name].read_bytes()) for name in wanted] if not wrong else []
    return _Record(files, build, found, tuple(wrong))


def _of_profile(prefix: str, folder: Path, wanted: Mapping[str, str], named: Path | None) -> dict[str, Path]:
    """Find the files of a profile that lay outside of the sources: in the folder named, or in one of its name beside them.

    The manifest may be a stranger's. Nothing is looked at but that one folder, only where its profile.toml is the one that
    was used, and no file that lies outside of it, be it by a link.
    """
    if not prefix.startswith(f"{ELSEWHERE}/"):
        return {}
    house = (named or folder.resolve().parent / Path(prefix).name).resolve()
    head = f"{prefix}/profile.toml"
    if not named and not (folder / head).is_file():
        rules = house / "profile.toml"
        if not rules.is_file() or hashlib.sha256(rules.read_bytes()).hexdigest() != wanted.get(head):
            raise attachments.NotRebuildable(
                f"the profile “{Path(prefix).name}” lay outside of the manuscript's folder; name its folder with --profile"
            )
    elif not named:
        return {}
    places = {name: house / name.removeprefix(f"{prefix}/") for name in wanted if name.startswith(f"{prefix}/")}
    for name, place in places.items():
        if not place.resolve().is_relative_to(house):
            raise attachments.NotRebuildable(f"{name} is a link that leads out of its folder")
    return places


def _is_plain(name: str) -> bool:
    return "/" not in name and "\\" not in name and name not in ("", ".")


def _near(path: Path) -> Iterator[Path]:
    """Give the folders where a manifest's sources may lie: those above it, and those beside its own."""
    yield from path.parents
    yield from sorted(folder for folder in path.parent.parent.iterdir() if folder.is_dir())


def _holds(folder: Path, names: Iterable[str]) -> bool:
    return all((folder / name).is_file() for name in names)
