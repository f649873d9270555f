"""Judges of what machines are told: the schemas of CFF and CSL JSON, schema.org's vocabulary, and Pandoc's readers.

``cff-1.2.0.json`` is the schema of the Citation File Format, as its project publishes it (CC BY 4.0).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft7Validator, FormatChecker

from compositor.references import schema
from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Sequence

IMPORT = 'import type { ScholarlyArticle, WithContext } from "schema-dts";'
TYPESCRIPT = {"strict": True, "noEmit": True, "skipLibCheck": True, "types": [], "module": "nodenext"}


def _complaints(rules: Any, data: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft7Validator(rules, format_checker=FormatChecker()).iter_errors(data)
    ]


def cff(file: Path) -> list[str]:
    """Give what the schema of CFF 1.2.0 finds."""
    rules = json.loads((kit.HERE / "cff-1.2.0.json").read_text(encoding="utf-8"))
    return _complaints(rules, yaml.safe_load(file.read_text(encoding="utf-8")))


def csl(file: Path) -> list[str]:
    """Give what the schema of CSL JSON finds."""
    rules = json.loads(Path(schema.__file__).with_name("csl-data.json").read_text(encoding="utf-8"))
    return _complaints(rules, json.loads(file.read_text(encoding="utf-8")))


def schema_org(things: Sequence[dict[str, Any]]) -> list[str]:
    """Give each type, property and value that schema.org does not know, as its vocabulary in TypeScript has them."""
    packages = kit.node_modules()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "node_modules").symlink_to(packages)
        names = [f"thing{position}.ts" for position in range(len(things))]
        for name, thing in zip(names, things, strict=True):
            typed = json.dumps(thing, ensure_ascii=False, indent=1)
            (folder / name).write_text(
                f"{IMPORT}\nexport const it: WithContext<ScholarlyArticle> = {typed};\n", encoding="utf-8"
            )
        (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": TYPESCRIPT, "files": names}))
        process = kit.run(("node", packages / "typescript" / "bin" / "tsc", "-p", folder))
    said = [line for line in (process.stdout + process.stderr).splitlines() if line.strip()]
    return said or ["no verdict"] * bool(process.returncode)


def read_by_pandoc(file: Path, form: str) -> dict[str, Any]:
    """Give the one work that Pandoc reads in a file, as CSL JSON."""
    import pypandoc

    (work,) = json.loads(pypandoc.convert_file(str(file), "csljson", format=form))
    found: dict[str, Any] = work
    return found
