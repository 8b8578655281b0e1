"""Write the repository's address into pyproject.toml and into every notebook's badge and set-up cell.

    python tools/set_repository.py owner/name
    python tools/set_repository.py -           # take it away again

Only the text of the cells changes: the stored outputs stay. Nothing is written unless all files can be.
"""

import pathlib
import re
import sys
import tomllib

import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.files import write  # noqa: E402

ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
SETUP_LINE = re.compile(r'^REPO = "[^"]*"', flags=re.MULTILINE)
BADGE = re.compile(r"\[!\[Abrir no Colab\]\(([^)]*)\)\]\([^)]*\)")
SETTING = re.compile(r'^repository = "[^"]*"', flags=re.MULTILINE)
COLAB = "https://colab.research.google.com/"


def repository(root=ROOT):
    """Return the address that pyproject.toml gives, "owner/name", or "" while it is not known."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["course"]["repository"]


def colab_link(address, name):
    """Return the link behind a notebook's badge: to the notebook, or to Colab's start page without an address."""
    return f"{COLAB}github/{address}/blob/main/notebooks/{name}" if address else COLAB


def _replace_once(pattern, replacement, text, what):
    text, count = pattern.subn(lambda _: replacement, text)
    if count != 1:
        raise SystemExit(f"{what}: esperava uma linha como {pattern.pattern!r}, há {count}. Nada foi escrito.")
    return text


def with_address(path, address):
    """Return the notebook at `path` as text, with `address` in its badge and its set-up cell."""
    notebook = nbformat.read(path, as_version=4)
    header = notebook.cells[0]
    badge = f"[![Abrir no Colab]({COLAB}assets/colab-badge.svg)]({colab_link(address, path.name)})"
    header.source = _replace_once(BADGE, badge, header.source, f"{path.name}, primeiro bloco")
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    setup.source = _replace_once(SETUP_LINE, f'REPO = "{address}"', setup.source, f"{path.name}, preparação")
    return nbformat.writes(notebook) + "\n"


def set_repository(address, root=ROOT):
    """Write `address` wherever it stands below `root`; return the paths of the files."""
    if address and not ADDRESS.fullmatch(address):
        raise SystemExit(
            f"REPO: esperava dono/nome, como no GitHub, recebi {address!r}. Ex.: make colab REPO=ana/curso"
        )
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    changed = {settings: _replace_once(SETTING, f'repository = "{address}"', text, settings.name)}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        changed[path] = with_address(path, address)
    for path, content in changed.items():
        write(path, content)
    return list(changed)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        raise SystemExit("Diga o endereço do repositório: make colab REPO=dono/nome (para apagá-lo: REPO=-)")
    for changed_path in set_repository(sys.argv[1].removeprefix("-")):
        print(f"escrito: {changed_path.relative_to(ROOT)}")
