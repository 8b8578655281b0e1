"""The copies for the classroom: what is left out of them, where their links lead, and that they are written whole."""

import os
import re
import shutil
import subprocess
import sys
import urllib.parse

import nbformat
import pytest
from notebook_files import PATHS, SOLUTION, fill_disk, prose, read
from test_make import NASTY

from tools import files
from tools.stored import ACTIVITY
from tools.student import LINK, main, write_copies
from utils.course import ROOT

NAMES = [path.name for path in PATHS]


def texts_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    return write_copies(tmp_path_factory.mktemp("copies"))


@pytest.fixture
def course(tmp_path):
    """A course that has only notebooks, and a page to which they link."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "course" / "notebooks")
    (tmp_path / "course" / "README.md").touch()
    return tmp_path / "course"


def without_targets(cell):
    return LINK.sub(r"\1", cell.source) if cell.cell_type == "markdown" else cell.source


@pytest.mark.parametrize("number", range(len(PATHS)), ids=NAMES)
def test_copy_lacks_outputs_counts_and_solutions_and_nothing_else(copies, number):
    original, copy = read(PATHS[number]), read(copies[number])
    nbformat.validate(copy)
    assert copies[number].name == NAMES[number]
    kept = [cell for cell in original.cells if not SOLUTION.match(cell.source)]
    assert len(original.cells) - len(kept) == len(SOLUTION.findall(prose(original))) > 0
    assert "<summary>Solução" not in copies[number].read_text(encoding="utf-8")
    assert copy.metadata == original.metadata
    for old, new in zip(kept, copy.cells, strict=True):
        assert without_targets(new) == without_targets(old)
        assert (new.cell_type, new.id, new.metadata) == (old.cell_type, old.id, old.metadata)
        assert new.cell_type != "code" or (new.outputs, new.execution_count) == ([], None)


@pytest.mark.skipif(os.name == "nt", reason="on Windows no folder can have these names")
@pytest.mark.parametrize("name", [*NASTY, "Área de trabalho/a lição (1)", "a:b?c&d#e"])
def test_links_lead_to_the_copies_and_to_the_course(tmp_path, name):
    assert main([f"--build={tmp_path / name}"]) is None
    copies = tmp_path / name / "aluno"
    found = {target for path in PATHS for _, target in LINK.findall(prose(read(copies / path.name)))}
    assert {*NAMES[1:-1]} <= found
    for target in found - {*NAMES, f"{ACTIVITY}.ipynb"}:
        if "://" not in target and not target.startswith("#"):
            path = os.path.normpath(copies / urllib.parse.unquote(target.partition("#")[0]))
            assert os.path.exists(path) and path.startswith(str(ROOT)), target


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a](../README.md), [b](../README.md#d)", "[a](../../README.md), [b](../../README.md#d)"),
        ("[a](../notebooks/02_ae_basico.ipynb#b)", "[a](02_ae_basico.ipynb#b)"),
        ("![a](../README.md 'b')\n\n[c]: ../README.md", "![a](../../README.md 'b')\n\n[c]: ../../README.md"),
        ('<img src="../README.md"> ![a](b%20c.png)', '<img src="../../README.md"> ![a](../../notebooks/b%20c.png)'),
        *[(same, same) for same in ("[a](#b)", "[a](/)", "[a](https://b.example/../README.md)", "[a](../missing.md)")],
        *[(same, same) for same in ("![a](attachment:c.png)", "![a](data:image/png;base64,A=)", "$x[i](y)$")],
    ],
)
def test_links_of_every_kind_within_the_course(course, source, expected):
    (course / "notebooks" / "b c.png").touch()
    notebook = read(PATHS[0])
    notebook.cells[1:] = [nbformat.v4.new_markdown_cell(source, attachments={"c.png": {"image/png": "A="}})]
    nbformat.write(notebook, course / "notebooks" / NAMES[0])
    [_, cell] = read(write_copies(course / "build" / "aluno", course)[0]).cells
    assert cell.source == expected
    assert cell.attachments == {"c.png": {"image/png": "A="}}


def test_on_another_drive_of_windows_links_are_addresses(tmp_path, course, monkeypatch):
    def other_drive(path, start):
        if os.path.dirname(path) != str(start):
            raise ValueError("path is on mount 'C:', start on mount 'D:'")
        return os.path.basename(path)

    monkeypatch.setattr(os.path, "relpath", other_drive)
    header = read(write_copies(tmp_path / "aluno", course)[0]).cells[0].source
    assert f"]({(course / 'README.md').as_uri()})" in header and f"]({NAMES[1]})" in header


def test_older_copies_are_replaced_and_what_is_others_stays(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aluno").mkdir()
    for name in (NAMES[0], "00_meu.ipynb"):
        (tmp_path / "aluno" / name).write_text("old")
    main(["--build=."])
    first = texts_of(tmp_path / "aluno")
    assert first.keys() == {*NAMES, f"{ACTIVITY}.ipynb", "00_meu.ipynb"}
    assert first["00_meu.ipynb"] == b"old" != first[NAMES[0]]
    main([f"--build={tmp_path}"])
    assert texts_of(tmp_path / "aluno") == first
    assert (
        capsys.readouterr().out == 2 * f"{len(NAMES) + 1} cópias dos notebooks, sem saídas e sem soluções, em aluno\n"
    )


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(path.read_bytes()[:-100]), os.remove])
def test_damaged_notebook_is_named_and_nothing_written(tmp_path, course, spoil):
    spoil(course / "notebooks" / NAMES[-1])
    with pytest.raises(SystemExit, match=f"^{re.escape(NAMES[-1])}.* não "):
        write_copies(tmp_path / "aluno", course)
    assert not (tmp_path / "aluno").exists()


def test_folder_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "aluno").touch()
    with pytest.raises(SystemExit, match=r"não posso escrever em .*: make student BUILD=/outra/pasta"):
        main([f"--build={tmp_path}"])


def test_full_disk_is_named(tmp_path, monkeypatch):
    fill_disk(monkeypatch, NAMES[1])
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {NAMES[1]}: o disco está cheio$"):
        main([f"--build={tmp_path}"])
    assert [*texts_of(tmp_path / "aluno")] == [NAMES[0]]


def test_interrupted_run_leaves_whole_files_only(tmp_path, monkeypatch):
    (tmp_path / "aluno").mkdir()
    (tmp_path / "aluno" / NAMES[0]).write_text("old")

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        main([f"--build={tmp_path}"])
    assert texts_of(tmp_path / "aluno") == {NAMES[0]: b"old"}


def test_two_at_once_write_the_same(tmp_path, copies):
    command = [sys.executable, "-m", "tools.student", f"--build={tmp_path}"]
    runs = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    assert [run.communicate(timeout=60)[0].count(b"\n") for run in runs] == [1, 1]
    assert [run.returncode for run in runs] == [0, 0]
    assert texts_of(tmp_path / "aluno").keys() == texts_of(copies[0].parent).keys()
    for name in NAMES:
        read(tmp_path / "aluno" / name)
