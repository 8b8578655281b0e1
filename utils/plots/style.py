"""One style for all figures."""

import matplotlib.pyplot as plt
from cycler import cycler

# Okabe & Ito (2008), "Color universal design": told apart by colour-blind readers, too.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "sky": "#56B4E9",
    "pink": "#CC79A7",
    "grey": "#6E6E6E",
    "black": "#000000",
}


def use_course_style():
    """Set Matplotlib's defaults for the course: readable on a laptop and on a projector."""
    plt.rcParams.update(
        {
            "figure.figsize": (7.5, 3.6),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E5E5E5",
            "image.cmap": "gray_r",
            "legend.frameon": False,
            "lines.linewidth": 2,
            "axes.prop_cycle": cycler(color=[PALETTE[c] for c in ("blue", "orange", "green", "red", "sky", "pink")]),
        }
    )
