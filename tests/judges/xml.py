"""Judges of XML for archives and registries: the schemas of JATS and of Crossref, and references that must lead somewhere."""

from __future__ import annotations

import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from tests.judges import kit

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence
    from pathlib import Path

JATS = "{http://www.ncbi.nlm.nih.gov/JATS1}"
DRAFT = "1.3d2"  # the schema at hand is the last draft of 1.3, and knows itself by no other name
XSD = "{http://www.w3.org/2001/XMLSchema}"


def schemas() -> Path:
    """Give the folder of the schemas, out of the package that schemas.txt pins."""
    pin = kit.HERE / "schemas.txt"

    def install(folder: Path) -> subprocess.CompletedProcess[str]:
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        return kit.run((*pip, "--no-deps", "--require-hashes", "--target", folder, "--requirement", pin))

    return kit.once("schemas", pin.read_bytes(), install) / "commonmeta" / "resources" / "crossref"


@cache
def _jats() -> tuple[etree.XMLSchema, frozenset[str]]:
    """Give the schema, and the names of the attributes that must name an id of the same file."""
    folder = schemas()
    rules = etree.parse(folder / "JATS-journalpublishing1-3d2-mathml3-elements.xsd")
    names = {rule.get("name") for rule in rules.iter(f"{XSD}attribute") if "IDREF" in rule.get("type", "")}
    return etree.XMLSchema(etree.parse(folder / "JATS-journalpublishing1-3d2-mathml3.xsd")), frozenset(names)


def jats(data: bytes) -> list[str]:
    """Give what the schema finds, and each reference inside the file that leads nowhere."""
    schema, pointers = _jats()
    root = etree.fromstring(data)
    root.set("dtd-version", DRAFT)
    for element in root.iter(etree.Element):
        element.tag = element.tag if "}" in element.tag else JATS + element.tag
    schema.validate(root)
    found = [f"line {error.line}: {error.message}" for error in schema.error_log]
    ids = {element.get("id") for element in root.iter(etree.Element)}
    for element in root.iter(etree.Element):
        wanted = [name for pointer in pointers for name in element.get(pointer, "").split()]
        found += [
            f"line {element.sourceline}: {element.tag} leads to {name}, which is nowhere" for name in wanted if name not in ids
        ]
    return found


@cache
def _crossref() -> object:
    from xmlschema import XMLSchema11
    from xmlschema.exceptions import XMLSchemaWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLSchemaWarning)  # one part names MathML's schema on the network; another has it here
        return XMLSchema11(str(schemas() / "crossref5.5.0.xsd"), allow="local")


def crossref(files: Sequence[Path]) -> list[str]:
    """Give what Crossref's schema 5.5.0 finds, which needs XSD 1.1."""
    schema = _crossref()
    return [f"{file}: {error.path}: {error.reason}" for file in files for error in schema.iter_errors(str(file))]  # type: ignore[attr-defined]
