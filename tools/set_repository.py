"""Write the repository's address into pyproject.toml and into every notebook's badge and set-up cell.

    python -m tools.set_repository owner/name
    python -m tools.set_repository -           # take it away again

Only the text of the cells changes: the stored outputs stay. Nothing is written unless every file has its place for it.
"""

import argparse
import re

from tools.files import save_all
from tools.stored import as_text, stored_notebooks, with_template
from utils.course import ROOT

ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
SETTING = re.compile(r'^repository = "[^"]*"', flags=re.MULTILINE)


def set_repository(address, root=ROOT):
    """Write `address` wherever it stands below `root`; return the paths of the files.

    Raises
    ------
    SystemExit
        If it is no address, or a file has no place for it: nothing was written then. If one cannot be written: it is
        named, and those before it are written.
    """
    if address and not ADDRESS.fullmatch(address):
        raise SystemExit(
            f"REPO: esperava dono/nome, como no GitHub, recebi {address!r}. Ex.: make colab REPO=ana/curso"
        )
    settings = root / "pyproject.toml"
    text, found = SETTING.subn(f'repository = "{address}"', settings.read_text(encoding="utf-8"))
    if found != 1:
        raise SystemExit(f'{settings.name}: esperava uma linha repository = "...", há {found}. Nada foi escrito.')
    changed = {settings: text}
    for name, notebook in stored_notebooks(root).items():
        changed[root / "notebooks" / f"{name}.ipynb"] = as_text(with_template(notebook, name, address))
    save_all(changed)
    return list(changed)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Escreve o endereço do repositório onde ele aparece no curso.")
    parser.add_argument("address", nargs="?", default="", help="dono/nome, como no GitHub; - para apagá-lo")
    address = parser.parse_args(arguments).address
    if not address:
        raise SystemExit("Diga o endereço do repositório: make colab REPO=dono/nome (para apagá-lo: REPO=-)")
    for path in set_repository("" if address == "-" else address):
        print(f"escrito: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
