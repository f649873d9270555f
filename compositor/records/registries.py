"""Registries of clinical trials: what people call one in, the DOI that Crossref has given it out.

The list is Crossref's (https://doi.org/10.18810/registries, as of 2020-04-07): the registries that the WHO accepts, with their
names and short names. A registry that is not there, such as OSF or PROSPERO, registers other studies.
"""

from __future__ import annotations

import re

PREFIX = "10.18810"
NAMES = {  # the end of the DOI → what the registry is called
    "anzctr": ("ANZCTR", "Australian New Zealand Clinical Trials Registry"),
    "chictr": ("ChiCTR", "Chinese Clinical Trial Registry"),
    "clinical-trial-registry-india": ("CTRI", "Clinical Trials Registry India", "Clinical Trials Registry – India"),
    "clinical-trials-gov": ("ClinicalTrials.gov",),
    "cris": ("CRiS", "Clinical Research Information Service"),
    "drks": ("DRKS", "German Clinical Trials Register", "Deutsches Register Klinischer Studien"),
    "dutch-trial-register": (
        "NTR",
        "Netherlands National Trial Register",
        "Netherlands Trial Register",
        "Dutch Trial Register",
    ),
    "euctr": ("EU-CTR", "EU Clinical Trials Register", "EudraCT"),
    "irct": ("IRCT", "Iranian Registry of Clinical Trials"),
    "isrctn": ("ISRCTN", "ISRCTN.org", "ISRCTN registry"),
    "jma": ("JMACCT", "Japan Medical Association Clinical Trial Registry"),
    "jprn": ("JPRN", "Japan Primary Registries Network"),
    "pactr": ("PACTR", "Pan African Clinical Trial Registry", "Pan African Clinical Trials Registry"),
    "rebec": ("ReBec", "Brazilian Clinical Trials Registry", "Registro Brasileiro de Ensaios Clínicos"),
    "rpec": ("RPCEC", "Cuban Public Registry of Clinical Trials", "Registro Público Cubano de Ensayos Clínicos"),
    "slctr": ("SLCTR", "Sri Lanka Clinical Trials Registry"),
    "tctr": ("TCTR", "Thai Clinical Trials Registry"),
    "umin-japan": ("UMIN", "UMIN-CTR", "UMIN Japan", "UMIN Clinical Trials Registry"),
    "utn": ("UTN", "Universal Trial Number", "Uniform Trial Number"),
}


def _key(name: str) -> str:
    return re.sub(r"\W+", "", name).casefold()


_KNOWN = {_key(name): end for end, names in NAMES.items() for name in names}


def doi(name: str) -> str:
    """Give the DOI of a registry of clinical trials, empty for any other."""
    end = _KNOWN.get(_key(name.removeprefix("https://")), "")
    return f"{PREFIX}/{end}" if end else ""
