"""How a statement is decided, and a claim: the one rule of all studies."""

import math

import numpy as np
from scipy import stats

LEVEL = 0.99  # of the interval that decides a statement
PREDICTION_LEVEL = 0.999  # of the interval in which one more run of the lesson is expected


def decide(effects, margin, level=LEVEL):
    """Decide a statement: does the effect exceed the margin?

    Parameters
    ----------
    effects : array_like of shape (n,), float
        The effect of each seed, n at least 2.
    margin : float
        The smallest effect that matters, on the same scale.
    level : float
        Of the confidence interval of the mean effect over seeds (Student's t).

    Returns
    -------
    verdict : {"holds", "fails", "undecided"}
        "holds" if the whole interval lies above the margin, "fails" if it lies wholly below it.
    interval : tuple of (float, float)

    Raises
    ------
    ValueError
        If there are fewer than two effects, or one is not finite.
    """
    effects = np.asarray(effects, dtype=float)
    if effects.ndim != 1 or len(effects) < 2 or not np.isfinite(effects).all():
        raise ValueError(f"effects: esperava dois ou mais números finitos, recebi {effects.tolist()!r:.80}")
    if np.ptp(effects) < 1e-9:  # SciPy warns of it
        interval = (float(effects[0]),) * 2
    else:
        interval = tuple(map(float, stats.ttest_1samp(effects, 0).confidence_interval(level)))
    return "holds" if interval[0] > margin else "fails" if interval[1] < margin else "undecided", interval


def with_null(verdict, null_verdict):
    """Return the verdict on a statement, given that on its null control: a gain that remains there decides nothing."""
    return "undecided" if null_verdict == "holds" else verdict


def claim_verdict(verdicts):
    """Return the verdict on a claim from those on its main statements: all hold, all fail, or some of each: partly."""
    verdicts = set(verdicts)
    if {"holds", "fails"} <= verdicts:
        return "partly"
    return verdicts.pop() if len(verdicts) == 1 else "undecided"


def prediction_interval(values, level=PREDICTION_LEVEL):
    """Return where one more value is expected: wider the fewer values there are, of which two are needed."""
    values = np.asarray(values, dtype=float)
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) * math.sqrt(1 + 1 / len(values))
    return float(values.mean() - half), float(values.mean() + half)
