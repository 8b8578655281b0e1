"""Drawing of a recurrent autoencoder, unrolled over time."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from utils.checks import check_count
from utils.plots.style import PALETTE

STEP = 1.35  # distance between two steps, in units of the drawing
BOX = (0.9, 0.7)  # width and height of a box


def _box(ax, x, y, text, colour, *, height=BOX[1]):
    corner = (x - BOX[0] / 2, y - height / 2)
    ax.add_patch(
        FancyBboxPatch(
            corner, BOX[0], height, boxstyle="round,pad=0.03", facecolor="white", edgecolor=colour, linewidth=1.8
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=9.5)


def _arrow(ax, start, end, colour=PALETTE["black"]):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 0})


def draw_recurrent_ae(n_steps, *, title, ax=None):
    """Draw a sequence-to-vector encoder and a vector-to-sequence decoder, one box a step; $c_t$ is the clock.

    Parameters
    ----------
    n_steps : int
        Steps drawn, from 2 to 6.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure unless given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `n_steps` is not a whole number from 2 to 6.
    """
    n_steps = check_count("n_steps", n_steps, low=2, high=6)
    if ax is None:
        ax = plt.subplots(figsize=(10, 3.9))[1]
    half_width, half_height = BOX[0] / 2 + 0.05, BOX[1] / 2 + 0.05
    centre = n_steps * STEP + 0.35  # of the coding box
    for i in range(n_steps):
        left, right = i * STEP, centre + 1.7 + i * STEP
        _box(ax, left, 0, "RNN", PALETTE["blue"])
        _arrow(ax, (left, -1.15), (left, -half_height))
        ax.text(left, -1.3, f"$x_{i + 1}, c_{i + 1}$", ha="center", va="top", fontsize=12)
        following = left + STEP if i < n_steps - 1 else centre
        _arrow(ax, (left + half_width, 0), (following - half_width, 0), PALETTE["blue"])

        _box(ax, right, 0, "RNN", PALETTE["blue"])
        _arrow(ax, (right, half_height), (right, 1.15))
        ax.text(right, 1.25, rf"$\hat{{x}}_{i + 1}$", ha="center", va="bottom", fontsize=12)
        _arrow(ax, (right, -1.15), (right, -half_height), PALETTE["orange"])
        ax.text(right, -1.3, f"$z, c_{i + 1}$", ha="center", va="top", fontsize=12, color="#9A6700")
        if i < n_steps - 1:
            _arrow(ax, (right + half_width, 0), (right + STEP - half_width, 0), PALETTE["blue"])
    _box(ax, centre, 0, "codings\n$z$", PALETTE["orange"], height=1.3)
    # The codings go to every step of the decoder, along a rail under it.
    first, last = centre + 1.7, centre + 1.7 + (n_steps - 1) * STEP
    ax.plot([centre, centre, last], [-0.73, -2.05, -2.05], color=PALETTE["orange"], linewidth=1.4)
    for i in range(n_steps):
        _arrow(ax, (first + i * STEP, -2.05), (first + i * STEP, -1.72), PALETTE["orange"])
    ax.text((n_steps - 1) * STEP / 2, 1.25, "codificador: sequence-to-vector", ha="center", va="bottom", fontsize=11)
    ax.text((first + last) / 2, -2.2, "decodificador: vector-to-sequence", ha="center", va="top", fontsize=11)
    ax.set(xlim=(-0.8, last + 0.8), ylim=(-2.7, 1.85), aspect="equal")
    ax.set_title(title)
    ax.set_axis_off()
    return ax
