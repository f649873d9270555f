"""What WeasyPrint does again and again, done once: its answers stay the same, to the byte.

WeasyPrint's version is pinned; what stands in for a function of its own here falls back on it for whatever is not simple.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

RULES = 5000  # of style sheets that are known; ours have some five hundred


@cache
def hasten() -> None:
    """Let WeasyPrint, which has been loaded, work faster in this process."""
    _list_pages_once()
    _name_arrays_once()
    _compress_once()
    _look_up_once()
    _describe_once()
    _read_once()
    _solve_once()


def _list_pages_once() -> None:
    """Let a PDF keep the list of its pages: each of its elements would have it made anew, which in a book takes long."""
    import pydyf

    listed = pydyf.PDF.page_references.fget

    def page_references(pdf: Any) -> Any:
        known = vars(pdf).setdefault("known", {})
        count = pdf.pages["Count"]
        if count not in known:
            known[count] = listed(pdf)
        return known[count]

    pydyf.PDF.page_references = property(page_references)


def _name_arrays_once() -> None:
    """Let arrays of any length have one type: each new one would be parsed as C, which takes longer than cutting a font."""
    from weasyprint.text.ffi import ffi

    new = ffi.new

    @lru_cache(maxsize=1024)
    def sized(type_name: str) -> tuple[str, int] | None:
        found = re.fullmatch(r"(\w+)\[(\d+)\]", type_name)
        return (f"{found[1]}[]", int(found[2])) if found else None

    def new_array(type_name: str, value: Any = None) -> Any:
        if isinstance(value, (list, tuple)) and (found := sized(type_name)) and len(value) == found[1]:
            type_name = found[0]
        return new(type_name, value)

    ffi.new = new_array


def _compress_once() -> None:
    """Let a PDF be compressed at zlib's usual level: the highest takes three times as long and saves one byte in fifty."""
    import zlib

    import pydyf

    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=lambda level: zlib.compressobj())


def _look_up_once() -> None:
    """Let a style take what nobody declared from where it comes from: its parent, or the property's initial value.

    WeasyPrint asks for each of some sixty properties of each element first what may be said of it in other ways: by variables,
    by formulas, by properties of the writing direction.
    """
    from weasyprint.css import __dict__ as css
    from weasyprint.css import computed_values, properties

    directions = [{"block": "ttb", "inline": inline} for inline in ("ltr", "rtl")]
    logical = {find(**way) for find in computed_values.PHYSICAL_FUNCTIONS.values() for way in directions}
    special = {"float", "display", "position", "page"}
    plain = {
        key: value
        for key, value in properties.INITIAL_VALUES.items()
        if key not in special and not key.startswith(("text_decoration_", "__"))
    }
    inherited = {key for key in properties.INHERITED if key in plain}
    initial = {key: value for key, value in plain.items() if key not in css["INITIAL_NOT_COMPUTED"] and key not in inherited}
    styles: Any = css["ComputedStyle"]
    asked = styles.__missing__

    def missing(style: Any, key: str) -> Any:
        parent = style.parent_style
        if parent is None or key in style.cascaded:
            return asked(style, key)
        if key in inherited:
            value = style[key] = parent[key]
            return value
        if key in initial:
            if key in computed_values.PHYSICAL_FUNCTIONS and not logical.isdisjoint(style.cascaded):
                return asked(style, key)
            value = style[key] = initial[key]
            return value
        return asked(style, key)

    styles.__missing__ = missing


def _describe_once() -> None:
    """Let a style keep the description of its font, and the height of its lines."""
    from weasyprint.css import computed_values, units
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    describe, strut = line_break.get_font_description, line_break.strut

    def described(style: Any) -> Any:
        known = vars(style)
        if "font" not in known:
            known["font"] = describe(style)
        return known["font"]

    def propped(style: Any) -> Any:
        known = vars(style)
        if "strut" not in known:
            known["strut"] = strut(style)
        return known["strut"]

    line_break.get_font_description = described
    for user in (line_break, inline, units, computed_values):
        user.strut = propped


def _read_once() -> None:
    """Let a style sheet that is met again be known: every layout begins with the same ones."""
    import tinycss2
    import weasyprint
    from weasyprint import css

    preprocess = css.preprocess_declarations
    known: dict[Any, Any] = {}  # what was read → what it said, and itself, so that no other takes its place

    def remember(key: Any, thing: Any, read: Any) -> Any:
        if key not in known:
            if len(known) >= RULES:
                known.clear()
            known[key] = read(thing), thing
        return known[key][0]

    def sheet(text: str) -> Any:
        return remember(text, text, tinycss2.parse_stylesheet)

    def contents(tokens: Any) -> Any:
        if isinstance(tokens, str):  # of one element
            return tinycss2.parse_blocks_contents(tokens)
        return remember(id(tokens), tokens, lambda tokens: _Block(tinycss2.parse_blocks_contents(tokens)))

    def declarations(base: str | None, found: Any, prelude: Any = None) -> Any:
        if not isinstance(found, _Block):
            return preprocess(base, found, prelude)
        if base not in found.said:
            found.said[base] = list(preprocess(base, found, prelude))
        return found.said[base]

    weasyprint.tinycss2 = SimpleNamespace(**vars(tinycss2) | {"parse_stylesheet": sheet})
    css.tinycss2 = SimpleNamespace(**vars(tinycss2) | {"parse_blocks_contents": contents})
    css.preprocess_declarations = declarations


class _Block(list[Any]):
    """The declarations of a rule, and what they come to, by the address that theirs are relative to."""

    def __init__(self, found: list[Any]) -> None:
        super().__init__(found)
        self.said: dict[str | None, list[Any]] = {}


def _solve_once() -> None:
    """Let a declaration with variables know what it comes to: each side of each element's margins would ask anew."""
    import tinycss2
    from weasyprint.css import tokens

    solve = tokens.Pending.solve

    def solved(pending: Any, found: Any, key: str, base: str | None) -> Any:
        known = vars(pending).setdefault("known", {})
        said = tinycss2.serialize(found), key, base
        if said not in known:
            known[said] = solve(pending, found, key, base)
        return known[said]

    tokens.Pending.solve = solved
