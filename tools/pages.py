"""Make the pages that tell what is stored: the README's tables and its picture, and the page of the claims.

    python -m tools.pages

`make store` and `make study` do it, too. A table stands between ``<!-- NAME -->`` and ``<!-- /NAME -->``; that of the
benchmark is written by ``make bench-readme``. The picture is the first of notebook 09.
"""

import base64
import re

from studies.results import ResultError
from studies.verdicts import verdicts_in
from tools import claims_page
from tools.files import save_all
from tools.stored import NotebookError, run_time, stored_notebooks, with_block
from utils.claims import LECTURE_CLAIMS, claims_in
from utils.course import ROOT, without_native_messages

README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "reconstrucoes.png"


def notebooks_table(notebooks):
    """Return a row for each notebook: title, goals, run time, claims."""
    lines = ["| notebook | você vai aprender | tempo | afirmações |", "|---|---|---:|---|"]
    for name, notebook in notebooks.items():
        header = notebook.cells[0].source
        title = header.partition("\n")[0].removeprefix("# ")
        prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        goals = re.findall(r"^- (.*)$", prose.partition("**Você vai aprender:**")[2].split("\n\n")[0], re.MULTILINE)
        if not goals:
            raise NotebookError(f"{name}.ipynb: não tem a lista **Você vai aprender:**")
        tested = {record["id"] for record in (*claims_in(notebook), *verdicts_in(notebook))}
        ids = ", ".join(claim_id for claim_id in LECTURE_CLAIMS if claim_id in tested)
        lines.append(f"| [{title}](notebooks/{name}.ipynb) | {' '.join(goals)} | {run_time(notebook, name)} | {ids} |")
    return "\n".join(lines)


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
    return with_block(readme, "claims", claims_page.claims_table(results, "docs/afirmacoes.md"))


def picture(notebooks):
    """Return the README's picture, PNG as bytes: the first one stored in notebook 09."""
    outputs = (output for cell in notebooks["09_sintese"].cells for output in cell.get("outputs", ()))
    pictures = (output.data["image/png"] for output in outputs if "image/png" in output.get("data", {}))
    found = next(pictures, None)
    if found is None:
        raise NotebookError("09_sintese.ipynb: não guarda nenhuma figura; rode: make store NB=09")
    return base64.b64decode(found)


def main():
    notebooks = stored_notebooks()
    try:
        with without_native_messages():  # the studies bring TensorFlow with them
            results = claims_page.stored_results()
            pages = claims_page.files(results)
    except ResultError as error:
        raise SystemExit(str(error)) from None
    pages |= {README: updated(README.read_text(encoding="utf-8"), notebooks, results), PICTURE: picture(notebooks)}
    save_all(pages)


if __name__ == "__main__":
    main()
