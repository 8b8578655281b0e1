"""Chess boards."""

import matplotlib.pyplot as plt
from matplotlib import patheffects
from matplotlib.patches import Rectangle

from utils.checks import check_array
from utils.plots.style import PALETTE

# The filled glyphs serve both colours: the outlined ones are hard to tell apart on a projector.
GLYPHS = " ♟♞♝♜♛♚"
LIGHT, DARK = "#F5EBDD", "#D0B08C"


def _draw_piece(axis, square, code, *, alpha=1.0):
    if code:
        white = code <= 6
        column, row = square % 8, square // 8
        text = axis.text(column, row, GLYPHS[code if white else code - 6], ha="center", va="center_baseline")
        text.set(fontsize=17, color="white" if white else "black", alpha=alpha, fontfamily="DejaVu Sans")
        text.set_path_effects([patheffects.withStroke(linewidth=1.2, foreground="black", alpha=alpha)])


def _draw_board(axis, board, original):
    for square in range(64):
        column, row = square % 8, square // 8
        colour = DARK if (column + row) % 2 == 0 else LIGHT
        axis.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour))
        if original is not None and board[square] != original[square]:
            wrong = board[square] != 0  # a piece that does not stand there; otherwise one forgotten
            edge = PALETTE["red"] if wrong else PALETTE["blue"]
            axis.add_patch(
                Rectangle((column - 0.44, row - 0.44), 0.88, 0.88, fill=False, edgecolor=edge, linewidth=2.2)
            )
            if not wrong:
                _draw_piece(axis, square, original[square], alpha=0.25)
        _draw_piece(axis, square, board[square])
    axis.set(xlim=(-0.5, 7.5), ylim=(-0.5, 7.5), aspect="equal", xticks=range(8), yticks=range(8))
    axis.set_xticklabels("abcdefgh", fontsize=8)
    axis.set_yticklabels(range(1, 9), fontsize=8)
    axis.tick_params(length=0)
    axis.grid(False)


def draw_boards(boards, *, titles, originals=None, columns=3):
    """Draw chess boards side by side; where `originals` are given, mark what differs from them.

    A piece that does not stand there in the original is framed in red; one that is missing is shown faintly, framed
    in blue.

    Parameters
    ----------
    boards : array_like of shape (n, 64), integer in [0, 12]
        Coded as in `utils.data.chess.Positions`.
    titles : sequence of n str
    originals : sequence of n (array_like of shape (64,) or None), optional
        What each board is compared with; None: with nothing.
    columns : int
        Boards in a row.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a board has another shape or codes, or there is not one title (and original) a board.
    """
    boards = check_array("boards", boards, shape=(None, 64), kind="integer", low=0, high=12)
    originals = [None] * len(boards) if originals is None else list(originals)
    for name, values in (("titles", titles), ("originals", originals)):
        if len(values) != len(boards):
            raise ValueError(f"{name}: expected {len(boards)}, one a board, received {len(values)}")
    columns = min(columns, len(boards))
    rows = -(-len(boards) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(2.9 * columns, 3.2 * rows), squeeze=False)
    for axis in axes.flat[len(boards) :]:
        axis.set_axis_off()
    for axis, board, title, original in zip(axes.flat, boards, titles, originals, strict=False):
        if original is not None:
            original = check_array("originals", original, shape=(64,), kind="integer", low=0, high=12)
        _draw_board(axis, board, original)
        axis.set_title(title, fontsize=11)
    return figure
