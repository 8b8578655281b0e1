"""Files are written whole or not at all."""

import os

import pytest

from tools import files


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
