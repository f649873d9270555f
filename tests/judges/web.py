"""Judges of web pages: the Nu HTML checker, and axe in Chromium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from compositor import SURROUNDINGS
from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import ViewportSize

# name → width and height, colour scheme
SCREENS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "wide": ({"width": 1440, "height": 900}, "light"),
    "phone": ({"width": 360, "height": 740}, "light"),
    "dark": ({"width": 1440, "height": 900}, "dark"),
}

# every part that a reader can open is opened: what is hidden is not judged
OPEN = """() => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  document.querySelector("main a[role='doc-noteref'], main a[role='doc-biblioref']")?.click();
}"""


def nu(files: Sequence[Path]) -> list[str]:
    """Give errors and warnings of the Nu HTML checker."""
    jar = kit.node_modules() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    process = kit.run((*kit.JAVA, "-Xss2m", "-jar", jar, "--stdout", "--exit-zero-always", "--format", "json", *files))
    if process.returncode or not process.stdout.startswith("{"):
        return [f"no verdict: {process.stdout}{process.stderr}"]
    messages = json.loads(process.stdout)["messages"]
    return [
        f"{message.get('url')}:{message.get('lastLine')}: {message['type']}: {message['message']} {message.get('extract', '')}"
        for message in messages
        if message["type"] != "info" or message.get("subType") == "warning"
    ]


def axe(files: Sequence[Path]) -> list[str]:
    """Give the violations that axe finds on a wide screen, on a telephone and in the dark."""
    executable = kit.browser()
    try:
        from axe_playwright_python.sync_playwright import Axe
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        kit.unavailable(f"{error}; `make test` installs it")
    found = []
    with sync_playwright() as playwright:
        # root, as which tests run in containers, may not start Chromium's sandbox
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"], env=dict(SURROUNDINGS))
        for screen, (size, scheme) in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme=scheme)
            for file in files:
                page = context.new_page()
                page.goto(file.as_uri())
                page.evaluate(OPEN)
                results = Axe().run(page)
                for violation in results.response["violations"]:
                    nodes = "; ".join(node["html"][:200] for node in violation["nodes"][:5])
                    found.append(f"{file}, {screen}: {violation['id']} ({violation['impact']}): {violation['help']}: {nodes}")
                if not results.response["passes"]:
                    found.append(f"{file}, {screen}: axe has judged nothing")
                page.close()
        browser.close()
    return found
