"""The course's environment: it is made, brought up to date and used, but never emptied.

But for one test, pythons and pip are scripts, and nothing is installed.
"""

import contextlib
import errno
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from tools import environment, files

ROOT = pathlib.Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a shell")

# The Python that makes environments: one of which it says that it is another version, if $MAKER says so.
MAKER = """#!/bin/sh
if [ "$2" = venv ]; then
  echo "$@" >> "{course}/venv.log"
  eval "$WHEN_MADE"
  mkdir -p "$3/bin" && touch "$3/pyvenv.cfg" && cp "{course}/own-python" "$3/bin/python"
  exit
fi
[ "$1" = --version ] && echo "Python $MAKER" && exit
[ "$1" = -c ] && exec "{python}" "$@"
exec "{python}" -c '
import os, runpy, sys
if "MAKER" in os.environ:
    sys.version_info = (*map(int, os.environ["MAKER"].split(".")), 0)
sys.executable = sys.argv.pop(1)
assert sys.argv[1:3] == ["-m", "tools.environment"]
del sys.argv[1:3]
runpy.run_module("tools.environment", run_name="__main__", alter_sys=True)
' "$0" "$@"
"""
# The environment's own Python: it says the course's seed, and its arguments, one a line.
OWN_PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) echo "${OWN_VERSION-3 11}" ;;
  *find_spec*) exit ${NO_PIP-0} ;;
  *ensurepip*) echo "$@" >> "{course}/pip.log" ;;
  "-m pip install"*) echo "$@" >> "{course}/pip.log"; eval "$WHEN_INSTALLED" ;;
  *) printf '<%s>\\n' "seed=${COURSE_SEED-42}" "$@"; eval "$WHEN_RUN" ;;
esac
"""
# To evaluate in them: says that it is there, and stays until the test lets it go.
STAY = "touch here; while [ ! -e go ]; do sleep 0.02; done"
OF_MAKE = ("VENV", "BUILD", "PYTHON", "NB", "TWICE", "FULL", "JOBS", "RUNS", "ONLY", "RESUME", "REPO", "C")
PIP = "-m pip install --quiet --disable-pip-version-check"
INSTALLED = f"{PIP} -r requirements.txt -c constraints.txt\n"


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def new_course(folder):
    """Return a folder of a course that has only what makes its environment, and its pythons."""
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", *(f"tools/{name}.py" for name in ("__init__", "environment", "files", "interruption"))):
        shutil.copy(ROOT / name, folder / name)
    (folder / "site").mkdir()
    for name in ("requirements.txt", "constraints.txt", "constraints-colab.txt", "site/requirements.txt"):
        (folder / name).write_text(f"# {name}\n")
    script(folder / "own-python", OWN_PYTHON.replace("{course}", str(folder)))
    script(folder / "maker", MAKER.replace("{course}", str(folder)).replace("{python}", sys.executable))
    return folder


def new_environment(folder, own_python):
    """Make an environment of this course that is ready, with a script as its Python."""
    script(folder / "bin" / "python", own_python.read_text(encoding="utf-8"))
    (folder / "pyvenv.cfg").touch()
    (folder / environment.MARK).touch()
    made = environment.Environment(str(folder))
    made.record(made.contents())
    return folder


def clean_environ(**variables):
    """Return this process's environment variables, without those of a ``make`` that runs it, and with others."""
    ours = {*OF_MAKE, "COURSE_SEED", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} | variables


@pytest.fixture(autouse=True)
def nothing_real(monkeypatch):
    """See that this process itself installs nothing and goes on being what it is."""
    monkeypatch.setattr(environment, "call", lambda *arguments: pytest.fail("it installs"))
    monkeypatch.setattr(environment.os, "execv", lambda *arguments: pytest.fail("it runs"))


@pytest.fixture
def course(tmp_path):
    return new_course(tmp_path / "o curso é")


@pytest.fixture
def start(course):
    """Return what starts a command in the course's environment; whatever still runs in the end is killed."""
    with contextlib.ExitStack() as stack:

        def start(*arguments, python="maker", **variables):
            process = subprocess.Popen(
                [course / python, "-m", "tools.environment", *(arguments or ("--", "a", "b c"))],
                cwd=course,
                env=clean_environ(VENV="venv") | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,
                preexec_fn=heed_interruptions,
            )
            stack.callback(end, process)
            return process

        yield start


def heed_interruptions():
    """Give SIGINT its usual effect, also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture
def run(start):
    """Return what runs a command in the course's environment: its exit status, output and error output."""

    def run(*arguments, **variables):
        process = start(*arguments, **variables)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    return run


def wait_for(path):
    limit = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < limit, f"no {path.name}"
        time.sleep(0.02)


def snapshot(path):
    """Return all that a file or folder is, its times, too."""
    paths = [path, *sorted(path.rglob("*"))]
    return [(p, p.lstat().st_mtime_ns, p.lstat().st_mode, p.is_file() and p.read_bytes()) for p in paths]


def installations(course):
    return (course / "pip.log").read_text() if (course / "pip.log").exists() else ""


RAN = "<seed=42>\n<a>\n<b c>\n"


def test_environment_is_made_once(course, run):
    assert run() == (0, f"Preparando o ambiente em venv (só na primeira vez; alguns minutos)\n{RAN}", "")
    assert run() == (0, RAN, "")
    assert installations(course) == INSTALLED
    assert (course / "venv.log").read_text() == f"-m venv {course / 'venv'}\n"


def test_empty_folder_is_made_an_environment(course, run):
    (course / "venv").mkdir()
    assert run()[0] == 0
    assert installations(course) == INSTALLED


def test_colab_has_an_environment_of_its_own(course, run):
    assert run("--colab", "--", "x")[:2] == (
        0,
        "Preparando o ambiente em venv-colab (só na primeira vez; alguns minutos)\n<seed=42>\n<x>\n",
    )
    assert installations(course) == f"{PIP} -r constraints-colab.txt nbclient nbformat psutil pillow\n"
    (course / "requirements.txt").write_text("new\n")
    assert run("--colab", "--", "x") == (0, "<seed=42>\n<x>\n", "")
    (course / "constraints-colab.txt").write_text("new\n")
    assert "Atualizando o ambiente em venv-colab" in run("--colab", "--", "x")[1]


def test_site_has_an_environment_of_its_own(course, run):
    assert run("--site", "--", "x")[1].startswith("Preparando o ambiente em venv-site (")
    assert installations(course) == f"{PIP} -r site/requirements.txt\n"
    (course / "site" / "requirements.txt").write_text("new\n")
    assert "Atualizando o ambiente em venv-site" in run("--site", "--", "x")[1]


@pytest.mark.parametrize("arguments", [("x",), ("--",), ("--colab", "x"), ("--other", "--", "x")])
def test_other_arguments_are_refused(course, run, arguments):
    assert run(*arguments) == (1, "", f"{environment.USAGE}\n")
    assert not (course / "venv").exists()


def test_command_takes_the_place_of_the_process_and_its_status_comes_through(run, start):
    assert run()[0] == 0
    process = start(WHEN_RUN="echo $$; exit 7")
    assert process.communicate()[0].splitlines()[-1] == str(process.pid)
    assert process.returncode == 7


@pytest.mark.parametrize(
    "found", [["notas.txt", "aulas/01.txt"], ["pyvenv.cfg", "bin/python"], [".ready", "x"], [".lock", "x"]]
)
def test_what_the_course_did_not_make_is_left_as_it_is(course, run, found):
    for name in found:
        script(course / "venv" / name, f"#!/bin/sh\ntouch '{course}/ran'\n")
    before = snapshot(course)
    status, out, err = run()
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "que o curso não fez; fica como está. Escolha outra: VENV=outra/pasta" in err
    assert snapshot(course) == before


def test_suggestion_fits_the_command_whichever_it_was(course, run):
    for name, arguments in (("venv", ["--", "x"]), ("venv-colab", ["--colab", "--", "x"])):
        script(course / name / "x", "")
        err = run(*arguments)[2]
        assert f"A pasta {name} tem algo" in err and "VENV=outra/pasta, no mesmo comando" in err and "make" not in err


@pytest.mark.parametrize("name", ["file", "file/below", "/proc/venv", "dangling"])
def test_where_no_environment_can_be_made_a_line_says_what_to_do(course, run, name):
    (course / "file").write_text("x")
    (course / "dangling").symlink_to("nowhere")
    before = snapshot(course)
    status, out, err = run(VENV=name)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert name in err and "VENV=outra/pasta" in err
    assert snapshot(course) == before


def test_folder_that_cannot_be_written_to_is_told(tmp_path, monkeypatch, capsys):
    def read_only(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    (tmp_path / "venv").mkdir()
    monkeypatch.setattr(environment.files, "lock", read_only)
    monkeypatch.setattr(environment.pathlib.Path, "touch", read_only)
    monkeypatch.setenv("VENV", str(tmp_path / "venv"))
    with pytest.raises(SystemExit, match=r"\(o disco é só para leitura\)\. Escolha outra pasta: VENV=outra/pasta"):
        environment.main(["--", "x"])
    assert not list((tmp_path / "venv").iterdir())


def test_environment_is_updated_in_place(course, run):
    run()
    (course / "venv" / "notas.txt").write_text("minhas")
    for name in ("requirements.txt", "constraints.txt"):
        (course / name).write_text("new\n")
        update = "Atualizando o ambiente em venv: o que o curso usa mudou (alguns minutos)\n"
        assert run() == (0, f"{update}{RAN}", "")
        assert run() == (0, RAN, "")
    assert (course / "venv" / "notas.txt").read_text() == "minhas"
    assert installations(course) == 3 * INSTALLED
    assert (course / "venv.log").read_text().count("\n") == 1


def test_environment_of_another_python_is_updated(course, run):
    run()
    assert "Atualizando" in run(OWN_VERSION="3 12")[1]


def test_old_environment_with_an_empty_mark_is_updated(course, run):
    new_environment(course / "venv", course / "own-python")
    (course / "venv" / environment.MARK).unlink()
    (course / "venv" / environment.READY).write_text("")
    assert "Atualizando o ambiente em venv" in run()[1]
    assert run() == (0, RAN, "")
    assert (course / "venv" / environment.MARK).exists()
    assert not (course / "venv.log").exists()


CONTINUED = f"Continuando a preparar o ambiente em venv, que ficou pela metade (alguns minutos)\n{RAN}"


def test_failure_of_pip_is_told_and_continued(course, run):
    status, out, err = run(WHEN_INSTALLED="echo no network >&2; exit 2")
    assert status == 1
    assert "<" not in out
    assert err.splitlines()[0] == "no network"
    assert err.splitlines()[1].startswith("O ambiente em venv não ficou pronto: o pip parou")
    assert err.count("\n") == 2
    assert run() == (0, CONTINUED, "")
    assert installations(course) == 2 * INSTALLED
    assert (course / "venv.log").read_text().count("\n") == 1


def test_failure_to_make_it_is_told_and_continued(course, run):
    status, _, err = run(WHEN_MADE="echo no room >&2; exit 1")
    assert (status, err) == (1, "no room\nNão consegui fazer o ambiente em venv: o motivo está acima (disco cheio?).\n")
    assert run() == (0, CONTINUED, "")


def test_pip_that_is_missing_is_put_into_it(course, run):
    assert run(NO_PIP="1")[0] == 0
    assert installations(course) == f"-I -m ensurepip --default-pip\n{INSTALLED}"


def test_what_changes_while_pip_runs_is_installed_next(course, run):
    out = run(WHEN_INSTALLED="echo new > requirements.txt")[1]
    assert [line.split()[0] for line in out.splitlines()[:2]] == ["Preparando", "Atualizando"]
    assert run() == (0, RAN, "")
    assert installations(course) == 2 * INSTALLED


@pytest.mark.parametrize("moment", ["WHEN_MADE", "WHEN_INSTALLED"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_interrupted_preparation_is_continued(course, run, start, moment, number, status):
    process = start(**{moment: STAY})
    wait_for(course / "here")
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert "Traceback" not in err
    assert run() == (0, CONTINUED, "")


def test_interrupted_update_is_continued_even_if_nothing_is_new_any_more(course, run):
    run()
    (course / "requirements.txt").write_text("new\n")
    run(WHEN_INSTALLED="exit 1")
    (course / "requirements.txt").write_text("# requirements.txt\n")
    assert run() == (0, CONTINUED, "")
    assert installations(course) == 3 * INSTALLED


def test_of_two_preparations_at_once_one_waits(course, start):
    first = start(WHEN_INSTALLED=STAY)
    wait_for(course / "here")
    second = start()
    assert second.stdout.readline() == "Outro comando está preparando o ambiente em venv: espero por ele\n"
    (course / "go").touch()
    assert first.communicate(timeout=60)[0].endswith(RAN)
    assert second.communicate(timeout=60) == (RAN, "")
    assert first.returncode == second.returncode == 0
    assert installations(course) == INSTALLED


def test_pip_whose_course_was_killed_is_waited_for(course, start):
    first = start(WHEN_INSTALLED=STAY)
    wait_for(course / "here")
    first.kill()
    first.wait()
    second = start()
    assert second.stdout.readline() == "Outro comando está preparando o ambiente em venv: espero por ele\n"
    (course / "go").touch()
    assert second.communicate(timeout=60) == (CONTINUED, "")


def test_update_waits_for_whoever_runs_and_they_not_for_each_other(course, run, start):
    run()
    first = start(WHEN_RUN=STAY)
    wait_for(course / "here")
    assert run() == (0, RAN, "")
    (course / "requirements.txt").write_text("new\n")
    second = start()
    assert "precisa ser atualizado, e há quem rode nele" in second.stdout.readline()
    assert installations(course) == INSTALLED
    (course / "go").touch()
    assert first.communicate(timeout=60) == (RAN, "")
    assert second.communicate(timeout=60)[0].startswith("Atualizando o ambiente em venv")
    assert installations(course) == 2 * INSTALLED


def test_updated_environment_is_held_while_something_runs(course, start):
    process = start(WHEN_RUN=STAY)
    wait_for(course / "here")
    files.lock(course / "venv" / environment.LOCK, shared=True, wait=False).close()
    with pytest.raises(BlockingIOError):
        files.lock(course / "venv" / environment.LOCK, wait=False)
    (course / "go").touch()
    process.communicate(timeout=60)
    files.lock(course / "venv" / environment.LOCK, wait=False).close()


@pytest.fixture
def venv(course, monkeypatch):
    """An environment of this very course that is ready."""
    folder = new_environment(course / "venv", course / "own-python")
    monkeypatch.setenv("VENV", str(folder))
    return folder


def test_read_only_environment_that_is_ready_needs_no_lock(venv, monkeypatch):
    def read_only(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    ran = []
    monkeypatch.setattr(environment.files, "lock", read_only)
    monkeypatch.setattr(environment.os, "execv", lambda *arguments: ran.append(arguments))
    before = snapshot(venv)
    environment.main(["--", "x"])
    assert ran == [(str(venv / "bin" / "python"), [str(venv / "bin" / "python"), "x"])]
    assert snapshot(venv) == before


def test_what_is_ready_is_known_at_once(venv):
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        environment.Environment(str(venv)).ready().close()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.05


@pytest.mark.parametrize("ready", [True, False])
@pytest.mark.parametrize(
    ("own_python", "message"),
    [
        (None, "não funciona"),
        ("#!/nowhere/python\n", "não funciona"),
        ("#!/bin/sh\nexit 1\n", "não funciona"),
        ("#!/bin/sh\necho 3 10\n", "é o 3.10, e o TensorFlow precisa de 3.11, 3.12 ou 3.13"),
        ("#!/bin/sh\necho 3 14\n", "é o 3.14, e"),
    ],
)
def test_environment_whose_python_is_of_no_use_is_not_emptied(venv, monkeypatch, own_python, message, ready):
    if not ready:
        (venv / environment.READY).unlink()
        (venv / environment.LOCK).touch()
    (venv / "bin" / "python").unlink()
    if own_python:
        script(venv / "bin" / "python", own_python)
    else:
        (venv / "bin" / "python").symlink_to("/nowhere/python")
    before = snapshot(venv)
    with pytest.raises(SystemExit, match=f"{message}.*Apague você a pasta, .* VENV=outra/pasta"):
        environment.main(["--", "x"])
    assert snapshot(venv) == before


def wheel(folder, version):
    """Write a package that has only a version."""
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as package:
        about = f"tiny-{version}.dist-info"
        package.writestr("tiny.py", f"VERSION = {version!r}\n")
        package.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        package.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        package.writestr(f"{about}/RECORD", "")


def test_with_a_real_python_and_a_real_pip(course, run):
    for version in ("1.0", "2.0"):
        wheel(course, version)
        (course / "requirements.txt").write_text(f"--no-index\n--find-links {shlex.quote('.')}\ntiny\n")
        (course / "constraints.txt").write_text(f"tiny=={version}\n")
        ask = ("--", "-c", "import sys, tiny; print(tiny.VERSION, sys.prefix)")
        status, out, err = run(*ask, python=sys.executable)
        assert (status, out.splitlines()[-1], err) == (0, f"{version} {course / 'venv'}", "")
        (course / "venv" / "notas.txt").touch()
        assert run(*ask, python=sys.executable)[1].count("\n") == 1
    assert "Atualizando" in out
    assert (course / "venv" / "notas.txt").exists()
