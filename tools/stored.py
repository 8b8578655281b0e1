"""The form in which things are stored: the list of the notebooks, the cells they share, how they are read and kept.

What runs notebooks, what makes pages of them and what writes the repository's address all rest on this module.
"""

import base64
import copy
import io
import json
import re
import tomllib

import nbformat
from PIL import Image

from tools.files import read, why
from utils.course import ROOT
from utils.drawings import FIGURE, OPENING

# The notebooks, in order: how the file is called, and the title in the links of its neighbours.
NOTEBOOKS = {
    "01_motivacao": "01 · Motivação",
    "02_ae_basico": "02 · Autoencoder básico",
    "03_sae_tsne": "03 · SAE e t-SNE",
    "04_pesos_amarrados": "04 · Pesos amarrados",
    "05_pretreino": "05 · Pré-treino",
    "06_cae": "06 · Autoencoder convolucional",
    "07_rae": "07 · Autoencoder recorrente",
    "08_dae": "08 · Denoising autoencoder",
    "09_sintese": "09 · Síntese",
    "10_gerar": "10 · Gerar",
}

# What students hand in: in the same folder, with the same cells, but no lesson.
ACTIVITY = "atividade"

# The first code cell of every notebook, of a course whose address is not known. It finds the course before anything
# of the course can be imported.
SETUP = """\
# @title Preparação: acha a pasta do curso; no Colab, clona antes o repositório.
import subprocess
import sys
from pathlib import Path

REPO = ""  # endereço no GitHub, "dono/nome"; escrito por: make colab REPO=dono/nome

places = [Path.cwd(), *Path.cwd().parents, Path.cwd() / "autoencoders", Path(sys.prefix).parent]
course = next((place for place in places if (place / "utils" / "course.py").is_file()), None)
if course is None and REPO and "google.colab" in sys.modules:
    course = Path.cwd() / "autoencoders"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"https://github.com/{REPO}", str(course)], check=True)
if course is None:
    raise RuntimeError(
        "Não achei o curso. No computador: abra este notebook dentro da pasta do curso. "
        'No Colab: peça ao professor o endereço do repositório, escreva-o acima (REPO = "dono/nome") e rode de novo.'
    )
sys.path.insert(0, str(course))

from utils.course import start_notebook

SEED = start_notebook()"""

# Of a cell whose code is folded away: in JupyterLab, on the site, in Colab (where its first line, a title, is seen).
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["hide-input"]}

COLAB = "https://colab.research.google.com/"
BADGE = re.compile(r"\[!\[Abrir no Colab\]\([^)]*\)\]\([^)]*\)")
NEIGHBOURS = re.compile(r"^.*\[(?:← )?Sobre o curso\]\(\.\./README\.md\).*$", flags=re.MULTILINE)
RUN_TIME = re.compile(r"(\*\*Tempo de execução:\*\*) [^·\n]*")


class NotebookError(SystemExit):
    """A notebook is not what it should be. Ends a command with one line that names the notebook, unless caught."""


def misfit(content):
    """Return where the content of a notebook is not in the form of format 4, such as "cells[0].source"; or ""."""
    try:
        error = next(nbformat.validator.iter_validate(content, relax_add_props=True), None)
    except (AttributeError, TypeError, RecursionError):  # of nbformat itself: the kind of a cell, say, is no text
        return "cells"
    if error is None:
        return ""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.relative_path)
    return "".join(parts).lstrip(".") or "o arquivo"


def read_notebook(path):
    """Return the notebook at `path`.

    Raises
    ------
    NotebookError
        If there is none, or the file is none: cut, empty, not JSON, without cells, not in the form of format 4.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotebookError(f"{path.name}: não há este arquivo") from None
    except OSError as error:
        raise NotebookError(f"{path.name}: não consegui ler ({why(error)})") from None
    except (ValueError, RecursionError):
        raise NotebookError(f"{path.name} não é um notebook: está vazio, cortado ou não é JSON") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not cells or content.get("nbformat") != 4 or not isinstance(content.get("nbformat_minor"), int):
        raise NotebookError(f"{path.name} não é um notebook: não tem células, ou não é do formato 4")
    if place := misfit(content):
        raise NotebookError(f"{path.name} não é um notebook: {place} não tem a forma que devia")
    return nbformat.v4.to_notebook(content)


def as_text(notebook):
    """Return a notebook as the text of its file."""
    return nbformat.writes(notebook) + "\n"


def stored_notebooks(root=ROOT):
    """Return the notebooks of the course by name, in order.

    Raises
    ------
    NotebookError
        If one of them is missing or is no notebook.
    """
    return {name: read_notebook(root / "notebooks" / f"{name}.ipynb") for name in NOTEBOOKS}


def repository(root=ROOT):
    """Return the address that pyproject.toml gives, "owner/name", or "" while it is not known.

    Raises
    ------
    SystemExit
        If that file is missing or damaged, or gives none.
    """
    try:
        return tomllib.loads(read(root / "pyproject.toml"))["tool"]["course"]["repository"]
    except (ValueError, KeyError, TypeError):
        raise SystemExit('pyproject.toml: esperava, em [tool.course], uma linha repository = "..."') from None


def setup_cell(address):
    """Return the source of the set-up cell, with the course's address or ""."""
    return SETUP.replace('REPO = ""', f'REPO = "{address}"', 1)


def badge(name, address, branch="main"):
    """Return the Colab badge of a notebook: it leads to the notebook, or to Colab's start page without an address."""
    link = f"{COLAB}github/{address}/blob/{branch}/notebooks/{name}.ipynb" if address else COLAB
    return f"[![Abrir no Colab]({COLAB}assets/colab-badge.svg)]({link})"


def neighbours(name):
    """Return the line of links to what comes before and after a notebook."""
    if name == ACTIVITY:
        return "[← Sobre o curso](../README.md)"
    names = list(NOTEBOOKS)
    before, after = names[: names.index(name)][-1:], names[names.index(name) + 1 :][:1]
    links = [f"[← Anterior: {NOTEBOOKS[other]}]({other}.ipynb)" for other in before]
    links.append(f"[{'' if before else '← '}Sobre o curso](../README.md)")
    links += [f"[Próximo: {NOTEBOOKS[other]} →]({other}.ipynb)" for other in after]
    return " · ".join(links)


def with_template(notebook, name, address, branch="main"):
    """Return a notebook with what all share made anew: badge and links in the first cell, the set-up cell.

    Parameters
    ----------
    notebook : NotebookNode
    name : str
        A key of `NOTEBOOKS`, or `ACTIVITY`.
    address : str
        "owner/name", or "" while it is not known.
    branch : str
        The one of which Colab opens the notebook.

    Raises
    ------
    NotebookError
        If the notebook is not listed, or has no place for one of these.
    """
    if name not in {*NOTEBOOKS, ACTIVITY}:
        raise NotebookError(f"{name}.ipynb: falta a linha dele em NOTEBOOKS, em tools/stored.py")
    notebook = copy.deepcopy(notebook)
    header = notebook.cells[0]
    header.source, n_badges = BADGE.subn(lambda _: badge(name, address, branch), header.source)
    header.source, n_links = NEIGHBOURS.subn(lambda _: neighbours(name), header.source)
    setup = next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
    is_setup = setup is not None and "start_notebook()" in setup.source
    places = {
        "o botão do Colab (um, na primeira célula)": n_badges == 1,
        "a linha com [Sobre o curso](../README.md) (uma, na primeira célula)": n_links == 1,
        "a célula de preparação (a primeira de código, com start_notebook())": is_setup,
    }
    missing = [place for place, is_there in places.items() if not is_there]
    if missing:
        raise NotebookError(f"{name}.ipynb: não achei {'; '.join(missing)}. Nada foi escrito.")
    setup.source, setup.metadata = setup_cell(address), nbformat.from_dict(FOLDED)
    return notebook


def run_time(notebook, name):
    """Return the run time that a notebook states, such as "36 s".

    Raises
    ------
    NotebookError
        If it states none.
    """
    found = re.search(r"\*\*Tempo de execução:\*\* cerca de ([^·\n]*)", notebook.cells[0].source)
    if not found:
        raise NotebookError(f"{name}.ipynb: a primeira célula não diz **Tempo de execução:** cerca de N s")
    return found[1].strip()


def lesson_title(notebook):
    """Return the title of a notebook, such as "01 · Motivação: por que ..."."""
    return notebook.cells[0].source.partition("\n")[0].removeprefix("# ")


def goals(notebook, name):
    """Return what a notebook says one will learn, a list of str.

    Raises
    ------
    NotebookError
        If it does not say so.
    """
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.findall(r"^- (.*)$", prose.partition("**Você vai aprender:**")[2].split("\n\n")[0], re.MULTILINE)
    if not found:
        raise NotebookError(f"{name}.ipynb: não tem a lista **Você vai aprender:**")
    return found


def smaller_png(encoded):
    """Return a picture (PNG in base64) with 256 colours: enough for a figure, and a third of the size.

    An animation is returned as it is: it has few colours already, and would lose its frames.
    """
    picture, out = Image.open(io.BytesIO(base64.b64decode(encoded))), io.BytesIO()
    if getattr(picture, "n_frames", 1) > 1:
        return encoded
    picture.convert("RGB").quantize(256).save(out, format="png", optimize=True)
    return base64.b64encode(out.getvalue()).decode() + "\n"


def picture_of(cell):
    """Return the first picture among a cell's outputs, PNG in base64; None if there is none."""
    data = (output.get("data", {}) for output in cell.get("outputs", ()))
    return next((found["image/png"] for found in data if "image/png" in found), None)


def opening_picture(notebook):
    """Return the picture that opens a lesson, PNG in base64: that of the cell tagged `OPENING`; None without one."""
    tagged = (cell for cell in notebook.cells if OPENING in cell.metadata.get("tags", ()))
    return next(filter(None, map(picture_of, tagged)), None)


def question(notebook, name):
    """Return the question that a lesson opens with, in bold below its picture; without one, its first goal."""
    cells = iter(notebook.cells)
    next((cell for cell in cells if "show_opening(" in cell.source), None)
    found = re.match(r"\*\*([^*]+\?)\*\*", next(cells, notebook.cells[0]).source)
    text = re.sub(r"\s+", " ", found[1]) if found else goals(notebook, name)[0].rstrip(";.").replace("*", "")
    return text[:1].upper() + text[1:]


def thumbnail(notebook, name, size=(640, 400)):
    """Return the picture that opens a lesson, or its first one, on white paper of this size; PNG in base64.

    Raises
    ------
    NotebookError
        If it stores no picture.
    """
    encoded = opening_picture(notebook) or next(filter(None, map(picture_of, notebook.cells)), None)
    if encoded is None:
        raise NotebookError(f"{name}.ipynb: não guarda nenhuma figura; rode: make store NB={name[:2]}")
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    paper, margin = Image.new("RGB", size, "white"), size[0] // 40
    picture.thumbnail((size[0] - 2 * margin, size[1] - 2 * margin), Image.Resampling.LANCZOS)
    paper.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    out = io.BytesIO()
    paper.save(out, format="png")
    return smaller_png(base64.b64encode(out.getvalue()))


def for_storing(notebook, name, seconds):
    """Return an executed notebook as it is kept: its run time in the header, small, nothing of this machine.

    Raises
    ------
    NotebookError
        If its first cell has no place for the run time.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller_png(output.data["image/png"])
    for cell in notebook.cells:  # a card says itself what is to be seen in it
        alternative_texts = [
            output.metadata.get("image/png", {}).get("alt")
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        ]
        if len(alternative_texts) == 1 and alternative_texts[0]:
            cell.metadata["mystnb"] = {"image": {"alt": alternative_texts[0]}}
    if opening := opening_picture(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "code" and "show_opening(" in cell.source:
                cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": opening, "text/plain": FIGURE})]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    header = notebook.cells[0]
    header.source, found = RUN_TIME.subn(rf"\1 cerca de {seconds:.0f} s ", header.source)
    if not found:
        raise NotebookError(f"{name}.ipynb: a primeira célula não tem a linha **Tempo de execução:**")
    return notebook


def with_block(page, name, text, file="README.md"):
    """Return the text of a page with `text` between its lines ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    SystemExit
        If it has no such lines, or several.
    """
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
    page, count = block.subn(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)
    if count != 1:
        raise SystemExit(f"{file}: esperava um trecho de <!-- {name} --> a <!-- /{name} -->, há {count}")
    return page
