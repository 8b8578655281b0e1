"""Validation of arguments: a wrong one is named, with what was expected and what came, in the students' language."""

import numpy as np

_KINDS = {
    "float": (np.floating, "números reais (float)"),
    "integer": (np.integer, "números inteiros"),
    "number": (np.number, "números"),
}


def _describe(value):
    if isinstance(value, np.ndarray):
        return f"um array de {value.dtype}, de forma {value.shape}"
    return f"{type(value).__name__} {value!r:.60}"


def check_array(name, value, *, shape=None, kind="number", low=None, high=None, finite=False):
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
    finite : bool
        Whether infinities are refused, too.

    Returns
    -------
    ndarray
        `value` as an array (not copied if it already was one).

    Raises
    ------
    ValueError
        Naming the argument, what was expected and what was received.
    """
    dtype, numbers = _KINDS[kind]
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if not np.issubdtype(array.dtype, dtype):
        raise ValueError(f"{name}: esperava um array de {numbers}, recebi {_describe(value)}")
    if shape is not None:
        fits = array.ndim == len(shape) and all(e is None or e == n for e, n in zip(shape, array.shape, strict=True))
        if not fits:
            wanted = ", ".join("qualquer" if e is None else str(e) for e in shape) + "," * (len(shape) == 1)
            raise ValueError(f"{name}: esperava a forma ({wanted}), recebi a forma {array.shape}")
    if array.size and np.issubdtype(array.dtype, np.floating) and np.isnan(array.min()):
        raise ValueError(f"{name}: esperava números sem NaN, recebi {int(np.isnan(array).sum())} NaN")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name}: esperava números finitos, recebi infinitos: {int(np.isinf(array).sum())}")
    if array.size and ((low is not None and array.min() < low) or (high is not None and array.max() > high)):
        wanted = f"[{'-inf' if low is None else low}, {'inf' if high is None else high}]"
        raise ValueError(f"{name}: esperava valores em {wanted}, recebi valores em [{array.min()}, {array.max()}]")
    return array


def check_same_length(**arrays):
    """Raise a ValueError naming the given arrays unless they have lengths, and equal ones."""
    lengths = {}
    for name, array in arrays.items():
        try:
            lengths[name] = len(array)
        except TypeError:
            raise ValueError(f"{name}: esperava uma sequência, recebi {_describe(array)}") from None
    if len(set(lengths.values())) > 1:
        received = ", ".join(f"{name} de comprimento {length}" for name, length in lengths.items())
        raise ValueError(f"{' e '.join(lengths)}: esperava comprimentos iguais, recebi {received}")


def check_count(name, value, *, low=1, high=None):
    """Return `value` as an int; raise a ValueError unless it is a whole number in [low, high]."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        wanted = f"maior ou igual a {low}" if high is None else f"de {low} a {high}"
        raise ValueError(f"{name}: esperava um número inteiro {wanted}, recebi {value!r:.60}")
    return int(value)


def check_number(name, value):
    """Return `value` as a float; raise a ValueError unless it is a real number, be it NaN or infinite."""
    try:
        if not isinstance(value, (str, bytes)):  # of which float() would take some
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"{name}: esperava um número, recebi {value!r:.60}")


def check_text(name, value):
    """Return `value`; raise a ValueError unless it is a text."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: esperava um texto, recebi {value!r:.60}")
    return value


def check_choice(name, value, choices):
    """Raise a ValueError unless `value` is one of `choices`, texts."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: esperava um destes: {', '.join(map(str, choices))}; recebi {value!r:.60}")
    return value
