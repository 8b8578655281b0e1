"""Writing files: a file is there whole or not at all, a folder that cannot be written is told in time, and what only
one process may do at a time is locked.

Only the standard library, and nothing newer than Python 3.6: the environment of the course is made with this.
"""

import contextlib
import errno
import json
import os
import tempfile

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


def as_json(value):
    """Return what a file of measurements holds: JSON with a line for each entry, letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


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
        with contextlib.suppress(OSError):
            os.unlink(file.name)
        raise


REASONS = {
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "a cota do disco acabou",
    errno.EFBIG: "o arquivo passaria do tamanho permitido",
    errno.EROFS: "o disco é só para leitura",
    errno.EACCES: "falta permissão",
    errno.EPERM: "falta permissão",
    errno.ENOENT: "não existe",
    errno.EISDIR: "é uma pasta",
    errno.ENOTDIR: "o caminho passa por algo que não é uma pasta",
}


def why(error):
    """Return why a file could not be read or written, for a person."""
    if isinstance(error, UnicodeError):
        return "não é texto em UTF-8"
    return REASONS.get(getattr(error, "errno", None)) or getattr(error, "strerror", None) or str(error)


def read(path):
    """Return the text of a file of the course; end the command with one line if it cannot be read.

    Raises
    ------
    SystemExit
        Naming the file.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SystemExit(f"não consegui ler {path.name}: {why(error)}") from None


def save(path, content):
    """Write a file as `write` does; return what failed, in one line, "" if nothing did."""
    try:
        write(path, content)
    except (OSError, UnicodeError) as error:
        return f"não consegui escrever {path.name}: {why(error)}"
    return ""


def save_all(contents):
    """Write several files, a dict of path to content; end the command with one line at the first that cannot be.

    Raises
    ------
    SystemExit
        Naming the file. Those before it are written, it and those after it are as they were.
    """
    for path, content in contents.items():
        failure = save(path, content)
        if failure:
            raise SystemExit(failure)


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


def lock(path, *, shared=False, wait=True):
    """Lock the file `path`, made if need be, until the object returned is closed or the process ends, however it ends.

    Parameters
    ----------
    path : pathlib.Path
    shared : bool
        Several processes may hold a shared lock at once; on Windows only one may, too.
    wait : bool
        Wait for whoever holds the lock; otherwise raise at once.

    Returns
    -------
    file object

    Raises
    ------
    BlockingIOError
        If another process holds the lock and `wait` is false.
    """
    file = open(path, "ab")  # noqa: SIM115  (whoever calls closes it)
    try:
        if fcntl:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
            return file
        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return file
            except OSError as error:
                if not wait:
                    raise BlockingIOError(f"{path} is locked") from error
                # Windows itself gives up after ten seconds
    except BaseException:
        file.close()
        raise
