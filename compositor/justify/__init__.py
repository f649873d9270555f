"""Justified text: WeasyPrint's lines in, lines that are even over the whole paragraph out.

WeasyPrint fills each line as far as it goes and never looks ahead. Here a paragraph is measured as a whole (paragraphs.py,
hyphens.py), the best places to end its lines are chosen (totalfit.py), and each line is made so that it ends there (filler.py),
with its punctuation a little outside the edge (hanging.py).
"""
