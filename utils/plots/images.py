"""Rows of pictures: originals, reconstructions, differences."""

import matplotlib.pyplot as plt

from utils.checks import check_array

DIFFERENCE_CMAP = "PuOr"  # diverging: purple and orange are told apart by colour-blind readers
DIFFERENCE_LIMIT = 0.5  # differences of this size and more have the full colour


def show_image_rows(rows, *, title, column_titles=None, scale=0.85):
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
    scale : float
        Inches an image takes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If `rows` is empty, a row has another shape or range, or there is not one title a column.
    """
    if not rows:
        raise ValueError("rows: expected at least one row of images, received none")
    first = len(next(iter(rows.values())))
    rows = {
        label: check_array(f"rows[{label!r}]", images, shape=(first, None, None), kind="float", low=-1, high=1)
        for label, images in rows.items()
    }
    if column_titles is not None and len(column_titles) != first:
        raise ValueError(f"column_titles: expected {first}, one a column, received {len(column_titles)}")
    label_width = 1.35
    figure, axes = plt.subplots(
        len(rows), first, figsize=(label_width + scale * first, 0.45 + scale * len(rows)), squeeze=False
    )
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    for row_axes, (label, images) in zip(axes, rows.items(), strict=True):
        signed = bool(images.size) and images.min() < 0
        for axis, image in zip(row_axes, images, strict=True):
            if signed:
                axis.imshow(image, cmap=DIFFERENCE_CMAP, vmin=-DIFFERENCE_LIMIT, vmax=DIFFERENCE_LIMIT)
            else:
                axis.imshow(image, cmap="gray_r", vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
            axis.spines[:].set(visible=True, color="#D0D0D0", linewidth=0.6)  # a white picture is seen, too
        row_axes[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
    if column_titles is not None:
        for axis, text in zip(axes[0], column_titles, strict=True):
            axis.set_title(text, fontsize=9, loc="center")
    return figure
