"""Reading shipped files: each is compared with its checksum before anything is made of it."""

import hashlib
import pathlib

from utils.course import ROOT

DATA = ROOT / "data"
CHECKSUMS = "SHA256SUMS"


class DataFileError(RuntimeError):
    """A shipped data file is missing or is not what was shipped."""


def _error(folder, name, found, expected):
    """Return the error, in the language of the students, who see it; its command works from any directory."""
    folder = folder.resolve()
    return DataFileError(
        f"data/{name}: {found}; era esperado {expected}. "
        f'Recupere o arquivo com: git -C "{folder.parent}" restore {folder.name}/{name} (ou baixe o curso de novo).'
    )


def _read(folder, name, expected):
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise _error(folder, name, "o arquivo não existe", expected) from None
    except OSError as error:
        raise _error(folder, name, f"não foi possível ler ({error.strerror})", expected) from None


def expected_checksum(name, *, folder=DATA):
    """Return the SHA-256 that ``SHA256SUMS`` in `folder` gives for the file `name`."""
    listing = _read(folder, CHECKSUMS, "a lista com as somas de verificação de todos os arquivos").decode()
    sums = {path: digest for digest, path in (line.split(maxsplit=1) for line in listing.splitlines() if line)}
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
        found and the command that restores it.
    """
    folder = pathlib.Path(folder)
    expected = expected_checksum(name, folder=folder)
    content = _read(folder, name, f"um arquivo com SHA-256 {expected}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        found = f"{len(content)} bytes com SHA-256 {digest} (truncado ou alterado)"
        raise _error(folder, name, found, f"SHA-256 {expected}")
    return content
