"""Draw Figure 1: who belonged to which organisation, 1991-2019.

Reads data/membership.csv, writes figures/membership.svg:

    python figures/membership.py

Two runs give the same bytes: the hash salt is fixed and no date is written.
"""

import csv
from dataclasses import replace
from importlib import import_module, resources
from pathlib import Path

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.patches import Rectangle

ROOT = Path(__file__).resolve().parent.parent
FIRST, LAST = 1991, 2019
WIDTH, HEIGHT = 4.6, 4.3  # inches: the text is 117 mm wide
LEFT = -0.19  # where names of states begin, in widths of the plot
SIZE = 7.5  # points
FONT = "Source Sans 3"
CAPS = 0.66  # height of its capitals, in ems

INK = "#222222"
QUIET = "#5c5c5c"
GRID = "#c9c9c9"

# Each organisation has a place in its state's row (offset and height, in rows),
# a tint of its own lightness, and its name on every bar: the figure reads
# without colour.
STYLE = {
    "CIS": dict(at=0.00, height=0.88, face="#e6e5e0", edge="none", ink=INK),
    "CSTO": dict(at=-0.205, height=0.36, face="#33506e", edge="none", ink="#ffffff"),
    "EAEU": dict(at=0.205, height=0.36, face="#d9a85b", edge="none", ink=INK),
    "GUAM": dict(at=0.205, height=0.36, face="#ffffff", edge="#3f7a70", ink=INK),
}


def register_fonts() -> None:
    """Let Matplotlib measure with Source Sans 3, if its package is there."""
    try:
        import_module("fontpkg_source_sans_3")
    except ImportError:
        return
    folder = resources.files("fontpkg_source_sans_3") / "files"
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".ttf"):
            with resources.as_file(item) as path:
                font_manager.fontManager.addfont(str(path))
    # A variable font is listed at the weight of its first instance (200).
    listed = font_manager.fontManager.ttflist
    listed[:] = [replace(e, weight=400) if e.name == FONT else e for e in listed]


def read_spells() -> list[tuple[str, str, int, int]]:
    """The spells of membership: state, organisation, first and last year."""
    with open(ROOT / "data" / "membership.csv", encoding="utf-8", newline="") as file:
        return [
            (row["state"], row["organisation"], int(row["joined"]), int(row["left"] or LAST)) for row in csv.DictReader(file)
        ]


def place_rows(spells: list[tuple[str, str, int, int]]) -> tuple[dict[str, float], list[tuple[float, str]]]:
    """A height for each state, CSTO members first, and for each group's head."""
    members = {state for state, body, _, left in spells if body == "CSTO" and left == LAST}
    others = {state for state, *_ in spells} - members
    rows: dict[str, float] = {}
    heads: list[tuple[float, str]] = []
    y = 0.0
    for head, states in (
        (f"Members of the CSTO in {LAST}", members),
        ("Other states that have belonged to the CIS", others),
    ):
        heads.append((y + 0.1, head))
        for state in sorted(states):
            y += 1
            rows[state] = y
        y += 1.05
    return rows, heads


def main() -> None:
    register_fonts()
    plt.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "compositor-membership",
            "font.family": [FONT, "DejaVu Sans"],
            "font.size": SIZE,
            "text.color": INK,
        }
    )
    spells = read_spells()
    rows, heads = place_rows(spells)

    figure = plt.figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_axes((0.160, 0.052, 0.818, 0.946))
    axes.set_xlim(FIRST, LAST)
    axes.set_ylim(max(rows.values()) + 0.58, -0.35)

    # The grid stops short of the two heads.
    bands = [(heads[0][0] + 0.4, heads[1][0] - 0.55), (heads[1][0] + 0.4, axes.get_ylim()[0])]
    for top, bottom in bands:
        axes.vlines(range(1995, LAST, 5), top, bottom, color=GRID, linewidth=0.4, zorder=0)

    def write(text: str, x: float, y: float, shift: float = 0, size: float = SIZE, **how) -> None:
        """Set text from x, its capitals centred on y."""
        axes.annotate(
            text,
            (x, y),
            xytext=(shift, -size * CAPS / 2),
            textcoords="offset points",
            fontsize=size,
            va="baseline",
            **how,
        )

    for state, body, joined, left in spells:
        style = STYLE[body]
        top = rows[state] + style["at"] - style["height"] / 2
        inset = 0.045 if style["edge"] != "none" else 0.0
        axes.add_patch(
            Rectangle(
                (joined + inset, top),
                left - joined - 2 * inset,
                style["height"],
                facecolor=style["face"],
                edgecolor=style["edge"],
                linewidth=0.7,
                zorder=1 if body == "CIS" else 2,
            )
        )
        # The wide CIS band carries its name in its lower half, where no bar
        # of another organisation begins before 1997.
        middle = rows[state] + (0.205 if body == "CIS" else style["at"])
        write(body, joined, middle, shift=3, color=style["ink"], zorder=3)

    margin = axes.get_yaxis_transform()
    for y, head in heads:
        write(head, LEFT, y, xycoords=margin, color=QUIET, style="italic")
    for state, y in rows.items():
        write(state, LEFT, y, xycoords=margin, size=8)

    axes.set_yticks([])
    axes.set_xticks([FIRST, 1995, 2000, 2005, 2010, 2015, LAST])
    axes.tick_params(axis="x", length=2.5, pad=2, width=0.5, color=QUIET, labelcolor=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
    axes.spines["bottom"].set(color=QUIET, linewidth=0.5)

    figure.savefig(
        ROOT / "figures" / "membership.svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Title": "Membership, 1991–2019"},
    )


if __name__ == "__main__":
    main()
