"""WeasyPrint, and the libraries that it needs from the operating system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from compositor.result import MissingTool

if TYPE_CHECKING:
    from collections.abc import Iterator


LIBRARIES = {  # what the operating system supplies → names of the library, the function that tells its version
    "Pango": (("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"), "pango_version_string"),
    "HarfBuzz": (("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"), "hb_version_string"),
    # tells no version of its own; without it WeasyPrint cuts fonts otherwise, and the bytes are others
    "HarfBuzz subset": (
        ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
        "hb_version_string",
    ),
    "Fontconfig": (("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll"), "FcGetVersion"),
    "FreeType": (("libfreetype.so.6", "libfreetype.6.dylib", "libfreetype-6.dll"), "FT_Library_Version"),
}
# What WeasyPrint loads for fonts and colours of a kind that our style sheets do not have; a third of its loading.
SELDOM = ("fontTools.subset", "fontTools.varLib.instancer", "PIL.ImageCms")


@contextmanager
def _by_soname() -> Iterator[None]:
    """Let libraries load by their sonames alone.

    WeasyPrint asks for each by names that only other systems have, and for each such name ctypes would run a compiler and
    a linker, 54 processes in all, before it comes to the one that is there.
    """
    import ctypes.util  # loads a good deal, which telling the libraries' versions does not need

    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find


class _Later(ModuleType):
    """Stands in for a module whose functions are loaded when they are called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *given, **named: getattr(import_module(self.__name__), name)(*given, **named)


@contextmanager
def _seldom_later() -> Iterator[None]:
    """Let what is seldom needed be loaded when it is."""
    stand_ins = {name: _Later(name) for name in SELDOM if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def load_engine() -> Any:
    """Import WeasyPrint, which needs Pango from the operating system. Raises MissingTool."""
    try:
        with _by_soname(), _seldom_later():
            import weasyprint

        from compositor import speed
        from compositor.editions import legends  # only a build that prints needs them
        from compositor.justify import widths

        legends.shape_whole()
        speed.hasten()
        widths.draw_stretched()
    except OSError as error:
        from compositor.system import install_line

        raise MissingTool("Pango", install_line()) from error
    return weasyprint


def libraries() -> tuple[tuple[str, str], ...]:
    """Give the name and version of each library of the operating system."""
    return tuple((name, _library_version(*found)) for name, found in LIBRARIES.items())


def _library_version(names: tuple[str, ...], function: str) -> str:
    for name in names:
        try:
            call = getattr(ctypes.CDLL(name), function)
        except (OSError, AttributeError):
            continue
        if function == "FT_Library_Version":
            return _freetype_version(name)
        if function == "FcGetVersion":  # 21401 is 2.14.1
            number = call()
            return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
        call.restype = ctypes.c_char_p
        return str(call().decode())
    return "not here"


def _freetype_version(name: str) -> str:
    """Ask FreeType, which tells only one who has begun to work with it."""
    freetype, begun = ctypes.CDLL(name), ctypes.c_void_p()
    if freetype.FT_Init_FreeType(ctypes.byref(begun)):
        return "not here"
    parts = [ctypes.c_int() for _ in range(3)]
    freetype.FT_Library_Version(begun, *map(ctypes.byref, parts))
    freetype.FT_Done_FreeType(begun)
    return ".".join(str(part.value) for part in parts)
