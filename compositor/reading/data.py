"""Values for the text: a ``data`` folder of CSV, YAML and JSON in, names a template can reach out."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import characters, inside
from compositor.reading.yaml_source import refuse_bombs

if TYPE_CHECKING:
    from compositor.result import Problem


SUFFIXES = (".csv", ".json", ".yaml", ".yml")


def _scalar(text: str) -> Any:
    """Numbers become numbers, empty cells None; codes such as 007 stay as they are."""
    text = text.strip()
    if not text:
        return None
    if re.fullmatch(r"-?(?:0|[1-9]\d*)", text):
        return int(text)
    if re.fullmatch(r"-?(?:0|[1-9]\d*)\.\d+", text):
        return float(text)
    return text


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        names = [name.strip() for name in reader.fieldnames or ()]
        if len(set(names)) < len(names):
            raise ValueError(1, "two columns have the same head")
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(reader.line_num, "this row has more or fewer cells than the head")
            rows.append({key.strip(): _scalar(value) for key, value in row.items()})
    return rows


def _yaml(text: str) -> Any:
    """Read YAML whose aliases do not multiply. Raises yaml.YAMLError, or ValueError with line and message."""
    refuse_bombs(text)
    return yaml.safe_load(text)


def files(folder: Path) -> list[Path]:
    """Give the data files of a manuscript, sorted."""
    return sorted(path for path in (folder / "data").glob("*") if path.suffix.lower() in SUFFIXES)


def read(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read every data file; ``rapid-reaction-force.csv`` is reached as ``data.rapid_reaction_force``.

    A CSV is a list of rows, each a map from column to number, text or None. Other files give what they hold.
    """
    values: dict[str, Any] = {}
    problems = []
    for path in files(folder):
        name, suffix = re.sub(r"\W", "_", path.stem), path.suffix.lower()
        place = inside.locate(f"data/{path.name}", folder, shown(path))
        if wrong := place if not isinstance(place, Path) else inside.oversized(path, "text"):
            problems.append(wrong)
            continue
        problems += characters.clean(path, path.read_bytes().decode("utf-8-sig", "replace"))[1]
        if name in values:
            problems.append(problem("data-broken", shown(path), f"another file is called data.{name} already"))
            continue
        try:
            if suffix == ".csv":
                values[name] = _csv(path)
            elif suffix == ".json":
                values[name] = json.loads(path.read_text(encoding="utf-8"))
            elif suffix in (".yaml", ".yml"):
                values[name] = _yaml(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            problems.append(problem("data-broken", at(path, error.lineno), error.msg))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problems.append(problem("data-broken", at(path, line), error.problem or "not YAML"))
        except ValueError as error:
            where, text = (at(path, error.args[0]), error.args[1]) if len(error.args) == 2 else (shown(path), str(error))
            problems.append(problem("data-broken", where, text))
        except (OSError, csv.Error, yaml.YAMLError, RecursionError) as error:
            problems.append(problem("data-broken", shown(path), str(error)))
    return values, problems
