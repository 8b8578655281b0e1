"""The site without Sphinx and without a browser: what its pages are made of, and that it is made whole or not."""

import contextlib
import json
import re
import shutil
import threading
import urllib.error
import urllib.request

import nbformat
import pytest
from notebook_files import fill_disk

from tools import files, site
from tools.set_repository import set_repository
from tools.stored import NOTEBOOKS, stored_notebooks
from utils.course import ROOT


@pytest.fixture(scope="module")
def source():
    return site.source()


@pytest.fixture
def course(tmp_path):  # its address is one that nobody can register
    """A course that has only what the site is made of."""
    root = tmp_path / "course"
    for name in ("notebooks", "docs", "site"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("playground"))
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "site" / "playground").mkdir()
    (root / "site" / "playground" / "index.html").write_text("<title>p</title>", encoding="utf-8")
    for name in ("README.md", "LICENSE"):
        (root / name).touch()
    return root


def lesson(*cells):
    """Return a notebook whose header is that of lesson 01; cells are Markdown, or of code if they are tuples."""
    header = stored_notebooks()["01_motivacao"].cells[0].source
    made = [nbformat.v4.new_markdown_cell(header)]
    for cell in cells:
        if isinstance(cell, str):
            made.append(nbformat.v4.new_markdown_cell(cell))
        else:
            code, *outputs = cell
            outputs = [nbformat.v4.new_output("display_data", data) for data in outputs]
            made.append(nbformat.v4.new_code_cell(code, outputs=outputs))
    return nbformat.v4.new_notebook(cells=made)


def page_of(*cells, **options):
    """Return the cells of a lesson's page."""
    return json.loads(site.lesson_page(lesson(*cells), "01_motivacao", **options))["cells"]


def text_of(cell):
    return "".join(cell["source"])


def test_every_page_is_listed_and_every_page_of_docs_is_one(source):
    listed = re.findall(r"<((?:docs|notebooks)/\w+)>$", source["index.md"], flags=re.MULTILINE)
    assert listed == [*(f"notebooks/{name}" for name in NOTEBOOKS), *(f"docs/{name}" for name in site.DOCS)]
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} == {*site.DOCS}
    assert {f"{name}{'.md' if name.startswith('docs') else '.ipynb'}" for name in listed} <= source.keys()


def test_landing_page_shows_each_lesson_and_leads_to_the_playground(source):
    extras = site.extras()
    index = source["index.md"]
    assert len(re.findall("<li>", index)) == len(NOTEBOOKS)
    assert 'href="playground/index.html"' in index
    for picture in re.findall(r'src="([^"]+)"', index):
        assert extras[picture].startswith(b"\x89PNG")
    for page in re.findall(r'href="(notebooks/\w+)\.html"', index):
        assert f"{page}.ipynb" in source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_and_its_classroom_copy_can_be_downloaded(source, name):
    extras = site.extras()
    text = text_of(json.loads(source[f"notebooks/{name}.ipynb"])["cells"][0])
    assert "colab" not in text.lower() and "README" not in text
    links = re.findall(r'href="\.\./(cadernos/[^"]+)"', text)
    assert links == [f"cadernos/{name}.ipynb", f"cadernos/aluno/{name}.ipynb"]
    assert extras[links[0]] == (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "<summary>Solução" in extras[links[0]] and "<summary>Solução" not in extras[links[1]]


def test_colab_button_is_drawn_here_and_there_once_the_address_is_known(course):
    set_repository("topics/curso", course)
    made = site.source(course)
    for name in NOTEBOOKS:
        header = text_of(json.loads(made[f"notebooks/{name}.ipynb"])["cells"][0])
        assert (
            f'href="https://colab.research.google.com/github/topics/curso/blob/main/notebooks/{name}.ipynb"' in header
        )
        assert "<svg" in header and "<img" not in header and "![" not in header


def test_links_lead_to_pages_and_to_the_repository_once_there_is_one(course):
    text = "[a](../README.md) [b](../docs/afirmacoes.md#c1) [c](02_ae_basico.ipynb) [d](../LICENSE) [e](#f) ![g](h.png)"
    kept = "[a](../index.md) [b](../docs/afirmacoes.md#c1) [c](02_ae_basico.ipynb) {} [e](#f) ![g](h.png)"
    assert site.with_links(text, "notebooks", course) == kept.format("d")
    set_repository("topics/curso", course)
    link = "[d](https://github.com/topics/curso/blob/main/LICENSE)"
    assert site.with_links(text, "notebooks", course) == kept.format(link)


def test_activity_can_be_downloaded(course):
    made = site.with_links("[a atividade](atividade.ipynb)", "notebooks", course)
    assert made == '<a href="../cadernos/atividade.ipynb" download>a atividade</a>'
    text = (course / "notebooks" / "atividade.ipynb").read_text(encoding="utf-8")
    assert site.extras(course)["cadernos/atividade.ipynb"] == text
    assert 'href="cadernos/atividade.ipynb" download' in site.source(course)["index.md"]


def test_lesson_opens_with_its_picture_and_its_question():
    picture = {"image/png": "x", "text/plain": "y"}
    cells = page_of(
        ("# @title Preparação\na = 1",),
        ('# @title A figura\nshow_opening("01")', picture),
        "**Por quê?** Porque sim.\n\n## 1. Primeira\n\ntexto",
        ("b = 2",),
    )
    texts = [text_of(cell) for cell in cells]
    assert texts[1:] == [
        'show_opening("01")',
        "**Por quê?** Porque sim.\n",
        "a = 1",
        "## 1. Primeira\n\ntexto",
        "b = 2",
    ]
    assert {"abertura", "remove-input"} <= {*cells[1]["metadata"]["tags"]}
    assert cells[3]["metadata"]["mystnb"]["code_prompt_show"] == "Preparação"


def test_fold_keeps_the_alternative_text():
    notebook = lesson(("# @title A figura\nx",))
    notebook.cells[1].metadata = {"mystnb": {"image": {"alt": "uma figura"}}, "tags": ["hide-input"]}
    cell = json.loads(site.lesson_page(notebook, "01_motivacao"))["cells"][1]
    assert cell["metadata"]["mystnb"]["image"] == {"alt": "uma figura"}
    assert cell["metadata"]["tags"] == ["hide-input"]


def test_quoted_claim_can_be_linked_to_and_links_to_its_verdict():
    text = "> **A aula diz (C1):** a\n\nb\n\n> **A aula diz (C1):** c\n\n> **A aula diz (C7):** d"
    [_, cell] = page_of(text, sections=["C1"])
    link = "[C1](../docs/afirmacoes.md#c1)"
    quoted = f"> **A aula diz ({link}):** a\n\nb\n\n> **A aula diz ({link}):** c\n\n(01-c7)=\n> **A aula diz (C7):** d"
    assert text_of(cell) == f"(01-c1)=\n{quoted}"


def test_widgets_show_nothing():
    cells = page_of(("x", {site.WIDGET: {}, "text/plain": "VBox()"}, {"text/plain": "1"}))
    assert [output["data"]["text/plain"] for output in cells[1]["outputs"]] == [["1"]]


def test_links_that_a_cell_shows_lead_to_pages():
    shown = "[a](../docs/afirmacoes.md#c1) [b](02_ae_basico.ipynb) [c](https://a.example/b.md) ../docs/d.md"
    cells = page_of(("x", {"text/markdown": shown, "text/plain": "y"}))
    linked = "[a](../docs/afirmacoes.html#c1) [b](02_ae_basico.html) [c](https://a.example/b.md) ../docs/d.md"
    assert "".join(cells[1]["outputs"][0]["data"]["text/markdown"]) == linked


def test_verdicts_lead_into_the_lessons(source):
    page = source["docs/afirmacoes.md"]
    notebooks = stored_notebooks()
    tested = {claim: name for name in reversed(notebooks) for claim in site.claims_of(notebooks[name])}
    for claim, name in tested.items():
        target = f"../notebooks/{name}.ipynb#{name[:2]}-{claim.lower()})"
        assert f"| [{claim}]({target}" in page or f"[{NOTEBOOKS[name]}]({target}" in page
    assert "<a id=" not in page and ".ipynb](" not in page
    assert len(re.findall(r"^\(c\d+\)=\n", page, flags=re.MULTILINE)) == len(
        re.findall("^## C", page, flags=re.MULTILINE)
    )


def make(monkeypatch, folder, course, sphinx):
    """Make a site, with a function in the place of Sphinx that gets the folders of its pages and of the site."""
    monkeypatch.setattr(site.environment, "call", lambda command: sphinx(*map(site.pathlib.Path, command[-2:])))
    return site.made_once(folder, course)


def pretend(pages, new):
    """Do what Sphinx does, as far as these tests go."""
    assert (pages / "conf.py").is_file() and (pages / "index.md").is_file()
    (new / "_sources").mkdir(parents=True)
    (new / "index.html").write_text("novo", encoding="utf-8")
    (new / "a.js.map").touch()


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_site_is_made_and_nothing_else_is_left(monkeypatch, tmp_path, course):
    build = tmp_path / "build"
    for _ in range(2):
        made = make(monkeypatch, build, course, pretend)
    assert made == build / "site"
    assert {path.name for path in build.iterdir()} == {"site", ".site.lock"}
    assert {"playground/index.html", "figuras/capa.png", "cadernos/aluno/01_motivacao.ipynb"} <= names(made)
    assert not {"_sources", "a.js.map"} & names(made)


def warn(pages, new):
    pretend(pages, new)
    return 1


def interrupt(pages, new):
    pretend(pages, new)
    raise KeyboardInterrupt


@pytest.mark.parametrize(("sphinx", "error"), [(warn, SystemExit), (interrupt, KeyboardInterrupt)])
def test_old_site_stays_until_the_new_one_is_whole(monkeypatch, tmp_path, course, sphinx, error):
    (tmp_path / "build" / "site").mkdir(parents=True)
    (tmp_path / "build" / "site" / "index.html").write_text("velho", encoding="utf-8")
    with pytest.raises(error):
        make(monkeypatch, tmp_path / "build", course, sphinx)
    assert (tmp_path / "build" / "site" / "index.html").read_text(encoding="utf-8") == "velho"
    assert {path.name for path in (tmp_path / "build").iterdir()} == {"site", ".site.lock"}


@pytest.mark.parametrize("full", ["conf.py", "capa.png"])
def test_full_disk_is_told_in_a_line(monkeypatch, tmp_path, course, full):
    fill_disk(monkeypatch, full)
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {full}: o disco está cheio$"):
        make(monkeypatch, tmp_path / "build", course, pretend)
    assert not (tmp_path / "build" / "site").exists()


def test_second_run_waits_for_the_first(monkeypatch, tmp_path, course, capsys):
    held = files.lock(tmp_path / ".site.lock")
    threading.Timer(0.5, held.close).start()
    make(monkeypatch, tmp_path, course, pretend)
    assert "Outro comando está fazendo o site" in capsys.readouterr().out


def test_bad_notebook_is_named(monkeypatch, tmp_path, course):
    (course / "notebooks" / "03_sae_tsne.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^03_sae_tsne\.ipynb não é um notebook"):
        make(monkeypatch, tmp_path / "build", course, pretend)


def test_site_is_served_to_this_machine_only(tmp_path):
    (tmp_path / "index.html").write_text("olá", encoding="utf-8")
    with site.server(tmp_path) as serving, contextlib.ExitStack() as stack:
        stack.callback(serving.shutdown)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{serving.server_port}"
        assert serving.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(f"{address}/index.html") as answer:
            assert answer.read().decode() == "olá"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}/../{tmp_path.name}")


def test_nothing_to_serve_is_told(tmp_path):
    with pytest.raises(SystemExit, match="rode antes: make site"):
        site.main(["--build", str(tmp_path), "--serve"])
