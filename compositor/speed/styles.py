"""Styles and style sheets: what is known of a property, a rule or a variable, kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

RULES = 5000  # of style sheets that are known; ours have some five hundred


def look_up_once() -> None:
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


def read_once() -> None:
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


def solve_once() -> None:
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
