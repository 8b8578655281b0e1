"""Files are written whole or not at all."""

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
