"""What a finished web page or e-book would fetch, run or send: an artifact in, a problem for each thing out.

The text is cleaned before it is set, but templates and style sheets may come with the manuscript, and so from a stranger.
A page may use what is inside it (``data:``, a fragment, a member of the book), our own script, and data that nothing runs.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from compositor.places import Places, shown
from compositor.problems import problem
from compositor.running import limits
from compositor.setting import active, markup
from compositor.templating import environment, written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from compositor.result import Artifact, Problem
    from compositor.setting.sheet import Sheet

# Elements of active.ACTIVE that our own templates use, each looked at below.
USED = {"button", "input", "link", "meta", "script", "style"}
# Links that a browser follows by itself (HTML, 4.6.7); the others only say how two addresses belong together.
FETCHED = {
    "apple-touch-icon", "dns-prefetch", "icon", "manifest", "mask-icon", "modulepreload", "pingback", "preconnect", "prefetch",
    "preload", "prerender", "search", "stylesheet",
}  # fmt: skip
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
BASE64 = re.compile(r"(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=]+")  # a font's bytes hold no address, and take time to read


def check(artifact: Artifact, sheet: Sheet) -> list[Problem]:
    """Report what an edition fetches or runs, and one that cannot be read back."""
    templates = sheet.templates
    ours = environment().get_template("article.js").render(sheet.front).strip()
    try:
        if artifact.name.endswith(".html"):
            found = _page(artifact.data, ours)
        elif artifact.name.endswith(".epub"):
            found = _book(artifact.data, ours)
        else:
            return []
    except _BrokenError as error:
        return [problem("template-broken", shown(templates[0]) if templates else artifact.name, f"{artifact.name}: {error}")]
    return [] if limits.current().trusted else [unsafe(what, needle, artifact.name, templates) for what, needle in found]


def unsafe(what: str, needle: str, name: str, templates: tuple[Path, ...]) -> Problem:
    """Make the problem, at the line of the author's templates that the thing stands in."""
    places = (Places(path, text).text(needle) for path, text in written(templates))
    return problem("template-unsafe", next((where for where in places if ":" in where), name), f"{name} would hold {what}")


class _BrokenError(Exception):
    """The templates made a file that is none."""


def _page(data: bytes, ours: str) -> list[tuple[str, str]]:
    text = BASE64.sub(r"\1", data.decode())
    root = lxml_html.document_fromstring(text, parser=markup.DEEP) if text.strip() else None
    if root is None or not root.xpath("//main"):
        raise _BrokenError("the page has no <main> for its text")
    return list(dict.fromkeys(_tree(root, (), ours)))


def _book(data: bytes, ours: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = set(book.namelist())
        trees = {
            name: _xml(book.read(name), name) for name in sorted(names) if name.endswith((".xhtml", ".opf", ".ncx", ".xml"))
        }
        _readable(trees)
        for name in sorted(names):
            folder = posixpath.dirname(name)
            members = {posixpath.relpath(member, folder) if folder else member for member in names}
            if name.endswith(".css"):
                found += _sheet(book.read(name).decode(), members)
            elif name.endswith(".xhtml"):
                found += _tree(trees[name], members, ours)
                if any(node.target == "xml-stylesheet" for node in trees[name].xpath("//processing-instruction()")):
                    found.append(("a style sheet by <?xml-stylesheet?>", "<?xml-stylesheet"))
            elif name.endswith(".opf"):
                items = [item.get("href", "") for item in trees[name].iterfind(".//{*}item")]
                found += [(f"the address {item!r}", item) for item in items if unquote(item) not in members]
    return list(dict.fromkeys(found))


def _xml(data: bytes, name: str) -> etree._Element:
    try:
        return etree.fromstring(data, PARSER)
    except etree.XMLSyntaxError as error:
        raise _BrokenError(f"{name} is not XML: {error.msg}") from None


def _readable(trees: dict[str, etree._Element]) -> None:
    """Follow the book from its container to the body of each file, as a reader does."""
    try:
        package = trees["META-INF/container.xml"].find(".//{*}rootfile").get("full-path")
        items = {item.get("id"): item.get("href") for item in trees[package].iterfind(".//{*}item")}
        for itemref in trees[package].iterfind(".//{*}itemref"):
            name = posixpath.join(posixpath.dirname(package), items[itemref.get("idref")])
            if trees[name].find("{*}body") is None:
                raise _BrokenError(f"{name} has no body")
    except (KeyError, AttributeError, TypeError):
        raise _BrokenError("its container, package and files do not belong together") from None


def _tree(root: etree._Element, members: Collection[str], ours: str) -> Iterator[tuple[str, str]]:
    for element in root.iter(etree.Element):
        name = _local(element.tag)
        if name in active.ACTIVE - USED or (name == "input" and element.get("type") != "checkbox"):
            yield f"<{name}>", f"<{name}"
        elif name == "script" and not _is_ours(element, ours):
            yield "a script", element.get("src") or (element.text or "").strip()[:60] or "<script"
        elif name == "meta" and (element.get("http-equiv") or "").lower() in ("refresh", "set-cookie"):
            yield f"<meta http-equiv={element.get('http-equiv')!r}>", "http-equiv"
        if name == "style":
            yield from _sheet(element.text or "", members)
        for key, value in element.attrib.items() if name != "script" else ():
            yield from _attribute(element, name, _local(key), value, members)


def _local(name: Any) -> str:
    return re.split(r"[}:]", str(name))[-1].lower()


def _is_ours(script: etree._Element, ours: str) -> bool:
    """Whether a script is the one that we ship, or data."""
    if script.get("src") or script.get("href"):
        return False
    return script.get("type") == "application/ld+json" or (script.text or "").strip() == ours


def _attribute(element: etree._Element, name: str, key: str, value: str, members: Collection[str]) -> Iterator[tuple[str, str]]:
    if key.startswith("on") or key == "srcdoc":
        yield f"the attribute {key}", f"{key}="
    elif key in active.STYLED:
        yield from _sheet(value, members)
    elif key in active.ADDRESSES:
        rel = set((element.get("rel") or "").lower().split())
        if name in ("a", "area"):
            allowed = element.get("download") is not None or active.is_link(value)
            allowed = allowed and key == "href"
        elif name == "link":
            fetched = rel & FETCHED
            allowed = not (fetched and value.startswith("data:")) and (
                _is_inside(value, members) if fetched else active.is_link(value)
            )
        else:
            allowed = key == "cite" or _is_inside(value, members)
        if not allowed:
            yield f"the address {value[:60]!r}", value


def _is_inside(address: str, members: Collection[str]) -> bool:
    return address.startswith(("#", "data:")) or unquote(address.split("#")[0]) in members


def _sheet(sheet: str, members: Collection[str]) -> Iterator[tuple[str, str]]:
    for address in active.css_addresses(BASE64.sub(r"\1", sheet)):
        if not _is_inside(address, members):
            yield f"the address {address[:60]!r} in a style sheet", address
