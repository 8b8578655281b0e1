"""The form that every notebook has, and what is stored of its run."""

import ast
import re

import nbconvert
import pytest
from notebook_files import CHECK, PATHS, SOLUTION, code_cells, format_faults, is_training, prose, read

from studies.verdicts import verdicts_in
from tools.stored import FOLDED, OPENING, opening_picture, picture_of
from utils.claims import LECTURE_CLAIMS, claims_in
from utils.course import ROOT

# nbval does not compare the output of a cell that trains: it shows times and errors. Such a cell is known by the line
# that `Progress` leaves in its output. The others that nbval leaves alone, by their first lines, and why.
TRAINED = re.compile(r": \d+ épocas? · ")
ALSO_IGNORED = {}
IGNORE = "nbval-ignore-output"
LESSONS = {f"{number:02}" for number in range(1, 11)}  # the activity has a form of its own

pytestmark = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def number(path):
    return path.stem[:2]


def shown(cell):
    """Return what a cell displays, as plain texts."""
    return [output.get("data", {}).get("text/plain", "") for output in cell.outputs]


def test_header_says_what_the_reader_needs(path):
    header = read(path).cells[0].source
    assert header.startswith(f"# {number(path)} · ")
    assert "[![Abrir no Colab](" in header
    assert "**Slides:** Aula 05" in header
    assert re.search(r"\*\*Tempo de execução:\*\* cerca de [1-9]\d* s · 2 núcleos", header)
    goals = prose(read(path)).split("**Você vai aprender:**")[1].split("\n\n")[0]
    assert goals.count("\n- ") == 3


def test_file_is_a_valid_notebook_that_other_tools_read(path):
    assert format_faults(path) == []
    assert read(path).metadata.kernelspec.name == "python3" and read(path).metadata.language_info.name == "python"
    script, _ = nbconvert.PythonExporter().from_filename(str(path))
    lines = [line for cell in code_cells(read(path)) for line in cell.source.splitlines()]
    assert [line for line in lines if line not in script and not line.startswith("%")] == []


def test_no_line_of_prose_is_a_comment_of_markdown(path):
    """The site's Markdown drops lines that begin with a percent sign, and breaks the page at plus signs."""
    outside = re.sub(r"```.*?```", "", prose(read(path)), flags=re.DOTALL)
    assert re.findall(r"^(?:%|\+\+\+).*", outside, flags=re.MULTILINE) == []


def test_relative_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s#]+)", prose(read(path))):
        if "://" not in target:
            assert (path.parent / target).exists(), target


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
    claims, cards = claims_in(notebook), verdicts_in(notebook)
    tested = {record["id"] for record in (*claims, *cards)}
    expected = {claim for claim, statement in LECTURE_CLAIMS.items() if number(path) in statement.notebooks}
    assert quoted == tested == expected
    assert all(claim["holds"] for claim in claims) and not any(card["inside"] is False for card in cards)
    assert {record["seed"] for record in (*claims, *cards)} == {42}


def test_only_training_cells_ignore_their_output(path):
    assert {tag for cell in read(path).cells for tag in cell.metadata.get("tags", ())} <= {
        IGNORE,
        OPENING,
        "hide-input",
    }
    tagged = [cell for cell in read(path).cells if IGNORE in cell.metadata.get("tags", ())]
    trained = [cell for cell in code_cells(read(path)) if any(map(TRAINED.search, shown(cell)))]
    assert [cell.source for cell in trained if cell not in tagged] == []
    others = [(number(path), cell.source.splitlines()[0]) for cell in tagged if cell not in trained]
    assert others == [(name, line) for name, line in ALSO_IGNORED if name == number(path)]


def test_training_shows_its_progress(path):
    trainings = 0
    for cell in code_cells(read(path)):
        for part in ast.parse(cell.source).body:
            in_function = isinstance(part, (ast.FunctionDef, ast.ClassDef))
            if any(map(is_training, ast.walk(part))):
                trainings += 1
                assert "Progress(" in (ast.unparse(part) if in_function else cell.source), cell.source
                assert in_function or any(map(TRAINED.search, shown(cell))), cell.source
    assert trainings


def test_ends_with_recap_exercises_and_references(path):
    text = prose(read(path))
    headings = re.findall(r"^## (Recapitulando|Vamos exercitar|Para ir além|Referências)$", text, flags=re.MULTILINE)
    beyond = ["Para ir além"] if number(path) in LESSONS else []
    assert headings == ["Recapitulando", "Vamos exercitar", *beyond, "Referências"]
    stubs = [id for cell in code_cells(read(path)) for id, _ in CHECK.findall(cell.source)]
    assert stubs == [f"{number(path)}.{i}" for i in range(1, len(stubs) + 1)]
    assert 2 <= len(stubs) <= 3 and len(SOLUTION.findall(text)) == len(stubs)


def test_sections_named_beside_a_link_exist(path):
    for name, sections in re.findall(r"\[[^\]]+\]\((\d\d_\w+\.ipynb)\), seç(?:ão|ões) ([\d ea,]+)", prose(read(path))):
        headings = re.findall(r"^## (\d+)\. ", prose(read(path.parent / name)), flags=re.MULTILINE)
        assert set(re.findall(r"\d+", sections)) <= set(headings), (name, sections)


def test_measures_quoted_from_other_notebooks_are_found(path):
    for cell in code_cells(read(path)):
        assert not any("rode e salve" in text for text in shown(cell))


def test_folded_code_has_a_title(path):
    for cell in code_cells(read(path)):
        is_folded = cell.source.startswith("# @title ")
        assert is_folded == ("hide-input" in cell.metadata.get("tags", ())), cell.source
        assert not is_folded or all(cell.metadata.get(key) == FOLDED[key] for key in ("cellView", "jupyter"))


def test_lesson_opens_with_its_picture(path):
    if number(path) in LESSONS:
        notebook = read(path)
        setup, imports, opening, *rest = code_cells(notebook)
        assert not setup.outputs and not imports.outputs
        assert picture_of(opening) and picture_of(opening).strip() == opening_picture(notebook).strip()
        assert all(not cell.source.startswith("# @title Bibliotecas") for cell in rest)


def test_pictures_have_alternative_texts(path):
    if number(path) in LESSONS:
        for cell in code_cells(read(path)):
            text = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            # The card of a claim has no picture as long as there is no study.
            is_without_study = any("sem estudo" in shown_text for shown_text in shown(cell))
            assert bool(picture_of(cell)) == (len(text) > 40) or is_without_study, cell.source


def test_lesson_asks_for_bets_and_for_a_training(path):
    if number(path) in LESSONS:
        text = prose(read(path))
        assert "aposte:" in text and "· Projete e treine" in text
        notebook = read(path)
        exercises = next(
            i
            for i, cell in enumerate(notebook.cells)
            if cell.source.startswith("## Vamos exercitar") or "\n## Vamos exercitar" in cell.source
        )
        notebook.cells = notebook.cells[:exercises]
        assert 1 <= len({record["statement"] for record in verdicts_in(notebook)}) <= 4
