"""Judge of the manifest: rocrate-validator, held against RO-Crate 1.1, without a network.

The validator asks for the context of RO-Crate 1.1 at its address. It stands, word for word, in the package ``rocrate``
as well, and goes from there into the validator's own store of answers, which is all that it may ask.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.judges import kit

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

PROGRAM = """
import io, sys, tempfile
from pathlib import Path

import requests, rocrate, urllib3
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

address = "https://w3id.org/ro/crate/1.1/context"
context = Path(rocrate.__file__).with_name("data").joinpath("ro-crate.jsonld").read_bytes()
with tempfile.TemporaryDirectory() as folder:
    store = Path(folder, "answers")
    session = HttpRequester.initialize_cache(cache_path=str(store), cache_max_age=-1).session
    for accepted in ("application/ld+json, application/json", "application/ld+json"):
        asked = requests.Request("GET", address, headers={"Accept": accepted}).prepare()
        answer = urllib3.HTTPResponse(
            io.BytesIO(context), {"Content-Type": "application/ld+json"}, 200, preload_content=False, request_url=address
        )
        session.cache.save_response(requests.adapters.HTTPAdapter().build_response(asked, answer))
    settings = services.ValidationSettings(
        rocrate_uri=models.URI(sys.argv[1]),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.REQUIRED,
        offline=True,
        cache_path=store,
        cache_max_age=-1,
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        print(issue.check.identifier, issue.message)
    print("passed" if result.passed() else "failed")
"""


def ro_crate(folder: Path) -> list[str]:
    """Give what RO-Crate 1.1 requires and the folder's ``ro-crate-metadata.json`` has not."""
    pin = kit.HERE / "crate.txt"

    def install(target: Path) -> subprocess.CompletedProcess[str]:
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        return kit.run((*pip, "--require-hashes", "--target", target, "--requirement", pin))

    packages = kit.once("crate", pin.read_bytes(), install)
    process = kit.run((sys.executable, "-P", "-c", PROGRAM, folder), environment={"PYTHONPATH": str(packages)})
    said = process.stdout.splitlines()
    if process.returncode or not said or said[-1] not in ("passed", "failed"):
        return [f"no verdict: {process.stdout}{process.stderr[-2000:]}"]
    return said[:-1] or ["failed"] * (said[-1] == "failed")
