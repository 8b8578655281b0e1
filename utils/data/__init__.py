"""The data sets shipped in ``data/``; see ``data/README.md`` for their sources and licences."""

from utils.data.chess import ChessPositions, Positions, load_chess
from utils.data.fashion_mnist import FashionMNIST, LabelledImages, load_fashion_mnist
from utils.data.vowels import JapaneseVowels, Utterances, load_vowels
from utils.data.words import Words, load_words

__all__ = [
    "ChessPositions",
    "FashionMNIST",
    "JapaneseVowels",
    "LabelledImages",
    "Positions",
    "Utterances",
    "Words",
    "load_chess",
    "load_fashion_mnist",
    "load_vowels",
    "load_words",
]
