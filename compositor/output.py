"""Writing: finished files in, an output folder that holds all of them or is left as it was out."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from compositor.model import BuildError
from compositor.places import shown
from compositor.problems import problem

if TYPE_CHECKING:
    from compositor.model import Artifact


def write(artifacts: tuple[Artifact, ...], folder: Path) -> tuple[Path, ...]:
    """Put every file in place. All are written beside and synced first, then renamed. Raises BuildError."""
    stage = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder, prefix=".compositor-"))
        for artifact in artifacts:
            with (stage / artifact.name).open("wb") as file:
                file.write(artifact.data)
                file.flush()
                os.fsync(file.fileno())
        for artifact in artifacts:
            (stage / artifact.name).replace(folder / artifact.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BuildError((problem("output-unwritable", shown(folder), f"the output cannot be written: {reason}"),)) from None
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
    return tuple(folder / artifact.name for artifact in artifacts)
