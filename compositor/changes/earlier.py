"""An earlier version of a manuscript: a path or the name of a commit in, a folder or file to be read out."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from compositor.problems import problem
from compositor.reading import history, inside
from compositor.result import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator


def told(name: str) -> str:
    """Give what a copy says that it was compared with: not where in the machine that lies."""
    said = Path(name).resolve().name if Path(name).exists() else name
    return "".join(filter(str.isprintable, said))


@contextmanager
def found(name: str, source: Path) -> Iterator[Path]:
    """Give the earlier version of the manuscript at ``source``; what a commit holds of it stands in a folder that goes again.

    Raises BuildError where a name is neither a path nor a commit of the manuscript's repository that holds it.
    """
    if Path(name).exists():
        yield Path(name)
        return
    text = inside.find_text(source)
    with tempfile.TemporaryDirectory() as folder:
        try:
            history.write_version(name, text, Path(folder))
        except history.NoVersion as error:
            raise BuildError((problem("changes-missing", "--changes", str(error)),)) from None
        yield Path(folder, "manuscript", text.name if source.is_file() else "")
