"""Files that the metadata names: bibliographies, abbreviations, the profile and the citation style; found, or told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compositor.model import Profile
from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import characters, inside, profiles, styles
from compositor.reading.yaml_source import YamlReadError, refuse_bombs
from compositor.result import BuildError, Problem

if TYPE_CHECKING:
    from compositor.reading.header import Header
    from compositor.reading.metadata import Metadata


def find_bibliography(metadata: Metadata, folder: Path, header: Header, problems: list[Problem]) -> tuple[Path, ...]:
    """Find the files of works; those that are missing, too large or no text are told and left out."""
    found = []
    for position, name in enumerate(metadata.bibliography):
        where = header.where("bibliography", position)
        path = inside.locate(name, folder, where)
        if isinstance(path, Problem):
            problems.append(path)
        elif not path.exists():
            problems.append(problem("bib-missing", where, f"there is no bibliography {name}"))
        elif too_large := inside.oversized(path, "text", where):
            problems.append(too_large)
        else:
            text = path.read_bytes().decode("utf-8-sig", "replace")
            problems += characters.clean(path, text)[1]
            if path.suffix in (".yaml", ".yml") and (multiplied := _multiplied(path, text)):
                problems.append(multiplied)
            else:
                found.append(path.resolve())
    return tuple(found)


def _multiplied(path: Path, text: str) -> Problem | None:
    """Report a bibliography in YAML whose aliases multiply: Pandoc would write them out until its time is up."""
    try:
        refuse_bombs(text)
    except ValueError as error:
        return problem("bib-unreadable", at(path, error.args[0]), error.args[1])
    except (YamlReadError, RecursionError):
        return None  # Pandoc reads it otherwise, or tells what is wrong
    return None


def find_abbreviations(folder: Path, header: Header, problems: list[Problem]) -> Path | None:
    """Find the file of short journal titles that citeproc reads; Pandoc itself would take any path or address."""
    name = header.value.get("citation-abbreviations")
    if name is None:
        return None
    where = header.where("citation-abbreviations")
    path = inside.locate(str(name), folder, where)
    wrong = path if isinstance(path, Problem) else inside.oversized(path, "text", where)
    if isinstance(path, Path) and not path.exists():
        wrong = problem("bib-missing", where, f"there is no file of abbreviations {name}")
    if wrong:
        problems.append(wrong)
        return None
    return path.resolve() if isinstance(path, Path) else None


def find_profile(option: str, own: str, folder: Path, where: str, problems: list[Problem]) -> Profile:
    """Find the profile; where it cannot be had, the plain one stands in and the problems are told."""
    for wanted, place in ((option or own or profiles.DEFAULT, "--profile" if option else where), (profiles.DEFAULT, "")):
        found = profiles.find(wanted, folder, place, named_by_user=bool(option))
        if isinstance(found, Profile):
            return found
        problems += found
    raise BuildError(tuple(problems))


def find_style(named: tuple[str, str, str], profile: Profile, folder: Path, header: Header, problems: list[Problem]) -> Path:
    """Find the citation style: the command line's, else the metadata's, else the profile's, else the default."""
    option, own, _ = named
    name = next(filter(None, named), styles.DEFAULT)
    of_profile = name == profile.csl and (profile.folder / name).is_file()
    where = header.where("csl") if own and name == own else shown(profile.folder / profiles.FILE)
    if of_profile and isinstance(led_out := inside.locate(name, profile.folder, where), Problem):
        problems.append(led_out)
        return styles.style_file(styles.DEFAULT)
    found = styles.find_style(
        str(profile.folder / name) if of_profile else name,
        folder,
        "--style" if option and not of_profile else where,
        named_by_user=bool(option) or of_profile,
    )
    if isinstance(found, Problem):
        problems.append(found)
        return styles.style_file(styles.DEFAULT)
    return found
