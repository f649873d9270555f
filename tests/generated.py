"""Generated manuscripts for test_properties.py: strategies of hypothesis for text, metadata and bibliographies.

The text is written in our dialect, so that cases reach the filters and editions; its pieces are then nested, left open
and mixed with what authors never mean: unseen characters, raw HTML out of place, ends of other syntaxes.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st

Text = st.SearchStrategy[str]


def pick(*choices: str) -> Text:
    """Choose one."""
    return st.sampled_from(choices)


def form(pattern: str, *parts: Text) -> Text:
    """Fill the pattern's braces in their order."""
    return st.builds(pattern.format, *parts)


NASTY = pick(
    *[
        "\u202e",
        "\0",
        "\x0b",
        "\u00ad",
        "\u200b",
        "\ufeff",
        "e\u0301",
        "\ud7a3",
        "ﬁ",
        "𝔘",
        "שלום",
        "中文",
        "👩\u200d🔬",
        "ʹ",
        "\x85",
    ],
    *[
        "\u2067\u2069",
        "&#0;",
        "&#x202e;",
        "&nbsp;",
        "&lt;b>",
        "<!--",
        "-->",
        "]]>",
        "${",
        "%}",
        "{{",
        "}}",
        "{#",
        "\\",
        "`",
        "$",
    ],
    *["'", '"', "--", "..."],
)
WORD = pick("one", "Two", "of", "1999", "a-b", "https://example.org/a", "(c)", "n.d.")
WORDS = st.lists(st.one_of(WORD, NASTY), max_size=4).map(" ".join)
KEYS = pick(*["k1", "k2"] * 4, "fig-a", "sec-a", "tbl-a", "eq-a", "nowhere")
TAGS = pick(
    *["b", "i", "a", "p", "div", "span", "sup", "script", "svg", "math", "table", "td", "li", "section", "img", "x:y", "h1"],
    *["main", "body", "br", "input", "aside", "ruby", "details", "pre"],
)
ATTRIBUTES = pick(
    *("", "id=a", 'id="refs"', 'id="abstract"', "onclick=a", 'style="a:url(b)"', 'class="math"', 'src="x"', 'colspan="0"'),
    *("href", 'class="equation"', 'class="footnotes" role="doc-endnotes"', 'role="doc-noteref" href="#x"'),
)
SPANS = pick(".smallcaps", "#a", "#sec-c", ".math .display", "lang=he dir=rtl", ".x style='color:red'")
LINKS = pick("#sec-a", "x.md", "javascript:a", "<a b>", "", "https://example.org")
FORMULAS = pick(
    *("x^2", "\\frac{1}{", "\\begin{matrix} a & b \\\\ c \\end{matrix}", "\\x", "", "\\sum_{i}^n", "\\text{é}", "a \\tag{1}"),
    *("{", "\\label{eq:b} y", "\\mathbb{R}", "\\hbox{}", "\\left("),
)


def _inlines(inner: Text) -> Text:
    return st.one_of(
        st.builds("{0}{1}{0}".format, pick("*", "**", "~~", "^", "~", "`", "$", '"', "'", "***", "__"), inner),
        form("[{}]({})", inner, LINKS),
        form("![{}]({}){}", inner, pick("a.svg", "a.svg", "a.svg", "no.png"), pick("", "{#fig-b}", "{width=3%}", '{alt=""}')),
        form("[{} @{}, {}]", inner, KEYS, pick("p. 3", "pp. 1--2", "", "{x}", "§ 4")),
        form("@{} [{}]", KEYS, inner),
        form("[-@{}; @{}]", KEYS, KEYS),
        form("^[{}]", inner),
        form("[^{}]", pick("a", "a", "b", "c", "d")),
        form("<{} {}>{}</{}>", TAGS, ATTRIBUTES, inner, TAGS),
        form("[{}]{{{}}}", inner, SPANS),
        form("`{}`{{={}}}", inner, pick("html", "latex", "openxml", "tex")),
        form("\\{}{{{}}}", pick("label", "ref", "autoref", "textbf", "x", "footnote"), st.one_of(KEYS, inner)),
        form("{} {}", inner, inner),
    )


INLINE = st.recursive(WORDS, _inlines, max_leaves=4)
HEADS = form("{} {}{}", pick("#", "##", "###", "######"), INLINE, pick("", " {-}", " {#sec-b}", " {.appendix}", " {#x}"))
FENCES = pick("", "python", "{.r startFrom=3 .numberLines}", "{=html}", "{=openxml}")
PIECES = pick(
    *("---", "***", "# References", "# Abstract", "::: {#refs}\n:::", "* * *\n* * *", "\\newpage", "# Acknowledgements"),
    *("{% for a in data %}", "{{ data.x }}", "{{ 1/0 }}", "(@a) one", "Term\n: x\n: y"),
)
BLOCK_OF_ONE = st.one_of(
    INLINE,
    HEADS,
    PIECES,
    form("$$\n{}\n$$ {}", FORMULAS, pick("", "{#eq-b}")),
    form("A ${}$ b", FORMULAS),
    form("| {} | b |\n|:--|--:|\n| {} | d |\n\n: {} {{#tbl-b}}", INLINE, INLINE, INLINE),
    form("+---+---+\n| a | b |\n+===+===+\n| {:1.1} | d |\n+---+---+", WORDS),
    form("```{}\n{}\n{}", FENCES, INLINE, pick("```", "")),
    form("[^{}]: {}", pick("d", "e"), INLINE),
    form("<{} {}>\n\n{}\n\n</{}>", TAGS, ATTRIBUTES, INLINE, TAGS),
    form("{}\n:   {}", INLINE, INLINE),
    form("---\n{}: {}\n---", pick("title", "references", "nocite", "bibliography", "x"), WORDS),
    st.builds("\\begin{{{0}}}{1}\\end{{{0}}}".format, pick("equation", "align", "tabular", "x"), FORMULAS),
)


def _blocks(inner: Text) -> Text:
    marks = pick("- ", "1. ", "> ", "- [ ] ", "a) ", "    ", "(@) ", "[^f]: ")
    divs = pick(".note", "#abstract", "#refs", "lang=de", "#fig-c", "#tbl-c", ".appendix")
    return st.one_of(
        st.builds(lambda mark, text: mark + text.replace("\n", "\n" + " " * len(mark)), marks, inner),
        form("::: {{{}}}\n{}\n{}", divs, inner, pick(":::", "")),
        form("{}\n\n{}", inner, inner),
    )


# What the pieces above point at.
TARGETS = """
# A section {#sec-a}

![A figure.](a.svg){#fig-a}

| a | b |
|---|---|
| c | d |

: A table. {#tbl-a}

$$a$$ {#eq-a}

[^a]: A note.

[^b]: Another.

[^c]: A third.

Words, @k1, @k2.

"""
TEXT = st.lists(st.recursive(BLOCK_OF_ONE, _blocks, max_leaves=5), min_size=1, max_size=6).map(
    lambda parts: TARGETS + "\n\n".join(parts)
)

PARTS = pick(
    "name", "given", "family", "id", "type", "title", "url", "ref", "literal", "index", "corresponding", "affiliation", ""
)
SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(-5, 10**20), st.floats(allow_nan=False), INLINE, NASTY),
    pick("2020-13-40", "en-GB", "he", "apa", "r.json", "10.5555/x", "0000-0002-1825-0097", "k1"),
)
VALUE = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PARTS, inner, max_size=4)), max_leaves=5
)
METADATA_KEYS = pick(
    *["title", "subtitle", "short-title", "abstract", "author", "authors", "affiliations", "institute", "keywords", "tags"],
    *["lang", "date", "received", "accepted", "doi", "url", "jinja", "toc", "bibliography", "csl", "citation-style", "dir"],
    *["acknowledgements", "funding", "license", "licence", "journal", "citation", "volume", "issn", "nocite", "references"],
    *["link-citations", "suppress-bibliography", "reference-section-title", "number-sections", "appendix-numbering"],
    *["citation-abbreviations", "header-includes", "notes-after-punctuation"],
)
METADATA = st.dictionaries(METADATA_KEYS, VALUE, min_size=1, max_size=6)

FIELDS = ["title", "container-title", "volume", "page", "DOI", "URL", "ISBN", "note", "publisher", "language", "abstract", "x"]
NUMBERS = pick("10.5555/x", "978-0-306-40615-7", "3--5", "12", "https://example.org/a b", "en", "n.d.", "-1")
NAME = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("family", "given", "literal", "suffix", "non-dropping-particle"), INLINE)
)
NAMES = st.lists(NAME, max_size=3)
PARTS_OF_A_DATE = st.lists(st.lists(st.integers(-9999, 99999), min_size=1, max_size=3), min_size=1, max_size=2)
DATE = st.one_of(
    st.fixed_dictionaries({"date-parts": PARTS_OF_A_DATE}),
    st.fixed_dictionaries({}, optional={"raw": INLINE, "literal": INLINE, "season": NUMBERS, "circa": st.booleans()}),
)
WORK = st.fixed_dictionaries(
    {"id": pick("k1", "k2", "k3", "a b", "é", "1"), "type": pick("book", "article-journal", "chapter", "webpage", "nonsense")},
    optional={
        **dict.fromkeys(FIELDS, st.one_of(INLINE, NUMBERS)),
        **dict.fromkeys(("author", "editor"), NAMES),
        **dict.fromkeys(("issued", "accessed"), DATE),
    },
)
SPOILT = st.builds(lambda work, key, value: {**work, key: value}, WORK, pick("id", "type", "author", "issued", "title"), VALUE)
WORKS = st.lists(WORK, max_size=4)
CSL_JSON = st.one_of(WORKS, WORKS, WORKS, st.lists(SPOILT, max_size=3), VALUE).map(json.dumps)
BIBTEX_ENTRY = form(
    '@{}{{{}, {} = {{{}}}, {} = "{}", year = {}}}',
    pick("book", "article", "misc", "string", "comment", "x"),
    pick("k1", "k2", "", "a b"),
    pick("title", "author", "crossref", "url", "pages"),
    INLINE,
    pick("journal", "editor", "doi", "month"),
    INLINE,
    pick("2020", "{x}", "jan", "", "-3"),
)
BIBTEX_PIECES = pick("@", "@book{", "}", "@string{a = {b}}", "%", '@preamble{"\\x"}', "\\input{x}", "{")
BIBTEX = st.lists(st.one_of(BIBTEX_ENTRY, BIBTEX_ENTRY, BIBTEX_PIECES, NASTY), max_size=5).map("\n".join)
LIBRARY = st.one_of(CSL_JSON.map(lambda text: ("r.json", text)), BIBTEX.map(lambda text: ("r.bib", text)))
