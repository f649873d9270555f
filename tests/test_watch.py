"""The preview of ``watch``, in a real browser: it follows what is saved, keeps its place, and lets nobody else in."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from compositor import SURROUNDINGS
from compositor.preview.server import MOST, WIDEST, scale
from tests.conftest import CASES, ROOT
from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

WAIT = 120_000  # milliseconds that a build may take on a busy machine
NAMES = [
    f"{colour} {number}"
    for colour in ("red", "green", "blue", "grey")
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
]
SYLLABLES = ("ba", "do", "fu", "gi", "ke", "la", "mo", "nu", "pi", "re", "sa", "te", "vo", "wi", "xe", "zu")


def manuscript() -> str:
    """Give a text of many pages, none of whose paragraphs is like another."""
    draw = random.Random(1)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 3))) for _ in range(900)]
    paragraphs = (f"The {name} paragraph says {' '.join(draw.choices(words, k=90))}." for name in NAMES)
    head = "---\ntitle: A text to be watched\nprofile: joss\nbibliography: works.json\n---\n\n# Beginning\n\n"
    return head + "\n\n".join(paragraphs) + "\n"


class Watched:
    """A manuscript with a ``watch`` at work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = folder / "article.md"
        self.text.write_text(manuscript(), encoding="utf-8")
        (folder / "works.json").write_text("[]", encoding="utf-8")
        command = [sys.executable, str(ROOT / "build.py"), "watch", str(folder), "--out", str(folder / "dist")]
        environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(CASES), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        assert self.process.stdout
        first = self.process.stdout.readline()
        found = re.match(r"Preview: (http://127\.0\.0\.1:(\d+)/) ", first)
        assert found, first + self.process.stdout.read()
        self.address, self.port = found[1], int(found[2])

    def save(self, old: str, new: str) -> None:
        """Save the text with a passage changed."""
        text = self.text.read_text(encoding="utf-8")
        assert old in text
        self.text.write_text(text.replace(old, new, 1), encoding="utf-8")

    def ask(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, bytes]:
        """Send a request as no browser would."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Give a watched manuscript."""
    found = Watched(tmp_path_factory.mktemp("watched"))
    yield found
    found.process.kill()
    found.process.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a browser."""
    executable = kit.browser()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        kit.unavailable(f"{error}; `make test` installs it")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"], env=dict(SURROUNDINGS))


@pytest.fixture
def page(watched: Watched, browser: Any) -> Iterator[Page]:
    """Give the preview, once it shows a build without an error."""
    found = browser.new_page(viewport={"width": 1440, "height": 900})
    found.goto(watched.address)
    found.wait_for_selector("body[data-version]", timeout=WAIT)
    yield found
    found.close()


def version(page: Page) -> int:
    return int(page.get_attribute("body", "data-version") or 0)


def until(page: Page, told: str) -> None:
    """Wait until the page says so; Playwright's own way would need a policy that lets it evaluate strings."""
    end = time.monotonic() + WAIT / 1000
    while not page.evaluate(told):
        assert time.monotonic() < end, told
        page.wait_for_timeout(50)


def wait_for_next(page: Page, before: int) -> None:
    until(page, f"Number(document.body.dataset.version) > {before}")


def top(page: Page, words: str) -> float:
    """Give how far below the top of the view of the web page a paragraph begins."""
    box = page.frame_locator("iframe").locator("p", has_text=words).bounding_box()
    assert box
    return box["y"]


def test_shows_pdf_and_web_page_and_counts_words(page: Page, watched: Watched) -> None:
    """Side by side; the words against what the profile's journal takes."""
    picture = page.locator("#pages img").first
    until(page, "document.querySelector('#pages img').naturalWidth > 0")
    left, right = picture.bounding_box(), page.locator("iframe").bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"]
    assert page.locator("#pages img").count() >= 4
    assert page.frame_locator("iframe").locator("h1").inner_text() == "A text to be watched"
    assert re.fullmatch(r"3,\d{3} words \(asked: 750 to 1,750 words\)", page.inner_text("#words")), page.inner_text("#words")
    assert (watched.folder / "dist" / "article.epub").is_file()


def test_follows_a_save_and_keeps_its_place(page: Page, watched: Watched) -> None:
    """A paragraph added above what is read moves nothing in view; the preview itself is not loaded again."""
    page.evaluate("window.stays = true")
    page.frame_locator("iframe").locator("p", has_text="blue five").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('iframe').contentWindow.scrollBy(0, 37)")
    page.evaluate("document.querySelector('#pages').scrollTop = 1500")
    before, at = version(page), top(page, "blue five")
    watched.save("# Beginning\n", "# Beginning\n\nA paragraph that nobody expected. It has a second sentence.\n")
    wait_for_next(page, before)
    assert page.frame_locator("iframe").locator("p", has_text="nobody expected").count() == 1
    assert abs(top(page, "blue five") - at) < 2
    assert page.evaluate("document.querySelector('#pages').scrollTop") == 1500
    assert page.evaluate("window.stays") is True
    assert page.evaluate("document.querySelectorAll('iframe').length") == 1


def test_web_page_is_there_before_the_pdf(page: Page, watched: Watched) -> None:
    """As soon as the text is set: with its words, its places in the source and its policy; the pages follow."""
    page.evaluate(
        "window.seen = []; new MutationObserver(() => { const { draft, version } = document.body.dataset;"
        " const shown = document.querySelector('iframe:not(.waiting)').contentDocument.body;"
        " window.seen.push([draft, version, shown.textContent]) })"
        ".observe(document.body, { attributes: true, attributeFilter: ['data-draft', 'data-version'] })"
    )
    before = version(page)
    watched.save("# Beginning\n", "# Beginning\n\nWords that come early.\n")
    wait_for_next(page, before)
    early, late = page.evaluate("window.seen")[-2:]
    assert [int(early[1]), int(late[1])] == [before, before + 1], "the draft was shown while the last build still stood"
    assert "Words that come early." in early[2] and "Words that come early." in late[2]
    status, data = watched.ask("/draft/places")
    line = watched.text.read_text(encoding="utf-8").split("\n").index("Words that come early.") + 1
    assert status == 200
    assert any(place and place["where"].endswith(f"article.md:{line}") for place in json.loads(data))
    assert watched.ask("/draft")[0] == 200


def test_early_page_of_a_build_that_fails_is_taken_back(page: Page, watched: Watched) -> None:
    """The PDF cannot be made: the web page that belongs to the last good PDF is there again."""
    before = version(page)
    template = watched.folder / "templates" / "xmp.xml"  # which is filled in last
    template.parent.mkdir()
    template.write_text("{{ nowhere }}")
    page.locator("#problems").wait_for(state="visible", timeout=WAIT)
    watched.save("# Beginning\n", "# Beginning\n\nWords without a page.\n")
    until(page, "document.querySelector('iframe:not(.waiting)').contentDocument.body.textContent.includes('without a page')")
    until(page, "!document.querySelector('iframe:not(.waiting)').contentDocument.body.textContent.includes('without a page')")
    assert "[template-broken]" in page.locator("#problems").inner_text()
    assert version(page) == before
    template.unlink()
    watched.save("Words without a page.\n\n", "")
    page.locator("#problems").wait_for(state="hidden", timeout=WAIT)


def test_broken_save_is_told_over_the_last_good_preview(page: Page, watched: Watched) -> None:
    """With file, line and hint; what stands in dist/ is as it was, and the next good save takes the message away."""
    before = version(page)
    files = {path.name: path.read_bytes() for path in (watched.folder / "dist").iterdir()}
    watched.save("# Beginning\n", "# Beginning\n\nSee @nobody2020.\n")
    problems = page.locator("#problems")
    problems.wait_for(state="visible", timeout=WAIT)
    line = watched.text.read_text(encoding="utf-8").split("\n").index("See @nobody2020.") + 1
    assert f"article.md:{line}" in problems.inner_text()
    assert "[cite-missing]" in problems.inner_text()
    assert problems.locator(".hint").first.inner_text()
    assert version(page) == before
    assert page.frame_locator("iframe").locator("p", has_text="blue five").count() == 1
    assert {path.name: path.read_bytes() for path in (watched.folder / "dist").iterdir()} == files
    watched.save("See @nobody2020.\n", "See nobody.\n")
    wait_for_next(page, before)
    problems.wait_for(state="hidden", timeout=WAIT)


def test_click_shows_the_line_in_the_source(page: Page, watched: Watched) -> None:
    """In the web page and in the PDF."""
    lines = watched.text.read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if text.startswith("The green three"))
    page.frame_locator("iframe").locator("p", has_text="green three").click()
    until(page, "document.querySelector('#place .where')")
    assert page.inner_text("#place .where").endswith(f"article.md:{line}")
    assert page.inner_text("#place .text").startswith("The green three paragraph")

    page.locator("#pages img").nth(1).scroll_into_view_if_needed()
    until(page, "document.querySelectorAll('#pages img')[1].naturalWidth > 0")
    box = page.locator("#pages img").nth(1).bounding_box()
    assert box
    page.evaluate("document.querySelector('#place').replaceChildren()")
    page.locator("#pages img").nth(1).click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    until(page, "document.querySelector('#place .where')")
    said = page.evaluate(
        "[...document.querySelector('iframe').contentDocument.querySelectorAll('p')].find((p) => p.style.outline).textContent"
    )
    where = int(page.inner_text("#place .where").rsplit(":", 1)[1])
    assert lines[where - 1].split()[:3] == said.split()[:3]
    assert said.split()[1] in page_text(watched, 2)


def page_text(watched: Watched, number: int) -> str:
    """Give what a page of the PDF says."""
    command = ["pdftotext", "-f", str(number), "-l", str(number), str(watched.folder / "dist" / "article.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_preview_has_no_violation_of_accessibility(page: Page) -> None:
    """With the problems open, too."""
    from axe_playwright_python.sync_playwright import Axe

    if page.locator("#warnings").is_visible():
        page.click("#warnings")
    results = Axe().run(page)
    assert results.response["passes"]
    assert [violation["id"] for violation in results.response["violations"]] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Host": "elsewhere.example:80"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/events", "/state", "/pages/1", "/dist/article.html"])
def test_requests_of_other_sites_are_refused(path: str, headers: dict[str, str], page: Page, watched: Watched) -> None:
    """Whatever name they use for this machine; the same requests without these headers are answered."""
    assert watched.ask(path, headers) == (403, b"")
    if path != "/events":
        assert watched.ask(path)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/dist/../article.md",
        "/dist/%2e%2e/article.md",
        "/dist/..%2farticle.md",
        "/dist//etc/passwd",
        "/dist/%2fetc/passwd",
        "/dist/out",
        "/dist/",
        "/dist/%00",
        "/preview.html",
        "/../article.md",
        "/pages/0",
        "/pages/9999",
        "/pages/1?width=x",
        "/pages/1?x=a&y=b",
        "/elsewhere",
    ],
)
def test_nothing_but_the_output_is_served(path: str, page: Page, watched: Watched) -> None:
    """No way leads out of dist/, and no nonsense ends the server."""
    link = watched.folder / "dist" / "out"
    if not link.is_symlink():
        link.symlink_to(watched.text)
    assert watched.ask(path) == (404, b"")
    assert watched.ask("/state")[0] == 200


def test_nothing_is_changed_by_a_request(page: Page, watched: Watched) -> None:
    """There is nothing to be asked for but what is shown."""
    for method in ("POST", "PUT", "DELETE"):
        assert watched.ask("/dist/article.html", method=method)[0] == 501


def test_listens_to_this_machine_alone(page: Page, watched: Watched) -> None:
    """At no other address, not even another of the loopback's."""
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection(("127.0.0.2", watched.port), timeout=5)


def test_port_that_is_taken_is_told(watched: Watched) -> None:
    """With exit code 2, and no traceback."""
    command = [sys.executable, str(ROOT / "build.py"), "watch", str(watched.folder), "--port", str(watched.port)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert process.returncode == 2
    assert f"cannot be served at port {watched.port}" in process.stderr
    assert "Traceback" not in process.stderr


def test_what_a_build_writes_is_no_news(tmp_path: Path) -> None:
    """The output folder stands beside the text, and is exchanged for another: neither is a save."""
    found = Watched(tmp_path)
    try:
        assert found.process.stdout
        assert "built in" in found.process.stdout.readline()
        assert select.select([found.process.stdout], [], [], 3.0)[0] == []
    finally:
        found.process.kill()
        found.process.communicate()


def test_ends_when_interrupted(tmp_path: Path) -> None:
    """With exit code 0, also in the middle of a build, and nothing goes on behind it."""
    found = Watched(tmp_path)
    found.process.send_signal(signal.SIGINT)
    said, _ = found.process.communicate(timeout=60)
    assert found.process.returncode == 0, said
    assert "Traceback" not in said
    time.sleep(0.5)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", found.port), timeout=5)


@pytest.mark.parametrize(("across", "down"), [(1.0, 14_400.0), (14_400.0, 1.0), (0.0, 5e6), (432.0, 648.0)])
def test_a_page_of_any_shape_is_drawn_within_bounds(across: float, down: float) -> None:
    """A style sheet may ask for a page that is a kilometre high; its picture is as small as it must be."""
    found = scale(across, down, WIDEST)
    assert max(across, 1.0) * max(down, 1.0) * found**2 <= MOST * 1.0001
    assert max(across, 1.0) * found <= WIDEST * 1.0001
    if (across, down) == (432.0, 648.0):
        assert across * found == pytest.approx(WIDEST, rel=0.1)
