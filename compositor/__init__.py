"""Compositor: one Markdown manuscript, three editions that agree."""

import os
import sys
from pathlib import Path

__version__ = "0.1.0"

_FONTS = str(Path(__file__).with_name("fontconfig.xml"))
_THEIRS = {name: value for name, value in os.environ.items() if name == "FONTCONFIG_FILE" and value != _FONTS}

# Nothing that a user has set changes how fonts are found and drawn. Libraries read both as soon as they are loaded.
os.environ.pop("FREETYPE_PROPERTIES", None)
os.environ["FONTCONFIG_FILE"] = _FONTS
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # nor how metadata are read; looking for plugins takes time, too
if sys.platform == "linux":
    os.environ["LC_ALL"] = "C.UTF-8"  # Pandoc reads the names of files by it, whatever Python was started with

# what programs are started with that are not ours, such as a browser: they have the machine's fonts
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"} | _THEIRS
