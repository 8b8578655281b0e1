"""Drawings of networks, and of what they do, as pipelines of boxes."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch

from utils.checks import check_count
from utils.plots.style import PALETTE

MOST_DRAWN = 8  # units drawn of a layer; larger layers show an ellipsis in the middle
UNIT_SPACING = 0.42  # in units of the drawing
LAYER_SPACING = (1.7, 3.0)  # smallest and largest: few layers are drawn farther apart


def _unit_heights(size, drawn):
    """Return the heights of a layer's circles, centred on 0, and that of the ellipsis (None if all are drawn)."""
    slots = drawn if size <= drawn else drawn + 1
    heights = [(slot - (slots - 1) / 2) * UNIT_SPACING for slot in range(slots)]
    return heights, heights.pop(slots // 2) if size > drawn else None


def _colour(index, last, codings):
    if index in (0, last):
        return PALETTE["grey"]
    return PALETTE["orange"] if index == codings else PALETTE["blue"]


def draw_network(sizes, *, title, names=None, codings=None, ax=None):
    """Draw a dense network, layer by layer, from left to right.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, inputs and outputs included. Large layers are abridged.
    title : str
    names : sequence of str, optional
        A word below each layer, above its size.
    codings : int, optional
        Index of the coding layer: drawn in another colour, with the encoder and the decoder marked on its sides. The
        smallest hidden layer unless told.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure unless given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are fewer than three layers, a size is not a positive whole number, `names` has another length, or
        `codings` is not the index of a hidden layer.
    """
    sizes = [check_count("sizes", size) for size in sizes]
    if len(sizes) < 3:
        raise ValueError(f"sizes: expected three layers or more, received {len(sizes)}")
    last = len(sizes) - 1
    names = [""] * len(sizes) if names is None else list(names)
    if len(names) != len(sizes):
        raise ValueError(f"names: expected {len(sizes)}, one a layer, received {len(names)}")
    codings = sizes.index(min(sizes[1:-1]), 1) if codings is None else codings
    check_count("codings", codings, low=1, high=last - 1)
    if ax is None:
        ax = plt.subplots(figsize=(9, 4))[1]

    spacing = float(np.clip(8 / last, *LAYER_SPACING))
    largest = max(sizes)
    # The drawn heights keep the order of the sizes: fewer circles for smaller layers, never fewer than two.
    drawn = [min(size, max(2, 2 * round(MOST_DRAWN / 2 * (size / largest) ** 0.3))) for size in sizes]
    columns = [_unit_heights(size, most) for size, most in zip(sizes, drawn, strict=True)]
    for i, ((left, _), (right, _)) in enumerate(itertools.pairwise(columns)):
        for y0, y1 in itertools.product(left, right):
            x0, x1 = i * spacing, (i + 1) * spacing
            ax.plot([x0, x1], [y0, y1], color="#C8C8C8", linewidth=0.5, zorder=1)
    for i, (heights, ellipsis) in enumerate(columns):
        x, colour = i * spacing, _colour(i, last, codings)
        for y in heights:
            ax.add_patch(Circle((x, y), 0.16, facecolor=colour, edgecolor="white", zorder=2))
        if ellipsis is not None:
            ax.text(x, ellipsis, "⋮", ha="center", va="center", fontsize=12, zorder=2)

    top = MOST_DRAWN * UNIT_SPACING / 2 + 0.35
    for i, (name, size) in enumerate(zip(names, sizes, strict=True)):
        ax.text(i * spacing, -top, f"{name}\n{size}".strip(), ha="center", va="top", fontsize=10)
    for first, final, label in ((0, codings, "codificador"), (codings, last, "decodificador")):
        start, end = first * spacing + 0.25, final * spacing - 0.25
        ax.annotate("", (start, top), (end, top), arrowprops={"arrowstyle": "|-|,widthA=0.3,widthB=0.3"})
        ax.text((start + end) / 2, top + 0.15, label, ha="center", va="bottom", fontsize=10)
    ax.set(xlim=(-0.9, last * spacing + 0.9), ylim=(-top - 1.1, top + 0.7), aspect="equal")
    ax.set_title(title)
    ax.set_axis_off()
    return ax


def draw_pipelines(rows, *, title):
    """Draw one pipeline a row: boxes joined by labelled arrows, stage under stage.

    Parameters
    ----------
    rows : dict of str to list of str
        Name of the row, and alternately what a box holds and what the arrow to the next one says: an odd number of
        texts, as many in each row.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a row has an even number of texts, or another number than the first.
    """
    lengths = {len(texts) for texts in rows.values()}
    if len(lengths) != 1 or min(lengths) % 2 == 0:
        raise ValueError(f"rows: expected equal, odd numbers of texts, received {sorted(lengths)}")
    boxes = (lengths.pop() + 1) // 2
    ax = plt.subplots(figsize=(9, 0.6 + 1.35 * len(rows)))[1]
    colours = [PALETTE["grey"], PALETTE["orange"], PALETTE["grey"]] if boxes == 3 else [PALETTE["blue"]] * boxes
    for row, (name, texts) in enumerate(rows.items()):
        y = -1.5 * row
        ax.text(-0.2, y, name, ha="right", va="center", fontweight="bold", fontsize=11)
        for i in range(boxes):
            x = 3.7 * i
            ax.add_patch(
                FancyBboxPatch(
                    (x, y - 0.4), 2.0, 0.8, boxstyle="round,pad=0.05", facecolor="white", edgecolor=colours[i]
                )
            )
            ax.text(x + 1, y, texts[2 * i], ha="center", va="center", fontsize=10)
            if i < boxes - 1:
                ax.annotate("", (x + 3.6, y), (x + 2.1, y), arrowprops={"arrowstyle": "->"})
                ax.text(x + 2.85, y + 0.12, texts[2 * i + 1], ha="center", va="bottom", fontsize=9.5)
    ax.set(xlim=(-2.6, 3.7 * (boxes - 1) + 2.2), ylim=(-1.5 * (len(rows) - 1) - 0.7, 0.8))
    ax.set_title(title)
    ax.set_axis_off()
    return ax
