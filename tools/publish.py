"""Make what is published of the course, with the repository's address in copies of the notebooks.

    python -m tools.publish owner/name

leaves in build/publicar: site/, for GitHub Pages, made of these copies and tried in a browser; and colab/, the
notebooks that Colab opens, for a branch of their own. The course itself stays as it is, and nothing is sent anywhere:
.github/workflows/publish.yml does that.
"""

import argparse
import shutil

from tools.files import make_build_folder, save_all
from tools.options import build_folder
from tools.set_repository import owner_and_name, set_repository
from tools.site import made_once, try_in_browser
from tools.stored import ACTIVITY, NOTEBOOKS
from utils.course import ROOT

BRANCH = "colab"
COPIED = ("docs", "notebooks", "site")  # what the site is made of, besides pyproject.toml

README = """# Os notebooks de Autoencoders, o curso

Este ramo é gerado: são os notebooks do ramo `main`, com o endereço deste repositório, para que o Colab os abra. Não o
edite.
"""


def addressed_copy(folder, address):
    """Write a copy of what the site is made of into `folder`, with the address; return its notebooks by file name."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    set_repository(address, folder, BRANCH)
    return {
        f"{name}.ipynb": (folder / "notebooks" / f"{name}.ipynb").read_text("utf-8") for name in (*NOTEBOOKS, ACTIVITY)
    }


def publish(folder, address):
    """Make all that is published of a course at `address` in `folder`.

    Raises
    ------
    SystemExit
        If `address` is none, or the site cannot be made, or a browser finds fault with it.
    """
    address = owner_and_name(address)
    make_build_folder(folder, "publish")
    copy, notebooks = folder / "copia", folder / BRANCH
    for path in (copy, notebooks):
        shutil.rmtree(path, ignore_errors=True)
    try:
        texts = addressed_copy(copy, address)
        site = made_once(folder, copy)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    save_all(
        {notebooks / "README.md": README, **{notebooks / "notebooks" / name: text for name, text in texts.items()}}
    )
    try_in_browser(site)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Prepara o que se publica do curso.")
    parser.add_argument("address", nargs="?", default="", help="dono/nome, como no GitHub")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta em que a do que se publica fica")
    args = parser.parse_args(arguments)
    if not args.address:
        raise SystemExit("Diga o endereço do repositório: make publish REPO=dono/nome")
    publish(args.build / "publicar", args.address)
    print("Em build/publicar: site/, para o GitHub Pages, e colab/, os notebooks que o Colab abre.")


if __name__ == "__main__":
    main()
