"""The data sets shipped in ``data/``, verified and split; see ``data/README.md`` for their sources and licences."""

import gzip
import hashlib
import io
import pathlib
import re
from typing import Any, NamedTuple

import numpy as np

from utils.course import ROOT

DATA = ROOT / "data"
CHECKSUMS = "SHA256SUMS"
CHECKSUM_LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<path>\S.*)")


class Split(NamedTuple):
    """A data set in three parts, each of the type that the function which loads it names."""

    train: Any
    validation: Any
    test: Any


# Reading: each file is compared with its checksum before anything is made of it.


class DataFileError(RuntimeError):
    """A shipped data file is missing or is not what was shipped."""


def _error(folder, name, found, expected):
    """Return the error, in the language of the students, who see it; its command works from any directory."""
    folder = folder.resolve()
    return DataFileError(
        f"data/{name}: esperava {expected}, mas {found}. "
        f'Recupere o arquivo com: git -C "{folder.parent}" restore {folder.name}/{name} (ou baixe o curso de novo).'
    )


def _read(folder, name, expected):
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise _error(folder, name, "o arquivo não existe", expected) from None
    except IsADirectoryError:
        raise _error(folder, name, "há uma pasta com esse nome: apague-a antes", expected) from None
    except OSError as error:
        raise _error(folder, name, f"não foi possível ler ({error.strerror})", expected) from None


def expected_checksum(name, *, folder=DATA):
    """Return the SHA-256 that ``SHA256SUMS`` in `folder` gives for the file `name`.

    Raises
    ------
    DataFileError
        If that list is missing, is damaged, or does not name the file.
    """
    listing = _read(folder, CHECKSUMS, "a lista com as somas de verificação de todos os arquivos")
    sums = {}
    for number, line in enumerate(listing.decode("utf-8", "replace").splitlines(), 1):
        found = CHECKSUM_LINE.fullmatch(line)
        if found:
            sums[found["path"]] = found["digest"]
        elif line:
            raise _error(folder, CHECKSUMS, f"a linha {number} é {line!r:.60}", "em cada linha um SHA-256 e um arquivo")
    if name not in sums:
        raise _error(folder, CHECKSUMS, f"não tem a linha de {name}", "uma linha para cada arquivo")
    return sums[name]


def read_verified(name, *, folder=DATA):
    """Read the shipped file `name`, after comparing it with its checksum.

    Parameters
    ----------
    name : str
        Path below `folder`, with forward slashes, as it stands in ``SHA256SUMS``.
    folder : path, optional
        Where the data are; the course's ``data/`` unless told.

    Returns
    -------
    bytes

    Raises
    ------
    DataFileError
        If the file is missing, cannot be read, is truncated or altered: names the file, what was expected, what was
        found and the command that restores it. The functions below, which load the data sets, raise it, too.
    """
    folder = pathlib.Path(folder)
    expected = expected_checksum(name, folder=folder)
    content = _read(folder, name, f"um arquivo com SHA-256 {expected}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        found = f"recebi {len(content)} bytes com SHA-256 {digest} (truncado ou alterado)"
        raise _error(folder, name, found, f"um arquivo com SHA-256 {expected}")
    return content


# Fashion-MNIST: 70,000 pictures of garments, 28 x 28 pixels, ten classes (Xiao, Rasul & Vollgraf, 2017).

CLASS_NAMES = ("camiseta", "calça", "suéter", "vestido", "casaco", "sandália", "camisa", "tênis", "bolsa", "bota")
VALIDATION_SIZE = 5_000


class LabelledImages(NamedTuple):
    """Pictures and their classes.

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28), float32 in [0, 1]
    labels : ndarray of shape (n,), uint8 in [0, 9]
        Indices of `CLASS_NAMES`.
    """

    images: np.ndarray
    labels: np.ndarray


def _read_idx(name, header_size, folder):
    content = gzip.decompress(read_verified(f"fashion_mnist/{name}", folder=folder))
    return np.frombuffer(content, dtype=np.uint8, offset=header_size)


def _read_part(prefix, folder):
    pixels = _read_idx(f"{prefix}-images-idx3-ubyte.gz", 16, folder).reshape(-1, 28, 28)
    images = pixels.astype(np.float32)
    images /= 255
    return LabelledImages(images, _read_idx(f"{prefix}-labels-idx1-ubyte.gz", 8, folder))


def load_fashion_mnist(*, folder=DATA):
    """Load Fashion-MNIST; the last 5,000 of the 60,000 training pictures are for validation.

    Returns
    -------
    Split of LabelledImages
        Of lengths 55,000, 5,000 and 10,000.
    """
    original = _read_part("train", folder)
    return Split(
        train=LabelledImages(*(column[:-VALIDATION_SIZE] for column in original)),
        validation=LabelledImages(*(column[-VALIDATION_SIZE:] for column in original)),
        test=_read_part("t10k", folder),
    )


# Chess: middle-game positions of an engine's games against itself, made by ``tools/make_chess.py``.


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


def load_chess(*, folder=DATA):
    """Load the middle-game positions, split by game; no position of one part occurs in another.

    Returns
    -------
    Split of Positions
    """
    with np.load(io.BytesIO(read_verified("chess/positions.npz", folder=folder)), allow_pickle=False) as file:
        columns = [file[name] for name in Positions._fields]
        split = file["split"]
    return Split(*(Positions(*(column[split == part] for column in columns)) for part in range(3)))


# Japanese Vowels: 640 utterances of nine speakers, 12 channels, 7 to 29 frames (Kudo, Toyama & Shimbo, 1999).

N_CHANNELS = 12
MAX_FRAMES = 29
VALIDATION_PER_SPEAKER = 5


class Utterances(NamedTuple):
    """Utterances of different lengths, side by side.

    Attributes
    ----------
    frames : ndarray of shape (n, 29, 12), float32
        LPC cepstrum coefficients, frame by frame; zeros after the last frame of each utterance.
    lengths : ndarray of shape (n,), int64 in [7, 29]
        Number of frames of each utterance.
    speakers : ndarray of shape (n,), uint8 in [0, 8]
        Who speaks.
    """

    frames: np.ndarray
    lengths: np.ndarray
    speakers: np.ndarray


def _read_ts(name, folder):
    """Read one ``.ts`` file: channels separated by colons, frames by commas, the speaker's number last."""
    lines = read_verified(f"vowels/{name}", folder=folder).decode().splitlines()
    rows = [line.split(":") for line in lines[lines.index("@data") + 1 :] if line]
    frames = np.zeros((len(rows), MAX_FRAMES, N_CHANNELS), np.float32)
    lengths = np.empty(len(rows), np.int64)
    for i, channels in enumerate(rows):
        utterance = np.array([channel.split(",") for channel in channels[:N_CHANNELS]], np.float32).T
        lengths[i] = len(utterance)
        frames[i, : lengths[i]] = utterance
    return Utterances(frames, lengths, np.array([int(row[N_CHANNELS]) - 1 for row in rows], np.uint8))


def load_vowels(*, folder=DATA):
    """Load the Japanese Vowels; the last five utterances a speaker of the training part are for validation.

    Returns
    -------
    Split of Utterances
        Of lengths 225 (25 of each speaker), 45 (five of each) and 370 (from 24 to 88 of each).
    """
    original = _read_ts("JapaneseVowels_TRAIN.ts", folder)
    held_out = np.zeros(len(original.speakers), bool)
    for speaker in np.unique(original.speakers):
        held_out[np.flatnonzero(original.speakers == speaker)[-VALIDATION_PER_SPEAKER:]] = True
    return Split(
        train=Utterances(*(column[~held_out] for column in original)),
        validation=Utterances(*(column[held_out] for column in original)),
        test=_read_ts("JapaneseVowels_TEST.ts", folder),
    )


# Portuguese words by frequency, for sequences of letters; made by ``tools/make_words.py`` from wordfreq.

ALPHABET = "abcdefghijlmnopqrstuvxzàáâãçéêíóôõú"  # all letters that occur


def load_words(*, folder=DATA):
    """Load the Portuguese words; of every ten, by rank, one is for validation and one for testing.

    Returns
    -------
    Split of tuple of str
        Of lengths 16,000; 2,000 (the words of rank 5, 15, ...) and 2,000 (those of rank 10, 20, ...), the most
        frequent first.
    """
    words = read_verified("words/palavras.txt", folder=folder).decode().splitlines()
    return Split(
        train=tuple(word for rank, word in enumerate(words, 1) if rank % 10 not in (5, 0)),
        validation=tuple(words[4::10]),
        test=tuple(words[9::10]),
    )
