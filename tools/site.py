"""Make the course's site, of the stored notebooks and of docs/: nothing is run, and no page asks anything of anybody.

    python -m tools.site                  # into build/site
    python -m tools.site --build=folder   # into folder/site
    python -m tools.site --serve          # serve what was made, to this machine only
    python -m tools.site --test           # make it, and try it in a browser, if there is one

The pages are written beside the settings in site/, Sphinx makes a new site of them in an environment of its own, and
only when all is well does that take the place of the old one.
"""

import argparse
import base64
import contextlib
import functools
import html
import http.server
import os
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys

import nbformat

from studies.verdicts import verdicts_in
from tools import environment
from tools.claims_page import FOR_WRITERS
from tools.files import lock, make_build_folder, save_all, why
from tools.options import build_folder
from tools.stored import (
    ACTIVITY,
    BADGE,
    COLAB,
    NEIGHBOURS,
    NOTEBOOKS,
    as_text,
    lesson_title,
    question,
    repository,
    run_time,
    stored_notebooks,
    thumbnail,
    with_block,
)
from tools.student import student_copies
from utils.course import ROOT

# The pages made of docs/, in order: file and title in the list of pages.
DOCS = {
    "afirmacoes": "Os vinte vereditos",
    "como_se_decide": "Como se decide",
    "quanto_custa": "Quanto custa",
    "recorde": "O recorde",
    "onde_roda": "Onde roda",
}
SETTINGS = ("conf.py", "locale", "static", "templates")
SPHINX = ("-m", "sphinx", "--fail-on-warning", "--quiet", "--builder", "html", "--doctree-dir")
PORT = 8000
TWO_AT_ONCE = ("--numprocesses", "auto", "--maxprocesses", "2", "--dist", "loadfile")

TITLE = re.compile(r"# @title (.*)\n")
CLAIM = re.compile(r"^> \*\*A aula diz \((C\d+)\)", flags=re.MULTILINE)
COLAB_LINK = re.compile(rf"\]\(({re.escape(COLAB)}[^)]*)\)$", flags=re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
KEPT = re.compile(r"(```.*?```|`[^`\n]*`|\$[^$]*\$|\]\([^)]*\))", flags=re.DOTALL)
WIDGET = "application/vnd.jupyter.widget-view+json"


def with_links(text, place, root):
    """Return Markdown whose links lead to pages of the site or to the repository; to nothing while it has no address.

    What leads to the activity downloads it.

    Parameters
    ----------
    text : str
    place : str
        The folder of the page, relative to the root, which is the same on the site and in the repository.
    root : pathlib.Path
        Of the course whose site it is: a copy that publishes has an address, and not all the files.
    """
    address = repository(root)

    def moved(found):
        words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if not path or "://" in path:
            return found[0]
        path = posixpath.normpath(posixpath.join(place, path))
        if path == f"notebooks/{ACTIVITY}.ipynb":  # no page: a notebook to fill in
            return f'<a href="{posixpath.relpath(f"cadernos/{ACTIVITY}.ipynb", place)}" download>{words}</a>'
        pages = {"README.md", *(f"notebooks/{name}.ipynb" for name in NOTEBOOKS), *(f"docs/{name}.md" for name in DOCS)}
        if path not in pages and (ROOT / path).exists():
            return f"[{words}](https://github.com/{address}/blob/main/{path})" if address else words
        path = "index.md" if path == "README.md" else path
        return f"[{words}]({posixpath.relpath(path, place)}{mark}{anchor})"

    return LINK.sub(moved, text)


def unbroken(text):
    """Return Markdown in which no line ends between a number and its sign, but for code, formulas and links."""
    parts = KEPT.split(text)
    parts[::2] = [re.sub(r"(?<=\d) (?=[%×])|(?<=×) (?=\d)", "\N{NO-BREAK SPACE}", part) for part in parts[::2]]
    return "".join(parts)


def claims_of(notebook):
    """Return the claims that a notebook quotes, in order."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return list(dict.fromkeys(CLAIM.findall(prose)))


def actions(header, name):
    """Return the buttons of a lesson, as HTML; `header` is its first cell's source, with the Colab badge."""
    links = [
        f'<a class="acao" href="../cadernos/{name}.ipynb" download>Baixar o notebook</a>',
        f'<a class="acao" href="../cadernos/aluno/{name}.ipynb" download="{name}_aluno.ipynb">'
        "Baixar sem as soluções</a>",
    ]
    colab = COLAB_LINK.search(header)
    if colab and colab[1] != COLAB:
        rings = '<circle cx="11" cy="10" r="7"/><circle cx="23" cy="10" r="7"/>'
        drawn = f'<svg viewBox="0 0 34 20" aria-hidden="true">{rings}</svg>'
        links.insert(0, f'<a class="acao colab" href="{html.escape(colab[1])}">{drawn}Abrir no Colab</a>')
    return f'<div class="acoes">{"".join(links)}</div>'


def lesson_page(notebook, name, *, sections=(), root=ROOT):
    """Return the page of a lesson: its notebook, with links, buttons and folds of the site's own.

    What is folded away comes after the picture that opens the lesson and its question, not before.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    name : str
    sections : iterable of str
        The claims of which the page of verdicts has a section.
    root : pathlib.Path
    """
    number = name[:2]
    header = notebook.cells[0]
    buttons = actions(header.source, name)
    header.source = re.sub(r"\n{3,}", "\n\n", NEIGHBOURS.sub("", BADGE.sub("", header.source))).strip()
    header.source += f"\n\n{buttons}"
    anchored = set()

    def quoted(found):
        claim = found[1]
        target = "" if claim in anchored else f"({number}-{claim.lower()})=\n"
        anchored.add(claim)
        linked = f"[{claim}](../docs/afirmacoes.md#{claim.lower()})" if claim in sections else claim
        return f"{target}> **A aula diz ({linked})"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unbroken(with_links(CLAIM.sub(quoted, cell.source), "notebooks", root))
            continue
        if found := TITLE.match(cell.source):
            cell.source = cell.source[found.end() :]
            prompts = {"code_prompt_show": found[1], "code_prompt_hide": found[1]}
            cell.metadata["mystnb"] = {**cell.metadata.get("mystnb", {}), **prompts}
        tags = cell.metadata.setdefault("tags", [])
        if "show_opening(" in cell.source:
            tags += ["abertura", "remove-input"]
        if "show_verdict(" in cell.source:
            tags += ["veredito", *(f"veredito-{card['verdict']}" for card in verdicts_in({"cells": [cell]}))]
        cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
        for output in cell.outputs:
            if text := output.get("data", {}).get("text/markdown"):
                # Sphinx does not look for pages in what a cell showed.
                linked = with_links(text, "notebooks", root)
                output.data["text/markdown"] = re.sub(r"(\]\((?!\w+:)[^)#\s]+)\.(?:md|ipynb)\b", r"\1.html", linked)
    opening = next((i for i, cell in enumerate(notebook.cells) if "abertura" in cell.metadata.get("tags", ())), None)
    if opening is not None:
        folded, [picture, asked] = notebook.cells[1:opening], notebook.cells[opening : opening + 2]
        first, mark, rest = asked.source.partition("\n## ")
        rest_cells = [nbformat.v4.new_markdown_cell(f"## {rest}")] if mark else []
        asked.source = first
        notebook.cells[1 : opening + 2] = [picture, asked, *folded, *rest_cells]
    return as_text(notebook)


def verdicts_page(text, notebooks):
    """Return the page of the verdicts: its claims lead to the place in the lesson that tests them."""
    places, text = {}, with_block(text, FOR_WRITERS, "")
    for name, notebook in notebooks.items():
        for claim in claims_of(notebook):
            places.setdefault(claim, {})[name] = f"../notebooks/{name}.ipynb#{name[:2]}-{claim.lower()}"
    parts = re.split(r'^<a id="(c\d+)"></a>$', text, flags=re.MULTILINE)
    made = [
        re.sub(
            r"^\| (C\d+) \|",
            lambda row: f"| [{row[1]}]({next(iter(places[row[1]].values()))}) |" if row[1] in places else row[0],
            parts[0],
            flags=re.MULTILINE,
        )
    ]
    for claim, part in zip(parts[1::2], parts[2::2], strict=True):

        def lesson(found, claim=claim):
            name = found[1]
            return f"[{NOTEBOOKS[name]}]({places.get(claim.upper(), {}).get(name, f'../notebooks/{name}.ipynb')})"

        made += [f"({claim})=", re.sub(r"\[(\w+)\.ipynb\]\(\.\./notebooks/\1\.ipynb\)", lesson, part)]
    return "".join(made)


def cards(notebooks):
    """Return a card for each lesson, as HTML: picture, title, question, time."""
    lines = ['<ol class="licoes">']
    for name, notebook in notebooks.items():
        number, _, title = lesson_title(notebook).partition(" · ")
        lines.append(
            f'<li><a href="notebooks/{name}.html"><span class="figura"><img src="figuras/{name}.png" alt="" '
            f'loading="lazy" width="640" height="400"></span><span class="texto"><span class="numero">Lição {number} · '
            f'roda em {run_time(notebook, name)}</span><span class="titulo">{html.escape(title)}</span>'
            f'<span class="pergunta">{html.escape(question(notebook, name))}</span></span></a></li>'
        )
    return "\n".join([*lines, "</ol>"])


def contents():
    """Return the list of all pages, for the side."""
    lessons = "\n".join(f"{title} <notebooks/{name}>" for name, title in NOTEBOOKS.items())
    docs = "\n".join(f"{title} <docs/{name}>" for name, title in DOCS.items())
    return "\n\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```"
        for caption, entries in (("Lições", lessons), ("Medidas", docs))
    )


def source(root=ROOT):
    """Return what Sphinx makes the site of: a dict of path, relative to its source folder, to content.

    Raises
    ------
    NotebookError
        If a notebook is missing, or is none.
    """
    notebooks = stored_notebooks(root)
    verdicts = (root / "docs" / "afirmacoes.md").read_text(encoding="utf-8")
    sections = [claim.upper() for claim in re.findall(r'^<a id="(c\d+)"></a>$', verdicts, flags=re.MULTILINE)]
    index = with_block((root / "site" / "index.md").read_text(encoding="utf-8"), "licoes", cards(notebooks), "index.md")
    made = {"index.md": with_block(index, "paginas", contents(), "index.md")}
    texts = {name: (root / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in DOCS}
    texts["afirmacoes"] = verdicts_page(verdicts, notebooks)
    for name, text in texts.items():
        made[f"docs/{name}.md"] = unbroken(with_links(text, "docs", root))
    for name, notebook in notebooks.items():
        page = lesson_page(notebook, name, sections=sections, root=root)
        made[f"notebooks/{name}.ipynb"] = page
    copied = [path for name in SETTINGS for path in [root / "site" / name, *(root / "site" / name).rglob("*")]]
    for path in [*copied, *(root / "docs").rglob("*.png")]:
        if path.is_file():
            below = root if path.is_relative_to(root / "docs") else root / "site"
            made[path.relative_to(below).as_posix()] = path.read_bytes()
    return made


def extras(root=ROOT):
    """Return what stands on the site as it is: notebooks to download, thumbnails, playground; path to content."""
    made = {"figuras/capa.png": (root / "docs" / "reconstrucoes.png").read_bytes()}
    for name, notebook in stored_notebooks(root).items():
        made[f"figuras/{name}.png"] = base64.b64decode(thumbnail(notebook, name))
        made[f"cadernos/{name}.ipynb"] = as_text(notebook)
    made[f"cadernos/{ACTIVITY}.ipynb"] = (root / "notebooks" / f"{ACTIVITY}.ipynb").read_text(encoding="utf-8")
    for path, text in student_copies(root / "notebooks", root).items():
        made[f"cadernos/aluno/{path.name}"] = text
    for path in (root / "site" / "playground").rglob("*"):
        if path.is_file():
            made[path.relative_to(root / "site").as_posix()] = path.read_bytes()
    return made


def make(folder, root=ROOT):
    """Make the site anew in `folder` / site; until it is whole, the old one stays.

    Raises
    ------
    SystemExit
        If something cannot be read or written, or Sphinx warns of something.
    """
    site, work = folder / "site", folder / "site-em-obras"
    pages, new, old = (work / name for name in ("pages", "new", "old"))
    shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
    try:
        save_all({pages / path: content for path, content in source(root).items()})
        command = [sys.executable, "-m", "tools.environment", "--site", "--", *SPHINX, str(work / "doctrees")]
        if environment.call([*command, str(pages), str(new)]):
            raise SystemExit("O site não ficou pronto: o motivo está acima. O que já havia fica como está.")
        save_all({new / path: content for path, content in extras(root).items()})
        shutil.rmtree(new / "_sources", ignore_errors=True)
        for path in [*new.rglob("*.map"), *new.glob("_static/*.html"), new / ".buildinfo", new / "objects.inv"]:
            path.unlink(missing_ok=True)
        if site.exists():
            site.rename(old)
        new.rename(site)
    finally:
        if old.exists() and not site.exists():
            old.rename(site)
        shutil.rmtree(work, ignore_errors=True)
    return site


def made_once(folder, root=ROOT):
    """Make the site when nobody else makes it in this folder."""
    make_build_folder(folder, "site")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock(folder / ".site.lock", wait=False))
        except BlockingIOError:
            print(f"Outro comando está fazendo o site em {folder.name}: espero por ele", flush=True)
            stack.enter_context(lock(folder / ".site.lock"))
        return make(folder, root)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each request."""

    def log_message(self, *arguments):
        pass


def server(folder, port=0):
    """Return a server of the files in `folder`, for this machine only; on any free port unless one is given."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))


def serve(folder):
    """Serve a site until interrupted, on port 8000 or, if that is taken, another one."""
    if not (folder / "index.html").is_file():
        raise SystemExit(f"não há site em {folder}; rode antes: make site")
    try:
        serving = server(folder, PORT)
    except OSError:
        serving = server(folder)
    with serving, contextlib.suppress(KeyboardInterrupt):
        print(f"http://127.0.0.1:{serving.server_port}/ (só nesta máquina; Ctrl-C termina)", flush=True)
        serving.serve_forever()


def alone(command):
    """Return a command that runs another one where there is no network but loopback, if the system can do that."""
    kept = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "alone"]
    try:
        tried = subprocess.run([*kept, "true"], stdin=subprocess.DEVNULL, capture_output=True)
    except OSError:
        return command
    return command if tried.returncode else [*kept, *command]


def try_in_browser(site):
    """Try a site that was made in a browser; end the command with the tests' status unless all is well.

    Parameters
    ----------
    site : pathlib.Path
    """
    # The course's own Python, for a lesson run in JupyterLab.
    os.environ.update(SITE=str(site), COURSE_PYTHON=sys.executable)
    command = [sys.executable, "-m", "tools.environment", "--site", "--", "-m", "pytest", "tests/site"]
    if status := environment.call(alone([*command, *TWO_AT_ONCE])):
        raise SystemExit(status)


def size_text(folder):
    """Return how many pages a site has, and its size, for a person."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return f"{pages} páginas, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB".replace(".", ",")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Faz o site do curso com os notebooks guardados.")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta em que a do site fica")
    parser.add_argument("--serve", action="store_true", help="mostra o site feito, só nesta máquina")
    parser.add_argument("--test", action="store_true", help="faz o site e o confere em um navegador, se há um")
    args = parser.parse_args(arguments)
    if args.serve:
        serve(args.build / "site")
        return
    if args.test and not shutil.which("chromedriver"):
        if os.environ.get("CI"):
            raise SystemExit("sem Chromium e chromedriver o site não pode ser conferido, e aqui isso não se dispensa")
        print("Sem Chromium e chromedriver, o site não foi conferido em um navegador.")
        return
    try:
        site = made_once(args.build)
    except OSError as error:
        raise SystemExit(f"o site não ficou pronto: {why(error)}") from None
    if args.test:
        try_in_browser(site)
        return
    where = site.relative_to(pathlib.Path.cwd()) if site.is_relative_to(pathlib.Path.cwd()) else site
    print(f"{size_text(site)}, em {where}{os.sep}index.html; para vê-lo: make site-serve")


if __name__ == "__main__":
    main()
