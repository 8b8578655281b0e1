"""The form in which notebooks are stored: the cells they share, what is read, what is refused."""

import base64
import copy
import io
import json

import nbformat
import pytest
from nbformat.v4 import new_output
from notebook_files import PATHS, read
from PIL import Image

from tools import pages, stored
from tools.stored import (
    ACTIVITY,
    NOTEBOOKS,
    NotebookError,
    as_text,
    for_storing,
    neighbours,
    read_notebook,
    repository,
    with_template,
)
from utils import drawings
from utils.course import ROOT


def test_the_folder_holds_the_listed_notebooks_and_no_other():
    activity = ROOT / "notebooks" / f"{ACTIVITY}.ipynb"
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == [*PATHS, activity]


@pytest.mark.parametrize("name", [*NOTEBOOKS, ACTIVITY])
def test_stored_notebook_is_in_the_template(name):
    path = ROOT / "notebooks" / f"{name}.ipynb"
    assert as_text(with_template(read_notebook(path), name, repository())) == path.read_text(encoding="utf-8")


def test_neighbours_are_linked_in_order():
    assert neighbours("01_motivacao") == (
        "[← Sobre o curso](../README.md) · [Próximo: 02 · Autoencoder básico →](02_ae_basico.ipynb)"
    )
    assert neighbours("02_ae_basico") == (
        "[← Anterior: 01 · Motivação](01_motivacao.ipynb) · [Sobre o curso](../README.md) · "
        "[Próximo: 03 · SAE e t-SNE →](03_sae_tsne.ipynb)"
    )
    assert neighbours("10_gerar") == ("[← Anterior: 09 · Síntese](09_sintese.ipynb) · [Sobre o curso](../README.md)")


def test_one_more_notebook_is_one_more_line(monkeypatch):
    monkeypatch.setitem(stored.NOTEBOOKS, "11_novo", "11 · Novo")
    new = copy.deepcopy(read(PATHS[-1]))
    stored_before = {path.stem: read(path) for path in PATHS}
    made = {name: with_template(nb, name, "") for name, nb in (stored_before | {"11_novo": new}).items()}
    assert "[Sobre o curso](../README.md) · [Próximo: 11 · Novo →](11_novo.ipynb)" in made["10_gerar"].cells[0].source
    assert "[← Anterior: 10 · Gerar](10_gerar.ipynb)" in made["11_novo"].cells[0].source
    assert list(made)[:-2] == [name for name, nb in stored_before.items() if nb == made[name]]
    assert "](notebooks/11_novo.ipynb)" in pages.notebooks_table(made)


def test_template_changes_shared_cells_only_and_not_its_argument():
    old = read(PATHS[1])
    before = copy.deepcopy(old)
    new = with_template(old, PATHS[1].stem, "ana/curso")
    assert old == before
    changed = [i for i, (a, b) in enumerate(zip(old.cells, new.cells, strict=True)) if a != b]
    assert len(changed) == 2 and changed[0] == 0
    assert [cell.get("outputs") for cell in new.cells] == [cell.get("outputs") for cell in old.cells]


@pytest.mark.parametrize(
    ("place", "missing"),
    [
        ("[![Abrir no Colab]", "o botão do Colab"),
        ("[Sobre o curso](../README.md)", "a linha com [Sobre o curso](../README.md)"),
        ("start_notebook()", "a célula de preparação"),
    ],
)
def test_what_is_missing_is_named(place, missing):
    notebook = copy.deepcopy(read(PATHS[1]))
    for cell in notebook.cells:
        cell.source = cell.source.replace(place, "")
    with pytest.raises(NotebookError) as stopped:
        with_template(notebook, PATHS[1].stem, "")
    assert str(stopped.value).startswith(f"{PATHS[1].name}: não achei {missing}")
    assert ";" not in str(stopped.value)


def test_notebook_that_is_not_listed_is_named():
    with pytest.raises(NotebookError, match=r"11_novo\.ipynb: falta a linha dele em NOTEBOOKS"):
        with_template(read(PATHS[0]), "11_novo", "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "\udcff",
        "[" * 100_000,
        "[]",
        "{}",
        '{"nbformat": 4, "cells": []}',
        '{"nbformat": 4, "cells": [1]}',
        '{"nbformat": 3, "worksheets": []}',
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "code"}]}),
        json.dumps({"nbformat": 4, "nbformat_minor": "5", "metadata": {}, "cells": [{}]}),
    ],
)
def test_file_that_is_no_notebook_is_named(tmp_path, content):
    path = tmp_path / "05_pretreino.ipynb"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(NotebookError, match=r"^05_pretreino\.ipynb não é um notebook: ") as stopped:
        read_notebook(path)
    assert "\n" not in str(stopped.value)


CODE = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
STREAM = {"output_type": "stream", "name": "stdout", "text": "x"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"cells": 5}, "cells"),
        ({"cells": [5]}, r"cells\[0\]"),
        ({"metadata": 5}, "metadata"),
        ({"cells": [CODE, {**CODE, "source": 5}]}, r"cells\[1\]\.source"),
        ({"cells": [{**CODE, "metadata": None}]}, r"cells\[0\]\.metadata"),
        ({"cells": [{**CODE, "cell_type": 5}]}, "cells"),
        ({"cells": [{**CODE, "outputs": [STREAM, {**STREAM, "text": 5}]}]}, r"cells\[0\]\.outputs\[1\]\.text"),
        ({"cells": [{key: CODE[key] for key in CODE if key != "outputs"}]}, r"cells\[0\]"),
        ({"cells": [{key: CODE[key] for key in CODE if key != "id"}]}, r"cells\[0\]"),
    ],
)
def test_place_in_a_notebook_that_does_not_fit_is_named(tmp_path, changes, place):
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CODE]}
    path = tmp_path / "05_a.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_notebook(path).cells[0].source == "1"
    path.write_text(json.dumps(content | changes), encoding="utf-8")
    with pytest.raises(NotebookError, match=rf"^05_a\.ipynb não é um notebook: {place} não tem a forma que devia$"):
        read_notebook(path)
    del content["metadata"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(NotebookError, match=r"^05_a\.ipynb não é um notebook: o arquivo não tem a forma que devia$"):
        read_notebook(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"não consegui ler pyproject\.toml: não existe"),
        (b"\xff", r"não consegui ler pyproject\.toml: não é texto em UTF-8"),
        (b"[tool", r"pyproject\.toml: esperava, em \[tool\.course\], uma linha repository"),
        (b"[tool.ruff]", r"pyproject\.toml: esperava"),
        (b"tool = 5", r"pyproject\.toml: esperava"),
    ],
)
def test_damaged_settings_are_named(tmp_path, content, message):
    if content is not None:
        (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(SystemExit, match=f"^{message}"):
        repository(tmp_path)


def test_cut_and_missing_notebooks_are_named(tmp_path):
    path = tmp_path / PATHS[0].name
    path.write_bytes(PATHS[0].read_bytes()[:-100])
    with pytest.raises(NotebookError, match=r"^01_motivacao\.ipynb não é um notebook"):
        read_notebook(path)
    path.unlink()
    with pytest.raises(NotebookError, match=r"^01_motivacao\.ipynb: não há este arquivo"):
        read_notebook(path)
    with pytest.raises(NotebookError, match=r"^01_motivacao\.ipynb: não há este arquivo"):
        stored.stored_notebooks(tmp_path)


def test_what_is_read_is_what_nbformat_reads():
    for path in PATHS:
        assert read_notebook(path) == nbformat.read(path, as_version=4)


def test_block_of_a_page_is_replaced_or_its_lack_is_told():
    page = "# T\n<!-- a -->\nold\n<!-- /a -->\nend\n"
    assert stored.with_block(page, "a", "new") == "# T\n<!-- a -->\n\nnew\n\n<!-- /a -->\nend\n"
    with pytest.raises(SystemExit, match=r"^README\.md: esperava um trecho de <!-- b --> a <!-- /b -->, há 0"):
        stored.with_block(page, "b", "new")


def test_notebook_without_what_a_page_shows_is_named():
    def header(text):
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])

    with pytest.raises(stored.NotebookError, match=r"03_c\.ipynb: a primeira célula não diz \*\*Tempo de execução"):
        stored.run_time(header("# 03"), "03_c")
    with pytest.raises(stored.NotebookError, match=r"03_c\.ipynb: .* a lista \*\*Você vai aprender:"):
        stored.goals(header(""), "03_c")
    with pytest.raises(stored.NotebookError, match=r"09_sintese\.ipynb: não guarda nenhuma figura"):
        pages.picture({"09_sintese": header("# 09")})


PICTURE = base64.b64encode(b"picture").decode()


def lesson(*, tags=(stored.OPENING,)):
    """Return a notebook with a cell that shows the opening picture, and one that draws it."""
    shown = nbformat.v4.new_code_cell('show_opening("01")', outputs=[new_output("display_data", {"text/plain": "x"})])
    data = {"image/png": PICTURE, "text/plain": "y"}
    drawn = nbformat.v4.new_code_cell("plt.show()", outputs=[new_output("display_data", data)])
    drawn.metadata["tags"] = list(tags)
    header = nbformat.v4.new_markdown_cell("**Tempo de execução:** cerca de 1 s · 2 núcleos")
    return nbformat.v4.new_notebook(cells=[header, shown, drawn])


def test_lesson_is_stored_with_the_picture_of_this_run_at_its_opening(monkeypatch):
    monkeypatch.setattr(stored, "smaller_png", lambda encoded: encoded)
    kept = for_storing(lesson(), "01_a", 2)
    assert [output.data for output in kept.cells[1].outputs] == [{"image/png": PICTURE, "text/plain": stored.FIGURE}]
    without = for_storing(lesson(tags=()), "01_a", 2)
    assert [output.data for output in without.cells[1].outputs] == [{"text/plain": "x"}]
    assert stored.opening_picture(lesson(tags=())) is None


def test_animation_is_stored_with_all_its_frames():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black", "red")]
    for expected in (3, 1):
        file = io.BytesIO()
        frames[0].save(file, "png", save_all=True, append_images=frames[1:expected])
        kept = stored.smaller_png(base64.b64encode(file.getvalue()).decode())
        assert getattr(Image.open(io.BytesIO(base64.b64decode(kept))), "n_frames", 1) == expected


@pytest.mark.parametrize("tags", [(stored.OPENING,), ()])
def test_opening_shows_what_is_stored(monkeypatch, tmp_path, tags):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.ipynb").write_text(nbformat.writes(lesson(tags=tags)), encoding="utf-8")
    monkeypatch.setattr(drawings, "ROOT", tmp_path)
    shown = []
    monkeypatch.setattr(drawings, "display", lambda data, raw: shown.append(data))
    drawings.show_opening("01")
    assert shown == [{"text/plain": stored.FIGURE} | ({"image/png": PICTURE} if tags else {})]
