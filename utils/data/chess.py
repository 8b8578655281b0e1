"""Chess: middle-game positions of an engine's games against itself, made by ``tools/make_chess.py``."""

import io
from typing import NamedTuple

import numpy as np

from utils.data.files import DATA, read_verified

N_CODES = 13  # 0 empty; 1-6 white pawn, knight, bishop, rook, queen, king; 7-12 the same in black


class Positions(NamedTuple):
    """Positions and where they come from.

    Attributes
    ----------
    boards : ndarray of shape (n, 64), uint8 in [0, 12]
        The piece on each square, from a1, b1, ... to h8: 0 empty; 1-6 white pawn, knight, bishop, rook, queen,
        king; 7-12 the same in black.
    game : ndarray of shape (n,), uint16
        Number of the game.
    ply : ndarray of shape (n,), uint8
        Half-moves played so far.
    """

    boards: np.ndarray
    game: np.ndarray
    ply: np.ndarray


class ChessPositions(NamedTuple):
    """Positions split by game; no position of one part occurs in another."""

    train: Positions
    validation: Positions
    test: Positions


def load_chess(*, folder=DATA):
    """Load the middle-game positions.

    Returns
    -------
    ChessPositions

    Raises
    ------
    utils.data.files.DataFileError
        If the file is missing, truncated or altered.
    """
    with np.load(io.BytesIO(read_verified("chess/positions.npz", folder=folder)), allow_pickle=False) as file:
        columns = [file[name] for name in Positions._fields]
        split = file["split"]
    return ChessPositions(*(Positions(*(column[split == part] for column in columns)) for part in range(3)))
