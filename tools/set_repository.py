"""Write the repository's address into pyproject.toml and into every notebook's badge and set-up cell.

    python -m tools.set_repository owner/name  # or the address of its page, https://github.com/owner/name
    python -m tools.set_repository -           # take it away again

Only the text of the cells changes: the stored outputs stay. Nothing is written unless every file has its place for it.
"""

import argparse
import re

from tools.files import read, save_all
from tools.stored import ACTIVITY, as_text, read_notebook, stored_notebooks, with_template
from utils.course import ROOT

PAGE = re.compile(r"(?:https?://)?(?:www\.)?github\.com/", flags=re.IGNORECASE)
GIT = re.compile(r"\.git$", flags=re.IGNORECASE)
OWNER = re.compile(r"(?=.{1,39}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)(?<!\.wiki)", flags=re.IGNORECASE)
SETTING = re.compile(r'^repository = "[^"]*"', flags=re.MULTILINE)


def owner_and_name(text):
    """Return "owner/name" of a repository's address: of this itself, of that of its page, or of a clone (.git).

    Raises
    ------
    SystemExit
        If GitHub allows no such address: names the part that is wrong.
    """
    page = PAGE.match(text)
    owner, slash, name = text[page.end() if page else 0 :].partition("/")
    name = GIT.sub("", name.removesuffix("/"))
    if "://" in text and not page:
        wrong = "só há botão do Colab para o que está em https://github.com"
    elif not slash:
        wrong = "falta a barra entre o dono e o nome"
    elif not OWNER.fullmatch(owner):
        wrong = f"o dono, {owner!r:.60}, tem de ter de 1 a 39 letras sem acento ou números, e hifens só entre eles"
    elif not NAME.fullmatch(name):
        wrong = (
            f"o nome, {name!r:.60}, tem de ter de 1 a 100 letras sem acento, números, hifens, sublinhados ou pontos, "
            "e não pode ser só um ponto ou dois, nem terminar em .wiki"
        )
    else:
        return f"{owner}/{name}"
    raise SystemExit(
        f"REPO: esperava dono/nome, como no GitHub, recebi {text!r:.100}: {wrong}. Ex.: make colab REPO=ana/curso"
    )


def set_repository(address, root=ROOT, branch="main"):
    """Write an address, or "" for none, wherever it stands below `root`; return the paths of the files.

    Colab opens the notebooks of `branch`.

    Raises
    ------
    SystemExit
        If it is no address, or a file has no place for it: nothing was written then. If one cannot be written: it is
        named, and those before it are written.
    """
    address = address and owner_and_name(address)
    settings = root / "pyproject.toml"
    text, found = SETTING.subn(f'repository = "{address}"', read(settings))
    if found != 1:
        raise SystemExit(f'{settings.name}: esperava uma linha repository = "...", há {found}. Nada foi escrito.')
    changed = {settings: text}
    notebooks = stored_notebooks(root) | {ACTIVITY: read_notebook(root / "notebooks" / f"{ACTIVITY}.ipynb")}
    for name, notebook in notebooks.items():
        changed[root / "notebooks" / f"{name}.ipynb"] = as_text(with_template(notebook, name, address, branch))
    save_all(changed)
    return list(changed)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Escreve o endereço do repositório onde ele aparece no curso.")
    parser.add_argument("address", nargs="?", default="", help="dono/nome, ou o endereço da página; - para apagá-lo")
    address = parser.parse_args(arguments).address
    if not address:
        raise SystemExit("Diga o endereço do repositório: make colab REPO=dono/nome (para apagá-lo: REPO=-)")
    for path in set_repository("" if address == "-" else address):
        print(f"escrito: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
