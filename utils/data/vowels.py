"""Japanese Vowels: 640 utterances of nine speakers, 12 channels, 7 to 29 frames (Kudo, Toyama & Shimbo, 1999)."""

from typing import NamedTuple

import numpy as np

from utils.data.files import DATA, read_verified

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


class JapaneseVowels(NamedTuple):
    """Japanese Vowels, split: the original test part, and the last five utterances a speaker of the training part.

    Attributes
    ----------
    train : Utterances of length 225
        25 of each speaker.
    validation : Utterances of length 45
        Five of each speaker.
    test : Utterances of length 370
        From 24 to 88 of each speaker.
    """

    train: Utterances
    validation: Utterances
    test: Utterances


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
    """Load the Japanese Vowels from the two original files.

    Returns
    -------
    JapaneseVowels

    Raises
    ------
    utils.data.files.DataFileError
        If one of the files is missing, truncated or altered.
    """
    original = _read_ts("JapaneseVowels_TRAIN.ts", folder)
    held_out = np.zeros(len(original.speakers), bool)
    for speaker in np.unique(original.speakers):
        held_out[np.flatnonzero(original.speakers == speaker)[-VALIDATION_PER_SPEAKER:]] = True
    return JapaneseVowels(
        train=Utterances(*(column[~held_out] for column in original)),
        validation=Utterances(*(column[held_out] for column in original)),
        test=_read_ts("JapaneseVowels_TEST.ts", folder),
    )
