"""Writing files: a file is there whole or not at all, and a folder that cannot be written is told in time."""

import os
import pathlib
import tempfile


def write(path, content):
    """Write a file whole or not at all: if anything fails, the old one stays and no other is left.

    Parameters
    ----------
    path : pathlib.Path
        Folders on the way to it are made.
    content : str or bytes
        Text is written as UTF-8, with its own line ends.
    """
    content = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    file = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)  # noqa: SIM115
    try:
        with file:
            file.write(content)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except BaseException:
        pathlib.Path(file.name).unlink(missing_ok=True)
        raise


def make_build_folder(path, target):
    """Make the folder `path` and check that files can be written to it.

    Parameters
    ----------
    path : pathlib.Path
    target : str
        The target of ``make`` that writes there, for the message.

    Raises
    ------
    SystemExit
        If the folder cannot be made or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError:
        raise SystemExit(
            f"não posso escrever em {path}; escolha outra pasta: make {target} BUILD=/outra/pasta"
        ) from None
