"""Ctrl-C ends every command with one line and the status 130, whatever it is doing."""

import os
import re
import signal
import subprocess
import sys

import pytest

from utils.course import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals as POSIX has them")

PATHS = [*(ROOT / "tools").rglob("*.py"), *(ROOT / "studies").glob("__main__.py")]
COMMANDS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__")
    for path in PATHS
    if re.search('^if __name__ == "__main__":', path.read_text(encoding="utf-8"), flags=re.MULTILINE)
)
# Libraries of which every command imports one; here they say that they are being imported, and swallow interruptions.
LIBRARIES = ("chess", "jupyter_client", "keras", "nbformat", "numpy", "tensorflow", "wordfreq")
SLOW = """
import time
print("here", flush=True)
try:
    while True:
        time.sleep(0.05)
except BaseException:
    raise ImportError("numpy._core.multiarray failed to import")
"""
# A command that has imported all it needs.
BEGUN = """
import time
try:
    print("here", flush=True)
    while True:
        time.sleep(0.05)
finally:
    print("ended")
"""


def start(*arguments, ignored=False, **environment):
    # In the background, where tests may run, too, interruptions are ignored.
    handler = signal.SIG_IGN if ignored else signal.SIG_DFL
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, handler),
    )


def test_commands_are_found():
    assert {"studies", "tools.run_notebooks", "tools.benchmark.measure", "tools.make_chess"} <= set(COMMANDS)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "tools.environment"])  # it imports none
def test_interrupted_while_a_library_is_imported(tmp_path, command):
    for name in LIBRARIES:
        (tmp_path / f"{name}.py").write_text(SLOW, encoding="utf-8")
    process = start("-m", command, "--help", PYTHONPATH=str(tmp_path))
    assert interrupted(process) == ("", "\nInterrompido.\n") and process.returncode == 130


@pytest.fixture
def command(tmp_path):
    """Return what starts a made-up command."""
    (tmp_path / "command").mkdir()
    (tmp_path / "command" / "__init__.py").write_text("import tools", encoding="utf-8")

    def command(source, *arguments, **options):
        (tmp_path / "command" / "__main__.py").write_text(source, encoding="utf-8")
        return start(*arguments, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}", **options)

    return command


def interrupted(process):
    """Interrupt a process that says that it is there; return what it shows then."""
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=30)


def test_interrupted_later_it_first_ends_what_it_began(command):
    process = command(BEGUN, "-m", "command")
    assert interrupted(process) == ("ended\n", "\nInterrompido.\n") and process.returncode == 130


def test_process_that_is_no_command_is_left_alone(command):
    process = command(BEGUN, "-c", "import runpy; runpy.run_module('command', run_name='__main__')")
    out, messages = interrupted(process)
    assert out == "ended\n" and "Traceback" in messages and process.returncode == -signal.SIGINT


def test_where_interruptions_are_ignored_as_in_the_background_they_stay_so(command):
    source = "import os, signal\nfor _ in range(9):\n    os.kill(os.getpid(), signal.SIGINT)\nprint('ended')"
    process = command(source, "-m", "command", ignored=True)
    assert process.communicate(timeout=30) == ("ended\n", "") and process.returncode == 0


def test_errors_are_shown_as_always(command):
    process = command("1 / 0", "-m", "command")
    assert "ZeroDivisionError" in process.communicate(timeout=30)[1] and process.returncode == 1
