"""Make the pages that tell what is stored: the README's tables and its pictures, and the page of the claims.

    python -m tools.pages

`make store` and `make study` do it, too. A table stands between ``<!-- NAME -->`` and ``<!-- /NAME -->``; those of the
benchmark, on a page of its own, are written by ``make bench-readme``. The picture is the first of notebook 09.
"""

import base64

from studies.results import ResultError
from tools import claims_page
from tools.files import read, save_all
from tools.stored import NOTEBOOKS, NotebookError, run_time, stored_notebooks, thumbnail, with_block
from utils.course import ROOT, without_native_messages

README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "reconstrucoes.png"
THUMBNAILS = ROOT / "docs" / "licoes"


def notebooks_table(notebooks, columns=5):
    """Return the lessons side by side: picture, title, run time."""
    cells = []
    for name, notebook in notebooks.items():
        link = f"(notebooks/{name}.ipynb)"
        picture = f"[![Lição {name[:2]}]({THUMBNAILS.relative_to(ROOT).as_posix()}/{name}.png)]{link}"
        cells.append(f"{picture}<br>[{NOTEBOOKS[name]}]{link} · {run_time(notebook, name)}")
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + columns * ":---:|", *lines[1:]])


def updated(readme, notebooks, results):
    """Return the text `readme` with its tables made anew.

    Parameters
    ----------
    readme : str
    notebooks : dict of str to nbformat.NotebookNode
    results : dict of str to dict
        Claim id to the stored result of its study, None where there is none.
    """
    readme = with_block(readme, "notebooks", notebooks_table(notebooks))
    return with_block(readme, "claims", claims_page.claims_table(results, "docs/afirmacoes.md", sentences=False))


def picture(notebooks):
    """Return the README's picture, PNG as bytes: the first one stored in notebook 09."""
    outputs = (output for cell in notebooks["09_sintese"].cells for output in cell.get("outputs", ()))
    pictures = (output.data["image/png"] for output in outputs if "image/png" in output.get("data", {}))
    found = next(pictures, None)
    if found is None:
        raise NotebookError("09_sintese.ipynb: não guarda nenhuma figura; rode: make store NB=09")
    return base64.b64decode(found)


def thumbnails(notebooks):
    """Return the small picture of each lesson, a dict of path to PNG as bytes."""
    small = {name: base64.b64decode(thumbnail(notebook, name, (320, 200))) for name, notebook in notebooks.items()}
    return {THUMBNAILS / f"{name}.png": encoded for name, encoded in small.items()}


def main():
    notebooks = stored_notebooks()
    try:
        with without_native_messages():  # the studies bring TensorFlow with them
            results = claims_page.stored_results()
            pages = claims_page.files(results)
    except ResultError as error:
        raise SystemExit(str(error)) from None
    pages |= thumbnails(notebooks)
    pages |= {README: updated(read(README), notebooks, results), PICTURE: picture(notebooks)}
    save_all(pages)


if __name__ == "__main__":
    main()
