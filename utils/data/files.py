"""Reading shipped files: each is compared with its checksum before anything is made of it."""

import hashlib
import pathlib

from utils.course import ROOT

DATA = ROOT / "data"
CHECKSUMS = "SHA256SUMS"


class DataFileError(RuntimeError):
    """A shipped data file is missing or is not what was shipped."""


def _error(name, found, expected):
    return DataFileError(
        f"data/{name}: {found}; expected {expected}. "
        f"Restore it with: git restore data/{name} (or download the course again)."
    )


def _read(path, name, expected):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _error(name, "file is missing", expected) from None


def expected_checksum(name, *, folder=DATA):
    """Return the SHA-256 that ``SHA256SUMS`` in `folder` gives for the file `name`."""
    listing = _read(folder / CHECKSUMS, CHECKSUMS, "the list of checksums of all shipped files").decode()
    sums = {path: digest for digest, path in (line.split(maxsplit=1) for line in listing.splitlines() if line)}
    if name not in sums:
        raise _error(CHECKSUMS, f"has no line for {name}", f"one line for each of the files, {name} included")
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
        If the file is missing, truncated or altered: names the file, what was expected, what was found and the
        command that restores it.
    """
    folder = pathlib.Path(folder)
    expected = expected_checksum(name, folder=folder)
    content = _read(folder / name, name, f"a file with SHA-256 {expected}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        raise _error(name, f"{len(content)} bytes with SHA-256 {digest} (truncated or altered)", f"SHA-256 {expected}")
    return content
