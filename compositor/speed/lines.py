"""Lines: what Pango is told of a style, told once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

VARIANTS = ("ligatures", "position", "caps", "numeric", "alternates", "east_asian")
FEATURES = ("font_kerning", *(f"font_variant_{kind}" for kind in VARIANTS), "font_feature_settings")
FONT = ("font_family", "font_style", "font_stretch", "font_weight", "font_size", "font_variation_settings")
SAID = (*FONT, *FEATURES, "font_language_override", "lang", "direction", "text_decoration_line")  # all that a layout is told


def name_arrays_once() -> None:
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


def describe_once() -> None:
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


def set_up_once() -> None:
    """Let layouts of one style share what they are told of it, and those of one language and direction what Pango keeps.

    Each line of text is laid out some four times, and each layout would be told all of it.
    """
    from weasyprint.text.ffi import gobject, pango
    from weasyprint.text.line_break import Layout, ffi

    def set_up(layout: Any, style: Any) -> None:
        way = _way(style)
        layout.style, layout.first_line_direction, layout.language = style, 0, way.language
        layout.layout = ffi.gc(pango.pango_layout_new(way.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout.layout, False)
        pango.pango_layout_set_font_description(layout.layout, way.font)
        vars(layout).update(way.decoration)
        if way.features is not None:
            listed = pango.pango_attr_list_new()
            pango.pango_attr_list_insert(listed, way.features)
            pango.pango_layout_set_attributes(layout.layout, listed)

    Layout.setup = set_up


def _way(style: Any) -> _Way:
    """Give what a style says of its texts' layout; a style that says the same as the one around it shares it."""
    known = vars(style)
    if "way" not in known:
        parent = getattr(style, "parent_style", None)
        same = parent is not None and all(style[key] is parent[key] for key in SAID)
        known["way"] = _way(parent) if same else _Way(style)
    way: _Way = known["way"]
    return way


class _Way:
    """What a style says of the way that its texts are laid out: as ``Layout.setup`` finds it each time."""

    def __init__(self, style: Any) -> None:
        from weasyprint.text import fonts, line_break

        override = style["font_language_override"]
        language = line_break.LST_TO_ISO.get(override.lower(), override) if override != "normal" else style["lang"]
        self.context, self.language = _context(style.font_config, style["direction"], language)
        self.font = line_break.get_font_description(style)
        self.decoration: dict[str, float | None] = dict.fromkeys(("ascent", "underline_position", "strikethrough_position"))
        if style["text_decoration_line"] != "none":
            self.decoration = _measures(self.context, self.font, self.language)
        self.features: Any = None
        if found := fonts.font_features(*(style[key] for key in FEATURES)):
            said = ",".join(f"{key} {value}" for key, value in found.items()).encode()
            kept = style.font_config.font_features
            if said not in kept:
                kept[said] = line_break.pango.pango_attr_font_features_new(said)
            self.features = kept[said]


def _context(fonts: Any, direction: str, language: str | None) -> tuple[Any, Any]:
    """Give what Pango keeps for texts of a language and a direction, and that language as Pango knows it."""
    from weasyprint.text.constants import PANGO_DIRECTION
    from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p

    known = vars(fonts).setdefault("contexts", {})
    key = direction, language
    if key not in known:
        context = ffi.gc(pango.pango_font_map_create_context(fonts.font_map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(context, False)
        pango.pango_context_set_base_dir(context, PANGO_DIRECTION[direction])
        spoken = pango.pango_language_get_default()
        if language:
            name, _bytes = unicode_to_char_p(language)
            spoken = pango.pango_language_from_string(name)
            pango.pango_context_set_language(context, spoken)
        known[key] = context, spoken
    found: tuple[Any, Any] = known[key]
    return found


def _measures(context: Any, font: Any, language: Any) -> dict[str, float | None]:
    """Measure a font for lines under, over and through its letters, in CSS pixels."""
    from weasyprint.text.ffi import FROM_UNITS, ffi, pango

    found = ffi.gc(pango.pango_context_get_metrics(context, font, language), pango.pango_font_metrics_unref)
    names = "ascent", "underline_position", "strikethrough_position", "underline_thickness", "strikethrough_thickness"
    return {name: FROM_UNITS * getattr(pango, f"pango_font_metrics_get_{name}")(found) for name in names}
