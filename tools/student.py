"""Write copies of the notebooks for the classroom, without outputs, counts and solutions: there a bet is a bet.

python -m tools.student                   # into build/aluno
python -m tools.student --build=folder    # into folder/aluno
"""

import argparse
import os
import pathlib
import re
import urllib.parse

from tools.files import make_build_folder, save_all
from tools.options import build_folder
from tools.stored import ACTIVITY, BADGE, NOTEBOOKS, as_text, badge, read_notebook, stored_notebooks
from utils.course import ROOT

SOLUTION = "<details><summary>Solução</summary>"
# What comes before the target of a link or picture, which is "[text](", "[name]: " or HTML's; and the target.
LINK = re.compile(r"""(\]\(<?|^\[[^\]]+\]:\s+<?|\b(?:href|src)=["'])([^)>\s"']+)""", flags=re.MULTILINE)


def moved(target, folder, root):
    """Return the target of a link as seen from `folder`: a notebook is the copy there, the rest is the course's."""
    path, mark, place = target.partition("#")
    goal = pathlib.Path(os.path.normpath(root / "notebooks" / urllib.parse.unquote(path)))
    if not path or path.startswith("/") or not os.path.exists(goal):  # of this notebook, an address, a formula
        return target
    if goal in [root / "notebooks" / f"{name}.ipynb" for name in (*NOTEBOOKS, ACTIVITY)]:
        goal = folder / goal.name
    try:
        path = pathlib.PurePath(os.path.relpath(goal, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return f"{goal.as_uri()}{mark}{place}"
    return f"{urllib.parse.quote(os.fsencode(path))}{mark}{place}"


def student_copies(folder, root=ROOT):
    """Return a copy of each notebook of the course at `root`, to stand in `folder`: a dict of path to text.

    Raises
    ------
    NotebookError
        If a notebook is missing, or is none.
    """
    copies = {}
    notebooks = stored_notebooks(root) | {ACTIVITY: read_notebook(root / "notebooks" / f"{ACTIVITY}.ipynb")}
    for name, notebook in notebooks.items():
        header = notebook.cells[0]
        header.source = BADGE.sub(badge(name, ""), header.source)  # the course's own has outputs and solutions
        notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith(SOLUTION)]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            elif cell.cell_type == "markdown":
                cell.source = LINK.sub(lambda found: found[1] + moved(found[2], folder, root), cell.source)
        copies[folder / f"{name}.ipynb"] = as_text(notebook)
    return copies


def write_copies(folder, root=ROOT):
    """Write a copy of each notebook of the course at `root` into `folder`; return their paths.

    Raises
    ------
    SystemExit
        If a notebook is missing or is none, or `folder` cannot be written to: nothing was written then. If a copy
        cannot be written: it is named, and those before it are written.
    """
    copies = student_copies(folder, root)
    make_build_folder(folder, "student")
    save_all(copies)
    return list(copies)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Escreve cópias dos notebooks, sem saídas e sem soluções.")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta em que a das cópias, aluno, fica")
    folder = parser.parse_args(arguments).build / "aluno"
    copies = write_copies(folder)
    where = folder.relative_to(pathlib.Path.cwd()) if folder.is_relative_to(pathlib.Path.cwd()) else folder
    print(f"{len(copies)} cópias dos notebooks, sem saídas e sem soluções, em {where}")


if __name__ == "__main__":
    main()
