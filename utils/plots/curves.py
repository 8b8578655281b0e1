"""Learning curves."""

import matplotlib.pyplot as plt

from utils.plots.style import PALETTE

COLOURS = [PALETTE[name] for name in ("blue", "orange", "green", "red", "sky", "pink", "grey")]


def plot_histories(histories, *, title, ylabel, metric="loss", ax=None):
    """Draw the validation error (solid) and the training error (dashed) of one or more trainings.

    Parameters
    ----------
    histories : dict of str to keras.callbacks.History
        What `fit` returned, by the model's name; at most seven.
    title, ylabel : str
        The figure's message; what is measured, with its unit.
    metric : str
        Key of the training error in the history; ``val_`` + `metric` is that of the validation error.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure unless given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more histories than colours, or one has no such metric.
    """
    if len(histories) > len(COLOURS):
        raise ValueError(f"histories: expected at most {len(COLOURS)}, one a colour, received {len(histories)}")
    if ax is None:
        ax = plt.subplots()[1]
    for (name, history), colour in zip(histories.items(), COLOURS[: len(histories)], strict=True):
        if metric not in history.history:
            raise ValueError(f"metric: expected one of {', '.join(history.history)}, received {metric!r}")
        for key, line, part in ((metric, "--", "treino"), (f"val_{metric}", "-", "validação")):
            values = history.history.get(key, [])
            ax.plot(range(1, len(values) + 1), values, line, color=colour, label=f"{name} ({part})" if values else None)
    ax.set(title=title, xlabel="época", ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax
