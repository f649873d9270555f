"""Where things stand: a file's text in, clickable ``file:line`` places out."""

from __future__ import annotations

import re
from pathlib import Path


def shown(path: Path) -> str:
    """Give the path as a person would type it: relative to the working directory where that is shorter."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def at(path: Path, line: int) -> str:
    """Give the place of a line, counted from 1."""
    return f"{shown(path)}:{line}"


class Places:
    """Finds the line of a citation key, label or other text in one source file."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        # blank out fenced code, keeping its lines, so that an example is not taken for the thing
        self.source = re.sub(
            r"^(```+|~~~+)[^\n]*\n.*?^\1[`~]*[ \t]*$",
            lambda match: "\n" * match[0].count("\n"),
            source,
            flags=re.MULTILINE | re.DOTALL,
        )

    def _line(self, match: re.Match[str] | None) -> str:
        if match is None:
            return shown(self.path)
        return at(self.path, self.source.count("\n", 0, match.start()) + 1)

    def citation(self, key: str) -> str:
        """Place of the first citation or cross-reference with this key."""
        bare = re.escape(key)
        tex = rf"\\(?:auto|c|C|eq)?ref\s*\{{{bare}\}}"
        return self._line(re.search(rf"@\{{?{bare}(?![\w/-]|[.:]\w)|{tex}", self.source))

    def label(self, name: str, nth: int = 1) -> str:
        """Place of the nth definition of a label, or of its first where there are fewer."""
        bare = re.escape(name)
        found = list(re.finditer(rf"#{bare}(?![\w:.-])|\\label\{{{bare}\}}", self.source))
        return self._line(found[min(nth, len(found)) - 1] if found else None)

    def text(self, words: str) -> str:
        """Place of a literal text, white space being free."""
        pattern = r"\s+".join(re.escape(word) for word in words.split())
        return self._line(re.search(pattern, self.source) if pattern else None)
