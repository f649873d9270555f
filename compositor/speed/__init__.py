"""What WeasyPrint does again and again, done once: its answers stay the same, to the byte.

WeasyPrint's version is pinned; what stands in for a function of its own here falls back on it for whatever is not simple.
"""

from __future__ import annotations

from functools import cache

from compositor.speed import boxes, drawing, files, lines, styles


@cache
def hasten() -> None:
    """Let WeasyPrint, which has been loaded, work faster in this process."""
    styles.look_up_once()
    styles.read_once()
    styles.solve_once()
    lines.name_arrays_once()
    lines.describe_once()
    lines.set_up_once()
    boxes.measure_once()
    drawing.spell_once()
    drawing.mix_once()
    files.list_pages_once()
    files.compress_once()
    files.spell_once()
