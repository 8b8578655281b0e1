"""The labs of the playground in a real browser: each reacts to mouse, touch and keys, and shows the right picture."""

import shutil
import time

import pytest

from utils.course import ROOT

webdriver = pytest.importorskip("selenium.webdriver", reason="the labs need Selenium, which is not installed here")
BROWSER, DRIVER = (
    next(filter(None, map(shutil.which, names)), None)
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",))
)
if not (BROWSER and DRIVER):
    pytest.skip("the labs need Chromium and its driver, which are not installed here", allow_module_level=True)

ActionChains, Keys = webdriver.ActionChains, webdriver.Keys
PAGE = ROOT / "site" / "playground" / "index.html"
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--force-prefers-reduced-motion"),
)
LABS = ("codings", "ruido", "plano")
NEEDED = {"codings": {"garments", "sae"}, "ruido": {"garments", "sae", "dae"}, "plano": {"plane"}}
WIDTHS = {"phone": (390, 844), "wide": (1400, 950)}


@pytest.fixture(scope="module", params=WIDTHS)
def browser(request, tmp_path_factory):
    """A browser, on a phone and on a wide screen, that does not move things by itself."""
    width, height = WIDTHS[request.param]
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        *QUIET,
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    if request.param == "phone":
        metrics = {"width": width, "height": height, "pixelRatio": 2, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()


def wait(condition, seconds=60):
    """Wait until something is true; return it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.05)
    return found


def settled(browser):
    """Wait until what was asked for is drawn."""
    browser.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")


@pytest.fixture
def visit(browser):
    """Return what opens a lab anew; afterwards nothing was wrong, and nobody was called."""

    def visit(lab):
        browser.get("about:blank")
        browser.get(f"{PAGE.as_uri()}#{lab}")
        wait(lambda: browser.execute_script(f"return document.querySelector('#{lab}').classList.contains('ready')"))
        settled(browser)
        return browser

    yield visit
    names = browser.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in names if not name.startswith("file:")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def element(browser, selector):
    return browser.find_element("css selector", selector)


def ink(browser, selector):
    """Return the pixels of a picture: 1 is black."""
    script = """const c = document.querySelector(arguments[0]);
      const d = c.getContext("2d").getImageData(0, 0, 28, 28).data;
      return Array.from({ length: 784 }, (_, i) => (255 - d[4 * i]) / 238)"""
    settled(browser)
    return browser.execute_script(script, selector)


def difference(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) / len(a)


def choose(browser, selector):
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)
    settled(browser)


def set_range(browser, selector, value):
    script = """const range = document.querySelector(arguments[0]);
      range.value = arguments[1]; range.dispatchEvent(new Event("input", { bubbles: true }))"""
    browser.execute_script(script, selector, value)
    settled(browser)


def touch(browser, selector, *points):
    """Put a finger on an element and move it, by points given as shares of its width and height."""
    box = browser.execute_script(
        """const e = document.querySelector(arguments[0]); e.scrollIntoView({ block: "center" });
        const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]""",
        selector,
    )
    for i, (x, y) in enumerate(points):
        at = {"x": box[0] + x * box[2], "y": box[1] + y * box[3]}
        kind = "touchMove" if i else "touchStart"
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(browser)


def drag(browser, selector, *points):
    """Do with the mouse what `touch` does with a finger."""
    target = element(browser, selector)
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", target)
    size = target.size
    places = [(round((x - 0.5) * size["width"]), round((y - 0.5) * size["height"])) for x, y in points]
    chain = ActionChains(browser, duration=0).move_to_element_with_offset(target, *places[0]).click_and_hold()
    for place in places[1:]:
        chain.move_to_element_with_offset(target, *place)
    chain.release().perform()
    settled(browser)


def press(browser, selector, *keys):
    browser.execute_script("document.querySelector(arguments[0]).focus()", selector)
    ActionChains(browser).send_keys(*keys).perform()
    settled(browser)


@pytest.mark.parametrize("lab", LABS)
def test_lab_brings_only_what_it_needs_and_fits_the_width(visit, lab):
    browser = visit(lab)
    names = browser.execute_script("return [...document.scripts].map((script) => script.getAttribute('src') || '')")
    assert {name[5:-3] for name in names if name.startswith("data/")} == NEEDED[lab]
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        sideways = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(sideways) <= 0
    assert element(browser, f"nav a[href='#{lab}']").get_attribute("aria-current") == "page"
    assert browser.execute_script("return document.querySelectorAll('main > section:not([hidden])').length") == 1


def test_labs_are_changed_without_a_reload_and_only_one_is_seen(visit):
    browser = visit("codings")
    element(browser, "nav a[href='#plano']").click()
    wait(lambda: element(browser, "#plano").get_attribute("class") == "ready")
    assert not element(browser, "#codings").is_displayed() and element(browser, "#plane").is_displayed()
    assert "O plano" in browser.title


def test_theme_is_changed_and_kept(visit):
    browser = visit("codings")
    theme = "return document.documentElement.dataset.theme"
    before = browser.execute_script(theme)
    element(browser, "#theme").click()
    after = browser.execute_script(theme)
    assert {before, after} == {"light", "dark"}
    visit("codings")
    assert browser.execute_script(theme) == after


# Codings


def test_garment_is_decoded_from_its_codings(visit):
    browser = visit("codings")
    for i in (0, 4, 11, 29):
        choose(browser, f"#piece input[value='{i}']")
        original, decoded = ink(browser, "#original"), ink(browser, "#decoded")
        assert difference(original, decoded) < 0.03
        assert difference(original, decoded) < 0.3 * difference(original, [0.5] * 784)
    assert "Original: " in element(browser, "#original").get_attribute("aria-label")


@pytest.mark.parametrize("by", [drag, touch])
def test_bar_is_dragged(visit, by):
    browser = visit("codings")
    before = ink(browser, "#decoded")
    by(browser, ".bar:nth-child(1)", (0.5, 0.5), (0.5, 0.1))
    bar = element(browser, ".bar:nth-child(1)")
    high, most = (float(bar.get_attribute(f"aria-value{name}")) for name in ("now", "max"))
    assert high == pytest.approx(0.8 * most, abs=0.08 * most)
    after = ink(browser, "#decoded")
    assert difference(before, after) > 1e-3
    by(browser, ".bar:nth-child(1)", (0.5, 0.5), (0.5, 0.9))
    assert float(bar.get_attribute("aria-valuenow")) == pytest.approx(-high, abs=0.1 * most)
    assert difference(after, ink(browser, "#decoded")) > 1e-3
    choose(browser, "#reset")
    wait(lambda: difference(before, ink(browser, "#decoded")) < 1e-6)


def test_bars_by_keyboard(visit):
    browser = visit("codings")
    before = ink(browser, "#decoded")
    press(browser, ".bar[tabindex='0']", Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.HOME)
    bar = browser.switch_to.active_element
    assert bar.get_attribute("aria-label") == "Coding 3"
    assert bar.get_attribute("aria-valuenow") == bar.get_attribute("aria-valuemin")
    lowest = ink(browser, "#decoded")
    press(browser, ".bar[tabindex='0']", Keys.ARROW_UP)
    assert float(bar.get_attribute("aria-valuenow")) > float(bar.get_attribute("aria-valuemin"))
    assert difference(before, lowest) > 1e-3 and difference(lowest, ink(browser, "#decoded")) > 0
    assert len(browser.find_elements("css selector", ".bar[tabindex='0']")) == 1
    wait(lambda: element(browser, "#said").get_attribute("textContent").startswith("A imagem lembra: "), 5)


@pytest.mark.parametrize("model", ["sae", "vae"])
def test_one_garment_becomes_another(visit, model):
    browser = visit("codings")
    choose(browser, f"input[name='model'][value='{model}']")
    wait(lambda: element(browser, "#bars").get_attribute("data-model") == model)
    choose(browser, "#goal input[value='4']")  # without motion it is there at once
    ends = [ink(browser, "#original"), ink(browser, "#to")]
    for percent, near, far in ((100, 1, 0), (0, 0, 1)):
        set_range(browser, "#share", percent)
        decoded = ink(browser, "#decoded")
        assert difference(decoded, ends[near]) < 0.03 < difference(decoded, ends[far])
    set_range(browser, "#share", 50)
    assert element(browser, "#share").get_attribute("aria-valuetext").startswith("50 %, de tênis 1 para vestido 1")


def test_codings_are_drawn(visit):
    browser = visit("codings")
    before = ink(browser, "#decoded")
    press(browser, ".bar[tabindex='0']", Keys.ARROW_UP)
    assert element(browser, "#told").get_attribute("textContent").startswith("coding 1: ")
    choose(browser, "#draw")
    wait(lambda: difference(before, ink(browser, "#decoded")) > 1e-3)
    assert "o SAE não treinou para sorteios" in element(browser, "#remark").text
    assert element(browser, "#told").get_attribute("textContent") == ""  # it told of a value that is no more


def test_codings_that_a_model_switched_off_are_pale(visit):
    browser = visit("codings")
    pale = "return document.querySelectorAll('.bar.silent').length"
    assert browser.execute_script(pale) == 0
    choose(browser, "input[name='model'][value='vae']")
    wait(lambda: element(browser, "#bars").get_attribute("data-model") == "vae")
    silent = browser.execute_script(pale)
    assert 0 < silent < 30 and f"desligou {silent} dos 30" in element(browser, "#remark").text


def test_goal_is_never_the_garment_itself(visit):
    browser = visit("codings")
    choose(browser, "#piece input[value='3']")  # the goal until now
    chosen = "return document.querySelector('#goal input:checked').value"
    assert browser.execute_script(chosen) == "4"
    set_range(browser, "#share", 100)
    assert difference(ink(browser, "#decoded"), ink(browser, "#to")) < 0.03


# Noise


def errors(browser):
    settled(browser)
    texts = [found.get_attribute("textContent") for found in browser.find_elements("css selector", ".error b")]
    assert all("," in text for text in texts)
    return [float(text.replace(",", ".")) for text in texts]


def test_dae_wins_where_half_is_erased_and_the_sae_where_nothing_is(visit):
    browser = visit("ruido")
    set_range(browser, "#level", 50)
    _, of_sae, of_dae = errors(browser)
    assert of_dae < of_sae and "O erro do SAE é" in element(browser, "#winner").text
    assert difference(ink(browser, "#by-dae"), ink(browser, "#clean")) == pytest.approx(of_dae, abs=2e-4)
    choose(browser, "#mend")
    of_input, of_sae, of_dae = errors(browser)
    assert of_input == 0 and of_sae < of_dae
    assert f"o erro do dAE é {of_dae / of_sae:.1f} vez".replace(".", ",") in element(browser, "#winner").text
    assert ink(browser, "#spoilt") == ink(browser, "#clean")


@pytest.mark.parametrize("by", [drag, touch])
def test_pixels_are_rubbed_out_and_dirtied(visit, by):
    browser = visit("ruido")
    choose(browser, "#mend")
    before, rebuilt = ink(browser, "#spoilt"), ink(browser, "#by-sae")
    by(browser, "#spoilt", (0.2, 0.55), (0.5, 0.55), (0.8, 0.55))
    rubbed = ink(browser, "#spoilt")
    changed = [i for i in range(784) if rubbed[i] != before[i]]
    assert len(changed) > 30 and all(rubbed[i] == 0 for i in changed)
    assert {i // 28 for i in changed} <= set(range(11, 20))
    assert difference(rebuilt, ink(browser, "#by-sae")) > 1e-3
    choose(browser, "input[name='tool'][value='noise']")
    by(browser, "#spoilt", (0.2, 0.2), (0.8, 0.2))
    assert sum(ink(browser, "#spoilt")) > sum(rubbed) + 5
    choose(browser, "#mend")
    assert ink(browser, "#spoilt") == before


def test_bar_that_is_too_long_says_so(visit):
    browser = visit("ruido")
    choose(browser, "input[name='tool'][value='noise']")
    cut = "return document.querySelector('.spoilt-bar i').hasAttribute('data-cut')"
    for level, is_cut in ((90, True), (20, False)):
        set_range(browser, "#level", level)
        assert (errors(browser)[0] > 0.15) == browser.execute_script(cut) == is_cut


def test_brush_by_keyboard(visit):
    browser = visit("ruido")
    choose(browser, "#mend")
    press(browser, "#spoilt", Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.SPACE)
    browser.execute_script("document.activeElement.blur()")
    before, after = ink(browser, "#clean"), ink(browser, "#spoilt")
    assert 3 < sum(a != b for a, b in zip(before, after, strict=True)) < 40
    assert errors(browser)[0] > 0


# The plane


def where(browser):
    settled(browser)
    return element(browser, "#where").get_attribute("textContent")


@pytest.mark.parametrize("by", [drag, touch])
def test_point_is_moved_and_decoded(visit, by):
    browser = visit("plano")
    seen = set()
    for x, y in ((0.2, 0.2), (0.8, 0.3), (0.5, 0.8)):
        by(browser, "#plane", (0.5, 0.5), (x, y))
        seen.add((where(browser), tuple(ink(browser, "#at"))))
        assert len(browser.find_elements("css selector", "#neighbours li")) == 4
    assert len(seen) == 3


def test_point_follows_the_mouse_until_a_click_pins_it(visit):
    browser = visit("plano")
    plane = element(browser, "#plane")
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", plane)
    if not browser.execute_script("return matchMedia('(hover: hover)').matches"):
        return  # a finger does not hover
    seen = []
    for x, click in ((-40, False), (40, True), (-60, False), (60, True), (60, True), (20, False)):
        chain = ActionChains(browser, duration=0).move_to_element_with_offset(plane, x, 10)
        (chain.click() if click else chain).perform()
        seen.append(where(browser))
    hovered, pinned, still, moved, released, followed = seen
    assert len({hovered, pinned, moved, followed}) == 4 and still == pinned and released == moved


def test_text_counts_the_images_in_the_circle(visit):
    browser = visit("plano")  # it starts where one lives
    assert element(browser, "#crowd").text.startswith("No círculo, ")
    drag(browser, "#plane", (0.5, 0.5), (0.99, 0.01))
    assert element(browser, "#crowd").text.startswith("Terra de ninguém: no círculo ")


def test_point_by_keyboard(visit):
    browser = visit("plano")
    before = where(browser)
    press(browser, "#plane", Keys.ARROW_RIGHT)
    after = where(browser)
    press(browser, "#plane", Keys.ARROW_UP)
    assert len({before, after, where(browser)}) == 3
    wait(lambda: element(browser, "#said").get_attribute("textContent").startswith("Ponto ("), 5)


def test_where_a_training_image_lives_something_like_it_is_decoded(visit):
    browser = visit("plano")  # it starts where one lives
    assert difference(ink(browser, "#at"), ink(browser, "#neighbours li canvas")) < 0.08


def test_plane_shows_training_images_or_decoded_ones(visit):
    browser = visit("plano")
    shown = "return document.querySelector('#plane').toDataURL()"
    first = browser.execute_script(shown)
    choose(browser, "input[name='layer'][value='decoded']")
    assert browser.execute_script(shown) != first
    choose(browser, "input[name='layer'][value='train']")
    assert browser.execute_script(shown) == first


def test_data_that_cannot_be_read_are_told(visit, browser, tmp_path):
    shutil.copytree(PAGE.parent, tmp_path / "playground")
    (tmp_path / "playground" / "data" / "plane.js").unlink()
    browser.get((tmp_path / "playground" / "index.html").as_uri() + "#plano")
    status = wait(lambda: element(browser, "#plano .status").text)
    wait(lambda: "O laboratório não abriu: não consegui ler data/plane.js." in element(browser, "#plano .status").text)
    assert status and element(browser, "#plano .status button").text == "Tentar de novo"
    shutil.copy(PAGE.parent / "data" / "plane.js", tmp_path / "playground" / "data")
    element(browser, "#plano .status button").click()
    wait(lambda: element(browser, "#plano").get_attribute("class") == "ready")
    browser.get_log("browser")  # the file that was not there
