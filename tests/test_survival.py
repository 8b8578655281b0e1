"""The course survives where students take it: a small notebook is run there as ``make run`` does.

In every test of a run the course lies in a folder with spaces and accents and must not be written to. The set-up cell,
also from the repository's root and run twice, has its own tests in ``test_setup_cell.py``.
"""

import ast
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from notebook_files import PATHS, code_cells, is_training, read

from tools.stored import setup_cell
from utils.course import ROOT

# What each notebook does, after the set-up cell: it loads, trains, draws and claims. The last cell tells what it saw.
CELLS = """
import json
import os
import socket
import keras
import matplotlib.pyplot as plt
from utils.claims import at_most, claim
from utils.course import ROOT
from utils.data import load_vowels
from utils.training import Progress
# %%
x = load_vowels().train.frames
ae = keras.Sequential([keras.layers.Input(x.shape[1:]), keras.layers.Dense(2), keras.layers.Dense(12)])
ae.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
history = ae.fit(x, x, batch_size=32, epochs=2, verbose=0, callbacks=[Progress("AE")])
# %%
plt.plot(history.history["loss"])
plt.show()
# %%
claim("C3", "erro do AE pequeno", value=history.history["loss"][-1], holds=at_most(1))
# %%
runs, network = globals().get("runs", 0) + 1, "reached"
try:
    socket.create_connection(("192.0.2.1", 80), timeout=0.1)
except OSError as error:
    network = str(error)
seen = {"runs": runs, "network": network, "backend": keras.backend.backend(), "dtype": str(ae(x[:1]).dtype)}
seen |= {"image": keras.config.image_data_format(), "epsilon": keras.config.epsilon(), "course": str(ROOT)}
if hasattr(os, "sched_getaffinity"):
    seen["cores"] = len(os.sched_getaffinity(0))
print(json.dumps(seen))
"""
# Every Python process imports this module as it starts, the kernel's, too.
OFFLINE = """
import socket

connect = socket.socket.connect

def connect_here(self, address):
    if self.family != getattr(socket, "AF_UNIX", None) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError("no network in this test")
    return connect(self, address)

def no_names(*args, **kwargs):
    raise OSError("no network in this test")

socket.socket.connect, socket.getaddrinfo = connect_here, no_names
"""


class SecondRun(ast.NodeVisitor):
    """Find what a second run of a cell would do again: changes to what an earlier cell made (not replacing it)."""

    def __init__(self, source):
        self.made, self.changes = set(), []
        self.visit(ast.parse(source))

    def visit_alias(self, node):
        self.made.add((node.asname or node.name).split(".")[0])

    def visit_FunctionDef(self, node):
        self.made.add(node.name)  # inside, names are its own

    def visit_ClassDef(self, node):
        self.made.add(node.name)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.made.add(node.id)

    def visit_Assign(self, node):
        operations = [part for part in ast.walk(node.value) if isinstance(part, ast.BinOp)]
        self.note(node, names(*node.targets) & names(*operations))
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        self.note(node, names(node.target))

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"append", "extend", "insert", "pop", "remove"}:
            self.note(node, names(node.func))
        if is_training(node):
            self.note(node, owner(node.func))
        self.generic_visit(node)

    def note(self, node, changed):
        if changed - self.made:
            self.changes.append(ast.unparse(node))


def owner(node):
    """Return the name to which ``name[...].method`` belongs, as a set; none if it is no name's."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def names(*nodes):
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


@pytest.mark.parametrize(
    "source",
    [
        "x = x / 255",
        "n += 1",
        "losses.append(1)",
        "x[0], y = 2 * x[0], 1",
        "x.fit(1, epochs=2)",
        'history = x["AE"].fit(1, epochs=2)',
        "x.fit(1, **options)",
    ],
)
def test_changes_to_earlier_work_are_seen(source):
    assert SecondRun(source).changes
    assert not SecondRun(f"x, n, losses = load(), 0, []\n{source}").changes


@pytest.mark.parametrize("source", ["pca.fit(x)", "make_ae().fit(x, epochs=2)", "def train():\n    x.fit(1, epochs=2)"])
def test_what_begins_anew_is_no_change(source):
    assert not SecondRun(source).changes


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_cell_changes_what_an_earlier_one_made(path):
    for cell in code_cells(read(path)):
        assert not SecondRun(cell.source).changes


def files_of(folder):
    """Return what lies in `folder`: name, time of change and content of each file but Python's caches."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return {path.relative_to(folder): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def set_writable(folder, writable):
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if writable else mode & ~0o222)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A read-only course with two small notebooks; in the end nothing of it has changed."""
    course = tmp_path_factory.mktemp("survival") / "Área de trabalho" / "autoencoders, a lição (1)"
    for name in ("utils", "tools", "studies", "data"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", "fashion_mnist"))
    sources = [setup_cell(""), *CELLS.strip().split("\n# %%\n")]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    (course / "notebooks").mkdir()
    for path in PATHS[:2]:
        nbformat.write(notebook, course / "notebooks" / path.name)
    before = files_of(course)
    set_writable(course, False)
    yield course
    set_writable(course, True)
    assert files_of(course) == before


def start(course, build, *arguments, prefix=(), **environment):
    """Start the runner as Jupyter would be by hand; return the process."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv"):
        prefix = [*prefix, "setpriv", "--bounding-set=-dac_override"]  # not even root may write what is read-only
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [*prefix, sys.executable, "-m", "tools.run_notebooks", "--build", build, *arguments],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=inherited | {"PYTHONUTF8": "1"} | environment,
    )


def finish(process, build, notebook=PATHS[0].stem):
    """Wait for the runner and return what the notebook saw."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    executed = nbformat.read(build / f"{notebook}.ipynb", as_version=4)
    assert "image/png" in executed.cells[3].outputs[0].data
    return json.loads(executed.cells[-1].outputs[0].text)


def claims(build):
    return [claim["notebook"] for claim in json.loads((build / "claims.json").read_text(encoding="utf-8"))]


def test_without_network(course, tmp_path):
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    seen = finish(start(course, tmp_path / "build", "01", PYTHONPATH=str(tmp_path / "offline")), tmp_path / "build")
    assert seen["network"] == "no network in this test"


def test_on_one_core(course, tmp_path):
    if not shutil.which("taskset"):
        pytest.skip("taskset ties a process to a core; this system has none")
    core = str(min(os.sched_getaffinity(0)))
    seen = finish(start(course, tmp_path, "01", prefix=["taskset", "-c", core]), tmp_path)
    assert seen["cores"] == 1


def test_each_cell_twice(course, tmp_path):
    seen = finish(start(course, tmp_path, "01", "--twice"), tmp_path)
    assert seen["runs"] == 2 and seen["course"] == str(course)
    assert claims(tmp_path) == [PATHS[0].stem]


def test_with_keras_set_to_other_defaults(course, tmp_path):
    settings = {"backend": "torch", "floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    seen = finish(start(course, tmp_path, "01", KERAS_BACKEND="jax", KERAS_HOME=str(tmp_path)), tmp_path)
    assert seen["backend"] == "tensorflow"
    assert "float32" in seen["dtype"]
    assert seen["image"] == "channels_last"
    assert seen["epsilon"] == 1e-7


def test_two_at_once_in_one_build_folder(course, tmp_path):
    runs = {path.stem: start(course, tmp_path, path.stem) for path in PATHS[:2]}
    for notebook, process in runs.items():
        finish(process, tmp_path, notebook)
    assert claims(tmp_path) == list(runs)


def test_read_only_build_folder_says_what_to_do(course):
    process = start(course, course / "build")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "make run BUILD=/outra/pasta" in output
