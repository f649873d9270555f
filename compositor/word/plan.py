"""What is known before the first word is written: which numbers Word will count itself, and where links lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from compositor import maths
from compositor.editions import adapt
from compositor.setting import markup, pandoc
from compositor.setting.direction import is_rtl
from compositor.word import numbers, pictures
from compositor.word.parts import Part
from compositor.word.runs import PLAIN, Look
from compositor.word.writer import HEADS, Writer

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

MOST = 34  # letters of a bookmark; Word allows 40


def writer(sheet: Sheet, roots: list[etree._Element]) -> Writer:
    """Make the writer for the trees, which are written in this order; takes the notes out of them."""
    notes = {name: note for root in roots for name, note in adapt.take_notes(root).items()}
    lang = sheet.front["lang"]
    trees = [*roots, *notes.values()]
    heads, captions = _heads(trees), _captions(trees)
    references = {_holder(head): (" REF {} \\n \\h ", markup.text(head[0])) for head in heads}
    references |= {_holder(label): (" REF {} \\h ", result) for label, (_, _, result) in captions.items()}
    references.pop("", None)
    formulas = [formula for tree in trees for formula in maths.formulas(tree)]
    made = pandoc.word_formulas([etree.tostring(formula, encoding="unicode", with_tail=False) for formula in formulas])
    shared: dict[str, str] = {}
    return Writer(
        part=Part(shared),
        note_part=Part(shared),
        notes=notes,
        pictures=pictures.shown(sheet),
        formulas=dict(zip(formulas, made, strict=True)),
        heads=heads,
        captions=captions,
        references=references,
        look=Look(lang=lang) if is_rtl(lang) else PLAIN,
        names=_names(trees),
    )


def _names(trees: list[etree._Element]) -> dict[str, str]:
    """Name a bookmark for each id that a link leads to: letters, digits and low lines, the first a letter (Word's own rule)."""
    ids = {element.get("id") for tree in trees for element in tree.iter(etree.Element)}
    names: dict[str, str] = {}
    taken: set[str] = set()
    for tree in trees:
        for link in tree.xpath(".//a[starts-with(@href, '#')][not(@role='doc-noteref')]"):
            target = unquote(link.get("href")[1:])
            if target in ids and target not in names:
                stem = re.sub(r"\W", "_", target)
                stem = (stem if stem[:1].isalpha() else f"x{stem}")[:MOST]
                name, number = stem, 1
                while name.lower() in taken:  # Word does not tell capitals apart
                    number += 1
                    name = f"{stem}_{number}"
                taken.add(name.lower())
                names[target] = name
    return names


def _heads(trees: list[etree._Element]) -> dict[etree._Element, tuple[int, int]]:
    counter = numbers.Heads()
    found = {}
    for head in (head for tree in trees for head in tree.iter(*HEADS)):
        number = head.find("span[@class='number']")
        place = counter.place(markup.text(number)) if number is not None and head[0] is number and not head.text else None
        if place is not None:
            found[head] = place
    return found


def _captions(trees: list[etree._Element]) -> dict[etree._Element, tuple[str, str, str]]:
    """Give, for each label of a figure or table and each number of an equation, what its field is."""
    counter = numbers.Sequences()
    found = {}
    for label in (span for tree in trees for span in tree.iter("span") if span.get("class") in ("label", "equation-number")):
        text = markup.text(label).strip("().:： ")
        word, _, number = text.replace(adapt.NO_BREAK, " ").rpartition(" ")
        if label.get("class") == "label" and not word:
            continue  # "(a)": a panel
        instruction = counter.instruction(word or "Equation", number)
        if instruction is not None:
            found[label] = instruction
    return found


def _holder(element: etree._Element) -> str:
    """Give the id that links to a head, caption or equation lead to."""
    if element.tag in HEADS:
        own = element.get("id")
        section = element.getparent()
        return str(own or (section.get("id") if section.tag == "section" else None) or "")
    holder = next((up for up in element.iterancestors("figure", "table", "span") if up.get("id")), None)
    return holder.get("id") if holder is not None else ""
