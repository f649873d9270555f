"""The two Jinja environments: the author's text in a sandbox, and the templates the editions are made from."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jinja2
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from compositor.editions import backgrounds
from compositor.pages import breaks
from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import inside, language
from compositor.result import BuildError
from compositor.running import kept, limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2.bccache import Bucket

    from compositor.result import Problem

PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """Give the folder of the shipped templates: inside the wheel, or at the top of a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def written(folders: tuple[Path, ...]) -> list[tuple[Path, str]]:
    """Give every file of the author's folders of templates with its text, but those that may not be read."""
    files = [(folder, path) for folder in folders for path in sorted(folder.rglob("*"))]
    return [
        (path, path.read_bytes().decode("utf-8", "replace"))
        for folder, path in files
        if path.is_file() and inside.may_read(path, folder.parent) and not inside.oversized(path, "text")
    ]


class _Loader(jinja2.FileSystemLoader):
    """Reads the author's templates through the gate that all the author's files go through, and ours behind them."""

    def __init__(self, before: tuple[Path, ...]) -> None:
        super().__init__([*before, templates_folder()])
        self.before = before

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        """Give the text of a template. Raises BuildError for one that may not be read."""
        paths = [(folder, folder.joinpath(*split_template_path(template))) for folder in self.before]
        for folder, path in [pair for pair in paths if pair[1].exists()][:1]:
            name = f"{folder.name}/{template}"
            found = inside.locate(name, folder.parent, f"{shown(folder.parent)}/{name}")
            if wrong := found if not isinstance(found, Path) else inside.oversized(path, "text"):
                raise BuildError((wrong,))
        try:
            text, file, current = super().get_source(environment, template)
        except UnicodeDecodeError:
            raise jinja2.TemplateSyntaxError("the file is not UTF-8", 1, template, template) from None
        own = next((folder for folder, path in paths if str(path) == str(file)), None)
        if own is None or not template.endswith(".css"):
            return text, file, current
        whole = backgrounds.embed(text, Path(file), own)
        return whole, file, current if whole == text else lambda: False  # a picture may change though the sheet does not


class _Compiled(jinja2.BytecodeCache):
    """Keeps templates as Python's code in the user's cache: compiling those of one build takes a tenth of a second.

    The code for a stranger's templates asks at each step whether it may; that of trusted ones does not.
    """

    def __init__(self, trusted: bool) -> None:
        self._made_by = kept.source(__file__) + f"{jinja2.__version__} {trusted} ".encode()

    def _path(self, bucket: Bucket) -> Path:
        name = hashlib.sha256(self._made_by + f"{bucket.key} {bucket.checksum}".encode())
        return kept.cache_folder() / "templates" / name.hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template, where it is there."""
        if data := kept.read(self._path(bucket)):
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        kept.write(self._path(bucket), bucket.bytecode_to_string())


class _Templates(jinja2.Environment):
    """Turns whatever a template raises into a fault of the template, with its place."""

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Raise TemplateError for a fault of the template; what is no fault of its passes."""
        try:
            super().handle_exception(source)
        except (jinja2.TemplateError, BuildError, RecursionError, MemoryError):
            raise
        except Exception as error:
            told = jinja2.TemplateRuntimeError(f"{type(error).__name__}: {error}")
            raise told.with_traceback(error.__traceback__) from None


class _SafeTemplates(_Templates, ImmutableSandboxedEnvironment):
    """The same for templates that may come from a stranger, with the manuscript."""


def environment(before: tuple[Path, ...] = ()) -> jinja2.Environment:
    """Give the templates' environment; a file in a folder ``before`` takes the place of ours by the same name."""
    return _environment(before, limits.current().trusted)


@lru_cache(maxsize=4)
def _environment(before: tuple[Path, ...], trusted: bool) -> jinja2.Environment:
    templates = (_Templates if trusted else _SafeTemplates)(
        loader=_Loader(before),
        autoescape=jinja2.select_autoescape(("html", "xhtml", "xml", "opf", "ncx", "svg"), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_Compiled(trusted),
    )
    templates.filters["whole"] = breaks.whole
    return templates


class _Missing(jinja2.Undefined):
    """A name that is not there: noted with its line, then taken as nothing, so that one run finds them all."""

    found: list[tuple[int, str]]

    def _note(self) -> None:
        frame = sys._getframe(1)
        line = 1
        while frame is not None:
            template = frame.f_globals.get("__jinja_template__")
            if template is not None:
                line = template.get_corresponding_lineno(frame.f_lineno)
                break
            frame = frame.f_back  # type: ignore[assignment]
        self.found.append((line, self._undefined_message))

    def __str__(self) -> str:
        self._note()
        return ""

    def __iter__(self) -> Any:
        self._note()
        return iter(())

    def __len__(self) -> int:
        self._note()
        return 0

    def __bool__(self) -> bool:
        self._note()
        return False

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def _same(self, *_: Any, **__: Any) -> Any:
        self._note()
        return self

    def _no(self, *_: Any) -> bool:
        self._note()
        return False

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __call__ = __getitem__ = __floordiv__ = __mod__ = __pos__ = __neg__ = _same

    def __eq__(self, _: object) -> bool:
        self._note()
        return False

    def __ne__(self, _: object) -> bool:
        self._note()
        return True

    __hash__ = object.__hash__

    def __int__(self) -> int:  # type: ignore[override]
        self._note()
        return 0

    def __float__(self) -> float:  # type: ignore[override]
        self._note()
        return 0.0

    def __index__(self) -> int:
        self._note()
        return 0

    def __round__(self, _: int = 0) -> int:
        self._note()
        return 0

    def __contains__(self, _: object) -> bool:
        self._note()
        return False

    __abs__ = __pow__ = __rpow__ = __rfloordiv__ = __rmod__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _no  # type: ignore[assignment]


class _Sandbox(SandboxedEnvironment):
    """Reads ``row.items`` as the column, where there is one, not as the method of a map."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Prefer a map's own key to its methods."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def render_text(path: Path, text: str, data: Mapping[str, Any], lang: str) -> tuple[str, list[Problem]]:
    """Run the manuscript through Jinja, strictly and in a sandbox.

    Jinja's comment marks are moved to ``{##`` and ``##}``, because ``{#id}`` is a header attribute of Pandoc's.
    """
    found: list[tuple[int, str]] = []
    missing = type("Missing", (_Missing,), {"found": found})
    sandbox = _Sandbox(
        undefined=missing,
        comment_start_string="{##",
        comment_end_string="##}",
        keep_trailing_newline=True,
        autoescape=False,
    )
    sandbox.filters["thousands"] = lambda value: thousands(value, lang)
    sandbox.filters["spelled"] = lambda value: spelled(value, lang)
    sandbox.globals["table"] = lambda rows, columns, **options: table(
        _checked(rows, columns, sandbox), columns, lang=lang, **options
    )
    try:
        rendered = sandbox.from_string(text).render(data=data)
    except jinja2.TemplateSyntaxError as error:
        return text, [problem("jinja-syntax", at(path, error.lineno), error.message or "not a template")]
    except (limits.TimeUp, MemoryError) as error:
        text = f"{'ran for' if isinstance(error, limits.TimeUp) else 'needs'} more than the limit allows"
        code = "limit-time" if isinstance(error, limits.TimeUp) else "limit-memory"
        raise BuildError((problem(code, at(path, _template_line(error)), f"the template {text}"),)) from None
    except Exception as error:  # a template may raise anything its filters raise
        line = _template_line(error)
        stop = problem("jinja-syntax", at(path, line), f"{type(error).__name__}: {error}")
        return text, [*_undefined(path, found), stop]
    return rendered, _undefined(path, found)


def _undefined(path: Path, found: list[tuple[int, str]]) -> list[Problem]:
    return [problem("jinja-undefined", at(path, line), message) for line, message in dict.fromkeys(found)]


def _checked(rows: Any, columns: Mapping[str, str], sandbox: jinja2.Environment) -> list[Any]:
    """Note each column that no row has: a wrong name would print a column of dashes."""
    listed = list(rows)
    for key in columns:
        if listed and not any(key in row for row in listed):
            str(sandbox.undefined(f"no row has a column {key!r}"))
    return listed


def _template_line(error: BaseException) -> int:
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            compiled = trace.tb_frame.f_globals.get("__jinja_template__")  # Jinja translates the trace of an Exception only
            line = compiled.get_corresponding_lineno(trace.tb_lineno) if compiled else trace.tb_lineno
        trace = trace.tb_next
    return line


def thousands(value: float, lang: str) -> str:
    """Group the digits of a number, as its language does: 16,000."""
    if isinstance(value, jinja2.Undefined):
        return str(value)
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language.babel(lang)))


def spelled(value: int, lang: str) -> str:
    """Write a whole number out in the document's language: six."""
    if isinstance(value, jinja2.Undefined):
        return str(value)
    from num2words import num2words

    try:
        return str(num2words(value, lang=lang.replace("-", "_")))
    except NotImplementedError:
        return str(num2words(value, lang=lang.split("-")[0]))


def table(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    align: str = "",
    empty: str = "—",
    thousands: bool = False,
    lang: str = "en",
) -> str:
    """Give rows as a Markdown pipe table.

    ``columns`` maps each key to its head, in order; ``align`` is a letter a column (l, r or c), l where it is short.
    """
    group = globals()["thousands"]

    def cell(value: Any) -> str:
        if value is None or value == "":
            return empty
        if thousands and isinstance(value, int):
            value = group(value, lang)
        return str(value).replace("|", r"\|").replace("\n", " ")

    marks = {"l": ":---", "r": "---:", "c": ":---:"}
    rule = [marks[letter] for letter in align.ljust(len(columns), "l")[: len(columns)]]
    body = [[cell(row.get(key)) for key in columns] for row in rows]
    lines = [[str(head) for head in columns.values()], rule, *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
