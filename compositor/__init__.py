"""Compositor: one Markdown manuscript, three editions that agree."""

import os
import sys
from pathlib import Path

__version__ = "0.1.0"

# Nothing that a user has set changes how fonts are found and drawn. Libraries read both as soon as they are loaded.
os.environ.pop("FREETYPE_PROPERTIES", None)
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fontconfig.xml"))
if sys.platform == "linux":
    os.environ["LC_ALL"] = "C.UTF-8"  # Pandoc reads the names of files by it, whatever Python was started with
