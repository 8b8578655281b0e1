"""The form that every notebook has, and what is stored of its run."""

import ast
import re

import pytest
from notebook_files import CHECK, PATHS, SOLUTION, code_cells, is_training, prose, read

from utils.claims import LECTURE_CLAIMS, claims_in
from utils.course import ROOT

# The only cells whose output nbval does not compare, by their first lines: they train, and show times and errors.
TRAINING_CELLS = {
    "01": [
        "n_train, epochs, batch_size = 5000, 30, 50",
        "#              posições de treino, tamanho do lote",
    ],
    "02": [
        "epochs, batch_size = 6, 256",
        "linear_ae = make_ae(30, output_activation=None)",
        'footwear = [fashion.class_names.index(name) for name in ("sandália", "tênis", "bota")]',
        "epochs, batch_size = 3, 256",
    ],
    "03": [
        "epochs, batch_size = 7, 128",
        "keras.utils.set_random_seed(SEED)",
        'depths = {"uma camada (64)": [64], "três camadas (60, 50, 40)": [60, 50, 40]}',
        "#              camadas, codings, épocas",
        "x_few = x_train[:60]",
        'powerful = train_small("rede poderosa", make_sae([256, 256], n_codings=5), epochs=24, images=x_repeated)',
    ],
    "04": [
        "epochs, batch_size = 3, 128",
        "x_race, x_judge = x_train[:5120], x_valid[:1000]",
        "show_table(",
        "draws, batch_size, epochs = {500: 3, 2000: 1}, 50, 15  # sorteios, por número de imagens",
    ],
    "05": [
        "encoders = {}",
        "DRAWS, STEPS = 5, 150",
        "patient = compiled_classifier(400)",
        "for n_labels in (100, 250, 1000, 2000):",
        "keras.utils.set_random_seed(SEED)",
    ],
    "06": [
        "epochs, batch_size = 3, 128",
        "#                       unidades, épocas",
        "test_error = {name: mean_error(model, x_test) for name, model in models.items()}",
        "#        modelo, épocas, taxa de aprendizado máxima",
    ],
    "07": [
        "options = {",
        'print("Vai à final:", best_dnn)',
        'rnn_recipe = {"epochs": 12, "batch_size": 108, "peak": 0.04, "weight_decay": 0.1}',
        "progressions, progressions_real = random_progressions(4000)",
        "shape = (BOX, N_LETTERS)",
        "def spell(model, codes):",
    ],
    "08": [
        "epochs, batch_size = 6, 128",
        "x_half = x_train[: len(x_train) // 2]",
        'halve = {"kernel_size": 4, "strides": 2, "padding": "same", "activation": "leaky_relu"}',
        "epochs, batch_size = 3, 256",
        'overcomplete = {"sem ruído": make_overcomplete(), "com ruído": make_overcomplete(layers.Dropout(0.5))}',
    ],
    "09": ["models, watches = {}, {}", "epochs, batch_size = 2, 128", "epochs, batch_size = 2, 128"],
}
IGNORE = "nbval-ignore-output"

pytestmark = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def number(path):
    return path.stem[:2]


def test_header_says_what_the_reader_needs(path):
    header = read(path).cells[0].source
    assert header.startswith(f"# {number(path)} · ")
    assert "[![Abrir no Colab](" in header
    assert "**Slides:** Aula 05" in header
    assert re.search(r"\*\*Tempo de execução:\*\* cerca de [1-9]\d* s · 2 núcleos", header)
    goals = header.split("**Você vai aprender:**")[1].split("\n\n")[0]
    assert goals.count("\n- ") == 3


def test_header_links_to_the_neighbours(path):
    header, position = read(path).cells[0].source, PATHS.index(path)
    neighbours = [PATHS[i].name for i in (position - 1, position + 1) if 0 <= i < len(PATHS)]
    assert all(f"]({name})" in header for name in neighbours)
    assert "](../README.md)" in header


def test_relative_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s#]+)", prose(read(path))):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_set_up_cell_is_the_same_in_all(path):
    assert code_cells(read(path))[0].source == code_cells(read(PATHS[0]))[0].source


def test_run_is_stored_whole_and_clean(path):
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
    text = path.read_text(encoding="utf-8")
    for local in (str(ROOT), "/home/", "/root/", "/tmp/", "site-packages", "Warning"):
        assert local not in text
    assert path.stat().st_size < 1_500_000


def test_cells_fit_on_a_screen(path):
    for cell in code_cells(read(path)):
        assert len(cell.source.splitlines()) <= 30, cell.source


def test_claims_of_the_lecture_are_quoted_and_tested(path):
    notebook = read(path)
    quoted = set(re.findall(r"> \*\*A aula diz \((C\d+)\):\*\*", prose(notebook)))
    tested = {record["id"] for record in claims_in(notebook)}
    expected = {claim for claim, statement in LECTURE_CLAIMS.items() if number(path) in statement.notebooks}
    assert quoted == tested == expected
    assert all(record["holds"] and record["seed"] == 42 for record in claims_in(notebook))


def test_only_training_cells_ignore_their_output(path):
    tagged = [cell for cell in read(path).cells if cell.metadata.get("tags")]
    assert all(cell.metadata.tags == [IGNORE] for cell in tagged)
    assert [cell.source.splitlines()[0] for cell in tagged] == TRAINING_CELLS[number(path)]


def test_training_shows_its_progress(path):
    trainings = 0
    for cell in code_cells(read(path)):
        for part in ast.parse(cell.source).body:
            in_function = isinstance(part, (ast.FunctionDef, ast.ClassDef))
            if any(map(is_training, ast.walk(part))):
                trainings += 1
                assert "Progress(" in (ast.unparse(part) if in_function else cell.source), cell.source
                shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
                assert in_function or any(re.search(r": \d+ épocas? · ", text) for text in shown), cell.source
    assert trainings


def test_ends_with_recap_exercises_and_references(path):
    text = prose(read(path))
    headings = re.findall(r"^## (Recapitulando|Vamos exercitar|Referências)$", text, flags=re.MULTILINE)
    assert headings == ["Recapitulando", "Vamos exercitar", "Referências"]
    stubs = [id for cell in code_cells(read(path)) for id, _ in CHECK.findall(cell.source)]
    assert stubs == [f"{number(path)}.{i}" for i in range(1, len(stubs) + 1)]
    assert 2 <= len(stubs) <= 3 and len(SOLUTION.findall(text)) == len(stubs)


def test_sections_named_beside_a_link_exist(path):
    for name, sections in re.findall(r"\[[^\]]+\]\((\d\d_\w+\.ipynb)\), seç(?:ão|ões) ([\d ea,]+)", prose(read(path))):
        headings = re.findall(r"^## (\d+)\. ", prose(read(path.parent / name)), flags=re.MULTILINE)
        assert set(re.findall(r"\d+", sections)) <= set(headings), (name, sections)


def test_measures_quoted_from_other_notebooks_are_found(path):
    for cell in code_cells(read(path)):
        assert not any("rode e salve" in output.get("data", {}).get("text/plain", "") for output in cell.outputs)
