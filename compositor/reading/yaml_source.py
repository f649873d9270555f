"""YAML with places: text in, plain values and the line of every key out.

Scalars stay text, so that a date or a version number arrives as it was written; only true and false become
booleans, in YAML 1.2's spelling and the older yes and no.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

YamlReadError = yaml.YAMLError
BOOLEANS = {"true": True, "false": False, "yes": True, "no": False}
NODE_LIMIT = 300_000  # nodes with aliases written out; an alias bomb grows beyond any honest file


class YamlError(Exception):
    """The text is not YAML; ``line`` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@dataclass(slots=True)
class YamlSource:
    """Values of one YAML text, and where each stands."""

    value: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)  # path → line, from 1

    def line(self, *path: str | int) -> int:
        """Give the line of a value, or of its nearest named parent."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class _Loader(yaml.SafeLoader):
    """Knows no tags: a manuscript's metadata is data."""


def limit_aliases(root: yaml.Node) -> None:
    """Raise ValueError with line and message where aliases make a small text a huge one, or a thing hold itself."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, above: tuple[int, ...]) -> int:
        if isinstance(node, yaml.ScalarNode):
            return 1
        if id(node) in above or len(above) > 100:
            raise ValueError(node.start_mark.line + 1, "the values are nested beyond reason")
        if id(node) not in sizes:
            pairs = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
            sizes[id(node)] = 1 + sum(size(part, (*above, id(node))) for part in pairs)
        if sizes[id(node)] > NODE_LIMIT:
            raise ValueError(node.start_mark.line + 1, "the values are repeated beyond reason")
        return sizes[id(node)]

    size(root, ())


def refuse_bombs(text: str) -> None:
    """Raise as limit_aliases does, for a text that has aliases at all; or yaml.YAMLError for one that is not YAML."""
    if "&" in text and "*" in text and (node := yaml.compose(text, Loader=yaml.SafeLoader)) is not None:
        limit_aliases(node)


def load(text: str, first_line: int = 1) -> YamlSource:
    """Read one YAML document; ``first_line`` is where it begins in its file. Raises YamlError."""
    source = YamlSource({})
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        opened = "scalar" in (error.context or "")  # a quotation that never ends is mended where it begins
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        raise YamlError((mark.line if mark else 0) + first_line, error.problem or "not YAML") from None
    except RecursionError:
        raise YamlError(first_line, "the metadata is nested or repeated beyond reason") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(first_line, str(error).splitlines()[0]) from None
    finally:
        loader.dispose()
    count = 0

    def build(node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        nonlocal count
        count += 1
        line = node.start_mark.line + first_line
        if count > NODE_LIMIT or len(path) > 40:
            raise YamlError(line, "the metadata is nested or repeated beyond reason")
        source.lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            mapping = {}
            for key_node, value_node in node.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    raise YamlError(key_node.start_mark.line + first_line, "a key must be a word")
                key = str(key_node.value)
                if key in mapping:
                    raise YamlError(key_node.start_mark.line + first_line, f"the key {key!r} stands twice")
                source.lines[(*path, key)] = key_node.start_mark.line + first_line
                mapping[key] = build(value_node, (*path, key))
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*path, index)) for index, item in enumerate(node.value)]
        if getattr(node, "style", None) is None:  # plain, so it may be a boolean or nothing
            lowered = str(node.value).lower()
            if lowered in BOOLEANS:
                return BOOLEANS[lowered]
            if lowered in ("", "~", "null"):
                return None
        return str(node.value)

    if node is not None:
        source.value = build(node, ())
    return source
