"""Boxes: lengths that stand in a style, handed to each box of that style."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SIDES = ("left", "right", "top", "bottom")
LENGTHS = (
    *(f"{space}_{side}" for space in ("margin", "padding") for side in SIDES),
    *(f"{limit}{size}" for size in ("width", "height") for limit in ("", "min_", "max_")),
)


def measure_once() -> None:
    """Let a style whose lengths depend on nothing around it keep them; WeasyPrint would resolve twenty for each box."""
    from weasyprint.layout import percent

    theirs = percent.resolve_percentages

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        known = vars(box.style)
        if "lengths" not in known:
            known["lengths"] = _lengths(box.style)
        if known["lengths"] is None:
            theirs(box, containing_block)
        else:
            vars(box).update(known["lengths"])

    _replace(theirs, resolve_percentages)


def _lengths(style: Any) -> dict[str, Any] | None:
    """Give what the lengths of a style come to in CSS pixels, or None where that depends on what is around."""
    if style["border_collapse"] == "collapse" or style["box_sizing"] != "content-box":
        return None
    found: dict[str, Any] = {}
    for name in LENGTHS:
        value = style[name]
        if value == "auto":
            found[name] = 0 if name.startswith("min_") else value
        elif getattr(value, "unit", None) == "px":
            found[name] = value.value
        else:
            return None
    return found | {name: style[name] for name in (f"border_{side}_width" for side in SIDES)}


def _replace(theirs: Callable[..., Any], ours: Callable[..., Any]) -> None:
    """Put a function of ours where a module of WeasyPrint has one of its own."""
    for name, module in list(sys.modules.items()):
        if name.startswith("weasyprint.") and vars(module).get(theirs.__name__) is theirs:
            setattr(module, theirs.__name__, ours)
