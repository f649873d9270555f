"""What stands in a line: links, cross-references, numbers of captions, pictures and formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from lxml import etree

from compositor.setting import markup
from compositor.word import pictures, revisions
from compositor.word.paragraphs import Paragraphs, Place
from compositor.word.parts import NAMES, TWIPS, attribute, w
from compositor.word.runs import PLAIN, Look, field, run, text_runs


@dataclass(slots=True)
class Inlines(Paragraphs):
    """Writes the elements of a paragraph."""

    def inline(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write an element of a paragraph."""
        classes = element.get("class", "").split()
        if element.tag == f"{markup.MATHML}math":
            self.formula(element, place, look)
        elif not isinstance(element.tag, str) or "}" in element.tag:
            return
        elif element.get("role") == "doc-noteref":
            self.note(element, place, look)
        elif element.tag == "a" and element.get("href"):
            self.link(element, place, look)
        elif element.tag == "img":
            self.picture(element, place, look)
        elif element.tag == "input":
            self.start(place).append(
                run(look, w("sym", font="Wingdings", char="F0FE" if "checked" in element.attrib else "F0A8"))
            )
            self.text("\N{NO-BREAK SPACE}", place, look)
        elif "equation" in classes:
            self.close()
            self.walk(element, replace(place, style="Equation", item=None), look)
            self.close()
        elif element in self.captions:
            self.counted(element, place, look)
        else:
            self.expect(element)
            if self.into is not None and self.pending:  # a word of a paragraph that has begun
                into, names, self.pending = self.into, self.pending, []
                ends = [self.bookmark(into, name) for name in names]
                self.walk(element, place, look)
                into.extend(ends)
            else:
                self.walk(element, place, look)

    def counted(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write the label of a caption, or the number of an equation, with its number as a field."""
        before, instruction, result = self.captions[element]
        label = re.sub(r"[ \t\r\n]+", " ", "".join(element.itertext()))
        at = label.rindex(before + result) + len(before)
        if "equation-number" in element.get("class", ""):
            self.start(place).extend(text_runs("\t", PLAIN))
        self.bare = False
        into = self.start(place)
        into.extend(text_runs(label[:at], look))
        holder = next((up for up in element.iterancestors("figure", "table", "span") if up.get("id")), None)
        identifier = holder.get("id") if holder is not None else ""
        end = self.bookmark(into, identifier) if identifier in self.names and identifier not in self.placed else None
        into.append(field(instruction, result, look))
        if end is not None:
            into.append(end)
        into.extend(text_runs(label[at + len(result) :], look))
        self.bare = label.endswith(" ")

    def link(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a link: a cross-reference as a field, one inside the text to a bookmark, one outside by relationship."""
        address = element.get("href")
        target = unquote(address[1:]) if address.startswith("#") else ""
        said = "".join(element.itertext())
        if target in self.references and said.endswith(self.references[target][1]) and "xref" in element.get("class", ""):
            instruction, result = self.references[target]
            self.text(said[: -len(result)], place, look)
            self.start(place).append(field(instruction.format(self.names[target]), result, look))
            self.bare = False
            return
        into = self.start(place)
        if (address.startswith("#") and target not in self.names) or into.tag == attribute("hyperlink"):
            self.walk(element, place, look)
            return
        link = w("hyperlink", history=1)
        if target:
            link.set(attribute("anchor"), self.names[target])
        else:
            link.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", self.part.link(address))
        into.append(link)
        self.into = link
        self.walk(element, place, look if target or look.style else replace(look, style="Hyperlink"))
        if self.into is link:
            self.into = into

    def picture(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a picture."""
        found = self.pictures.get(element.get("src", ""))
        if found is None:
            return
        self.drawn += 1
        room = (place.measure * TWIPS - place.indent) / 15, place.tallest * TWIPS / 15
        drawing = pictures.draw(element, *found, self.part, self.drawn, room)
        self.start(place).append(run(look, drawing))
        self.bare = False

    def formula(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a formula; one of its own stands in the middle of a line."""
        formula = self.formulas.get(element)
        if formula is None:
            self.text("".join(element.xpath(".//*[local-name()='annotation']/text()")), place, look)
            self.bare = False
            return
        formula = revisions.tracked(formula, look.change) if look.change else formula
        if place.style == "Equation":
            into = self.start(place)
            into.extend(text_runs("\t", PLAIN))
            into.append(formula)
        elif element.get("display") == "block":
            self.close()
            holder = etree.SubElement(self.start(replace(place, item=None)), f"{{{NAMES['m']}}}oMathPara")
            holder.append(formula)
            self.close()
        else:
            self.start(place).append(formula)
        self.bare = False
