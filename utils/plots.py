"""Figures of the course, in one style: its palette, rows of images, animations, maps. Drawings: `utils.drawings`."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.ticker import ScalarFormatter
from PIL import Image

from utils.arguments import check_array, check_same_length

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
            "figure.dpi": 160,
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


GREYS = {"cmap": "gray_r", "vmin": 0, "vmax": 1}
# Purple and orange are told apart by colour-blind readers; differences of 0.5 and more have the full colour.
DIFFERENCES = {"cmap": "PuOr", "vmin": -0.5, "vmax": 0.5}
IMAGE_INCHES = 0.85


def show_image_rows(rows, *, title, column_titles=None):
    """Show rows of grey images, one below the other.

    A row that holds negative numbers is shown as differences: white is zero, the two colours the two signs.

    Parameters
    ----------
    rows : dict of str to ndarray of shape (n, height, width), float in [-1, 1]
        Label of the row, and its images; as many in each row.
    title : str
        The figure's message.
    column_titles : sequence of n str, optional
        A word above each column.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If `rows` is empty, a row has another shape or range, or there is not one title a column.
    """
    if not rows:
        raise ValueError("rows: esperava ao menos uma linha de imagens, recebi nenhuma")
    first = len(next(iter(rows.values())))
    rows = {
        label: check_array(f"rows[{label!r}]", images, shape=(first, None, None), kind="float", low=-1, high=1)
        for label, images in rows.items()
    }
    if column_titles is not None and len(column_titles) != first:
        raise ValueError(f"column_titles: esperava {first} títulos, um por coluna, recebi {len(column_titles)}")
    size = (1.35 + IMAGE_INCHES * first, 0.45 + IMAGE_INCHES * len(rows))  # with the labels and the title
    figure, axes = plt.subplots(len(rows), first, figsize=size, squeeze=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    for row_axes, (label, images) in zip(axes, rows.items(), strict=True):
        signed = bool(images.size) and images.min() < 0
        for axis, image in zip(row_axes, images, strict=True):
            axis.imshow(image, interpolation="nearest", **(DIFFERENCES if signed else GREYS))
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
            axis.spines[:].set(visible=True, color="#D0D0D0", linewidth=0.6)  # a white picture is seen, too
        row_axes[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
    if column_titles is not None:
        for axis, text in zip(axes[0], column_titles, strict=True):
            axis.set_title(text, fontsize=9, loc="center")
    return figure


class CommaFormatter(ScalarFormatter):
    """Matplotlib's numbers on a linear scale, with a decimal comma."""

    def __call__(self, x, pos=None):
        return super().__call__(x, pos).replace(".", ",")


def decimal_comma(*axes):
    """Write the numbers on both scales of axes with a decimal comma."""
    for ax in axes:
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(CommaFormatter())


FRAME_PIXELS = 224  # the least height of a frame made of an array
MOST_BYTES = 300_000  # of an animation: a page holds several, and all of them are loaded


def _frame(frame):
    """Return a frame as a picture: a figure as it is drawn, which closes it, or an array enlarged, its pixels sharp."""
    if isinstance(frame, Figure):
        file = io.BytesIO()
        frame.savefig(file, format="png")
        plt.close(frame)
        return Image.open(file).convert("RGB")
    array = check_array("frames", frame, shape=(None, None), low=0, high=1)
    ink = np.round(255 * (1 - array)).astype(np.uint8)
    times = -(-FRAME_PIXELS // len(ink))
    return Image.fromarray(ink.repeat(times, axis=0).repeat(times, axis=1)).convert("RGB")


def animate(frames, *, seconds=0.6):
    """Show pictures one after the other, again and again, as an animated PNG: it needs no kernel and no player.

    Where pictures do not move, as on paper, the first frame is what is seen: let it be the one that says most.

    Parameters
    ----------
    frames : sequence of (matplotlib.figure.Figure or ndarray of shape (height, width), number in [0, 1])
        Figures of one size, or images (1 is black). Figures are closed.
    seconds : float
        How long each frame stays.

    Raises
    ------
    ValueError
        If there are no frames, they differ in size, or the animation would be larger than `MOST_BYTES`.
    """
    pictures = [_frame(frame) for frame in frames]
    sizes = {picture.size for picture in pictures}
    if len(sizes) != 1:
        raise ValueError(f"frames: esperava quadros de um só tamanho, recebi {sorted(sizes)}")
    # All frames share the colours that are the most frequent in all of them; the lightest is made the page's white.
    colours = Image.fromarray(np.concatenate([np.asarray(picture) for picture in pictures])).quantize(64)
    palette = np.reshape(colours.getpalette(), (-1, 3))
    palette[palette.sum(axis=1).argmax()] = 255
    colours.putpalette(palette.astype(np.uint8).tobytes())
    first, *others = [picture.quantize(palette=colours, dither=Image.Dither.NONE) for picture in pictures]
    file = io.BytesIO()
    first.save(file, "png", save_all=True, append_images=others, duration=round(1000 * seconds), loop=0)
    if file.tell() > MOST_BYTES:
        raise ValueError(f"frames: esperava até {MOST_BYTES // 1000} kB de animação, recebi {file.tell() // 1000} kB")
    encoded = base64.b64encode(file.getvalue()).decode()
    display({"text/plain": f"<animação de {len(pictures)} quadros>", "image/png": encoded}, raw=True)


# Paul Tol's "muted" scheme (2021): ten colours that colour-blind readers tell apart.
CLASS_COLOURS = (
    "#332288",
    "#88CCEE",
    "#44AA99",
    "#117733",
    "#999933",
    "#DDCC77",
    "#CC6677",
    "#882255",
    "#AA4499",
    "#BBBBBB",
)


def apart(points, distance):
    """Return indices of points that are at least `distance` from one another, taken greedily in the order given.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float
    distance : float
        In the units of `points`.

    Returns
    -------
    list of int
    """
    chosen = []
    for i, point in enumerate(points):
        if not chosen or ((points[chosen] - point) ** 2).sum(axis=1).min() >= distance**2:
            chosen.append(i)
    return chosen


def plot_map(points, labels, class_names, *, title, images=None, ax=None):
    """Draw points in the plane, coloured by class.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float
    labels : ndarray of shape (n,), integer
        Class of each point, an index of `class_names`.
    class_names : sequence of at most ten str
    title : str
    images : ndarray of shape (n, height, width), float in [0, 1], optional
        Pictures of the points: shown, framed in the colour of their class, for points so far apart that no two
        pictures overlap.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure unless given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If an argument has another shape, or a label is no index of `class_names`.
    """
    points = check_array("points", points, shape=(None, 2))
    if not len(points):
        raise ValueError("points: esperava ao menos um ponto, recebi nenhum")
    labels = check_array("labels", labels, shape=(None,), kind="integer", low=0, high=len(class_names) - 1)
    check_same_length(points=points, labels=labels)
    if len(class_names) > len(CLASS_COLOURS):
        raise ValueError(f"class_names: esperava no máximo {len(CLASS_COLOURS)} nomes, recebi {len(class_names)}")
    if images is not None:
        images = check_array("images", images, shape=(len(points), None, None), low=0, high=1)
    if ax is None:
        ax = plt.subplots(figsize=(8, 7.2))[1]
    # Axes of equal extent make a distance on the map a distance on the page.
    low, high = points.min(axis=0), points.max(axis=0)
    unit = (points - low) / np.maximum(high - low, np.finfo(float).tiny)
    for label, name in enumerate(class_names):
        ax.scatter(*unit[labels == label].T, s=5, color=CLASS_COLOURS[label], label=name, linewidths=0)
    if images is not None:
        size = 0.042  # width of a picture with its frame, as a share of the map's
        for i in apart(unit, size * 2**0.5):
            box = OffsetImage(images[i], cmap="gray_r", zoom=0.72)
            frame = {"edgecolor": CLASS_COLOURS[labels[i]], "linewidth": 1.6}
            ax.add_artist(AnnotationBbox(box, unit[i], bboxprops=frame, pad=0.1))
    ax.set(xticks=[], yticks=[], xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.set_title(title)
    ax.grid(False)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=4, fontsize=9, handletextpad=0.2)
    return ax
