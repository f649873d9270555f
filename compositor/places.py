"""Where things stand: a file's text in, clickable ``file:line`` places out."""

from __future__ import annotations

import re
from pathlib import Path


def shown(path: Path) -> str:
    """Give the path as a person would type it: relative to the working directory where that is shorter."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or a link that leads to itself
        return path.as_posix()


def at(path: Path, line: int) -> str:
    """Give the place of a line, counted from 1."""
    return f"{shown(path)}:{line}"


class Places:
    """Finds the line of a citation key, label or other text in one source file."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        # blank out code, keeping its lines, so that an example is not taken for the thing
        fenced = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
        inline = re.compile(r"(?<![`\\])(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
        self.unfenced = fenced.sub(_blank, source)  # with code in the line
        self.prose = inline.sub(_blank, self.unfenced)

    def _line(self, start: int | None) -> str:
        return shown(self.path) if start is None else at(self.path, self.source.count("\n", 0, start) + 1)

    def _find(self, pattern: str, nth: int = 1, source: str | None = None) -> str:
        """Place of the nth match, or of the last where there are fewer."""
        found = [match.start() for match in re.finditer(pattern, self.prose if source is None else source)]
        return self._line(found[min(nth, len(found)) - 1] if found else None)

    def citation(self, keys: str) -> str:
        """Place of the first citation or cross-reference with this key, or of the first group with these keys."""
        parts = [rf"@\{{?{re.escape(key)}(?![\w/-]|[.:]\w)" for key in keys.split()]
        tex = rf"|\\(?:auto|c|C|eq)?ref\s*\{{{re.escape(keys)}\}}"
        key = re.escape(keys)
        tex += rf"|\\[a-zA-Z]*cite[a-z]*\*?(?:\[[^\]\n]*\]){{0,2}}\{{[^{{}}\n]*?(?<![\w:./-]){key}(?![\w:/-])"
        return self._find(r"[^\]]*?".join(parts) + tex)

    def locator(self, key: str, words: str) -> str:
        """Place of the first citation of this key with these words behind it, whatever markup they have."""
        letters = r"[\W_]+".join(map(re.escape, re.findall(r"[^\W_]+", words)))
        found = self._find(rf"@\{{?{re.escape(key)}(?![\w/-]|[.:]\w)[^@]{{0,20}}?{letters}")
        return found if ":" in found else self.citation(key)

    def label(self, name: str, nth: int = 1) -> str:
        """Place of the nth definition of a label."""
        bare = re.escape(name)
        return self._find(rf"\{{[^{{}}\n]*#{bare}(?![\w:.-])|\\label\{{{bare}\}}|\bid=[\"']?{bare}\b", nth)

    def note(self, name: str) -> str:
        """Place of the definition of a note."""
        return self._find(rf"\[\^{re.escape(name)}\]:")

    def heading(self, title: str) -> str:
        """Place of a head, whatever markup its title has."""
        wanted = _letters(title)
        offset = 0
        for line in self.prose.split("\n"):
            if line.startswith("#") and wanted and _letters(re.sub(r"\{[^{}]*\}\s*$", "", line)).startswith(wanted):
                return self._line(offset)
            offset += len(line) + 1
        return self.text(title)

    def attribute(self, name: str, value: str) -> str:
        """Place of an attribute of this value."""
        return self._find(rf"\b{re.escape(name)}\s*=\s*[\"']?{re.escape(value)}")

    def image(self, address: str, nth: int = 1) -> str:
        """Place of the nth picture of this address, written in Markdown or as HTML."""
        bare = re.escape(address)
        found = self._find(rf"\]\(\s*<?{bare}(?=[>\s)])|<img\b[^>]*\bsrc\s*=\s*[\"']?{bare}(?=[\"'\s/>])", nth)
        return found if ":" in found else self.text(address)

    def text(self, words: str, nth: int = 1) -> str:
        """Place of the nth occurrence of a literal text, white space being free."""
        pattern = r"\s+".join(re.escape(word) for word in words.split())
        return self._find(pattern, nth, self.source) if pattern else self._line(None)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
