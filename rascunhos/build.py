"""percent .py -> .ipynb as the course wants it: python build.py NN.py out.ipynb name"""
import re, sys
sys.path.insert(0, "/work/main")
import jupytext, nbformat
sys.path.insert(0, "/work/main/.venv/lib/python3.11/site-packages")
from tools.stored import FOLDED, with_template, repository, as_text
src, out, name = sys.argv[1:4]
nb = jupytext.read(src)
for i, cell in enumerate(nb.cells):
    cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags",)}
    if cell.cell_type == "code":
        lines, alt = cell.source.split("\n"), []
        while lines and lines[0].startswith("# alt: "):
            alt.append(lines.pop(0)[7:].strip())
        folded = any(l.startswith("# @title ") for l in lines[:1])
        tags = list(cell.metadata.get("tags", []))
        if lines[:1] == ["# opening"]:
            lines.pop(0); tags.append("opening"); folded = lines[0].startswith("# @title ")
        while lines and lines[0].startswith("# alt: "):
            alt.append(lines.pop(0)[7:].strip())
        folded = lines and lines[0].startswith("# @title ")
        cell.source = "\n".join(lines)
        if folded:
            cell.metadata.update({"cellView": "form", "jupyter": {"source_hidden": True}})
            tags = ["hide-input", *tags]
        if tags: cell.metadata["tags"] = tags
        if alt: cell.metadata["mystnb"] = {"image": {"alt": " ".join(alt)}}
        cell.outputs, cell.execution_count = [], None
nb = nbformat.v4.to_notebook({"cells": nb.cells, "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5})
for i, c in enumerate(nb.cells): c["id"] = f"c{i:02d}"
nb = with_template(nb, name, repository())
open(out, "w").write(as_text(nb))
