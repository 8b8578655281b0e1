"""The activity and its grader: the form that students are told of, what a hand-in gets, and that none costs the others.

Hand-ins run in a course with few images, as ``make grade`` runs them.
"""

import ast
import csv
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import numpy as np
import psutil
import pytest
from handins import CHEAT, CRASH, MODEL, PATH, TEXT, WRONG, hand_in, of_code, part_of
from notebook_files import code_cells, fill_disk, format_faults, prose, read

from tools import grade, grade_report
from tools.grade_report import ITEMS, OPEN, Graded, as_csv, as_html
from tools.stored import as_text
from utils import activity
from utils.activity import PARTS, check_form
from utils.course import ROOT
from utils.data import VALIDATION_SIZE

N_TRAIN, N_TEST = 2000, 1000
PARTS_WITH_TEXT = ["1", "2", "3", "4", "5", "11"]


# The activity


def test_activity_is_stored_without_outputs_and_has_a_stub_for_each_part():
    cells = code_cells(read(PATH))
    assert [part for part in map(part_of, cells) if part] == list(PARTS)
    for cell in cells:
        assert (cell.outputs, cell.execution_count) == ([], None)
        assert not part_of(cell) or "..." in cell.source
        assert ("nbval-ignore-output" in cell.metadata.get("tags", [])) == bool(part_of(cell))
        assert len(cell.source.splitlines()) <= 30
    assert format_faults(PATH) == []


def test_activity_shows_no_answer():
    text = prose(read(PATH)) + "".join(cell.source for cell in code_cells(read(PATH)))
    for _, _, rubric in OPEN.values():
        words = rubric.split()
        assert not any(" ".join(words[i : i + 6]) in text for i in range(len(words) - 5))
    for part in PARTS:
        assert MODEL[part].partition("check_form")[0].strip() not in text
    assert not re.search(r"clone_model|set_weights|ttest|GaussianNoise|\.fit\(", text)


def test_activity_states_the_points_that_the_grader_gives():
    rows = re.findall(r"^\| .* \| (\d,\d) \| (.*) \|$", prose(read(PATH)), flags=re.MULTILINE)
    given = {"o professor, lendo": 0.0, "um programa": 0.0}
    for points, who in rows:
        given[who] += float(points.replace(",", "."))
    assert given == pytest.approx({"o professor, lendo": grade_report.MOST_OPEN, "um programa": grade_report.MOST})
    assert sum(given.values()) == pytest.approx(10)


@pytest.fixture
def said(monkeypatch):
    """What `check_form` shows: a list of lines."""
    lines = []
    monkeypatch.setattr(activity, "display", lambda data, raw: lines.append(data["text/plain"]))
    return lines


@pytest.mark.parametrize(
    ("part", "value", "line"),
    [
        ("0", (..., "1"), "○ Quem é você · ainda não feita"),
        ("0", ("", "1"), "✘ .* dois textos entre aspas"),
        ("1", ..., "○ Questão 1"),
        ("1", "curta demais", "✘ .* de 20 a 250 palavras; há 2"),
        ("1", 3, "✘ .* entre aspas triplas"),
        ("1", TEXT, "✔ Questão 1 · .* A forma está certa; o conteúdo será avaliado na correção"),
        ("6", 5, "✘ .* esperava um modelo do Keras, recebi int"),
        ("7", np.zeros((5, 500)), "✘ .* recebi float64 na forma"),
        ("7", np.zeros((5, 500), int), "✔"),
        ("8", ([], []), "✘ .* pretrained: esperava uma lista de 5 modelos"),
        ("8", 5, "✘ .* a conferência parou com TypeError"),
        ("9", (np.full(5, 0.8), np.full(5, 0.7), (0, 1)), "✘ .* acurácias em %"),
        ("9", (np.full(5, 80), np.full(5, 78.5), (2, 1)), "✘ .* o menor primeiro"),
        (
            "9",
            (np.full(5, 80), np.full(5, 78.5), (-1, 2)),
            "✔ .* Ganho médio de 1,50 pontos; intervalo de −1,00 a 2,00",
        ),
        ("10", (lambda low, high: ..., "a"), "✘ .* devolve reticências"),
        ("10", (lambda low, high: "sim", "a"), '✘ .* "a", "b" ou "c"'),
        ("10", (lambda low, high: "c", "c"), "✔ .* conclui c"),
    ],
)
def test_form_of_each_part_is_told(said, part, value, line):
    check_form(part, value)
    assert re.match(line, said[0]) and "\n" not in said[0]


class UnspeakableError(Exception):
    """An error that cannot be shown."""

    def __str__(self):
        raise SystemExit("nem isto")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (UnspeakableError(), "UnspeakableError"),
        (ValueError("y\n" * 100_000), "ValueError: y y y"),
    ],
)
def test_whatever_an_answer_raises_is_told_in_a_line(said, error, told):
    def conclude(low, high):
        raise error

    check_form("10", (conclude, "a"))
    assert said[0].startswith(f"✘ Parte 10, a regra · a conferência parou com {told}")
    assert len(said[0]) <= 300 and "\n" not in said[0]


def test_interruption_by_the_user_ends_the_check_of_a_form(said, interruptible):
    with pytest.raises(KeyboardInterrupt):
        check_form("10", (lambda low, high: signal.raise_signal(signal.SIGINT), "a"))
    assert said == []


def test_form_says_nothing_of_whether_it_is_right(said):
    check_form("10", (lambda low, high: "a", "a"))  # a rule that is wrong
    assert said[0].startswith("✔")


def test_form_of_models(said):
    import keras
    from keras import layers

    def model(*middle, outputs=10):
        return keras.Sequential([layers.Input((28, 28)), *middle, layers.Flatten(), layers.Dense(outputs)])

    class Mine(layers.Layer):
        def call(self, x):
            return x

    check_form("6", model())
    check_form("8", ([model(Mine())] * 5, [model()] * 5))
    check_form("8", ([model(layers.Lambda(lambda x: 2 * x))] * 5, [model()] * 5))
    check_form("8", ([model()] * 5, [model(outputs=9)] * 5))
    check_form("8", ([model()] * 5, [model(layers.Dropout(0.5))] * 5))
    expected = [r"para a forma \(None, 28, 28\)", "sei salvar: Mine", "Lambda", r"vai de .* \(None, 9\)", "^✔"]
    assert all(re.search(pattern, line) for pattern, line in zip(expected, said, strict=True))


# Grading, in a course with few images


def idx(array):
    """Return images or labels as a file of the data set holds them."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.tobytes(), compresslevel=1)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of its own, with few images."""
    course = tmp_path_factory.mktemp("grade") / "o curso"
    for name in ("utils", "studies", "tools"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", "results"))
    folder = course / "data" / "fashion_mnist"
    folder.mkdir(parents=True)
    sums = []
    for prefix, length in (("train", N_TRAIN + VALIDATION_SIZE), ("t10k", N_TEST)):
        for name, side in ((f"{prefix}-images-idx3-ubyte.gz", (28, 28)), (f"{prefix}-labels-idx1-ubyte.gz", ())):
            content = gzip.decompress((ROOT / "data" / "fashion_mnist" / name).read_bytes())
            array = np.frombuffer(content, np.uint8, offset=16 if side else 8).reshape(-1, *side)[:length]
            (folder / name).write_bytes(idx(array))
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            sums.append(f"{digest}  fashion_mnist/{name}\n")
    (course / "data" / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return course


def write_all(folder, **notebooks):
    """Write notebooks into a folder, in the order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in notebooks.items():
        (folder / f"{name}.ipynb").write_text(as_text(notebook), encoding="utf-8")
    return folder


def start(course, folder, build, *options, **environment):
    """Start the grader as ``make grade`` does."""
    kept = {name: value for name, value in os.environ.items() if name != "COURSE_SEED"}
    return psutil.Popen(
        [sys.executable, "-m", "tools.grade", f"--build={build}", *options, "--", str(folder)],
        cwd=course,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) if os.name != "nt" else None,
    )


def report(build):
    """Return the newest report: the page, and the rows of the table by file."""
    folder = max(path for path in (build / "correcao").iterdir() if path.is_dir())
    rows = csv.DictReader((folder / "notas.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    return (folder / "relatorio.html").read_text(encoding="utf-8"), {row["arquivo"]: row for row in rows}


def shares(row):
    """Return what a hand-in got, a dict of item to share."""
    return {
        item: float(row[f"{title} (até {grade_report.comma(most)})"].replace(",", ".")) / most
        for item, (most, title) in ITEMS.items()
    }


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """The report on the model hand-in and the bad ones; what is wrong with any of them must not cost another one."""
    folder, build = tmp_path_factory.mktemp("entregas"), tmp_path_factory.mktemp("build")
    cheat = CHEAT | {"6": f"COURSE = {str(course)!r}\n{CHEAT['6'].strip()}"}
    write_all(folder, a_trapaca=hand_in(cheat), b_quebra=hand_in(CRASH), c_vazia=hand_in({}), d_errada=hand_in(WRONG))
    write_all(folder / "z", modelo=hand_in(MODEL))
    (folder / "e_cortada.ipynb").write_bytes(PATH.read_bytes()[:-100])
    write_all(folder / ".ipynb_checkpoints", modelo=hand_in(MODEL))
    process = start(course, folder, build)
    out, messages = process.communicate(timeout=1800)
    assert (process.returncode, messages) == (0, ""), out
    return out, *report(build), build


def test_model_hand_in_gets_all_points(graded):
    _, page, rows, _ = graded
    row = rows[str(pathlib.Path("z", "modelo.ipynb"))]
    assert row["o que falhou"] == "" and shares(row) == dict.fromkeys(ITEMS, 1.0)
    assert row["quem"] == "Ana <i>Souza</i>, =1+1" and row["programa (até 5,00)"] == "5,00"
    assert all(row[f"{title} (até {grade_report.comma(most)})"] == "" for most, title, _ in OPEN.values())
    assert "correlação dos pesos com os do dAE" in page and "os cinco sorteios que a semente dá" in page


def test_hand_in_that_is_wrong_gets_only_what_is_right(graded):
    _, page, rows, _ = graded
    found = shares(rows["d_errada.ipynb"])
    assert found == dict.fromkeys(ITEMS, 0.0) | {"runs": 1.0, "parts": 1.0, "reuse": found["reuse"]}
    assert found["reuse"] <= 0.5
    for why in (
        "e não de ruído",
        "há sorteios iguais",
        "as redes dos dois braços não são iguais",
        "não são as dos modelos",
    ):
        assert why in page


def test_cheating_gets_nothing_and_changes_nothing(graded, course):
    _, page, rows, _ = graded
    assert shares(rows["a_trapaca.ipynb"]) == dict.fromkeys(ITEMS, 0.0)
    assert (course / "tools" / "grade.py").read_text(encoding="utf-8") == "print('{}')"  # it did what it could
    assert "usa o que não são camadas do Keras: Lambda" in page and "não consegui ler draws.npz" in page
    assert "Nota: 10,0" not in page


def test_hand_in_that_crashes_gets_what_it_did_before(graded):
    _, page, rows, build = graded
    row = rows["b_quebra.ipynb"]
    assert re.match(r"célula 6 \(answer_2 = .*SyntaxError", row["o que falhou"])
    assert shares(row)["runs"] == 0 and row["quem"].startswith("Ana")
    assert "answer_2 = &quot;cortado" in page  # what is no Python is shown as it stands
    [copy] = (build / "correcao").glob("*/b_quebra.ipynb")
    assert any(output.output_type == "error" for cell in code_cells(read(copy)) for output in cell.outputs)


def test_what_is_no_notebook_and_what_is_empty_get_nothing(graded):
    _, page, rows, _ = graded
    assert rows["e_cortada.ipynb"]["o que falhou"].startswith("e_cortada.ipynb não é um notebook")
    assert sum(shares(rows["e_cortada.ipynb"]).values()) == 0
    assert shares(rows["c_vazia.ipynb"]) == dict.fromkeys(ITEMS, 0.0) and "nada do que um programa avalia" in page
    assert rows["c_vazia.ipynb"]["o que falhou"] == ""  # its stubs run
    assert len(rows) == 6


def test_report_shows_answers_side_by_side_as_text(graded):
    out, page, _, _ = graded
    assert page.count("Uma boa resposta") == len(OPEN) == len(PARTS_WITH_TEXT)
    assert "<b>marcas</b>" not in page and page.count("&lt;b&gt;marcas&lt;/b&gt;") == 13  # two of six, one of one
    assert "<i>Souza" not in page and "sandbox" in page and "COURSE_SEED=2026" in page
    assert "6 entregas; 2 não rodaram até o fim" in out


def test_limits_cost_the_one_that_passes_them_only(course, tmp_path):
    folder = write_all(
        tmp_path / "entregas",
        b_saida=of_code("import time\nwhile True:\n    print('x' * 100_000)\n    time.sleep(0.01)"),
        c_uma_linha=of_code("print('x' * 1_000_000_000)"),
        d_memoria=of_code("import time\nx = bytearray(10**9)\nx[::4096] = b'x' * len(x[::4096])\ntime.sleep(60)"),
        e_morre=of_code("import os; os._exit(1)"),
        f_filho=of_code(
            "import subprocess, sys\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)"
        ),
    )
    options = ["--minutes=3", "--gigabytes=0,7", "--megabytes=2"]
    _, messages = start(course_anew(course), folder, tmp_path / "build", *options).communicate(timeout=600)
    assert messages == ""
    _, rows = report(tmp_path / "build")
    failed = {file: row["o que falhou"] for file, row in rows.items()}
    output, memory = "mostrou mais de 2 MB", "passou de 0,7 GB de memória"
    assert failed["b_saida.ipynb"] == output and failed["d_memoria.ipynb"] == memory
    assert failed["c_uma_linha.ipynb"] in (output, memory)  # whichever is seen first
    assert "DeadKernelError" in failed["e_morre.ipynb"]
    assert failed["f_filho.ipynb"] == ""
    assert left() == []


def test_hand_in_that_never_ends_is_ended(course, tmp_path):
    folder = write_all(tmp_path / "e", a_laco=of_code("while True:\n    pass"), b=of_code("1"))
    _, messages = start(course_anew(course), folder, tmp_path / "build", "--minutes=0,5").communicate(timeout=600)
    assert messages == ""
    _, rows = report(tmp_path / "build")
    assert rows["a_laco.ipynb"]["o que falhou"] == "passou de 0,5 minutos" and len(rows) == 2
    assert left() == []


def course_anew(course):
    """Undo what the cheating hand-in did to the course, if it ran before."""
    for name in ("grade", "grade_judge", "grade_report"):
        shutil.copy(ROOT / "tools" / f"{name}.py", course / "tools")
    shutil.copy(ROOT / "utils" / "activity.py", course / "utils")
    (course / "sitecustomize.py").unlink(missing_ok=True)
    return course


def left():
    """Return the processes of hand-ins that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if grade.MARK in process.environ() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


@pytest.mark.skipif(os.name == "nt", reason="needs signals as POSIX has them")
def test_interrupted_it_keeps_the_report_of_those_done_and_a_second_one_waits(course, tmp_path):
    folder = write_all(tmp_path / "e", a=of_code("1"), b=of_code("import time; time.sleep(600)"))
    process = start(course_anew(course), folder, tmp_path / "build")
    while not list((tmp_path / "build").glob("correcao/*/notas.csv")):
        assert process.poll() is None
        time.sleep(0.1)
    second = start(course, folder, tmp_path / "build")
    assert second.communicate(timeout=60)[1].startswith("outra correção está em andamento") and second.returncode == 1
    process.send_signal(signal.SIGINT)
    out, messages = process.communicate(timeout=60)
    assert messages == "\nInterrompido.\n" and process.returncode == 130
    page, rows = report(tmp_path / "build")
    assert list(rows) == ["a.ipynb"] and "1 de 2 entregas" in page and "faltam 1" in page
    assert "O relatório das que terminaram" in out and left() == []


# What does not need a kernel


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda path: None, "FILE: não há "),
        (lambda path: path.mkdir(), r"FILE: não há nenhum notebook \(\.ipynb\) em "),
    ],
)
def test_what_cannot_be_graded_is_told(tmp_path, make, line):
    make(tmp_path / "x")
    with pytest.raises(SystemExit, match=line):
        grade.main([f"--build={tmp_path}", str(tmp_path / "x")])


def test_without_a_file_it_says_how_to_give_one(monkeypatch):
    with pytest.raises(SystemExit, match="make grade FILE=entregas"):
        grade.main(["--", ""])
    monkeypatch.setenv("COURSE_SEED", "x")
    with pytest.raises(SystemExit, match="COURSE_SEED: esperava um número inteiro"):
        grade.main(["x"])


@pytest.mark.parametrize("option", ["--minutes=0", "--minutes=dois", "--gigabytes=-1", "--megabytes=nan"])
def test_limits_that_make_no_sense_are_refused(option, capsys):
    with pytest.raises(SystemExit):
        grade.main([option, "x"])
    assert "esperava um número maior que zero" in capsys.readouterr().err


@pytest.fixture
def ungraded(monkeypatch):
    """Grading that runs nothing: each hand-in is graded by the function that is put here."""
    monkeypatch.setattr(grade, "copy_of_course", lambda *arguments, **options: None)
    monkeypatch.setattr(grade, "grade_one", lambda path, file, *rest: Graded(file))
    return monkeypatch


def test_full_disk_is_told_and_no_report_is_replaced(tmp_path, ungraded):
    folder = write_all(tmp_path / "e", a=of_code("1"))
    for _ in range(2):
        grade.main([f"--build={tmp_path}", str(folder)])
    assert len(list((tmp_path / "correcao").glob("*/notas.csv"))) == 2
    fill_disk(ungraded, "notas.csv")
    with pytest.raises(SystemExit, match=r"^não consegui escrever notas\.csv: o disco está cheio$"):
        grade.main([f"--build={tmp_path}", str(folder)])


def test_full_disk_while_copying_ends_it_with_a_line(tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(grade.shutil, "copytree", full)
    with pytest.raises(SystemExit, match=r"não consegui copiar o curso para .*: o disco está cheio"):
        grade.main([f"--build={tmp_path}", str(write_all(tmp_path / "e", a=of_code("1")))])


def test_error_of_the_grader_costs_that_hand_in_only(tmp_path, ungraded):
    def fail(path, file, *rest):
        if file == "a.ipynb":
            raise RuntimeError("\ud800 = surpresa")
        return Graded(file, marks={"runs": (1, "")})

    ungraded.setattr(grade, "grade_one", fail)
    grade.main([f"--build={tmp_path}", str(write_all(tmp_path / "e", a=of_code("1"), b=of_code("1")))])
    _, rows = report(tmp_path)
    assert (
        rows["a.ipynb"]["o que falhou"] == "não consegui corrigir: RuntimeError: \N{REPLACEMENT CHARACTER} = surpresa"
    )
    assert shares(rows["b.ipynb"])["runs"] == 1


def test_page_shows_whatever_was_written_as_text():
    nasty = "</table><script>alert(1)</script>\x00\ud800" + "x" * 30_000
    results = [Graded(nasty, nasty, nasty, marks={"noise": (0, nasty)}, texts=dict.fromkeys(OPEN, nasty), seen=nasty)]
    page = as_html(results, seed=1, limits="pouco", n_all=1)
    page.encode("utf-8")
    assert "<script" not in page and page.count("&lt;script&gt;") >= 10 and "\x00" not in page
    assert len(page) < 250_000 and "default-src 'none'" in page


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0"])
def test_no_cell_of_the_table_is_a_formula(name):
    table = as_csv([Graded(name, f"{name}\n;", f"{name}", marks={"runs": (0, "")})])
    [row] = csv.DictReader(table.removeprefix("\ufeff").splitlines(), delimiter=";")
    assert row["arquivo"] == f"'{name}" and row["quem"] == f"'{name} ;" and row["o que falhou"] == f"'{name}"


def test_answers_are_read_without_running_anything():
    notebook = hand_in({**MODEL, "3": "!pip install x\nanswer_3 = 'linha'\nraise SystemExit", "4": "answer_4 = 1 / 0"})
    who, texts = grade.written(notebook)
    assert who == "Ana <i>Souza</i>, =1+1"
    assert texts["3"] == "linha" and "4" not in texts and texts["11"] == texts["1"] == TEXT
    assert grade.written(of_code("answer_1 = (", "answer_1 = ...", "(" * 10_000)) == ("", {"1": "answer_1 = ("})


def test_judge_takes_nothing_on_trust(tmp_path):
    """What lies in the folder may be anything: it costs marks, and nothing else."""
    from tools import grade_judge
    from utils.data import LabelledImages, Split

    rng = np.random.default_rng(0)
    part = LabelledImages(rng.random((600, 28, 28), dtype=np.float32), rng.integers(0, 10, 600).astype(np.uint8))
    for name in ("dae", "rule", "text_1", "text_2", "pretrained_0"):
        (tmp_path / f"{name}.json").write_text({"dae": "[" * 10**5, "text_1": "[5]"}.get(name, "{}"), encoding="utf-8")
    (tmp_path / "text_2.json").write_text(json.dumps("x" * 10**5), encoding="utf-8")
    np.savez(tmp_path / "draws.npz", draws=np.full((5, 500), -1))
    (tmp_path / "measures.npz").write_bytes(b"PK")
    found = grade_judge.judge(tmp_path, 1, Split(part, part, part))
    assert {mark.share for mark in found["marks"].values()} == {0}
    assert found["marks"]["draws"].why == "há índices fora de 0 a 599"
    assert found["marks"]["rule"].why == "a regra não tem a forma pedida"
    assert found["texts"]["1"] == "" and len(found["texts"]["2"]) == grade_report.LONGEST
    json.dumps(found)


@pytest.mark.parametrize(
    ("low", "high", "letter"), [(0.1, 2, "a"), (-2, -0.1, "b"), (-0.1, 2, "c"), (-2, 0.1, "c"), (0, 1, "c")]
)
def test_what_follows_of_an_interval(low, high, letter):
    from tools import grade_judge

    assert grade_judge.follows(low, high) == letter


def test_every_item_is_judged_or_is_the_run():
    from tools import grade_judge

    assert ["runs", *grade_judge.JUDGES] == list(ITEMS)


def test_bad_hand_ins_are_programs():
    for answers in (MODEL, WRONG, CHEAT):
        for cell in code_cells(hand_in(answers)):
            ast.parse(cell.source)
    assert nbformat.validate(hand_in(MODEL)) is None
