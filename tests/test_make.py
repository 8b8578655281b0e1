"""The Makefile: which Python it takes, and what it passes on."""

import os
import shutil
import subprocess
import sys

import pytest

from utils.course import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and a shell")

# Says it is another version.
OTHER_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python {version}" && exit
[ "$1" = -c ] && exec "{python}" -c "import sys; sys.version_info = ({numbers}, 0); exec(sys.argv[1])" "$2"
echo "$@"
exit 1
"""


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def make(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if name not in ("COURSE_SEED", "MAKEFLAGS")}
    return subprocess.run(
        ["make", "-C", ROOT, "--no-print-directory", *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def venv(tmp_path):
    """An environment made already, whose Python only says the course's seed and what it was asked to do."""
    script(tmp_path / "venv" / "bin" / "python", '#!/bin/sh\necho "seed=${COURSE_SEED-42}" "$@"\n')
    (tmp_path / "venv" / ".ready").touch()
    return f"VENV={tmp_path / 'venv'}"


@pytest.mark.parametrize(
    ("version", "taken"), [("3.10", False), ("3.11", True), ("3.12", True), ("3.13", True), ("3.14", False)]
)
def test_takes_the_pythons_that_tensorflow_takes(tmp_path, version, taken):
    numbers = version.replace(".", ", ")
    text = OTHER_PYTHON.format(version=version, numbers=numbers, python=sys.executable)
    ran = make("run", f"PYTHON={script(tmp_path / 'python', text)}", f"VENV={tmp_path / 'venv'}")
    assert ran.returncode != 0
    assert ("Preparando o ambiente" in ran.stdout) == taken
    assert ("É preciso Python 3.11, 3.12 ou 3.13" in ran.stdout and f"é Python {version}" in ran.stdout) != taken


def test_only_an_environment_is_made_anew(tmp_path):
    text = OTHER_PYTHON.format(version="3.12", numbers="3, 12", python=sys.executable)
    python, venv = script(tmp_path / "python", text), tmp_path / "venv"
    venv.mkdir()
    assert f"-m venv {venv}" in make("run", f"PYTHON={python}", f"VENV={venv}").stdout
    (venv / "pyvenv.cfg").touch()
    assert f"-m venv --clear {venv}" in make("run", f"PYTHON={python}", f"VENV={venv}").stdout


def test_environment_folder_with_a_space_is_refused():
    ran = make("run", "VENV=/tmp/a b")
    assert ran.returncode != 0
    assert 'VENV: esperava o nome de uma pasta, sem espaços, e recebi "/tmp/a b"' in ran.stderr


def test_arguments_are_passed_on_and_the_environment_is_not(venv):
    run = make("run", venv, "NB=02", "TWICE=1", "JOBS=1", "COURSE_SEED=7", "BUILD=b")
    assert run.stdout.split() == ["seed=7", "tools/run_notebooks.py", "--build", "b", "--twice", "--jobs", "1", "02"]
    run = make("run", venv, BUILD="b", NB="02", TWICE="1", JOBS="1", VERSIONS="--versions x", PACKAGES="-r x")
    assert run.stdout.split() == ["seed=42", "tools/run_notebooks.py", "--build", "b"]


def test_benchmark_gets_its_arguments(venv):
    plain = make("bench", venv, "BUILD=b").stdout.split()[1:]
    assert plain == ["tools/benchmark.py", "--build", "b", "--runs", "3", "--only"]
    given = make("bench", venv, "BUILD=b", "RUNS=2", "RESUME=1", "ONLY=sae cae").stdout.split()[4:]
    assert given == ["--runs", "2", "--resume", "--only", "sae", "cae"]


def test_colab_versions_are_asked_for(venv):
    folder = venv.removeprefix("VENV=")
    shutil.copytree(folder, f"{folder}-colab")
    run = make("test-colab", venv, "NB=02", "BUILD=b")
    assert run.stdout.split()[2:] == ["--build", "b/colab", "--versions", "constraints-colab.txt", "02"]


def test_tests_run_with_the_courses_own_seed(venv):
    for given in (make("test", venv, COURSE_SEED="7"), make("test", venv, "COURSE_SEED=7")):
        assert given.returncode == 0
        assert given.stdout.splitlines()[-1].startswith("seed=42 -m pytest tests notebooks")
