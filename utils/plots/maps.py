"""Maps: points in the plane, coloured by class, with pictures where there is room."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from utils.checks import check_array, check_same_length

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


def apart(points, distance, *, most=None):
    """Return indices of points that are at least `distance` from one another, taken greedily in the order given.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float
    distance : float
        In the units of `points`.
    most : int, optional
        Stop after so many.

    Returns
    -------
    list of int
    """
    chosen = []
    for i, point in enumerate(points):
        if not chosen or ((points[chosen] - point) ** 2).sum(axis=1).min() >= distance**2:
            chosen.append(i)
        if len(chosen) == most:
            break
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
    labels = check_array("labels", labels, shape=(None,), kind="integer", low=0, high=len(class_names) - 1)
    check_same_length(points=points, labels=labels)
    if len(class_names) > len(CLASS_COLOURS):
        raise ValueError(f"class_names: expected at most {len(CLASS_COLOURS)}, received {len(class_names)}")
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
