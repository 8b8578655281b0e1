"""Drawings: networks, rows of boxes, images and their codings, matrices; a recurrent AE; words, chess boards."""

import itertools
import json

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib import patheffects
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle

from utils.arguments import check_array, check_count
from utils.course import ROOT
from utils.plots import GREYS, PALETTE

# Networks

MOST_DRAWN = 10  # units drawn of a layer; larger layers show an ellipsis in the middle
UNIT_SPACING = 0.36  # in units of the drawing
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


def draw_network(sizes, *, names, title):
    """Draw a dense autoencoder, layer by layer, from left to right.

    The smallest hidden layer is that of the codings: drawn in another colour, with the encoder and the decoder marked
    on its sides.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, inputs and outputs included. Large layers are abridged.
    names : sequence of str
        A word below each layer, above its size.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are fewer than three layers, a size is not a positive whole number or `names` has another length.
    """
    sizes = [check_count("sizes", size) for size in sizes]
    if len(sizes) < 3:
        raise ValueError(f"sizes: esperava 3 camadas ou mais, recebi {len(sizes)}")
    if len(names) != len(sizes):
        raise ValueError(f"names: esperava {len(sizes)} nomes, um por camada, recebi {len(names)}")
    last = len(sizes) - 1
    codings = sizes.index(min(sizes[1:-1]), 1)
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
        ax.text(i * spacing, -top, f"{name}\n{size}", ha="center", va="top", fontsize=10)
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
        raise ValueError(f"rows: esperava um número ímpar de textos, o mesmo em cada linha, recebi {sorted(lengths)}")
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


# Images on their way through an autoencoder

WIDE = 1.5  # how much wider the bars of the codings are than the images


def _draw_image(axis, image):
    axis.imshow(image, interpolation="nearest", **GREYS)
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    axis.spines[:].set(visible=True, color="#D0D0D0", linewidth=0.6)


def draw_codings(originals, codings, reconstructions, *, labels, title):
    """Draw what an autoencoder makes of images, one a row: the image, its codings as bars, the reconstruction.

    Parameters
    ----------
    originals : ndarray of shape (n, height, width), float in [0, 1]
    codings : ndarray of shape (n, k), float
        All rows are drawn to the same scale.
    reconstructions : ndarray of shape (n, height, width), float in [0, 1]
    labels : sequence of n str
        What stands beside each row.
    title : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are no images, or an argument has another shape or range.
    """
    originals = check_array("originals", originals, shape=(None, None, None), kind="float", low=0, high=1)
    if not len(originals):
        raise ValueError("originals: esperava ao menos uma imagem, recebi nenhuma")
    reconstructions = check_array(
        "reconstructions", reconstructions, shape=originals.shape, kind="float", low=0, high=1
    )
    codings = check_array("codings", codings, shape=(len(originals), None), kind="float")
    if len(labels) != len(originals):
        raise ValueError(f"labels: esperava {len(originals)}, um por linha, recebi {len(labels)}")
    n_pixels, n_codings = originals[0].size, codings.shape[1]
    figure, axes = plt.subplots(
        len(originals),
        3,
        figsize=(9.6, 0.7 + 2.1 * len(originals)),
        squeeze=False,
        width_ratios=(1, WIDE, 1),
        layout="constrained",
    )
    figure.get_layout_engine().set(wspace=0.16)
    reach = 1.05 * float(np.abs(codings).max()) or 1.0
    for (left, middle, right), *row in zip(axes, originals, codings, reconstructions, labels, strict=True):
        original, numbers, reconstruction, label = row
        _draw_image(left, original)
        _draw_image(right, reconstruction)
        left.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=12)
        middle.bar(range(n_codings), numbers, color=PALETTE["blue"], width=0.8)
        middle.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        middle.set(ylim=(-reach, reach), xticks=[], yticks=[], box_aspect=1 / WIDE)  # as high as the images
        middle.grid(False)
        middle.spines[:].set_visible(False)
        for start, end, name in ((-0.27, -0.04, "codificador"), (1.04, 1.27, "decodificador")):
            arrow = {"arrowstyle": "-|>", "color": PALETTE["grey"], "linewidth": 1.6}
            middle.annotate(
                "", (end, 0.5), (start, 0.5), xycoords="axes fraction", arrowprops=arrow, annotation_clip=False
            )
            middle.text((start + end) / 2, 0.56, name, transform=middle.transAxes, ha="center", fontsize=9.5)
    for axis, text in zip(
        axes[0], (f"entrada: {n_pixels} pixels", f"{n_codings} codings", "reconstrução"), strict=True
    ):
        axis.set_title(text, loc="center", fontsize=12)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


# Matrices with their numbers

MATRIX_GAP = 1.4  # between two matrices, in cells


def draw_matrices(matrices, *, title, frames=None, high=None):
    """Draw small matrices side by side, their numbers in cells of one size: what is done with each can be followed.

    Parameters
    ----------
    matrices : dict of str to array_like of shape (n, m), number
        What stands above each, and its numbers: the larger, the darker.
    title : str
    frames : dict of str to (int, int, int, int), optional
        A frame in a matrix of this name: its first row and column, its height and its width, in cells.
    high : float, optional
        The number that has the darkest colour; the largest of all unless told.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, a matrix is none, or a frame is of a matrix that is not there.
    """
    if not matrices:
        raise ValueError("matrices: esperava ao menos uma matriz, recebi nenhuma")
    matrices = {
        name: check_array(f"matrices[{name!r}]", matrix, shape=(None, None), finite=True)
        for name, matrix in matrices.items()
    }
    frames = {} if frames is None else frames
    if unknown := [name for name in frames if name not in matrices]:
        raise ValueError(f"frames: esperava nomes de matrizes ({', '.join(matrices)}), recebi {unknown[0]!r}")
    high = max(float(matrix.max()) for matrix in matrices.values()) if high is None else high
    tallest = max(len(matrix) for matrix in matrices.values())
    width = sum(matrix.shape[1] + MATRIX_GAP for matrix in matrices.values()) - MATRIX_GAP
    ax = plt.subplots(figsize=(0.4 + 0.42 * width, 1.0 + 0.42 * tallest))[1]
    left = 0.0
    for name, matrix in matrices.items():
        rows, columns = matrix.shape
        top = (tallest - rows) / 2
        extent = (left, left + columns, top + rows, top)
        ax.imshow(matrix, cmap="Blues", vmin=0, vmax=1.5 * high, extent=extent, interpolation="nearest")
        for (row, column), value in np.ndenumerate(matrix):
            corner = (left + column, top + row)
            ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor="#C8C8C8", linewidth=0.6))
            text = f"{value:g}".translate(str.maketrans(".-", ",−"))
            ax.text(corner[0] + 0.5, corner[1] + 0.52, text, ha="center", va="center", fontsize=11)
        if name in frames:
            row, column, height, wide = frames[name]
            corner = (left + column, top + row)
            ax.add_patch(Rectangle(corner, wide, height, fill=False, edgecolor=PALETTE["red"], linewidth=3))
        ax.text(left + columns / 2, top - 0.2, name, ha="center", va="bottom", fontsize=11)
        left += columns + MATRIX_GAP
    ax.set(xlim=(-0.1, width + 0.1), ylim=(tallest + 0.1, -0.9), aspect="equal")
    ax.set_title(title)
    ax.set_axis_off()
    return ax


# An encoder that moves from one network to another


def _mosaic(images, columns):
    """Return images side by side as one, row below row, with a white line between them."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    rows = framed.reshape(-1, columns, *framed.shape[1:])
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows])


def _trapezoid(ax, x, y, heights, text, colour, *, style="-"):
    """Draw a network that narrows or widens: half its height on the left and on the right."""
    left, right = heights
    corners = [(x, y - left), (x, y + left), (x + 2.3, y + right), (x + 2.3, y - right)]
    faint = (*to_rgb(colour), 0.22)
    ax.add_patch(Polygon(corners, facecolor=faint, edgecolor=colour, linewidth=2, linestyle=style))
    ax.text(x + 1.15, y, text, ha="center", va="center", fontsize=11)


def draw_pretraining(images, rebuilt, labelled, names, *, n_images, n_labels, n_classes, title):
    """Draw how an encoder moves: above, the autoencoder it was trained in; below, the classifier that reuses it.

    Parameters
    ----------
    images, rebuilt : ndarray of shape (16, height, width), float in [0, 1]
        What the autoencoder is given, and what it gives back.
    labelled : ndarray of shape (4, height, width), float in [0, 1]
        Images the classifier is trained on.
    names : sequence of 4 str
        Their classes.
    n_images, n_labels, n_classes : int
        How many images there are in all, how many of them have a label, and of how many classes.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If an argument has another shape or range.
    """
    images = check_array("images", images, shape=(16, None, None), kind="float", low=0, high=1)
    rebuilt = check_array("rebuilt", rebuilt, shape=images.shape, kind="float", low=0, high=1)
    labelled = check_array("labelled", labelled, shape=(4, *images.shape[1:]), kind="float", low=0, high=1)
    if len(names) != 4:
        raise ValueError(f"names: esperava 4, um por imagem, recebi {len(names)}")
    counts = {"n_images": n_images, "n_labels": n_labels, "n_classes": n_classes}
    counts = {key: f"{check_count(key, count):,}".replace(",", ".") for key, count in counts.items()}
    ax = plt.subplots(figsize=(9.6, 6.1))[1]
    above, below = 5.4, 1.35
    for pictures, x, text in (
        (images, 0, f"{counts['n_images']} imagens,\nnenhum rótulo"),
        (rebuilt, 10.3, "as mesmas imagens,\nreconstruídas"),
    ):
        ax.imshow(_mosaic(pictures, 4), extent=(x, x + 2.6, above - 1.3, above + 1.3), interpolation="nearest", **GREYS)
        ax.text(x + 1.3, above + 1.4, text, ha="center", va="bottom", fontsize=11)
    for i, (image, name) in enumerate(zip(labelled, names, strict=True)):
        x, y = 1.35 * (i % 2), below + 0.25 - 1.5 * (i // 2)
        ax.imshow(image, extent=(x + 0.1, x + 1.2, y, y + 1.1), interpolation="nearest", **GREYS)
        ax.text(x + 0.65, y - 0.04, name, ha="center", va="top", fontsize=9)
    ax.text(1.3, below + 1.45, f"{counts['n_labels']} imagens com rótulo", ha="center", va="bottom", fontsize=11)
    for y in (above, below):
        _trapezoid(ax, 3.6, y, (1.3, 0.6), "codificador", PALETTE["green"])
    _trapezoid(ax, 7.0, above, (0.6, 1.3), "decodificador", PALETTE["grey"], style="--")
    ax.add_patch(Rectangle((6.25, above - 0.6), 0.4, 1.2, facecolor=PALETTE["orange"]))
    ax.text(6.45, above + 0.7, "codings", ha="center", va="bottom", fontsize=10)
    ax.text(8.15, above - 1.35, "este fica para trás", ha="center", va="top", fontsize=10, color=PALETTE["grey"])
    ax.add_patch(Rectangle((7.0, below - 0.6), 2.3, 1.2, facecolor=(*to_rgb(PALETTE["blue"]), 0.22)))
    ax.add_patch(Rectangle((7.0, below - 0.6), 2.3, 1.2, fill=False, edgecolor=PALETTE["blue"], linewidth=2))
    ax.text(8.15, below, f"camada nova,\n{counts['n_classes']} saídas", ha="center", va="center", fontsize=11)
    ax.text(10.4, below, "a classe\nde cada imagem", ha="left", va="center", fontsize=11)
    for y, ends in ((above, ((2.75, 3.5), (9.4, 10.2))), (below, ((2.75, 3.5), (6.0, 6.9), (9.4, 10.2)))):
        for start, end in ends:
            _arrow(ax, (start, y), (end, y))
    wide = {"arrowstyle": "simple,head_width=1.6,head_length=1.1,tail_width=0.8", "color": PALETTE["green"]}
    ax.annotate("", (4.75, below + 1.1), (4.75, above - 1.15), arrowprops=wide)
    for number, text, x, y in (
        ("1", "treinar o SAE com todas as imagens", 3.75, above + 1.6),
        ("2", "reusar o codificador, com os seus pesos", 5.5, (above + below) / 2),
        ("3", "treinar o classificador com os rótulos", 7.2, below + 1.05),
    ):
        circle = {"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": PALETTE["black"]}
        ax.text(x, y, number, ha="center", va="center", fontsize=11, fontweight="bold", bbox=circle)
        ax.text(x + 0.4, y, text, ha="left", va="center", fontsize=11)
    ax.set(xlim=(-0.1, 13), ylim=(-0.5, 7.6), aspect="equal")
    ax.set_title(title)
    ax.set_axis_off()
    return ax


# A recurrent autoencoder, unrolled over time

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


def draw_recurrent_ae(n_steps, *, title):
    """Draw a sequence-to-vector encoder and a vector-to-sequence decoder, one box a step; $c_t$ is the clock.

    Parameters
    ----------
    n_steps : int
        Steps drawn, from 2 to 6.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `n_steps` is not a whole number from 2 to 6.
    """
    n_steps = check_count("n_steps", n_steps, low=2, high=6)
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
        ax.text(right, -1.3, "$z$", ha="right", va="top", fontsize=12, color="#9A6700")
        ax.text(right, -1.3, f"$,\\, c_{i + 1}$", ha="left", va="top", fontsize=12)
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


# Words, letter by letter


def draw_words(originals, versions, *, title):
    """Draw words, one a row, and other versions of them beside them; letters that differ from the original are marked.

    Parameters
    ----------
    originals : sequence of str
    versions : dict of str to sequence of str
        Heading and words of each column; as many as there are originals, and of the same lengths.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no originals or no versions, or a version has another number of words, or one of another length.
    """
    lengths = [len(word) for word in originals]
    if not lengths:
        raise ValueError("originals: esperava ao menos uma palavra, recebi nenhuma")
    if not versions:
        raise ValueError("versions: esperava ao menos uma versão das palavras, recebi nenhuma")
    for heading, words in versions.items():
        given = [len(word) for word in words]
        if given != lengths:
            raise ValueError(f"versions[{heading!r}]: esperava palavras de {lengths} letras, recebi de {given}")
    columns, width = {"original": originals, **versions}, max(lengths) + 2
    ax = plt.subplots(figsize=(0.145 * width * len(columns) + 0.3, 0.8 + 0.33 * len(lengths)))[1]
    for i, (heading, words) in enumerate(columns.items()):
        ax.text(i * width, -1.1, heading, ha="left", va="center", fontsize=11, fontweight="bold")
        for row, (word, original) in enumerate(zip(words, originals, strict=True)):
            for place, (letter, right) in enumerate(zip(word, original, strict=True)):
                x, is_wrong = i * width + place, letter != right
                if is_wrong:
                    ax.add_patch(Rectangle((x, row - 0.42), 1, 0.84, facecolor=(*to_rgb(PALETTE["orange"]), 0.55)))
                style = {"fontfamily": "DejaVu Sans Mono", "fontweight": "bold" if is_wrong else "normal"}
                ax.text(x + 0.5, row, letter, ha="center", va="center", fontsize=13, **style)
    ax.set(xlim=(-0.3, len(columns) * width - 1.5), ylim=(len(lengths) - 0.3, -1.7))
    ax.set_title(title)
    ax.set_axis_off()
    return ax


# Chess boards

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


def draw_boards(boards, *, titles, originals=None):
    """Draw chess boards, two in a row, three if that leaves no gap; mark what differs from `originals`.

    A piece that does not stand there in the original is framed in red; one that is missing is shown faintly, framed
    in blue.

    Parameters
    ----------
    boards : array_like of shape (n, 64), integer in [0, 12]
        Coded as in `utils.data.Positions`.
    titles : sequence of n str
    originals : sequence of n (array_like of shape (64,) or None), optional
        What each board is compared with; None: with nothing.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a board has another shape or codes, or there is not one title (and original) a board.
    """
    boards = check_array("boards", boards, shape=(None, 64), kind="integer", low=0, high=12)
    if not len(boards):
        raise ValueError("boards: esperava ao menos um tabuleiro, recebi nenhum")
    originals = [None] * len(boards) if originals is None else list(originals)
    for name, values in (("titles", titles), ("originals", originals)):
        if len(values) != len(boards):
            raise ValueError(f"{name}: esperava {len(boards)}, um por tabuleiro, recebi {len(values)}")
    columns = 3 if len(boards) % 3 == 0 else min(2, len(boards))
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


# The picture that opens a lesson

OPENING = "opening"  # the tag of the cell whose picture opens a lesson
FIGURE = "<figura de abertura>"


def show_opening(lesson):
    """Show the picture that opens a lesson: the one stored in its notebook, of the cell tagged `OPENING`.

    Parameters
    ----------
    lesson : str
        How the notebook's file begins, such as "01". Without a stored picture nothing but a line is shown.
    """
    [path] = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    opening = [cell for cell in cells if OPENING in cell["metadata"].get("tags", ())]
    outputs = [
        output["data"] for cell in opening for output in cell["outputs"] if "image/png" in output.get("data", ())
    ]
    picture = {"image/png": outputs[0]["image/png"]} if outputs else {}
    display({"text/plain": FIGURE, **picture}, raw=True)
