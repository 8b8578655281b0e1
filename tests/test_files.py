"""Files are written whole or not at all."""

import ast
import errno
import os
import subprocess
import sys

import pytest

from tools import files
from utils.course import ROOT


@pytest.mark.parametrize("content", ["olá\n", b"ol\xc3\xa1\n"])
def test_text_and_bytes_are_written_as_they_are(tmp_path, content):
    files.write(tmp_path / "new" / "file", content)
    assert (tmp_path / "new" / "file").read_bytes() == "olá\n".encode()


@pytest.mark.parametrize("step", ["chmod", "replace"])
def test_failing_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    (tmp_path / "file").write_text("old")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="disk full"):
        files.write(tmp_path / "file", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_text_that_cannot_be_encoded_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        files.write(tmp_path / "file", "\udc00")
    assert not list(tmp_path.iterdir())


def test_build_folder_is_made_and_left_empty(tmp_path):
    files.make_build_folder(tmp_path / "a" / "b", "run")
    assert not list((tmp_path / "a" / "b").iterdir())


def test_what_cannot_be_a_build_folder_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SystemExit, match="make bench BUILD=/outra/pasta"):
            files.make_build_folder(folder, "bench")


def test_build_folder_that_exists_must_be_writable(tmp_path, monkeypatch):
    def read_only(**options):
        raise PermissionError("read-only")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", read_only)
    with pytest.raises(SystemExit, match="não posso escrever em"):
        files.make_build_folder(tmp_path, "run")


HOLDER = "import pathlib, sys; from tools import files; file = files.lock(pathlib.Path(sys.argv[1])); print(); input()"


@pytest.fixture
def held(tmp_path):
    """The path of a file that another process has locked; ending that process ends the lock."""
    command = [sys.executable, "-c", HOLDER, tmp_path / "lock"]
    holder = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    yield tmp_path / "lock", holder
    holder.kill()
    holder.communicate()


def test_what_another_process_locked_is_told_or_waited_for(held):
    path, holder = held
    with pytest.raises(BlockingIOError):
        files.lock(path, wait=False)
    holder.kill()  # however it ends
    files.lock(path).close()


@pytest.mark.skipif(os.name == "nt", reason="on Windows a shared lock is held by one process, too")
def test_shared_locks_are_held_together_and_keep_others_out(tmp_path):
    path = tmp_path / "lock"
    with files.lock(path, shared=True), files.lock(path, shared=True, wait=False), pytest.raises(BlockingIOError):
        files.lock(path, wait=False)
    files.lock(path, wait=False).close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "o disco está cheio"),
        (OSError(errno.EROFS, "Read-only file system"), "o disco é só para leitura"),
        (PermissionError(errno.EACCES, "Permission denied"), "falta permissão"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("odd"), "odd"),
        (UnicodeEncodeError("utf-8", "\udc00", 0, 1, "surrogates not allowed"), "não é texto em UTF-8"),
    ],
)
def test_reason_is_told_in_the_language_of_the_course(error, reason):
    assert files.why(error) == reason


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "não existe"),
        (lambda path: path.mkdir(), "é uma pasta"),
        (lambda path: path.write_bytes(b"\xff"), "não é texto em UTF-8"),
    ],
)
def test_file_that_cannot_be_read_is_named(tmp_path, make, reason):
    make(tmp_path / "a.md")
    with pytest.raises(SystemExit, match=rf"^não consegui ler a\.md: {reason}$"):
        files.read(tmp_path / "a.md")
    (tmp_path / "b.md").write_text("olá\n", encoding="utf-8")
    assert files.read(tmp_path / "b.md") == "olá\n"


def test_file_too_large_is_named_by_the_system_itself(tmp_path):
    """What a limit of the system cuts short is as if it had not been begun."""
    resource = pytest.importorskip("resource")
    code = "import pathlib; from tools.files import save; print(save(pathlib.Path('{}'), 'x' * 10**6))"
    ran = subprocess.run(
        [sys.executable, "-c", code.format(tmp_path / "a")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10**5, 10**5)),
    )
    assert ran.stdout == "não consegui escrever a: o arquivo passaria do tamanho permitido\n", ran.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["__init__", "environment", "files", "interruption"])
def test_what_an_old_python_has_to_read_is_written_for_it(name):
    """It tells which Python the course needs: `make` takes every Python from 3.6 on."""
    ast.parse((ROOT / "tools" / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_first_file_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    write = files.write

    def full(path, content):
        if path.name == "b":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(files, "write", full)
    with pytest.raises(SystemExit, match="não consegui escrever b: o disco está cheio"):
        files.save_all({tmp_path / name: name for name in "abc"})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
