"""Validation of arguments: a wrong one is named, with what was expected and what came."""

import numpy as np

_KINDS = {"float": np.floating, "integer": np.integer, "number": np.number}


def _describe(value):
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}, dtype {value.dtype}"
    return f"{type(value).__name__} {value!r:.60}"


def check_array(name, value, *, shape=None, kind="number", low=None, high=None):
    """Raise unless `value` is an array of the given shape, kind and range, without NaN.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What was passed; converted with ``np.asarray``.
    shape : tuple of (int or None), optional
        Expected shape; None stands for any length. No shape: any.
    kind : {"number", "float", "integer"}
        Expected kind of dtype. Booleans are of no kind.
    low, high : float, optional
        The smallest and largest value allowed, inclusive.

    Returns
    -------
    ndarray
        `value` as an array (not copied if it already was one).

    Raises
    ------
    ValueError
        Naming the argument, what was expected and what was received.
    """
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, _KINDS[kind]):
        raise ValueError(f"{name}: expected an array of {kind} dtype, received {_describe(value)}")
    if shape is not None:
        fits = array.ndim == len(shape) and all(e is None or e == n for e, n in zip(shape, array.shape, strict=True))
        if not fits:
            wanted = ", ".join("any" if e is None else str(e) for e in shape)
            raise ValueError(f"{name}: expected shape ({wanted}), received shape {array.shape}")
    if array.size and np.issubdtype(array.dtype, np.floating) and np.isnan(array.min()):
        raise ValueError(f"{name}: expected numbers without NaN, received {int(np.isnan(array).sum())} NaN values")
    if array.size and ((low is not None and array.min() < low) or (high is not None and array.max() > high)):
        wanted = f"[{'-inf' if low is None else low}, {'inf' if high is None else high}]"
        raise ValueError(f"{name}: expected values in {wanted}, received values in [{array.min()}, {array.max()}]")
    return array


def check_same_length(**arrays):
    """Raise a ValueError naming all the given arrays unless they have equal lengths."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        received = ", ".join(f"{name} of length {length}" for name, length in lengths.items())
        raise ValueError(f"{' and '.join(lengths)}: expected equal lengths, received {received}")


def check_count(name, value, *, low=1, high=None):
    """Return `value` as an int; raise a ValueError unless it is a whole number in [low, high]."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        wanted = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name}: expected a whole number {wanted}, received {value!r}")
    return int(value)


def check_choice(name, value, choices):
    """Raise a ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(map(str, choices))}, received {value!r}")
    return value
