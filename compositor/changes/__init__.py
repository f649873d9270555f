"""Copies with what has changed marked: a sheet and an earlier version of its manuscript in, the sheet with both out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compositor.blinding.identity import identify
from compositor.changes import earlier, mark
from compositor.problems import problem
from compositor.reading import manuscript
from compositor.result import BuildError
from compositor.setting import document, sheet

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.blinding.identity import Identity
    from compositor.options import Options
    from compositor.result import Problem
    from compositor.setting.sheet import Sheet


def marked(pages: Sheet, source: Path, options: Options) -> tuple[Sheet, Identity | None]:
    """Mark in a sheet what has changed since ``options.changes``; also gives whom the earlier version of a blind copy hides.

    Raises BuildError where there is no such version, or it cannot be set.
    """
    alone = replace(options, changes="")
    with earlier.found(options.changes, source) as place:
        try:
            text, problems = manuscript.read(place, options.style, options.date, options.profile)
            composed, more = document.compose(text)
            before, last = sheet.lay_out(text, composed, alone)
        except BuildError as error:
            raise BuildError((_broken(options.changes, error.problems[0].text),)) from None
        errors = [item for item in (*problems, *more, *last) if item.severity == "error"]
        if errors:
            raise BuildError((_broken(options.changes, errors[0].text),))
        who = None
        if options.blind:
            from compositor.blinding import blind

            who = identify(text, composed)
            before = blind.hide(text, composed, who, alone)
    return mark.changes(pages, before), who


def _broken(name: str, text: str) -> Problem:
    return problem("changes-broken", "--changes", f"{name} cannot be set: {text}")
