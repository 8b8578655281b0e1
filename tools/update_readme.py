"""Rewrite the README's tables and picture from the stored notebooks: titles, goals, times, claims as measured.

    python tools/update_readme.py

`make store` does it, too. A table stands between a line ``<!-- NAME -->`` and a line ``<!-- /NAME -->``; that of the
benchmark is written by ``make bench-readme``. The picture is the first of notebook 09.
"""

import base64
import pathlib
import re
import sys

import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.files import write  # noqa: E402
from tools.run_notebooks import RUN_TIME  # noqa: E402
from utils.claims import LECTURE_CLAIMS, claims_in, format_measure  # noqa: E402

PICTURE = ROOT / "docs" / "reconstrucoes.png"


def notebooks_table(notebooks):
    """Return a row for each notebook: title, goals, run time, claims."""
    lines = ["| notebook | você vai aprender | tempo | afirmações |", "|---|---|---:|---|"]
    for name, notebook in notebooks.items():
        header = notebook.cells[0].source
        title = header.splitlines()[0].removeprefix("# ")
        seconds = RUN_TIME.search(header).group(0).split("cerca de ")[1].strip()
        goals = re.findall(r"^- (.*)$", header.split("**Você vai aprender:**")[1].split("\n\n")[0], flags=re.MULTILINE)
        tested = {record["id"] for record in claims_in(notebook)}
        ids = [claim_id for claim_id in LECTURE_CLAIMS if claim_id in tested]
        lines.append(f"| [{title}](notebooks/{name}) | {' '.join(goals)} | {seconds} | {', '.join(ids)} |")
    return "\n".join(lines)


def claims_table(notebooks):
    """Return a row for each claim of the lecture: what it says, where it is tested, what was measured there."""
    lines = ["| | a aula diz | notebook | medido |", "|---|---|---|---|"]
    records = [record for notebook in notebooks.values() for record in claims_in(notebook)]
    for claim_id, statement in LECTURE_CLAIMS.items():
        measured = [
            f"{r['statement']}: **{format_measure(r['value'])}** (limite {r['threshold']})"
            for r in records
            if r["id"] == claim_id
        ]
        where = ", ".join(statement.notebooks)
        lines.append(f"| {claim_id} | {statement.text} | {where} | {'<br>'.join(measured)} |")
    return "\n".join(lines)


def with_block(readme, name, text):
    """Return the text `readme` with `text` between its lines ``<!-- name -->`` and ``<!-- /name -->``."""
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
    readme, count = block.subn(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", readme)
    if count != 1:
        raise SystemExit(f"README.md: esperava um trecho de <!-- {name} --> a <!-- /{name} -->, há {count}")
    return readme


def updated(readme, notebooks):
    """Return the text `readme` with its tables made anew from `notebooks`, a dict of file name to notebook."""
    readme = with_block(readme, "notebooks", notebooks_table(notebooks))
    return with_block(readme, "claims", claims_table(notebooks))


def picture(notebooks):
    """Return the README's picture, PNG as bytes: the first one stored in notebook 09."""
    outputs = (output for cell in notebooks["09_sintese.ipynb"].cells for output in cell.get("outputs", ()))
    return base64.b64decode(next(o.data["image/png"] for o in outputs if "image/png" in o.get("data", {})))


def stored_notebooks(root=ROOT):
    """Return the stored notebooks by file name."""
    return {path.name: nbformat.read(path, as_version=4) for path in sorted((root / "notebooks").glob("*.ipynb"))}


if __name__ == "__main__":
    notebooks, readme = stored_notebooks(), ROOT / "README.md"
    write(readme, updated(readme.read_text(encoding="utf-8"), notebooks))
    write(PICTURE, picture(notebooks))
