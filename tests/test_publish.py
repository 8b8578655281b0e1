"""What is published: copies with the address, made by the target that the workflow runs; main is never written to."""

import re
import shutil

import pytest

from tools import publish
from tools.stored import NOTEBOOKS, repository
from utils.course import ROOT

ADDRESS = "topics/curso"  # the names of GitHub's own pages cannot be registered
WORKFLOW = (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")


@pytest.fixture
def made(monkeypatch, tmp_path):
    """What is published at a made-up address, but for what Sphinx and a browser do; and what they were given."""
    given = {}

    def make(folder, root):
        given["repository"] = repository(root)
        shutil.copytree(root / "notebooks", folder / "site" / "notebooks")
        return folder / "site"

    monkeypatch.setattr(publish, "made_once", make)
    monkeypatch.setattr(publish, "try_in_browser", lambda site: given.update(tried=site))
    before = {path: path.read_bytes() for path in (ROOT / "notebooks").glob("*.ipynb")}
    publish.main([f"--build={tmp_path}", ADDRESS])
    assert {path: path.read_bytes() for path in before} == before
    return tmp_path / "publicar", given


def test_copies_have_the_address_and_open_from_their_own_branch(made):
    folder, given = made
    assert given == {"repository": ADDRESS, "tried": folder / "site"}
    assert {path.name for path in folder.iterdir()} == {"site", "colab"}
    for name in NOTEBOOKS:
        text = (folder / "colab" / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
        assert f"https://colab.research.google.com/github/{ADDRESS}/blob/colab/notebooks/{name}.ipynb" in text
        assert f'REPO = \\"{ADDRESS}\\"' in text
    assert {path.name for path in (folder / "colab").iterdir()} == {"README.md", "notebooks"}


@pytest.mark.parametrize("address", ["", "curso", "a b/c"])
def test_what_is_no_address_is_told_and_nothing_is_made(tmp_path, address):
    with pytest.raises(SystemExit, match="REPO"):
        publish.main([f"--build={tmp_path}", "--", address])
    assert not [*tmp_path.iterdir()]


def test_workflow_runs_the_target_with_its_own_address():
    assert 'run: make publish REPO="$GITHUB_REPOSITORY"\n' in WORKFLOW
    assert re.search(r"^publish:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for path in re.findall(r"path: (\S+)", WORKFLOW):
        assert path in {"build/publicar/site", f"build/publicar/{publish.BRANCH}"}


def test_workflows_use_the_actions_of_github_alone_and_by_major_tag():
    for path in (ROOT / ".github" / "workflows").iterdir():
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", action), action


def test_workflow_writes_to_the_generated_branch_and_to_no_other():
    assert re.findall(r"refs/heads/(\S+)", WORKFLOW) == [publish.BRANCH] and WORKFLOW.count("git push") == 1
    assert WORKFLOW.count("contents: write") == 1
    assert "clone" not in WORKFLOW and set(re.findall(r"github\.com/(\S+)", WORKFLOW)) == {'$GITHUB_REPOSITORY"'}
