"""A lesson in a real JupyterLab: run from top to bottom, an exercise answered wrongly, then rightly; the explorer."""

import contextlib
import os
import shutil
import subprocess
import sys
import time

import nbformat
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from test_labs import BROWSER, DRIVER, QUIET

from utils.course import ROOT

LESSON = min(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
PATIENCE = 900  # seconds for the whole lesson, on a machine that does other things, too
PYTHON = os.environ.get("COURSE_PYTHON", sys.executable)
OPEN = """const [path, done] = arguments;
  jupyterapp.restored.then(() => jupyterapp.commands.execute("docmanager:open", {path})).then(async (panel) => {
    await panel.context.ready; await panel.sessionContext.ready;
    jupyterapp.shell.activateById(panel.id); window.panel = panel; done(true); })"""
# Selenium waits two minutes for an answer, and a lesson may take longer.
RUN_ALL = 'jupyterapp.commands.execute("notebook:run-all-cells").then((done) => { window.ran = done; })'
EXPLORER = """
import sys

sys.path.insert(0, "..")

import numpy as np

from utils.plots import explore

explore(lambda choice, offsets: np.full((28, 28), (offsets[0] + 3) / 6), ["camiseta", "bota"], list("ABCD"))
"""
# What the explorer shows, as soon as all of it is there: its picture, its menu and its sliders.
SHOWN = """const parts = [...document.querySelectorAll(".widget-image, .widget-dropdown, .widget-slider")]
    .map((part) => [part.className, part.getBoundingClientRect().toJSON(), part.src]);
  const picture = document.querySelector(".widget-image");
  return parts.length === 6 && picture.naturalWidth ? [picture.naturalWidth, parts] : null"""
CELLS = """return panel.content.widgets.map((cell) => cell.model.toJSON())"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course: JupyterLab saves what it shows."""
    folder = tmp_path_factory.mktemp("lab") / "course"
    left_out = shutil.ignore_patterns(".git", ".venv*", "build", "__pycache__", ".ipynb_checkpoints")
    return shutil.copytree(ROOT, folder, ignore=left_out)


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """A JupyterLab in the copy; its address."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    elsewhere = {name: str(tmp_path_factory.mktemp("jupyter")) for name in names}
    log = course.parent / "log"
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--LabApp.expose_app_in_browser=True"]
    options += ["--IdentityProvider.token=aula", f"--notebook-dir={course / 'notebooks'}"]
    with log.open("w") as out, contextlib.ExitStack() as stack:
        command = [PYTHON, "-m", "jupyterlab", *options]
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=course, env=os.environ | elsewhere)
        stack.callback(process.wait, 60)
        stack.callback(process.terminate)
        for _ in range(1200):
            lines = [line for line in log.read_text().splitlines() if "http://127.0.0.1:" in line]
            if lines:
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield lines[0].partition("http://")[2].partition("/")[0]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}", "--window-size=1400,950"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    browser.set_script_timeout(60)
    yield browser
    browser.quit()


def test_lesson_runs_and_its_exercise_is_judged(lab, browser):
    browser.get(f"http://{lab}/lab?token=aula")
    WebDriverWait(browser, 120).until(lambda _: browser.execute_script("return Boolean(window.jupyterapp)"))
    assert browser.execute_async_script(OPEN, f"{LESSON}.ipynb")
    for cell in browser.execute_script(CELLS)[1:3]:
        assert cell["metadata"]["jupyter"]["source_hidden"]
    browser.execute_script(RUN_ALL)
    WebDriverWait(browser, PATIENCE, 1).until(lambda _: browser.execute_script("return window.ran !== undefined"))
    assert browser.execute_script("return window.ran")
    cells = [cell for cell in browser.execute_script(CELLS) if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells)
    assert [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"] == []
    assert any("image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"])
    for answer, word in (("2", "✘"), ("3", "✔")):
        assert answered(browser, f'n_codings = {answer}\n\ncheck("01.2", n_codings)').startswith(
            f"{word} Exercício 01.2"
        )


def test_explorer_fits_on_a_screen_and_its_sliders_change_the_picture(course, lab, browser):
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # without it a dialogue asks for one
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EXPLORER.strip())], metadata=metadata)
    nbformat.write(notebook, course / "notebooks" / "explorador.ipynb")
    browser.get(f"http://{lab}/lab/workspaces/explorador?token=aula")
    WebDriverWait(browser, 120).until(lambda _: browser.execute_script("return Boolean(window.jupyterapp)"))
    assert browser.execute_async_script(OPEN, "explorador.ipynb")
    browser.execute_script(RUN_ALL)
    width, parts = WebDriverWait(browser, PATIENCE, 1).until(lambda _: browser.execute_script(SHOWN))
    assert width == 224
    assert max(box["bottom"] for _, box, _ in parts) - min(box["top"] for _, box, _ in parts) < 400
    assert max(box["right"] for _, box, _ in parts) <= browser.execute_script("return innerWidth")
    browser.find_element("css selector", ".widget-slider .noUi-handle").send_keys(Keys.ARROW_RIGHT)
    source = parts[0][2]
    assert source.startswith("blob:")
    WebDriverWait(browser, 60).until(lambda _: browser.execute_script(SHOWN)[1][0][2] != source)


def answered(browser, source):
    """Type an answer in the cell of the exercise 01.2, run it by keyboard, and return what the page then shows."""
    find = """const notebook = panel.content;
      const index = notebook.widgets.findIndex((cell) => cell.model.sharedModel.source.includes('check("01.2"')
        && cell.model.type === "code");
      notebook.activeCellIndex = index; notebook.mode = "edit";
      return notebook.scrollToItem(index).then(() => { notebook.activeCell.editor.focus(); arguments[0](index); })"""
    browser.execute_async_script(find)
    editor = browser.switch_to.active_element
    editor.send_keys(Keys.CONTROL, "a")
    # Brackets and quotes close by themselves: pasted text would not be typed, so it is put in as one edit.
    browser.execute_cdp_cmd("Input.insertText", {"text": source})
    browser.switch_to.active_element.send_keys(Keys.CONTROL, Keys.ENTER)
    shown = "return panel.content.activeCell.outputArea.node.innerText.trim()"
    mark = {"2": "✘", "3": "✔"}[source.split()[2]]
    return WebDriverWait(browser, 60).until(lambda _: (text := browser.execute_script(shown)).startswith(mark) and text)
