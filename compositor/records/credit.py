"""CRediT: what an author did, as written, in; the term of the Contributor Role Taxonomy and its address out.

Source: ANSI/NISO Z39.104-2022, section 4.
"""

from __future__ import annotations

import re

VOCABULARY = "https://credit.niso.org/"
TERMS = (
    "Conceptualization", "Data curation", "Formal analysis", "Funding acquisition", "Investigation", "Methodology",
    "Project administration", "Resources", "Software", "Supervision", "Validation", "Visualization",
    "Writing – original draft", "Writing – review & editing",
)  # fmt: skip


def _fold(text: str) -> str:
    text = text.casefold().replace("&", "and").replace("isation", "ization")
    return re.sub(r"[^a-z]+", "-", text).strip("-").replace("-and-", "-")


KNOWN = {_fold(term): term for term in TERMS}


def find(role: str) -> tuple[str, str]:
    """Give the term and its address; both empty for a role that is none of the fourteen."""
    key = _fold(role)
    return (KNOWN[key], f"{VOCABULARY}contributor-roles/{key}/") if key in KNOWN else ("", "")
