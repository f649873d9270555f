"""The preview's server: what was built in, a page for the browser of this machine out.

It listens on the loopback interface alone. A page of another site that a browser has open could still send it requests,
by its address or by a name that was made to lead here; so it answers only requests that name this machine as their host,
and none that another site began.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import mimetypes
import re
import signal
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import html as lxml_html

from compositor.preview.places import Map

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

HERE = Path(__file__).parent
LOOPBACK = "127.0.0.1"
OWN = {"": "preview.html", "preview.css": "preview.css", "preview.js": "preview.js"}
WIDEST = 3000  # pixels of a page's picture
MOST = 16e6  # pixels of one picture, whatever the page's size is
STEP = 100  # pixels; a picture is drawn as wide as the next step, so that few are
REST = 15.0  # seconds until a quiet stream says that it is alive
# what the preview itself may load, and what a page of dist/ may: it holds all it needs in itself
_NOTHING = "default-src 'none'; base-uri 'none'; "
OURS = _NOTHING + "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'"
THEIRS = _NOTHING + "style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; media-src 'self' data:"


class Shown:
    """What is shown: the last build that had no error, and what became of the last one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.changed = threading.Condition()
        self.count = 0  # of changes
        self.state: dict[str, Any] = {"version": 0, "draft": 0, "building": "read", "problems": [], "ok": True, "blocks": []}
        self.places: Map | None = None
        self.policy = THEIRS  # for the pages of dist/
        self.draft = b""  # the web page of the build that goes on, once its text is set
        self._draft_places: Map | None = None
        self._texts: list[Path] = []
        self._pdf: Any = None
        self._drawing = threading.Lock()  # PDFium does one thing at a time
        self._pictures: dict[tuple[int, int], bytes] = {}

    def take(self, message: dict[str, Any]) -> None:
        """Take what the builder says: ``{"building": stage}``, or a build as reporter.as_data gives it, with its texts.

        With ``"draft"`` comes the web page of a build that goes on.
        """
        state = {**self.state, "building": ""} | message
        if "draft" in message:
            self.draft, self._draft_places = message["draft"], None
            state["draft"] = self.state["draft"] + 1
        if "outputs" in message and message["ok"]:
            state |= self._load(message)
        with self.changed:
            self.state = state
            self.count += 1
            self.changed.notify_all()

    def _load(self, message: dict[str, Any]) -> dict[str, Any]:
        import pypdfium2

        names = {item["edition"]: Path(item["path"]).name for item in message["outputs"] if item["edition"]}
        pdf, page = ((self.folder / names[edition]).read_bytes() for edition in ("pdf", "html"))
        self._texts = [Path(text) for text in message["texts"]]
        with self._drawing:
            self._pictures.clear()
            if self._pdf is not None:
                self._pdf.close()
            self._pdf = pypdfium2.PdfDocument(pdf)
            sizes = [self._pdf.get_page_size(number) for number in range(len(self._pdf))]
        self.places = Map(page, self._texts)
        self.policy = _policy(page)
        return {"version": self.state["version"] + 1, "files": names, "pages": sizes}

    def draft_places(self) -> Map:
        """Give the places of the early page; found when it is asked for them, so that the build has its core."""
        if self._draft_places is None:
            self._draft_places = Map(self.draft, self._texts)
        return self._draft_places

    def picture(self, number: int, width: int) -> bytes | None:
        """Draw a page, from 1, as a PNG of a width in pixels or a little more; None where there is no such page."""
        width = min(WIDEST, max(STEP, -(-width // STEP) * STEP))
        with self._drawing:
            if self._pdf is None or not 1 <= number <= len(self._pdf):
                return None
            if (number, width) not in self._pictures:
                page = self._pdf[number - 1]
                out = io.BytesIO()
                page.render(scale=scale(page.get_width(), page.get_height(), width)).to_pil().save(out, "PNG", compress_level=1)
                page.close()
                self._pictures[number, width] = out.getvalue()
            return self._pictures[number, width]

    def block_at(self, number: int, across: float, down: float) -> int | None:
        """Give the block of the web page that says what stands at a point of a PDF page, in parts of width and height."""
        with self._drawing:
            if self._pdf is None or self.places is None or not 1 <= number <= len(self._pdf):
                return None
            page = self._pdf[number - 1]
            width, height = page.get_size()
            text = page.get_textpage()
            index = text.get_index(across * width, (1 - down) * height, 12, 12)
            said = text.get_text_range() if index is not None else ""
            text.close()
            page.close()
        return self.places.at(said, index) if index is not None else None


def scale(across: float, down: float, width: int) -> float:
    """Give the scale at which a page of these points is ``width`` pixels wide; less where it would fill the memory."""
    across, down = max(across, 1.0), max(down, 1.0)
    return min(width / across, math.sqrt(MOST / (across * down)))


def _policy(page: bytes) -> str:
    """Give what a page may load, its scripts by their digests (CSP3, 2.3.1): a build lets in our own, or was told to trust."""
    texts = lxml_html.document_fromstring(page.decode("utf-8")).xpath("//script[not(@src)]/text()")
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"{THEIRS}; script-src " + (scripts or "'none'")


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server_version = "Compositor"
    sys_version = ""
    shown: Shown

    def do_GET(self) -> None:
        """Answer, or refuse."""
        if not self._is_ours():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        path = unquote(address.path).removeprefix("/")
        routes: tuple[tuple[str, Callable[..., None]], ...] = (
            (r"|preview\.css|preview\.js", self._own),
            (r"state", self._state),
            (r"(draft/)?places", self._places),
            (r"draft", self._draft),
            (r"events", self._events),
            (r"pages/(\d{1,5})", self._page),
            (r"dist/(.+)", self._file),
        )
        for pattern, answer in routes:
            if match := re.fullmatch(pattern, path, re.DOTALL):
                try:
                    answer(*(match.groups() or [path]), **({"query": query} if answer == self._page else {}))
                except (OSError, ValueError):
                    self._refuse(HTTPStatus.NOT_FOUND)
                return
        self._refuse(HTTPStatus.NOT_FOUND)

    def _is_ours(self) -> bool:
        """Whether a request names this machine as its host, and no other site began it (Fetch Metadata, W3C)."""
        port = self.connection.getsockname()[1]
        hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin")
        return (
            self.headers.get("Host", "") in hosts
            and self.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
            and (origin is None or origin.removeprefix("http://") in hosts)
        )

    def _own(self, name: str) -> None:
        path = HERE / OWN[name]
        self._send((HERE / OWN[name]).read_bytes(), mimetypes.guess_type(path)[0] or "", OURS)

    def _state(self, _: str) -> None:
        self._send_json(self.shown.state)

    def _draft(self, _: str) -> None:
        self._send(self.shown.draft, "text/html", _policy(self.shown.draft))

    def _places(self, draft: str | None) -> None:
        found = self.shown.draft_places() if draft else self.shown.places
        places = found.places if found else []
        self._send_json([{"where": place.where, "text": place.text} if place else None for place in places])

    def _page(self, number: str, query: dict[str, str]) -> None:
        if "x" in query:
            self._send_json(self.shown.block_at(int(number), float(query["x"]), float(query["y"])))
        elif (picture := self.shown.picture(int(number), int(query.get("width", "1000")))) is not None:
            self._send(picture, "image/png", OURS)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _file(self, name: str) -> None:
        path = (self.shown.folder / name).resolve()  # links are followed before it is asked where they lead
        if not path.is_relative_to(self.shown.folder) or not path.is_file():
            raise FileNotFoundError(name)
        self._send(path.read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream", self.shown.policy)

    def _events(self, _: str) -> None:
        """Send the state at every change, as server-sent events (HTML Standard, 9.2)."""
        self._head("text/event-stream", None, OURS)
        seen = -1
        while True:
            with self.shown.changed:
                if self.shown.count == seen:
                    self.shown.changed.wait(REST)
                state = self.shown.state if self.shown.count != seen else None
                seen = self.shown.count
            try:
                self.wfile.write(b": alive\n\n" if state is None else f"data: {json.dumps(state)}\n\n".encode())
                self.wfile.flush()
            except OSError:  # the page was closed
                self.close_connection = True
                return

    def _send_json(self, data: Any) -> None:
        self._send(json.dumps(data).encode(), "application/json", OURS)

    def _send(self, data: bytes, media_type: str, policy: str) -> None:
        self._head(media_type, len(data), policy)
        self.wfile.write(data)

    def _head(self, media_type: str, length: int | None, policy: str) -> None:
        self.send_response(HTTPStatus.OK)
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        self.send_header("Content-Type", media_type + charset)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self._guards(policy)
        self.end_headers()

    def _refuse(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self._guards(OURS)
        self.end_headers()

    def _guards(self, policy: str) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "SAMEORIGIN")

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is the builder's."""


class Server(ThreadingHTTPServer):
    """Serves each request in a thread; those that wait for news end with the process."""

    daemon_threads = True
    address_family = socket.AF_INET

    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that went away in the middle."""


def serve(folder: Path, port: int, builder: Connection) -> None:
    """Serve until the builder hangs up; its first word from here is the port, or why there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the builder, which then hangs up
    shown = Shown(folder)
    try:
        server = Server((LOOPBACK, port), type("Bound", (Handler,), {"shown": shown}))
    except OSError as error:
        builder.send(error.strerror or str(error))
        return
    builder.send(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        while True:
            shown.take(builder.recv())
    except EOFError:
        server.shutdown()
