"""The course's notebooks, for the tests that read them."""

import ast
import re

from tools.stored import NOTEBOOKS, read_notebook
from utils.course import ROOT

PATHS = [ROOT / "notebooks" / f"{name}.ipynb" for name in NOTEBOOKS]
SOLUTION = re.compile(r"<details><summary>Solução</summary>.*?```python\n(.*?)```.*?</details>", flags=re.DOTALL)
CHECK = re.compile(r'^check\("([^"]+)", (.*)\)$', flags=re.MULTILINE)


def read(path):
    """Return the notebook at `path`."""
    return read_notebook(path)


def code_cells(notebook):
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    """Return all Markdown of a notebook as one text."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def is_training(node):
    """Return whether a node of a syntax tree trains a Keras model: calls `fit` with `epochs`, or with ``**options``."""
    is_fit = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fit"
    return is_fit and any(keyword.arg in ("epochs", None) for keyword in node.keywords)
