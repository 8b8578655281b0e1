"""The site that was made, file by file and in a real browser, on a phone and on a wide screen, by day and by night."""

import functools
import html.parser
import http.server
import json
import os
import pathlib
import re
import threading
import urllib.parse

import pytest
from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from test_labs import BROWSER, DRIVER, QUIET, WIDTHS

from utils.course import ROOT

SITE = pathlib.Path(os.environ.get("SITE", ROOT / "build" / "site"))
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
LESSON = f"notebooks/{NOTEBOOKS[0]}.html"
LARGEST = 25e6
# What the tools that make the site say where nobody told them to say it in Portuguese.
ENGLISH = re.compile(r"\b(toggle|search|skip|back to|previous|next|light|dark|settings|show|hide|link to|home|click)\b")
# What the theme's field says, autocomplete="off", is valid: it is this axe that does not know it.
RULES = '{"rules": {"autocomplete-valid": {"enabled": false}}}'
SPOKEN = ("title", "aria-label", "placeholder", "alt")


class Page(html.parser.HTMLParser):
    """What a page refers to, the places in it, and what it says to who hovers or listens."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.links, self.places, self.spoken, self.pictures, self.language = [], [], set(), [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        self.spoken += [found[name] for name in SPOKEN if found.get(name) and tag != "meta"]
        if tag == "html":
            self.language = found.get("lang")
        if tag == "img":
            self.pictures.append(found.get("alt"))
        if found.get("src"):
            self.loaded.append(found["src"])
        if found.get("href"):
            (self.loaded if tag == "link" else self.links).append(found["href"])


@pytest.fixture(scope="module")
def pages():
    return {name: Page((SITE / name).read_text(encoding="utf-8")) for name in PAGES}


def test_there_is_a_page_for_each_lesson_and_the_whole_is_small():
    assert {f"notebooks/{name}.html" for name in NOTEBOOKS} | {"index.html", "search.html"} <= {*PAGES}
    assert sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) <= LARGEST


def test_pages_are_in_portuguese(pages):
    assert {page.language for page in pages.values()} == {"pt-BR"}
    for name, page in pages.items():
        assert [text for text in page.spoken if ENGLISH.search(text.lower())] == [], name


def test_nothing_is_loaded_from_elsewhere(pages):
    for name, page in pages.items():
        assert [target for target in page.loaded if re.match(r"(\w+:)?//", target)] == [], name
    for path in SITE.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_no_link_is_broken(pages):
    broken = []
    for name, page in pages.items():
        for target in [*page.links, *page.loaded]:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(name), urllib.parse.unquote(parts.path)))
            path = name if not parts.path else path
            place = urllib.parse.unquote(parts.fragment)
            if not (SITE / path).is_file() or (place and path in pages and place not in pages[path].places):
                broken.append((name, target))
    # The labs are at places that a script reads.
    assert [(name, target) for name, target in broken if not name.startswith("playground/")] == []


def test_pictures_of_new_lessons_have_alternative_texts(pages):
    for name, page in pages.items():
        if name == LESSON or not name.startswith("notebooks/"):
            assert None not in page.pictures, name


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each request."""

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    """Where the site is served: at this machine, to itself."""
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture(scope="module", params=WIDTHS)
def browser(request, tmp_path_factory):
    """A browser of this width, that notes what it asks of whom."""
    width, height = WIDTHS[request.param]
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": request.param == "phone"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.set_script_timeout(120)
    yield browser
    browser.quit()


def wait(browser, condition, seconds=60):
    return WebDriverWait(browser, seconds).until(lambda _: condition())


def put_lights(browser, mode):
    features = [{"name": "prefers-color-scheme", "value": mode}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def requested(browser):
    """Return what pages asked for since this was last asked; the browser's own first page asks the browser itself."""
    entries = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [entry for entry in entries if entry["method"] == "Network.requestWillBeSent"]
    addresses = [entry["params"]["request"]["url"] for entry in asked]
    return [address for address in addresses if not address.startswith(("chrome://", "chrome-untrusted://"))]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(browser, address, name):
    """No request leaves, no error, nothing to scroll sideways, figures on white, nothing that axe finds serious."""
    for mode in ("light", "dark"):
        put_lights(browser, mode)
        browser.get(f"{address}/{name}")
        wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")
        width, room = browser.execute_script(
            "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
        )
        assert width <= room
        papers = browser.execute_script(
            "return [...document.querySelectorAll('.cell_output img')].map((i) => getComputedStyle(i).backgroundColor)"
        )
        assert {*papers} <= {"rgb(255, 255, 255)"}
        axe = Axe(browser)
        axe.inject()
        found = axe.run(options=RULES)["violations"]
        serious = [
            (violation["id"], [node["html"][:200] for node in violation["nodes"][:3]])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ]
        assert serious == [], mode
    asked = requested(browser)
    assert asked and [url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_search_finds_a_term_in_another_form(browser, address):
    browser.get(f"{address}/search.html?q=amarrando")
    found = wait(browser, lambda: browser.find_elements("css selector", "#search-results li a"))
    wait(browser, lambda: "notebooks/04_" in " ".join(link.get_attribute("href") for link in found))
    text = browser.find_element("css selector", "#search-results").text
    assert not ENGLISH.search(text.lower())


def test_search_shows_the_text_and_not_the_menus_of_a_page(browser, address):
    browser.get(f"{address}/search.html?q=overfitting")
    found = wait(browser, lambda: browser.find_elements("css selector", "#search-results .context"))
    text = " ".join(part.text for part in found)
    assert "overfitting" in text.lower() and "Nesta página" not in text and "As do sistema" not in text


@pytest.mark.parametrize("name", ["index.html", "docs/afirmacoes.html", "notebooks/09_sintese.html"])
def test_words_in_figures_can_be_read_or_the_figure_rolls(browser, address, name):
    browser.get(f"{address}/{name}")
    scales = browser.execute_script("""return [...document.querySelectorAll(".bd-article img:not(.licoes img)")]
      .filter((i) => i.naturalWidth && i.clientWidth).map((i) => i.clientWidth / i.naturalWidth)""")
    assert scales and min(scales) > 0.315  # of 160 dots an inch


def test_cards_on_a_phone_name_their_parts(browser, address):
    browser.get(f"{address}/docs/como_se_decide.html")
    named = """return [...document.querySelectorAll("table.prosa tbody tr")].map((row) => row.cells[1])
      .map((cell) => [cell.dataset.rotulo, getComputedStyle(cell, "::before").content])"""
    found = browser.execute_script(named)
    is_phone = browser.execute_script("return matchMedia('(max-width: 700px)').matches")
    assert found and all(label and (label in content) == is_phone for label, content in found)


def test_tables_of_a_lesson_are_whole_on_a_wide_page(browser, address):
    browser.get(f"{address}/notebooks/09_sintese.html")
    hidden = browser.execute_script("""return [...document.querySelectorAll(".bd-article table.table")]
      .filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1).map((table) => table.innerText)""")
    assert not hidden or browser.execute_script("return matchMedia('(max-width: 700px)').matches")


def test_solution_unfolds_by_keyboard(browser, address):
    browser.get(f"{address}/{LESSON}")
    solutions = browser.find_elements("xpath", "//details[summary[normalize-space()='Solução']]")
    assert len(solutions) == 3
    code = solutions[0].find_element("css selector", "pre")
    assert not code.is_displayed()
    solutions[0].find_element("css selector", "summary").send_keys(Keys.ENTER)
    wait(browser, code.is_displayed)


def test_set_up_and_drawing_code_are_folded(browser, address):
    browser.get(f"{address}/{LESSON}")
    folded = browser.find_elements("css selector", "details.hide")
    assert len(folded) >= 4 and not any(fold.get_attribute("open") for fold in folded)
    assert "Preparação" in folded[0].text


def test_first_key_leads_to_the_text(browser, address):
    browser.get(f"{address}/{LESSON}")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    focused = browser.switch_to.active_element  # its text slides in
    assert focused.get_attribute("textContent").strip() == "Ir para o conteúdo"
    wait(browser, focused.is_displayed)


def test_first_thing_that_a_lesson_shows_is_its_picture(browser, address):
    browser.get(f"{address}/{LESSON}")
    top = browser.execute_script("return document.querySelector('.tag_abertura img').getBoundingClientRect().top")
    assert top < 500
