"""The data sets shipped in ``data/``; see ``data/README.md`` for their sources and licences."""

from utils.data.chess import ChessPositions, Positions, load_chess
from utils.data.fashion_mnist import FashionMNIST, LabelledImages, load_fashion_mnist

__all__ = [
    "ChessPositions",
    "FashionMNIST",
    "LabelledImages",
    "Positions",
    "load_chess",
    "load_fashion_mnist",
]
