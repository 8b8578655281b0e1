"""Figures of the course, in one style: rows of images, animations, maps, an explorer. Drawings: `utils.drawings`."""

import base64
import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import display
from matplotlib.colors import to_rgb
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
    palette[palette.min(axis=1) >= 248] = 255  # Pillow tells colours apart in steps of four, white from none of these
    colours.putpalette(palette.astype(np.uint8).tobytes())
    first, *others = [picture.quantize(palette=colours, dither=Image.Dither.NONE) for picture in pictures]
    file = io.BytesIO()
    first.save(file, "png", save_all=True, append_images=others, duration=round(1000 * seconds), loop=0)
    if file.tell() > MOST_BYTES:
        raise ValueError(f"frames: esperava até {MOST_BYTES // 1000} kB de animação, recebi {file.tell() // 1000} kB")
    encoded = base64.b64encode(file.getvalue()).decode()
    display({"text/plain": f"<animação de {len(pictures)} quadros>", "image/png": encoded}, raw=True)


# Of ten classes, as searched for here: each has a contrast of 2.4 or more on white, and for readers with normal sight
# and with the two common kinds of colour blindness (as simulated by Machado et al., 2009) any two differ by 29 or more
# in CIELAB. The garments that lie side by side on a map, such as shirts and coats, have those that differ the most.
CLASS_COLOURS = (
    "#E89408",
    "#F98266",
    "#1A5BE4",
    "#610C88",
    "#0B4323",
    "#765A00",
    "#1AB7D0",
    "#562557",
    "#AC6A74",
    "#05A6FF",
)


def apart(points, distance):
    """Return indices of points at least `distance` from one another, across or upwards, greedily in the order given.

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
        if not chosen or np.abs(points[chosen] - point).max(axis=1).min() >= distance:
            chosen.append(i)
    return chosen


NAME_POINTS = 10  # size of a class's name on a map


def free_places(points, labels, boxes):
    """Return where the name of each class goes: the densest of its points where it covers no name placed before.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float
    labels : ndarray of shape (n,), integer
    boxes : sequence of (float, float)
        Width and height of each class's name, in the units of `points`.

    Returns
    -------
    dict of int to int
        Class to the index of a point, for the classes that have points.
    """
    places = {}
    for label, (width, height) in enumerate(boxes):
        own = np.flatnonzero(labels == label)
        if not len(own):
            continue
        distances = np.linalg.norm(points[own][:, None] - points[own], axis=-1)
        reach = np.partition(distances, len(own) // 4, axis=1)[:, len(own) // 4]
        by_density = own[reach.argsort(kind="stable")]

        def is_free(i, width=width, height=height):
            gaps = [(np.abs(points[i] - points[j]), boxes[other]) for other, j in places.items()]
            return all(gap[0] >= (width + w) / 2 or gap[1] >= (height + h) / 2 for gap, (w, h) in gaps)

        places[label] = next(filter(is_free, by_density), by_density[0])
    return places


def plot_map(points, labels, class_names, *, title, images=None, ax=None, names=True):
    """Draw points in the plane, coloured by class.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float
    labels : ndarray of shape (n,), integer
        Class of each point, an index of `class_names`.
    class_names : sequence of at most ten str
    title : str
    images : ndarray of shape (n, height, width), float in [0, 1], optional
        Pictures of the points: shown, framed in the colour of their class, for points so far apart that no picture
        overlaps another, or a name.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure unless given.
    names : bool, optional
        Whether to write the name of each class where it is densest. The points are labelled for a legend in any case.

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
        ax = plt.subplots(figsize=(9, 9))[1]
    # Axes of equal extent make a distance on the map a distance on the page.
    low, high = points.min(axis=0), points.max(axis=0)
    unit = (points - low) / np.maximum(high - low, np.finfo(float).tiny)
    for label, name in enumerate(class_names):
        ax.scatter(*unit[labels == label].T, s=5, color=CLASS_COLOURS[label], label=name, linewidths=0)
    ax.set(xticks=[], yticks=[], xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.set_title(title)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.figure.draw_without_rendering()  # the layout decides how large the axes are
    # Points (1/72 inch) in one unit of the map, across and upwards.
    scale = np.array([ax.bbox.width, ax.bbox.height]) / ax.figure.dpi * 72 / 1.06
    is_free = np.ones(len(points), bool)
    side = 0 if images is None else (2 * max(images.shape[1:]) + 10) * 72 / ax.figure.dpi / scale  # with its frame
    if names:
        boxes = [NAME_POINTS * np.array([0.62 * len(name) + 1, 2]) / scale for name in class_names]
        for label, i in free_places(unit, labels, boxes).items():
            style = {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": CLASS_COLOURS[label]}
            ax.text(*unit[i], class_names[label], size=NAME_POINTS, ha="center", va="center", bbox=style, zorder=9)
            is_free &= np.any(np.abs(unit - unit[i]) > (boxes[label] + side) / 2, axis=1)
    if images is not None:
        free = np.flatnonzero(is_free)
        for i in free[apart(unit[free], side.max())]:
            # A pixel of the picture is two of the figure: sharp.
            box = OffsetImage(images[i], cmap="gray_r", zoom=2 * 72 / ax.figure.dpi, interpolation="nearest")
            frame = {"edgecolor": CLASS_COLOURS[labels[i]], "linewidth": 1.6}
            ax.add_artist(AnnotationBbox(box, unit[i], bboxprops=frame, pad=0.1))
    return ax


SHADES = 12  # of each class, in the plane


def plot_plane(decode, points, labels, class_names, *, title, side=22):
    """Draw what a decoder makes of a grid of points in the plane, each picture in the colour of the class there.

    The class is the most common one of the ten points nearest by. Where none are near, nothing is drawn.

    Parameters
    ----------
    decode : callable
        From points, an ndarray of shape (n, 2), to images, an ndarray of shape (n, height, width) in [0, 1].
    points : ndarray of shape (n, 2), float
        The codings of images: the grid spans them, but for the outermost hundredth on each side.
    labels : ndarray of shape (n,), integer
        Class of each point, an index of `class_names`.
    class_names : sequence of at most ten str
    title : str
    side : int, optional
        Pictures in a row, and rows.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `points` or `labels` have another shape, there are fewer than ten, or a label is no index of `class_names`.
    """
    points = check_array("points", points, shape=(None, 2), kind="float")
    if len(points) < 10:
        raise ValueError(f"points: esperava ao menos 10 pontos, recebi {len(points)}")
    labels = check_array("labels", labels, shape=(None,), kind="integer", low=0, high=len(class_names) - 1)
    check_same_length(points=points, labels=labels)
    low, high = np.percentile(points, [1, 99], axis=0)
    cell = np.maximum(high - low, np.finfo(float).tiny) / (side - 1)
    x, y = np.linspace(low, high, side).T
    grid = np.stack(np.meshgrid(x, y[::-1]), axis=-1).reshape(-1, 2)  # row by row, from the top
    distances = (((grid[:, None] - points) / cell) ** 2).sum(axis=-1)
    nearest = np.argpartition(distances, 10 - 1, axis=1)[:, :10]
    votes = (labels[nearest][:, :, None] == np.arange(len(class_names))).sum(axis=1)
    colours = np.array([to_rgb(CLASS_COLOURS[label]) for label in votes.argmax(axis=1)])
    is_near = np.partition(distances, 2, axis=1)[:, 2] < 1  # three points within the width of a cell
    images = check_array("decode", decode(grid), shape=(len(grid), None, None), low=0, high=1)
    # Few shades of each colour: pictures are stored with 256 colours in all.
    images = np.round(SHADES * images[..., None]) / SHADES * is_near[:, None, None, None]
    height, width = images.shape[1:3]
    canvas = (1 - images * (1 - colours[:, None, None])).reshape(side, side, height, width, 3)
    ax = plt.subplots(figsize=(8, 8.5))[1]
    ax.imshow(canvas.swapaxes(1, 2).reshape(side * height, side * width, 3), interpolation="nearest")
    ax.set_title(title)
    ax.set_axis_off()
    for name, colour in zip(class_names, CLASS_COLOURS, strict=False):
        ax.scatter([], [], s=50, marker="s", color=colour, label=name, antialiased=False, linewidths=0)
    ax.figure.legend(loc="outside lower center", ncols=5, fontsize=10, handletextpad=0)
    return ax


def explore(draw, choices, names):
    """Show an image beside controls that change it. They need a kernel that runs; without one a line says so.

    Parameters
    ----------
    draw : callable
        Is given the index of the choice and what the sliders say, an ndarray of shape (n,) with numbers from -3 to 3;
        returns an image: an ndarray of shape (height, width), numbers in [0, 1] (1 is black).
    choices : sequence of str
    names : sequence of n str
        A word beside each slider.
    """
    choice = widgets.Dropdown(options=[(text, i) for i, text in enumerate(choices)])
    sliders = [widgets.FloatSlider(min=-3, max=3, step=0.5, description=name) for name in names]
    picture = widgets.Image(format="png")

    def redraw(change=None):
        file = io.BytesIO()
        _frame(draw(choice.value, np.array([slider.value for slider in sliders]))).save(file, "png")
        picture.value = file.getvalue()

    for control in (choice, *sliders):
        control.observe(redraw, names="value")
    redraw()
    box = widgets.HBox([picture, widgets.VBox([choice, *sliders])])
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    text = "<controles: aparecem quando esta célula roda no Jupyter ou no Colab>"
    display({"text/plain": text, "application/vnd.jupyter.widget-view+json": view}, raw=True)
