"""The runner: what it executes, reports and keeps."""

import base64
import io
import itertools
import json
import math
import os
import pathlib
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
from notebook_files import fill_disk
from PIL import Image

from tools import memory, run_notebooks, run_screen
from tools.run_notebooks import check_versions, default_jobs, main, select
from tools.run_screen import WIDTH, Result, claims_table, full_list, screen
from tools.stored import neighbours, repository, setup_cell
from utils.claims import LECTURE_CLAIMS
from utils.course import ROOT

RUNNER = [sys.executable, "-m", "tools.run_notebooks"]
# A notebook shows a record without the course, which it would not find.
SHOW = "from IPython.display import display; display({{'text/plain': 'x'}}, raw=True, metadata={{{key!r}: {record!r}}})"


def claim(**changes):
    record = {"id": "C1", "statement": "medida", "value": 108407.3, "threshold": "≥ 2", "holds": True, "seed": 42}
    return record | changes


def card(**changes):
    record = {"id": "C14", "statement": "few_end", "verdict": "holds", "here": 1.08, "shown": "1,08 vezes"}
    return record | {"inside": True, "seed": 42} | changes


def show(key, record):
    return SHOW.format(key=key, record=record)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def write_notebook(folder, name, *sources, header="# 01 · Título\n\n**Tempo de execução:** cerca de 0 s · 2 núcleos"):
    cells = [nbformat.v4.new_markdown_cell(header), *map(nbformat.v4.new_code_cell, sources)]
    path = folder / "notebooks" / name
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def options(folder):
    return ["--build", str(folder / "build"), "--notebooks", str(folder / "notebooks")]


def run(folder, *arguments, **environment):
    command = [*RUNNER, *options(folder), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment)


def records(folder, kind):
    return json.loads((folder / "build" / f"{kind}.json").read_text(encoding="utf-8"))


def test_reports_every_notebook_and_claim_and_fails_if_one_failed(folder):
    failing = f"{show('claim', claim(value=1.0, holds=False))}\nraise AssertionError('C1 não se confirmou')"
    write_notebook(folder, "01_bom.ipynb", "1 + 1", show("claim", claim()), show("verdict", card()))
    write_notebook(folder, "02_ruim.ipynb", "ok = True", "raise ValueError('quebrou aqui' * 50)", "nunca = 1")
    write_notebook(folder, "03_falso.ipynb", failing)
    ran = run(folder, "--full")
    assert ran.returncode == 1
    assert "01_bom: ok" in ran.stdout
    assert "célula 2 (raise ValueError('quebrou aqui' * 50)): ValueError" in ran.stdout
    assert re.search(r"medida +108407 +≥ 2 +sim\n", ran.stdout)
    assert "1 de 3 notebooks ok.\nFalhou: 02_ruim, 03_falso\n" in ran.stdout
    assert "o erro na célula: " in ran.stdout and f"{folder / 'build' / 'NOME.ipynb'}" in ran.stdout
    assert "quebrou aqui" * 50 in (folder / "build" / "02_ruim.log").read_text(encoding="utf-8")
    assert [record["holds"] for record in records(folder, "claims")] == [True, False]
    assert records(folder, "claims")[0] == {"notebook": "01_bom", **claim()}
    assert records(folder, "verdicts") == [{"notebook": "01_bom", **card()}]
    built = nbformat.read(folder / "build" / "01_bom.ipynb", as_version=4)
    assert built.cells[1].outputs[0].data["text/plain"] == "2"


def test_card_outside_of_what_is_expected_is_a_failure_of_its_notebook(folder):
    write_notebook(folder, "04_fora.ipynb", show("verdict", card(inside=False)), show("verdict", card()))
    ran = run(folder)
    assert ran.returncode == 1
    assert re.search(r"^04_fora +\d+ +\d,\d  fora do esperado: C14 few_end$", ran.stdout, flags=re.MULTILINE)


def test_seed_of_the_environment_reaches_the_notebooks(folder):
    write_notebook(folder, "01_a.ipynb", "import os; print(os.environ['COURSE_SEED'])")
    assert run(folder, COURSE_SEED="7").returncode == 0
    built = nbformat.read(folder / "build" / "01_a.ipynb", as_version=4)
    assert built.cells[1].outputs[0].text == "7\n"


def everything(failure=""):
    """Return results as those of the whole course: ten notebooks, twenty claims."""
    results = []
    for i in range(1, 11):
        tested = [id for id, statement in LECTURE_CLAIMS.items() if f"{i:02}" in statement.notebooks]
        claims = [claim(id=id, statement="uma medida " * 20, notebook=f"{i:02}_x") for id in tested for _ in range(12)]
        results.append(Result(f"{i:02}_notebook_longo", 100.0, 1.5, failure, claims, []))
    return results


@pytest.mark.parametrize("failure", ["", "célula 3 (x = 1): ValueError: " + "muito longo\n" * 100])
def test_report_of_the_whole_course_fits_on_a_screen(failure):
    lines = screen(everything(failure), ROOT / "build").splitlines()
    assert len(lines) <= 40 and max(map(len, lines)) <= WIDTH
    assert any(line.startswith("C20  ") and line.endswith("48 de 48 medidas na faixa") for line in lines)


def test_end_says_what_to_do_next(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    good, bad = Result("01_a", 1.0), Result("02_b", 1.0, failure="célula 1 (1 / 0): ZeroDivisionError", has_copy=True)
    assert "1 de 1 notebooks ok. Para estudar: make lab\n" in screen([good], tmp_path / "build")
    text = screen([good, bad], tmp_path / "build")
    assert "1 de 2 notebooks ok.\nFalhou: 02_b\n" in text and "make lab" not in text
    assert f": {pathlib.Path('build', '02_b.ipynb')}\n" in text and f": {pathlib.Path('build', '02_b.log')}\n" in text
    text = screen([good, Result("claims.json", failure="não consegui escrever", is_notebook=False)], tmp_path / "build")
    assert "1 de 1 notebooks ok.\nFalhou: claims.json\n" in text and ".log" not in text
    text = screen([good, bad._replace(has_copy=False)], tmp_path / "build")
    assert "1 de 2 notebooks ok.\nFalhou: 02_b\n" in text and ".log" not in text


def test_claim_shows_the_verdict_of_its_study_and_what_this_run_measured(monkeypatch):
    verdicts = {"C14": "holds", "C12": "arithmetic"}
    monkeypatch.setattr(run_screen, "study_verdict", verdicts.get)
    monkeypatch.setattr(run_screen, "WORDS", {"holds": "vale", "arithmetic": "vale, por cálculo", None: "sem estudo"})
    claims = [claim(id="C12"), claim(id="C12", holds=False)]
    cards = [
        card(),
        card(statement="few_best", shown="1,5 vezes", inside=False),
        card(id="C13", shown=None, inside=None),
    ]
    lines = claims_table([Result("04_x", 1.0, claims=claims, verdicts=cards)]).splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["C12", "C13", "C14"]
    assert lines[0].endswith("vale, por cálculo  1 de 2 medidas na faixa")
    assert lines[1].endswith("sem estudo         sem número")
    assert lines[2].endswith("vale               1,08 vezes; fora do esperado: C14 few_best")
    untested = claims_table([Result("04_x", 1.0)]).splitlines()[1:]
    assert [line.split()[0] for line in untested] == ["C12", "C13", "C14"] and untested[0].endswith("sem medida")
    assert claims_table([Result("04_x", failure="não é um notebook")]) == ""


def test_full_list_has_every_claim_and_every_card():
    text = full_list([Result("04_x", 1.0, claims=[claim(notebook="04_x")], verdicts=[card(notebook="04_x")])])
    assert re.search(r"^C1  04 +medida +108407 +≥ 2 +sim$", text, flags=re.MULTILINE)
    assert re.search(r"^C14  04 +few_end .* 1,08 vezes +sim$", text, flags=re.MULTILINE)
    assert full_list([Result("04_x", 1.0)]) == ""


def test_runs_those_that_are_selected(folder):
    for name in ("01_a.ipynb", "02_b.ipynb"):
        write_notebook(folder, name, "1")
    ran = run(folder, "02")
    assert ran.returncode == 0
    assert "02_b" in ran.stdout and "01_a" not in ran.stdout
    assert select(["02"], folder / "notebooks") == [folder / "notebooks" / "02_b.ipynb"]


def test_course_has_the_notebooks_that_are_listed_and_names_others(folder, monkeypatch, capsys):
    monkeypatch.setattr(run_notebooks, "ROOT", folder)
    monkeypatch.setattr(run_notebooks, "NOTEBOOKS", {"02_b": "", "01_a": ""})
    for name in ("01_a", "02_b", "03_c", "rascunho"):
        write_notebook(folder, f"{name}.ipynb", "1")
    assert [path.stem for path in select([], folder / "notebooks")] == ["02_b", "01_a"]
    assert capsys.readouterr().out.startswith("ignorados: 03_c.ipynb, rascunho.ipynb (não estão em NOTEBOOKS")
    with pytest.raises(SystemExit, match="começa com 03; há: 02_b, 01_a"):
        select(["03"], folder / "notebooks")


def test_course_names_a_listed_notebook_that_is_not_there(folder, monkeypatch, capsys):
    monkeypatch.setattr(run_notebooks, "ROOT", folder)
    monkeypatch.setattr(run_notebooks, "NOTEBOOKS", {"01_a": ""})
    assert main(options(folder)) is True
    assert re.search(r"^01_a +0 +0,0  não há este arquivo$", capsys.readouterr().out, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "target"), [([], "run"), (["--store"], "store"), (["--versions", "pins.txt"], "test-colab")]
)
def test_build_folder_that_cannot_be_written_names_the_command(folder, arguments, target):
    write_notebook(folder, "01_a.ipynb", "1")
    (folder / "build").touch()
    with pytest.raises(SystemExit, match=f"make {target} BUILD=/outra/pasta"):
        main([*options(folder), *arguments])


@pytest.mark.parametrize(
    ("selections", "message"),
    [
        (["07"], "com 07; há: 01_a"),
        (["01 --store", "-1"], "com --store nem com -1; há: 01_a"),
        (["--help"], "com --help"),
    ],
)
def test_selections_are_names_only_whatever_they_look_like(folder, selections, message):
    write_notebook(folder, "01_a.ipynb", "1")
    with pytest.raises(SystemExit, match=f"nenhum notebook começa {message}"):
        main([*options(folder), "--", *selections])


@pytest.mark.parametrize(("given", "path"), [("b", pathlib.Path.cwd() / "b"), ("", ROOT / "build")])
def test_build_folder_without_a_name_is_build(given, path):
    assert run_notebooks.parse([f"--build={given}"]).build == path
    assert run_notebooks.parse([]).build == ROOT / "build"


@pytest.mark.parametrize("selections", [["01 02"], ["01", " 02 "], [""], []])
def test_one_argument_may_hold_several_selections_or_none(selections):
    assert run_notebooks.parse(["--", *selections]).selections == " ".join(selections).split()


def test_runs_two_at_once_or_one(folder):
    wait = """
import os, pathlib, time
start = time.time()
pathlib.Path(f"started-{os.getpid()}").touch()
while len(list(pathlib.Path().glob("started-*"))) < int(os.environ["TOGETHER"]) and time.time() < start + 120:
    time.sleep(0.1)
"""
    for name in ("01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        write_notebook(folder, name, wait, "print(start, time.time())")

    def spans(*arguments, together):
        ran = run(folder, *arguments, TOGETHER=str(together))
        assert ran.returncode == 0 and "3 de 3 notebooks ok. Para estudar: make lab" in ran.stdout, ran.stderr
        assert [line.split()[0] for line in ran.stdout.split("resultado\n")[1].splitlines()[:3]] == names
        built = [nbformat.read(folder / "build" / f"{name}.ipynb", as_version=4) for name in names]
        return sorted([float(time) for time in notebook.cells[-1].outputs[0].text.split()] for notebook in built), ran

    names = ["01_a", "02_b", "03_c"]
    together, ran = spans("--jobs", "2", together=2)
    assert together[1][0] < together[0][1] <= together[2][0]
    assert "2 notebooks de cada vez" in ran.stdout
    alone, ran = spans("--jobs", "1", together=1)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(alone))
    assert "de cada vez" not in ran.stdout


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "dois"], ["--jobs", "2", "--store"]])
def test_numbers_of_jobs_that_make_no_sense_are_refused(folder, capsys, arguments):
    with pytest.raises(SystemExit):
        main([*options(folder), *arguments])
    assert re.search(r"argument --jobs: (esperava um número inteiro|com --store)", capsys.readouterr().err)


def test_default_number_of_jobs_is_what_the_machine_bears(monkeypatch):
    def jobs(cores, gigabytes):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(cores), raising=False)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=gigabytes * 1e9))
        monkeypatch.setattr(memory, "CONTAINER", ())
        return default_jobs()

    assert [jobs(1, 16), jobs(2, 16), jobs(8, 16), jobs(8, 4), jobs(2, 1)] == [1, 2, 2, 1, 1]


def test_memory_of_a_container_counts(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=16e9))
    limits = tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes"
    monkeypatch.setattr(memory, "CONTAINER", limits)
    assert memory.available() == 16e9
    limits[0].write_text("max\n")
    assert memory.available() == 16e9
    limits[1].write_text("2000000000\n")
    assert memory.available() == 2e9
    monkeypatch.setattr(memory, "addresses", lambda: math.inf)
    assert memory.measured() == ("2,0 GB livres, e um notebook pede até 3", True)


def test_failure_for_want_of_memory_says_how_much_there_was():
    text = "9,0 GB livres, e um notebook pede até 3"
    for failure in ("célula 2 (x): MemoryError: Unable to allocate", "célula 2 (x): ResourceExhaustedError: OOM"):
        assert memory.noted(failure, text, False) == f"memória: havia {text}; {failure}"
    dead = "célula 2 (x): DeadKernelError: Kernel died"
    assert memory.noted(dead, text, False) == dead
    assert memory.noted(dead, text, True) == f"memória: havia {text}; {dead}"
    assert memory.noted("", text, True) == ""


def test_notebook_that_runs_out_of_addresses_is_told_how_many_there_were(folder):
    resource = pytest.importorskip("resource")
    write_notebook(folder, "99_grande.ipynb", "a = 1", "x = bytearray(4 * 10**9)")
    ran = subprocess.run(
        [*RUNNER, *options(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * 10**9, 3 * 10**9)),
    )
    asked = "3,0 GB de endereços (ulimit -v), e um notebook pede até 6"
    assert ran.returncode == 1 and ran.stderr == ""
    assert f"Há pouca memória: {asked}\n" in ran.stdout
    assert re.search(rf"^99_grande +\d+ +\d,\d  memória: havia {re.escape(asked)}", ran.stdout, flags=re.MULTILINE)
    assert "célula 2 (x = bytearray(4 * 10**9)): MemoryError" in (folder / "build" / "99_grande.log").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="needs signals as POSIX has them")
def test_interrupted_it_stops_at_once_and_leaves_no_kernel(folder):
    for name in ("01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        write_notebook(folder, name, "import pathlib, time; pathlib.Path('started').touch(); time.sleep(300)")
    runner = psutil.Popen(
        [*RUNNER, *options(folder), "--jobs", "2"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run in the background
    )
    while not (folder / "notebooks" / "started").exists():
        assert runner.poll() is None
        time.sleep(0.1)
    kernels = runner.children(recursive=True)
    runner.send_signal(signal.SIGINT)
    messages = runner.communicate(timeout=30)[1]
    assert messages.endswith("\nInterrompido.\n") and "Traceback" not in messages and runner.returncode == 130
    assert kernels and psutil.wait_procs(kernels, timeout=10)[1] == []
    assert not (folder / "build" / "03_c.ipynb").exists()


def test_kernel_that_dies_is_a_failure_of_its_notebook_only(folder):
    write_notebook(folder, "01_morre.ipynb", "import os; os._exit(1)")
    write_notebook(folder, "02_b.ipynb", "1")
    ran = run(folder)
    assert ran.returncode == 1
    assert "01_morre: falhou: célula 1" in ran.stdout and "02_b: ok" in ran.stdout


def test_what_is_no_notebook_is_a_failure_beside_the_results_of_the_others(folder):
    write_notebook(folder, "01_a.ipynb", "1", show("claim", claim()))
    for name in ("02_vazio.ipynb", "03_b.ipynb"):
        (folder / "notebooks" / name).touch()
    write_notebook(folder, "04_c.ipynb", "1")
    (folder / "build").mkdir()
    (folder / "build" / "04_c.ipynb").write_text('{"cells": [', encoding="utf-8")
    ran = run(folder, "01", "02")
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert re.search(r"^01_a +\d+ +\d,\d  ok$", ran.stdout, flags=re.MULTILINE)
    for name in ("02_vazio", "build/04_c.ipynb"):
        assert re.search(rf"^{name} +0 +0,0  não é um notebook: está vazio", ran.stdout, flags=re.MULTILINE)
    assert "1 de 2 notebooks ok.\nFalhou: 02_vazio, build/04_c.ipynb\n" in ran.stdout
    assert records(folder, "claims") == [{"notebook": "01_a", **claim()}]


@pytest.mark.parametrize(
    ("unwritable", "line"),
    [
        ("01_a.log", r"^01_a +0 +0,0  não consegui escrever 01_a\.log: o disco está cheio$"),
        ("01_a.ipynb", r"^01_a +\d+ +\d,\d  não consegui escrever 01_a\.ipynb: o disco está cheio$"),
        ("verdicts.json", r"^verdicts\.json +0 +0,0  não consegui escrever verdicts\.json: o disco está cheio$"),
    ],
)
def test_full_disk_is_named_and_the_tables_are_shown(folder, monkeypatch, capsys, unwritable, line):
    fill_disk(monkeypatch, unwritable)
    write_notebook(folder, "01_a.ipynb", "1", show("claim", claim()))
    assert main(options(folder)) is True
    shown = capsys.readouterr().out
    assert re.search(line, shown, flags=re.MULTILINE)
    assert "A cópia executada" not in shown  # there is none, or it tells of no fault
    assert (folder / "build" / "claims.json").exists()


def test_versions_of_the_kernel_are_those_of_the_file(tmp_path, capsys):
    pins = tmp_path / "pins.txt"
    pins.write_text(f"# comentário\n\nnumpy=={numpy.__version__}\n", encoding="utf-8")
    check_versions(pins)
    assert f"Python {platform.python_version()}, numpy=={numpy.__version__}" in capsys.readouterr().out
    pins.write_text("numpy==1.0\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"pins\.txt pede outras versões: numpy==1\.0"):
        check_versions(pins)


COURSE = "def start_notebook():\n    print('Tudo pronto')\n    return 42\n"
HEADER = (
    "# 01 · Título\n\n[![Abrir no Colab](x)](y)\n\n**Tempo de execução:** cerca de 0 s · 2 núcleos\n\n"
    "[Sobre o curso](../README.md)"
)


def test_stores_only_what_passed_and_in_the_template(folder):
    (folder / "utils").mkdir()
    (folder / "utils" / "course.py").write_text(COURSE, encoding="utf-8")  # what the set-up cell finds here
    drawing = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.imshow([[0, 1]])\nplt.show()"
    good = write_notebook(folder, "01_motivacao.ipynb", "start_notebook()", "print('olá')", drawing, header=HEADER)
    failing = [
        write_notebook(folder, "02_ae_basico.ipynb", "start_notebook()", "1 / 0", header=HEADER),
        write_notebook(folder, "03_sae_tsne.ipynb", "start_notebook()", header="sem nada"),
        write_notebook(folder, "04_novo.ipynb", "start_notebook()", header=HEADER),
    ]
    before = [path.read_text(encoding="utf-8") for path in failing]
    ran = run(folder, "--store")
    assert ran.returncode == 1
    assert re.search("^03_sae_tsne .* não achei o botão", ran.stdout, flags=re.MULTILINE)
    assert re.search("^04_novo .* falta a linha dele em NOTEBOOKS", ran.stdout, flags=re.MULTILINE)
    assert [path.read_text(encoding="utf-8") for path in failing] == before
    stored = nbformat.read(good, as_version=4)
    assert [cell.source for cell in stored.cells[1:3]] == [setup_cell(repository()), "print('olá')"]
    assert [cell.outputs[0].text for cell in stored.cells[1:3]] == ["Tudo pronto\n", "olá\n"]
    assert stored.cells[1].execution_count == 1
    picture = base64.b64decode(stored.cells[3].outputs[0].data["image/png"])
    assert Image.open(io.BytesIO(picture)).mode == "P"
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    header = stored.cells[0].source
    assert "cerca de " in header and "cerca de 0 s" not in header and header.endswith(neighbours("01_motivacao"))
