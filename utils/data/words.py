"""Portuguese words by frequency, for sequences of letters; made by ``tools/make_words.py`` from wordfreq."""

from typing import NamedTuple

from utils.data.files import DATA, read_verified


class Words(NamedTuple):
    """Portuguese words, split by their rank: of every ten, one is for validation and one for testing.

    Attributes
    ----------
    train : tuple of 16,000 str
        Most frequent first, as in the other parts.
    validation : tuple of 2,000 str
        The words of rank 5, 15, 25, ...
    test : tuple of 2,000 str
        The words of rank 10, 20, 30, ...
    alphabet : str
        All letters that occur, in order: plain letters first, then those with accents.
    """

    train: tuple
    validation: tuple
    test: tuple
    alphabet: str


def load_words(*, folder=DATA):
    """Load the Portuguese words.

    Returns
    -------
    Words

    Raises
    ------
    utils.data.files.DataFileError
        If the file is missing, truncated or altered.
    """
    words = read_verified("words/palavras.txt", folder=folder).decode().splitlines()
    return Words(
        train=tuple(word for rank, word in enumerate(words, 1) if rank % 10 not in (5, 0)),
        validation=tuple(words[4::10]),
        test=tuple(words[9::10]),
        alphabet="".join(sorted(set("".join(words)))),
    )
