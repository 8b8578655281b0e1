"""The Makefile: which Python it takes, what it passes on, and that what is typed is never run."""

import os
import re
import shutil
import subprocess

import pytest
from test_environment import PIP, clean_environ, new_course, script

from tools import environment

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and a shell")


@pytest.fixture
def course(tmp_path):
    return new_course(tmp_path / "o curso é")


@pytest.fixture
def make(course):
    """Return what runs ``make`` in a course whose environment is a script's."""

    def make(*arguments, **variables):
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=course,
            env=clean_environ(PYTHON="./maker") | variables,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return make


@pytest.fixture
def passed_on(course, make):
    """Return what gives the course's seed and the arguments that ``make`` passes on to an environment that is ready."""
    (course / ".venv").mkdir()
    assert make("run").returncode == 0

    def passed_on(*arguments, **variables):
        ran = make(*arguments, **variables)
        assert (ran.returncode, ran.stderr) == (0, "")
        return re.findall(r"^<(.*?)>$", ran.stdout, flags=re.MULTILINE | re.DOTALL)

    return passed_on


@pytest.mark.parametrize(
    ("version", "taken"), [("3.10", False), ("3.11", True), ("3.12", True), ("3.13", True), ("3.14", False)]
)
def test_takes_the_pythons_that_tensorflow_takes(course, make, version, taken):
    ran = make("run", MAKER=version)
    assert (ran.returncode == 0) == taken == (course / ".venv").exists()
    assert ("Preparando o ambiente" in ran.stdout) == taken
    assert ("É preciso Python 3.11, 3.12 ou 3.13" in ran.stderr and f"é Python {version}" in ran.stderr) != taken


def test_any_python_takes_an_environment_that_is_ready(passed_on):
    assert passed_on("lab", MAKER="3.14")[1:] == ["-m", "jupyterlab", "--notebook-dir", "notebooks"]


def test_python_that_is_too_old_or_not_there_is_told(course, make):
    script(course / "old", '#!/bin/sh\n[ "$1" = --version ] && echo Python 2.7.18 >&2 && exit\nexit 1\n')
    for python, said in (("./old", "./old é Python 2.7.18"), ("./nowhere", "./nowhere é ")):
        ran = make("run", f"PYTHON={python}")
        assert ran.returncode != 0
        assert "É preciso Python 3.11, 3.12 ou 3.13" in ran.stderr and said in ran.stderr


def test_failure_of_a_command_fails_make(passed_on, make):
    teaching = ("student", "grade", "site", "site-serve", "test-site")
    for target in (
        "run",
        "lab",
        "test",
        *teaching,
        "store",
        "study",
        "bench",
        "bench-readme",
        "record-readme",
        "playground",
        "colab",
    ):
        ran = make(target, WHEN_RUN="exit 3")
        assert ran.returncode != 0
        assert ran.stdout.count("<seed=") == (2 if target == "study" else 1)  # the pages show what was measured


def test_arguments_are_passed_on_and_the_environment_is_not(passed_on):
    given = passed_on("run", "NB=02", "TWICE=1", "FULL=1", "JOBS=1", "COURSE_SEED=7", "BUILD=b")
    assert given == ["seed=7", "-m", "tools.run_notebooks", "--build=b", "--twice", "--full", "--jobs=1", "--", "02"]
    inherited = {"NB": "02", "TWICE": "1", "FULL": "1", "JOBS": "1", "REPO": "a/b", "C": "C6", "ONLY": "x"}
    assert passed_on("run", BUILD="b", **inherited) == ["seed=42", "-m", "tools.run_notebooks", "--build=b"]
    assert passed_on("study", **inherited)[1:] == ["-m", "studies", "seed=42", "-m", "tools.pages"]
    assert passed_on("colab", **inherited)[1:] == ["-m", "tools.set_repository", "--", ""]


def test_each_target_runs_its_modules(passed_on):
    store = ["-m", "tools.run_notebooks", "--build=build", "--store", "--", "02", "seed=42", "-m", "tools.pages"]
    assert passed_on("store", "NB=02")[1:] == store
    assert passed_on("student", "BUILD=b")[1:] == ["-m", "tools.student", "--build=b"]
    assert passed_on("site", "BUILD=b")[1:] == ["-m", "tools.site", "--build=b"]
    assert passed_on("site-serve", "BUILD=b")[1:] == ["-m", "tools.site", "--build=b", "--serve"]
    assert passed_on("grade", "FILE=a b", "BUILD=b")[1:] == ["-m", "tools.grade", "--build=b", "--", "a b"]
    study = ["-m", "studies", "--jobs=1", "--", "C6", "seed=42", "-m", "tools.pages"]
    assert passed_on("study", "C=C6", "JOBS=1")[1:] == study
    assert passed_on("bench-readme", "BUILD=b")[1:] == ["-m", "tools.benchmark.report", "--build=b"]
    assert passed_on("playground", "BUILD=b")[1:] == ["-m", "tools.playground", "--build=b"]
    assert passed_on("colab", "REPO=a/b")[1:] == ["-m", "tools.set_repository", "--", "a/b"]
    assert passed_on("publish", "REPO=a/b", "BUILD=b")[1:] == ["-m", "tools.publish", "--build=b", "--", "a/b"]


def test_benchmark_gets_its_arguments(passed_on):
    plain = ["-m", "tools.benchmark.measure", "--build=b", "--runs=3"]
    assert passed_on("bench", "BUILD=b")[1:] == plain
    given = passed_on("bench", "BUILD=b", "RUNS=2", "RESUME=1", "ONLY=sae cae")[1:]
    assert given == [*plain[:-1], "--runs=2", "--resume", "--only=sae cae"]


def test_colab_versions_are_asked_for(course, passed_on):
    given = passed_on("test-colab", "NB=02", "BUILD=b")
    versions = ["--build=b/colab", "--versions", "constraints-colab.txt", "--", "02"]
    assert given == ["seed=42", "-m", "tools.run_notebooks", *versions]
    assert (course / ".venv-colab" / environment.READY).exists()
    assert (course / "pip.log").read_text().splitlines()[-1].startswith(f"{PIP} -r constraints-colab.txt ")


def test_tests_run_with_the_courses_own_seed(make, passed_on):
    for given in (passed_on("test", COURSE_SEED="7"), passed_on("test", "COURSE_SEED=7")):
        assert given[:5] == ["seed=7", "-m", "ruff", "check", "--no-cache"]
        tests = given[given.index("pytest") - 2 :]
        assert tests[:6] == ["seed=42", "-m", "pytest", "tests", "notebooks", "--ignore=tests/site"]
        assert tests[6:12] == ["--numprocesses", "auto", "--maxprocesses", "2", "--dist", "loadfile"]
        assert "--nbval" in tests
        assert tests[-5:] == ["seed=42", "-m", "tools.site", "--build=build", "--test"]


# What a shell or make would run, or could not read; none has a "/", so that folders can have these names.
NASTY = [
    "99; touch run1 & touch run2 | touch run3",
    "99 $(touch run) $$(touch run) ${NB} $$$$ `touch run`",
    "$(shell touch run)",
    "$$(shell touch run)$(error run)",
    'a "q b',
    "it's",
    "`",
    "-x --store",
    "#1 = 50 % * ? [a-z] ~ \\ é ü \\",
    "a\nb",
]


VARIABLES = ("NB", "BUILD", "JOBS", "TWICE", "FULL", "RUNS", "ONLY", "RESUME", "REPO", "C", "COURSE_SEED", "OTHER")
OF_GRADE = ("FILE", "MINUTES")


@pytest.mark.parametrize("typed", NASTY)
def test_what_is_typed_arrives_as_it_is(course, passed_on, typed):
    passed_on("test-colab")
    before = sorted(course.rglob("*"))
    teaching, writing = (
        ("student", "grade", "site"),
        ("store", "study", "bench", "bench-readme", "record", "colab", "publish"),
    )
    arguments = [f"{name}={typed}" for name in (*VARIABLES, *OF_GRADE)]
    given = passed_on("run", "test-colab", *teaching, *writing, *arguments)
    run, seed, how = ["-m", "tools.run_notebooks"], f"seed={typed}", ["--twice", "--full", f"--jobs={typed}"]
    assert given == [
        *[seed, *run, f"--build={typed}", *how, "--", typed],
        *[seed, *run, f"--build={typed}/colab", "--versions", "constraints-colab.txt", *how, "--", typed],
        *[seed, "-m", "tools.student", f"--build={typed}"],
        *[seed, "-m", "tools.grade", f"--build={typed}", f"--minutes={typed}", "--", typed],
        *[seed, "-m", "tools.site", f"--build={typed}"],
        *[seed, *run, f"--build={typed}", "--store", "--", typed, seed, "-m", "tools.pages"],
        *[seed, "-m", "studies", f"--jobs={typed}", "--", typed, seed, "-m", "tools.pages"],
        *[seed, "-m", "tools.benchmark.measure", f"--build={typed}", f"--runs={typed}", "--resume", f"--only={typed}"],
        *[seed, "-m", "tools.benchmark.report", f"--build={typed}"],
        *[seed, "-m", "tools.benchmark.record", f"--build={typed}", f"--runs={typed}", "--resume", f"--only={typed}"],
        *[seed, "-m", "tools.set_repository", "--", typed],
        *[seed, "-m", "tools.publish", f"--build={typed}", "--", typed],
    ]
    assert sorted(course.rglob("*")) == before


@pytest.mark.parametrize("typed", NASTY)
def test_environment_and_python_may_have_any_name(course, make, typed):
    (course / "maker").rename(course / typed)
    before = {*course.iterdir()}
    made = {course / name for name in (f"venv {typed}", "pip.log", "venv.log")}
    for _ in range(2):
        ran = make("run", f"PYTHON=./{typed}", f"VENV=venv {typed}")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert {*course.iterdir()} == before | made
    assert ran.stdout == "<seed=42>\n<-m>\n<tools.run_notebooks>\n<--build=build>\n"
    ran = make("run", PYTHON=f"./{typed}", VENV=f"venv {typed}")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert {*course.iterdir()} == before | made


@pytest.mark.parametrize("typed", NASTY[:-3])
def test_constraints_are_made_in_a_folder_that_is_taken_away(course, make, typed):
    script(course / "own-python", '#!/bin/sh\n[ "$3" = freeze ] && echo tiny==1.0\nexit 0\n')
    (course / typed / "constraints").mkdir(parents=True)
    before = sorted(path for path in course.rglob("*"))
    ran = make("constraints", f"BUILD={typed}")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (course / "constraints.txt").read_text() == "# constraints.txt\ntiny==1.0\n"
    (course / "venv.log").unlink()
    assert sorted(course.rglob("*")) == before


def test_constraints_stay_if_they_cannot_be_made_anew(course, make):
    script(course / "own-python", "#!/bin/sh\nexit 1\n")
    assert make("constraints").returncode != 0
    assert (course / "constraints.txt").read_text() == "# constraints.txt\n"
    assert not list((course / "build").iterdir())


def test_help_names_each_target_students_first(course, make):
    shown = make().stdout
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 110
    assert [part.split("\n")[0] for part in shown.split("\n\n")][:-1] == ["Estudar", "Ensinar", "Escrever o curso"]
    study, teach, write, _ = (re.findall(r"^  make ([a-z-]+)", part, re.MULTILINE) for part in shown.split("\n\n"))
    assert (study, teach) == (["lab", "run", "test"], ["student", "grade", "site", "site-serve", "test-site"])
    targets = re.findall(r"^([a-z-]+):", (course / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {*study, *teach, *write} == {*targets} - {"help", "some-python"}
    assert make("help").stdout == shown
