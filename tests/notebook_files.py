"""The course's notebooks, for the tests that read them; and a full disk, for those that write."""

import ast
import collections
import errno
import json
import re

import nbformat

from tools import files
from tools.stored import NOTEBOOKS, read_notebook
from utils.course import ROOT

PATHS = [ROOT / "notebooks" / f"{name}.ipynb" for name in NOTEBOOKS]
SOLUTION = re.compile(r"<details><summary>Solução</summary>.*?```python\n(.*?)```.*?</details>", flags=re.DOTALL)
CHECK = re.compile(r'^check\("([^"]+)", (.*)\)$', flags=re.MULTILINE)


def read(path):
    """Return the notebook at `path`."""
    return read_notebook(path)


def format_faults(path):
    """Return what is wrong with the file of a notebook: it is valid, of format 4.5, and the ids of its cells differ."""
    content = json.loads(path.read_text(encoding="utf-8"))
    ids = collections.Counter(cell["id"] for cell in content["cells"])
    version = {"major": content["nbformat"], "minor": content["nbformat_minor"]}
    return [
        *([] if version == {"major": 4, "minor": 5} else [str(version)]),
        *map(str, nbformat.validator.iter_validate(content)),
        *(cell for cell, times in ids.items() if times > 1),
    ]


def fill_disk(monkeypatch, name):
    """Make the disk full for files of this name: whatever writes them fails."""
    write = files.write

    def full(path, content):
        if path.name == name:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(files, "write", full)


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
