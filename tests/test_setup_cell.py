"""The set-up cell, wherever a student opens a notebook: on a computer, and on Colab (played)."""

import os
import shutil
import subprocess
import sys

import pytest
from notebook_files import PATHS, fill_disk

from tools.set_repository import main, owner_and_name, set_repository
from tools.stored import badge, read_notebook, repository, setup_cell
from utils.course import ROOT

ADDRESS = "ana-souza/curso.ae"

# Run the set-up cell as a kernel would, with the paths of an interpreter that is not the course's own.
KERNEL = """
import sys
if sys.argv[2] == "colab":
    import google.colab
sys.prefix = "/usr"
cell = open(sys.argv[1], encoding="utf-8").read()
namespace = {}
for run in range(2):  # cells are run twice, too
    exec(cell, namespace)
import utils.course
print("course:", utils.course.ROOT)
from utils.data import load_chess
print("boards:", load_chess().train.boards.shape[1])
"""


def run_cell(tmp_path, cell, *, where, folder, **environment):
    """Run `cell` in `folder`; return the finished process. `where`: "colab" or "computer"."""
    fake = tmp_path / "fake"
    (fake / "google" / "colab").mkdir(parents=True, exist_ok=True)
    (fake / "google" / "colab" / "__init__.py").touch()
    (tmp_path / "cell.py").write_text(cell, encoding="utf-8")
    (tmp_path / "kernel.py").write_text(KERNEL, encoding="utf-8")
    return subprocess.run(
        [sys.executable, tmp_path / "kernel.py", tmp_path / "cell.py", where],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(fake)} | environment,
        capture_output=True,
        text=True,
    )


def copy_of_course(folder):
    """Copy what the set-up cell needs of the course into `folder`."""
    ignore = shutil.ignore_patterns("__pycache__", "fashion_mnist")
    for name in ("utils", "data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def files_of(folder):
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("start", [".", "data/chess"])
def test_finds_the_course_from_any_of_its_folders_and_writes_nothing_into_it(tmp_path, start):
    course = copy_of_course(tmp_path / "Área de trabalho" / "autoencoders, a aula (1)")
    before = files_of(course)
    ran = run_cell(tmp_path, setup_cell(""), where="computer", folder=course / start, PYTHONDONTWRITEBYTECODE="1")
    assert ran.returncode == 0, ran.stderr
    assert f"course: {course}" in ran.stdout and "boards: 64" in ran.stdout
    assert files_of(course) == before


def test_far_from_the_course_it_says_what_to_do(tmp_path):
    ran = run_cell(tmp_path, setup_cell(""), where="computer", folder=tmp_path)
    assert ran.returncode != 0
    assert "abra este notebook dentro da pasta do curso" in ran.stderr


def test_colab_without_an_address_clones_nothing_and_says_what_to_do(tmp_path):
    empty = tmp_path / "content"
    empty.mkdir()
    ran = run_cell(tmp_path, setup_cell(""), where="colab", folder=empty, PATH="/nowhere")
    assert ran.returncode != 0
    assert "peça ao professor o endereço do repositório" in ran.stderr
    assert not list(empty.iterdir())


def test_colab_clones_the_course_once(tmp_path):
    source = copy_of_course(tmp_path / "source")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.invalid", "-C", str(source)]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "course"]):
        subprocess.run([*git, *arguments], check=True)
    content = tmp_path / "content"
    content.mkdir()
    shutil.copy(PATHS[0], content)
    ran = run_cell(
        tmp_path,
        setup_cell(ADDRESS),
        where="colab",
        folder=content,
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0=f"url.file://{source}.insteadOf",
        GIT_CONFIG_VALUE_0=f"https://github.com/{ADDRESS}",
    )
    assert ran.returncode == 0, ran.stderr
    assert f"course: {content / 'autoencoders'}" in ran.stdout and "boards: 64" in ran.stdout


def texts_of(course):
    return {path.name: path.read_text(encoding="utf-8") for path in (course / "notebooks").glob("*.ipynb")}


def test_address_is_written_everywhere_and_taken_away_again(tmp_path):
    course = copy_of_course(tmp_path)
    originals = texts_of(course)
    set_repository(ADDRESS, root=course)
    assert repository(course) == ADDRESS
    for path in PATHS:
        old, new = read_notebook(path), read_notebook(course / "notebooks" / path.name)
        assert badge(path.stem, ADDRESS) in new.cells[0].source
        assert f"github/{ADDRESS}/blob/main/notebooks/{path.name})" in new.cells[0].source
        assert next(cell for cell in new.cells if cell.cell_type == "code").source == setup_cell(ADDRESS)
        assert [cell.get("outputs") for cell in new.cells] == [cell.get("outputs") for cell in old.cells]
    set_repository(repository(), root=course)
    assert texts_of(course) == originals


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ana/curso", "ana/curso"),
        ("https://github.com/ana/curso", "ana/curso"),
        ("https://github.com/ana-1/Meu.curso_2.git", "ana-1/Meu.curso_2"),
        ("http://www.github.com/a/b/", "a/b"),
        ("ana/curso.GIT", "ana/curso"),
        ("github.com/a/.github", "a/.github"),
        (f"{'a' * 39}/{'b' * 100}.git", f"{'a' * 39}/{'b' * 100}"),
    ],
)
def test_address_may_be_that_of_a_page_or_a_clone(typed, address):
    assert owner_and_name(typed) == address


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("ana", "falta a barra"),
        ("https://github.com/ana", "falta a barra"),
        ("https://gitlab.com/ana/curso", r"só há botão do Colab para o que está em https://github\.com"),
        *[(f"{owner}/b", "o dono, '") for owner in ("", "-a", "a-", "a--b", "a_b", "á", "a\n", '"', "a" * 40, ".")],
        *[(f"a/{name}", "o nome, '") for name in ("", ".", "..", "b/c", "b ", "b\n", "ç", "b.wiki", "b.git.git", "$b")],
        *[(f"a/{name}", "o nome, '") for name in ("b.Wiki", "b.GIT.git")],
        (f"a/{'b' * 101}", "o nome, '"),
        ("https://github.com/ana/curso/tree/main", "o nome, 'curso/tree/main'"),
    ],
)
def test_part_of_an_address_that_is_wrong_is_named(typed, wrong):
    with pytest.raises(SystemExit, match=f"^REPO: esperava dono/nome, como no GitHub, recebi .*: {wrong}"):
        owner_and_name(typed)


def test_wrong_address_is_refused_and_nothing_written(tmp_path):
    course = copy_of_course(tmp_path)
    before = files_of(course)
    with pytest.raises(SystemExit, match=r"o nome, '\.\.', tem de ter"):
        set_repository("ana/..", root=course)
    assert files_of(course) == before


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda text: text.replace("start_notebook()", "start()"),
            "não achei a célula de preparação .* Nada foi escrito",
        ),
        (lambda text: text[:1000], "não é um notebook"),
    ],
)
def test_notebook_that_does_not_fit_stops_everything(tmp_path, spoil, message):
    course = copy_of_course(tmp_path)
    last = course / "notebooks" / PATHS[-1].name
    last.write_text(spoil(last.read_text(encoding="utf-8")), encoding="utf-8")
    before = files_of(course)
    with pytest.raises(SystemExit, match=f"{last.name}.*{message}"):
        set_repository(ADDRESS, root=course)
    assert files_of(course) == before


def test_full_disk_is_named(tmp_path, monkeypatch):
    course = copy_of_course(tmp_path)
    fill_disk(monkeypatch, PATHS[0].name)
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {PATHS[0].name}: o disco está cheio$"):
        set_repository(ADDRESS, root=course)


@pytest.mark.parametrize("arguments", [[], [""], ["--", ""]])
def test_without_an_address_it_says_how_to_give_one(arguments):
    with pytest.raises(SystemExit, match="make colab REPO=dono/nome"):
        main(arguments)


def test_what_looks_like_an_option_is_a_wrong_address():
    with pytest.raises(SystemExit, match="esperava dono/nome, como no GitHub, recebi '--help'"):
        main(["--", "--help"])
