"""Fashion-MNIST: 70,000 pictures of garments, 28 x 28 pixels, ten classes (Xiao, Rasul & Vollgraf, 2017)."""

import gzip
from typing import NamedTuple

import numpy as np

from utils.data.files import DATA, read_verified

CLASS_NAMES = (
    "camiseta",
    "calça",
    "suéter",
    "vestido",
    "casaco",
    "sandália",
    "camisa",
    "tênis",
    "bolsa",
    "bota",
)
VALIDATION_SIZE = 5_000


class LabelledImages(NamedTuple):
    """Pictures and their classes.

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28), float32 in [0, 1]
    labels : ndarray of shape (n,), uint8 in [0, 9]
    """

    images: np.ndarray
    labels: np.ndarray


class FashionMNIST(NamedTuple):
    """Fashion-MNIST, split: the last 5,000 of the 60,000 training pictures are for validation.

    Attributes
    ----------
    train : LabelledImages of length 55,000
    validation : LabelledImages of length 5,000
    test : LabelledImages of length 10,000
    class_names : tuple of 10 str
        In Portuguese, indexed by label.
    """

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages
    class_names: tuple


def _read_idx(name, header_size, folder):
    content = gzip.decompress(read_verified(f"fashion_mnist/{name}", folder=folder))
    return np.frombuffer(content, dtype=np.uint8, offset=header_size)


def _read_part(prefix, folder):
    pixels = _read_idx(f"{prefix}-images-idx3-ubyte.gz", 16, folder).reshape(-1, 28, 28)
    images = pixels.astype(np.float32)
    images /= 255
    return images, _read_idx(f"{prefix}-labels-idx1-ubyte.gz", 8, folder)


def load_fashion_mnist(*, folder=DATA):
    """Load Fashion-MNIST from the four original files.

    Returns
    -------
    FashionMNIST
        Pictures as float32 in [0, 1], labels as uint8 and the names of the classes.

    Raises
    ------
    utils.data.files.DataFileError
        If one of the files is missing, truncated or altered.
    """
    images, labels = _read_part("train", folder)
    return FashionMNIST(
        train=LabelledImages(images[:-VALIDATION_SIZE], labels[:-VALIDATION_SIZE]),
        validation=LabelledImages(images[-VALIDATION_SIZE:], labels[-VALIDATION_SIZE:]),
        test=LabelledImages(*_read_part("t10k", folder)),
        class_names=CLASS_NAMES,
    )
