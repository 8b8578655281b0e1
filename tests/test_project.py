"""What the project says of itself agrees with what it is."""

import ast
import re
import shutil
import subprocess
import sys

import pytest
from notebook_files import PATHS, code_cells, read
from packaging.requirements import Requirement

from tools.update_readme import PICTURE, picture, stored_notebooks, updated
from utils.claims import LECTURE_CLAIMS
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
    "utils",
}


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    parsed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {requirement.name.lower(): requirement.specifier for requirement in parsed}


@pytest.mark.parametrize(
    ("name", "unpinned"),
    [("constraints.txt", set()), ("constraints-colab.txt", {"jupyter", "nbval", "pytest", "ruff"})],
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


def test_notebooks_and_utils_import_only_what_colab_has():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "utils").rglob("*.py")]
    sources += [cell.source for path in PATHS for cell in code_cells(read(path))]
    names = {name for source in sources for name in imported(source)}
    assert names <= ON_COLAB | set(sys.stdlib_module_names)


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_tables_are_those_of_the_stored_notebooks(readme):
    assert readme == updated(readme, stored_notebooks())


def test_readme_shows_the_picture_of_the_stored_notebook(readme):
    assert f"]({PICTURE.relative_to(ROOT)})" in readme
    assert PICTURE.read_bytes() == picture(stored_notebooks())


@pytest.mark.parametrize("claim_id", LECTURE_CLAIMS)
def test_readme_lists_each_claim_with_its_notebooks(readme, claim_id):
    statement = LECTURE_CLAIMS[claim_id]
    assert f"| {claim_id} | {statement.text} | {', '.join(statement.notebooks)} |" in readme


def test_readme_links_lead_somewhere(readme):
    for text in (readme, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            assert "://" in target or (ROOT / target).exists(), target


def test_readme_names_the_commands_that_exist(readme):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = re.findall(r"make ([a-z]+(?:-[a-z]+)*)", readme)
    assert {"run", "test", "test-colab", "lab", "colab", "bench"} <= set(named) <= set(targets)


def test_ci_runs_the_test_command():
    assert re.search(r"^exec make test$", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)
    assert "- run: .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_git_leaves_the_data_as_they_are():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("the course is no git checkout")
    listing = (ROOT / "data" / "SHA256SUMS").read_text(encoding="utf-8")
    paths = [f"data/{line.split(maxsplit=1)[1]}" for line in listing.splitlines() if line]
    command = ["git", "-C", ROOT, "check-attr", "text", "--", *paths]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert answer.splitlines() == [f"{path}: text: unset" for path in paths]


def test_modules_import_one_another_without_a_cycle():
    graph = {}
    for path in (ROOT / "utils").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        graph[name] = {n.module for n in tree.body if isinstance(n, ast.ImportFrom) and n.module.startswith("utils.")}

    def reachable(name, seen):
        for other in graph.get(name, ()):
            if other not in seen:
                seen.add(other)
                reachable(other, seen)
        return seen

    assert not [name for name in graph if name in reachable(name, set())]
