"""Figures of the course, in one style and one palette."""

from utils.plots.boards import draw_boards
from utils.plots.curves import plot_histories
from utils.plots.images import show_image_rows
from utils.plots.maps import plot_map
from utils.plots.network import draw_network, draw_pipelines
from utils.plots.recurrent import draw_recurrent_ae
from utils.plots.style import PALETTE

__all__ = [
    "PALETTE",
    "draw_boards",
    "draw_network",
    "draw_pipelines",
    "draw_recurrent_ae",
    "plot_histories",
    "plot_map",
    "show_image_rows",
]
