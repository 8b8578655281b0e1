"""The runner: what it executes, reports and keeps."""

import base64
import io
import itertools
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import nbformat
import numpy
import psutil
import pytest
from PIL import Image

from tools.run_notebooks import check_versions, default_jobs
from utils.course import ROOT

CLAIM = (
    "import sys\nsys.path.insert(0, {root!r})\nfrom utils.claims import at_least, claim\n"
    "claim('C1', 'medida', value={value}, holds=at_least(2))"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def write_notebook(folder, name, *sources):
    cells = [nbformat.v4.new_markdown_cell("# 01 · Título\n\n**Tempo de execução:** cerca de 0 s · 2 núcleos")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "notebooks" / name
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def run(folder, *arguments, **environment):
    command = [sys.executable, ROOT / "tools" / "run_notebooks.py", "--build", folder / "build"]
    return subprocess.run(
        [*command, "--notebooks", folder / "notebooks", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_reports_every_notebook_and_claim_and_fails_if_one_failed(folder):
    write_notebook(folder, "01_bom.ipynb", "1 + 1", CLAIM.format(root=str(ROOT), value=108407.3))
    write_notebook(folder, "02_ruim.ipynb", "ok = True", "raise ValueError('quebrou aqui')", "nunca = 1")
    write_notebook(folder, "03_falso.ipynb", CLAIM.format(root=str(ROOT), value=1.0))
    ran = run(folder, COURSE_SEED="7")
    assert ran.returncode == 1
    assert "01_bom: ok" in ran.stdout
    assert "célula 2 (raise ValueError('quebrou aqui')): ValueError: quebrou aqui" in ran.stdout
    assert re.search(r"medida +108407 +≥ 2 +sim\n", ran.stdout)
    assert "1 de 3 notebooks ok, 1 de 2 afirmações confirmadas." in ran.stdout
    claims = json.loads((folder / "build" / "claims.json").read_text(encoding="utf-8"))
    assert [claim["holds"] for claim in claims] == [True, False]
    assert claims[0] == {
        "notebook": "01_bom",
        "id": "C1",
        "statement": "medida",
        "value": 108407.3,
        "threshold": "≥ 2",
        "holds": True,
        "seed": 7,
    }
    built = nbformat.read(folder / "build" / "01_bom.ipynb", as_version=4)
    assert built.cells[1].outputs[0].data["text/plain"] == "2"


def test_runs_those_that_are_selected(folder):
    for name in ("01_a.ipynb", "02_b.ipynb"):
        write_notebook(folder, name, "1")
    ran = run(folder, "02")
    assert ran.returncode == 0
    assert "02_b" in ran.stdout and "01_a" not in ran.stdout
    unknown = run(folder, "07")
    assert unknown.returncode == 1 and "nenhum notebook começa com 07; há: 01_a, 02_b" in unknown.stderr


def test_runs_two_at_once_or_one(folder):
    for name in ("01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        write_notebook(folder, name, "import time; start = time.time(); time.sleep(1)", "print(start, time.time())")

    def spans(*arguments):
        ran = run(folder, *arguments)
        assert ran.returncode == 0 and "3 de 3 notebooks ok" in ran.stdout, ran.stderr
        assert [line.split()[0] for line in ran.stdout.split("resultado\n")[1].splitlines()[:3]] == names
        built = [nbformat.read(folder / "build" / f"{name}.ipynb", as_version=4) for name in names]
        return sorted([float(time) for time in notebook.cells[-1].outputs[0].text.split()] for notebook in built), ran

    names = ["01_a", "02_b", "03_c"]
    together, ran = spans("--jobs", "2")
    assert together[1][0] < together[0][1] <= together[2][0]
    assert "2 notebooks de cada vez" in ran.stdout
    alone, ran = spans("--jobs", "1")
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(alone))
    assert "de cada vez" not in ran.stdout


def test_numbers_of_jobs_that_make_no_sense_are_refused(folder):
    write_notebook(folder, "01_a.ipynb", "1")
    for arguments in (["--jobs", "0"], ["--jobs", "2", "--store"]):
        ran = run(folder, *arguments)
        assert ran.returncode == 2 and "--jobs: expected 1 or more" in ran.stderr


def test_default_number_of_jobs_is_what_the_machine_bears(monkeypatch):
    def jobs(cores, gigabytes):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(cores), raising=False)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=gigabytes * 1e9))
        return default_jobs()

    assert [jobs(1, 16), jobs(2, 16), jobs(8, 16), jobs(8, 4), jobs(2, 1)] == [1, 2, 2, 1, 1]


@pytest.mark.skipif(os.name == "nt", reason="needs signals as POSIX has them")
def test_interrupted_it_stops_at_once_and_leaves_no_kernel(folder):
    for name in ("01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        write_notebook(folder, name, "import pathlib, time; pathlib.Path('started').touch(); time.sleep(300)")
    command = [sys.executable, ROOT / "tools" / "run_notebooks.py", "--build", folder / "build", "--jobs", "2"]
    runner = psutil.Popen([*command, "--notebooks", folder / "notebooks"], stderr=subprocess.DEVNULL)
    while not (folder / "notebooks" / "started").exists():
        assert runner.poll() is None
        time.sleep(0.1)
    kernels = runner.children(recursive=True)
    runner.send_signal(signal.SIGINT)
    assert runner.wait(timeout=30) != 0
    assert kernels and psutil.wait_procs(kernels, timeout=10)[1] == []
    assert not (folder / "build" / "03_c.ipynb").exists()


def test_kernel_that_dies_is_a_failure_of_its_notebook_only(folder):
    write_notebook(folder, "01_morre.ipynb", "import os; os._exit(1)")
    write_notebook(folder, "02_b.ipynb", "1")
    ran = run(folder)
    assert ran.returncode == 1
    assert "01_morre: falhou na célula 1" in ran.stdout and "02_b: ok" in ran.stdout


def test_versions_of_the_kernel_are_those_of_the_file(tmp_path, capsys):
    pins = tmp_path / "pins.txt"
    pins.write_text(f"# comentário\n\nnumpy=={numpy.__version__}\n", encoding="utf-8")
    check_versions(pins)
    assert f"Python {platform.python_version()}, numpy=={numpy.__version__}" in capsys.readouterr().out
    pins.write_text("numpy==1.0\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"pins\.txt pede outras versões: numpy==1\.0"):
        check_versions(pins)


def test_stores_only_what_passed(folder):
    drawing = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.imshow([[0, 1]])\nplt.show()"
    good = write_notebook(folder, "01_bom.ipynb", "print('olá')", drawing)
    bad = write_notebook(folder, "02_ruim.ipynb", "1 / 0")
    before = bad.read_text(encoding="utf-8")
    assert run(folder, "--store").returncode == 1
    assert bad.read_text(encoding="utf-8") == before
    stored = nbformat.read(good, as_version=4)
    assert stored.cells[1].outputs[0].text == "olá\n"
    assert stored.cells[1].execution_count == 1
    picture = base64.b64decode(stored.cells[2].outputs[0].data["image/png"])
    assert Image.open(io.BytesIO(picture)).mode == "P"
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    assert "cerca de " in stored.cells[0].source and "cerca de 0 s" not in stored.cells[0].source
