"""What the project says of itself agrees with what it is."""

import ast
import io
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from notebook_files import PATHS, code_cells, fill_disk, read
from packaging.requirements import Requirement
from PIL import Image

from studies import STUDIES
from studies.verdicts import fresh_result, study_effect
from tools import claims_page, pages
from tools.pages import PICTURE, picture, thumbnails, updated
from tools.stored import stored_notebooks
from utils.claims import ARITHMETIC, LECTURE_CLAIMS
from utils.course import ROOT

# What Colab has, by the names under which it is imported.
ON_COLAB = {
    "tensorflow",
    "keras",
    "numpy",
    "sklearn",
    "matplotlib",
    "scipy",
    "IPython",
    "ipywidgets",
    "cycler",
    "PIL",  # Matplotlib needs it
    "jsonschema",
}
OF_THE_COURSE = {"utils", "studies", "tools"}


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    parsed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {requirement.name.lower(): requirement.specifier for requirement in parsed}


@pytest.mark.parametrize(
    ("name", "unpinned"),
    [
        ("constraints.txt", set()),
        ("constraints-colab.txt", {"hypothesis", "jupyter", "nbval", "pytest", "pytest-xdist", "ruff", "tqdm"}),
    ],
)
def test_pinned_versions_are_exact_and_within_the_requirements(name, unpinned):
    required, pinned = requirements("requirements.txt"), requirements(name)
    assert required.keys() - pinned.keys() == unpinned
    for package, [exact] in pinned.items():
        assert exact.operator == "=="
        assert package not in required or required[package].contains(exact.version)


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def modules(*folders):
    """Return the modules in some folders of the course, a dict of name to source."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return {name: path.read_text(encoding="utf-8") for name, path in zip(names, paths, strict=True)}


def modules_imported(source, modules):
    """Return which of `modules` a source imports, wherever in it and however it says so."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "the course imports its modules by their full names"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & set(modules)


@pytest.fixture(scope="module")
def course():
    """The course's own modules, a dict of name to source."""
    return modules("utils", "studies", "tools")


def reachable(name, course):
    """Return the modules of the course that a module imports, and those that these import, and so on."""
    seen, waiting = set(), [name]
    while waiting:
        new = modules_imported(course[waiting.pop()], course) - seen
        seen |= new
        waiting += new
    return seen


@pytest.mark.parametrize(
    "source",
    [
        "import utils.claims",
        "import utils.claims as c",
        "from utils import claims",
        "from utils.claims import claim",
        "def f():\n    from utils.claims import claim",
    ],
)
def test_every_way_to_import_a_module_is_seen(source):
    assert modules_imported(source, {"utils.claims", "utils.course"}) == {"utils.claims"}


def test_modules_import_one_another_without_a_cycle(course):
    assert {"utils.course", "studies.verdicts", "tools.benchmark.report"} <= course.keys()
    assert [name for name in course if name in reachable(name, course)] == []


def test_imports_go_downwards(course):
    """Tools rest on studies, studies on three tools that rest on nothing else, and utils on neither."""
    of_studies = {"tools", "tools.files", "tools.interruption", "tools.options"}
    for name in course:
        if name.split(".")[0] == "utils":
            assert not [other for other in reachable(name, course) if not other.startswith("utils")], name
        elif name.split(".")[0] == "studies":
            assert {other for other in reachable(name, course) if other.startswith("tools")} <= of_studies


def test_report_of_the_benchmark_needs_nothing_that_runs_notebooks(course):
    needed = reachable("tools.benchmark.report", course) | {"tools.benchmark.report"}
    assert "tools.run_notebooks" not in needed
    assert not {"nbclient", "psutil"} & {name for module in needed for name in imported(course[module])}


def test_what_notebooks_use_imports_only_what_colab_has(course):
    used = {name for name in course if name.startswith(("utils", "studies"))} - {"studies.__main__"}
    used = used.union(*(reachable(name, course) for name in used))
    sources = [course[name] for name in used]
    sources += [cell.source for path in PATHS for cell in code_cells(read(path))]
    names = {name for source in sources for name in imported(source)}
    assert names <= ON_COLAB | OF_THE_COURSE | set(sys.stdlib_module_names)


def test_nothing_but_the_set_up_cell_changes_where_modules_are_found(course):
    for name, source in (course | modules("tests")).items():
        assert not re.search(r"#\s*noqa:.*\bE402\b", source), name
        for node in ast.walk(ast.parse(source)):
            is_path = isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path"
            assert not is_path and not (isinstance(node, ast.ImportFrom) and node.module == "sys"), name


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_tables_are_those_of_the_stored_notebooks(readme):
    assert readme == updated(readme, stored_notebooks(), claims_page.stored_results())


def test_readme_shows_the_picture_of_the_stored_notebook(readme):
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in readme
    assert PICTURE.read_bytes() == picture(stored_notebooks())


def test_page_that_cannot_be_written_is_named(monkeypatch, tmp_path, readme):
    for name in ("README", "PICTURE"):
        monkeypatch.setattr(pages, name, tmp_path / getattr(pages, name).name)
    pages.README.write_text(readme, encoding="utf-8")
    monkeypatch.setattr(pages.claims_page, "stored_results", dict)
    monkeypatch.setattr(pages.claims_page, "files", lambda results: {})
    monkeypatch.setattr(pages, "thumbnails", lambda notebooks: {})
    fill_disk(monkeypatch, "README.md")
    with pytest.raises(SystemExit, match=r"^não consegui escrever README\.md: o disco está cheio$"):
        pages.main()


@pytest.mark.parametrize("claim_id", LECTURE_CLAIMS)
def test_readme_tells_the_verdict_on_each_claim(readme, claim_id):
    link = f"[{claim_id}](docs/afirmacoes.md#{claim_id.lower()})" if claim_id in STUDIES else claim_id
    [row] = [row for row in readme.splitlines() if row.startswith(f"| {link} |")]
    _, _, text, verdict, _ = (cell.strip() for cell in row.split("|"))
    assert text == LECTURE_CLAIMS[claim_id].text and verdict
    assert ("sem estudo" in verdict) == (claim_id not in {*STUDIES, *ARITHMETIC})


def test_readme_is_short(readme):
    assert len(readme.encode()) <= 9_000


def test_readme_shows_the_opening_picture_of_each_lesson(readme):
    for path, encoded in thumbnails(stored_notebooks()).items():
        assert f"]({path.relative_to(ROOT).as_posix()})" in readme
        shown, made = (np.asarray(Image.open(file).convert("L"), int) for file in (path, io.BytesIO(encoded)))
        assert np.abs(shown - made).mean() < 2, f"make store has to make {path.name} anew"


def test_synthesis_quotes_what_the_studies_found():
    cells = code_cells(read(ROOT / "notebooks" / "09_sintese.ipynb"))
    tables = [output.get("data", {}).get("text/markdown", "") for cell in cells for output in cell.outputs]
    quoted = [row.rsplit("|", 2)[-2].strip() for table in tables for row in table.splitlines() if row.count("|") > 2]
    quoted = [text for text in quoted if re.search(r"\(C\d+, margem", text)]
    found = set()
    for claim_id in LECTURE_CLAIMS:
        result = fresh_result(claim_id)
        ids = [statement["id"] for statement in result["statements"]] if result else ["any"]
        found |= {study_effect(claim_id, id) for id in ids}
    assert len(quoted) >= 20
    assert sorted(set(quoted) - found) == []


def test_links_of_the_texts_lead_somewhere():
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)\s#]+)", path.read_text(encoding="utf-8")):
            assert "://" in target or (path.parent / target).exists(), target


def test_texts_name_the_commands_that_exist(readme):
    texts = [readme, *(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = re.findall(r"make ([a-z]+(?:-[a-z]+)*)", "\n".join(texts))
    assert {"run", "test", "test-colab", "lab", "site", "bench"} <= set(named) <= set(targets)
    assert {"make run ", "make test "} <= set(re.findall(r"^make \w+ ", readme, flags=re.MULTILINE))


def test_contributing_names_every_tool():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name, source in modules("tools").items():
        command = re.search(r'if __name__ == "__main__":', source)
        assert not command or f"python -m {name}" in text, name
        assert name.endswith("tools") or f"`{name}`" in text or f"python -m {name}" in text, name


def test_ci_runs_the_test_command():
    assert re.search(r"^exec make test$", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)
    assert "export CI=" in (ROOT / ".ci" / "run").read_text()  # no skip for want of a browser
    assert "- run: .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_git_leaves_the_data_as_they_are():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("the course is no git checkout")
    listing = (ROOT / "data" / "SHA256SUMS").read_text(encoding="utf-8")
    paths = [f"data/{line.split(maxsplit=1)[1]}" for line in listing.splitlines() if line]
    command = ["git", "-C", ROOT, "check-attr", "text", "--", *paths]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert answer.splitlines() == [f"{path}: text: unset" for path in paths]


@pytest.fixture(scope="module")
def masked():
    """A function: what nbval compares of an output, numbers masked."""
    text = (ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8")
    rules = re.findall("^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE)  # as nbval reads it

    def masked(text):
        for regex, replace in rules:
            text = re.sub(regex, replace, text)
        return text

    return masked


def test_nbval_takes_any_measure_and_no_other_words(masked):
    for line in (
        "✔ C6 · erro · medido: {} (limite: ≤ 2)",
        "✔ **C6** · erro · medido: **{} vezes** (limite: ≤ 2 vezes)",
    ):
        assert len({masked(line.format(measure)) for measure in ("0", "1,2 × 10⁻⁸", "-0,500", "170", "108407")}) == 1
        assert masked(line.format("0")) != masked(line.format("0").replace("✔", "✘"))
        assert masked(line.format("0")) != masked(line.format("0").replace("≤ 2", "≤ 3"))


def test_nbval_takes_any_number_on_a_card_and_no_other_words(masked):
    card = (
        "✔ C14 · vale · amarrar limita o risco de overfitting\n"
        "  ✔ Com 500 imagens, o solto erra mais: vale\n"
        "  Estudo: de 1,05 a 1,09 vezes (10 sementes; margem 1,03)\n"
        "  Nesta execução: {} vezes, dentro do que se espera de uma execução (de 1,02 a 1\u202f234,5)"
    )
    numbers = ("1,08", "−0,500", "0", "170", "108407", "6,0 × 10⁻⁸", "1\u2009234", "12\u202f345,6")
    assert len({masked(card.format(number)) for number in numbers}) == 1
    assert masked(card.format("1,08").replace("1,08 vezes", "1,08 vez")) == masked(card.format("2,08"))
    plain = masked(card.format("1,08"))
    assert plain == masked(card.format("1,08").replace("1,05", "−2,5").replace("1,09", "10,25"))
    changes = [(": vale", ": não vale"), ("dentro", "fora"), ("✔", "✘"), ("10 sementes", "20 sementes"), ("C14", "C6")]
    for old, new in changes:
        assert plain != masked(card.format("1,08").replace(old, new))
    assert masked("1, 2 e 3") == "1, 2 e 3".replace(" ", "SPACE")
