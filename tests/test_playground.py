"""The playground of the site: its trained parts are fresh, small and good; its arithmetic is that of Keras."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from notebook_files import fill_disk

from tools import playground
from tools.files import lock
from tools.stored import NOTEBOOKS
from utils.course import ROOT
from utils.models import make_sae
from utils.plots import CLASS_COLOURS, PALETTE
from utils.training import mean_error, squared_error

PAGE = ROOT / "site" / "playground"
TRAINED = ("sae", "dae", "vae", "plane")


@pytest.fixture(scope="module")
def parts():
    return {name: playground.read(PAGE / "data" / f"{name}.js") for name in playground.PARTS}


@pytest.fixture(scope="module")
def test_images():
    return playground.fashion().test.images


def decoder_of(record):
    """Return the decoder that was written, in Keras."""
    n_codings = playground.as_array(record["decoder"][0]["kernel"], record["decoder"][0]["type"]).size // 350
    decoder = make_sae(n_codings).get_layer("decoder")
    decoder.set_weights(playground.dequantised(record["decoder"]))
    return decoder


def autoencoder_of(record):
    """Return the AE that was written, in Keras."""
    model = make_sae()
    model.set_weights(playground.dequantised(record["encoder"] + record["decoder"]))
    return model


# What is written


@pytest.mark.parametrize("name", playground.PARTS)
def test_part_is_that_of_the_code_and_data(name):
    assert playground.is_fresh(name), f"{name}.js não é o que tools/playground.py faz hoje; refaça com: make playground"


def test_no_other_files_and_none_is_large():
    sizes = {path.name: path.stat().st_size for path in (PAGE / "data").iterdir()}
    assert sizes.keys() == {f"{name}.js" for name in playground.PARTS}
    assert max(sizes.values()) < 1e6 and sum(sizes.values()) < 3e6


@pytest.mark.parametrize("name", TRAINED)
def test_quantising_costs_little(parts, name):
    error = parts[name]["error"]
    assert 0 < error["int8"] <= 1.01 * error["float32"]
    assert error["float32"] < (0.03 if name == "plane" else 0.014)  # well trained


@pytest.mark.parametrize("name", ["sae", "dae"])
def test_error_is_the_one_that_is_told(parts, test_images, name):
    assert mean_error(autoencoder_of(parts[name]), test_images) == pytest.approx(parts[name]["error"]["int8"], rel=1e-3)


def test_garments_are_test_images(parts, test_images):
    record = parts["garments"]
    images = playground.as_array(record["images"], np.uint8).reshape(-1, 28, 28)
    assert len(images) == len(record["labels"]) == 30
    np.testing.assert_array_equal(images, playground.as_bytes(test_images[list(playground.GARMENTS)]))
    assert np.bincount(record["labels"]).tolist() == [3] * 10
    assert len(set(record["labels"][:10])) == 10


def test_decoder_gives_the_garments_from_their_codings(parts, test_images):
    codings = playground.as_array(parts["vae"]["codings"], np.float32).reshape(30, 30)
    rebuilt = decoder_of(parts["vae"]).predict_on_batch(codings)
    assert squared_error(test_images[list(playground.GARMENTS)], rebuilt).mean() < 0.02


def test_training_images_are_where_their_codings_are(parts):
    record, train = parts["plane"], playground.fashion().train
    codings = playground.as_array(record["codings"], np.float32).reshape(-1, 2)
    images = playground.as_array(record["images"], np.uint8).reshape(-1, 28, 28) / np.float32(255)
    assert (len(codings), len(images)) == (len(record["labels"]), playground.N_IMAGES)
    rebuilt = decoder_of(record).predict_on_batch(codings[: len(images)])
    errors = squared_error(images[:, None].astype("float32"), rebuilt[:, None])
    shuffled = squared_error(images.astype("float32"), rebuilt[::-1].astype("float32"))
    assert errors.mean() < 0.5 * shuffled.mean()
    shipped = {image.tobytes() for image in playground.as_bytes(images)}
    assert shipped <= {image.tobytes() for image in playground.as_bytes(train.images[:20_000])}
    low, high = (playground.as_array(record[name], np.float32) for name in ("low", "high"))
    assert np.all((codings > low) & (codings < high))


# The arithmetic of the page

# In Node, if there is one, or in Chromium: the page's own file, a part, and what to compute.
COMPUTE = """
let record;
playground.receive = (received) => (record = received);
{part}
const {{ of, inputs }} = {given};
const run = playground.network(of.flatMap((name) => record[name]));
{tell}(JSON.stringify(inputs.map((input) => [...run(Float32Array.from(input))])));
"""
NODE = shutil.which("node")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=60000", "--dump-dom"),
)


def output_of(command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=120)
    return ran.stdout.decode()


def computed(folder, name, of, inputs):
    """Return what the page's network makes of inputs, one row for each."""
    if not (NODE or CHROMIUM):
        pytest.skip("there is neither Node nor Chromium to run the playground's arithmetic")
    network, part = ((PAGE / path).read_text(encoding="utf-8") for path in ("network.js", f"data/{name}.js"))
    given = json.dumps({"of": of, "inputs": inputs.reshape(len(inputs), -1).tolist()})
    tell = "console.log" if NODE else "document.write"
    script = network + COMPUTE.format(part=part, given=given, tell=tell)
    if NODE:
        (folder / "run.js").write_text(script, encoding="utf-8")
        return np.array(json.loads(output_of([NODE, folder / "run.js"])))
    (folder / "run.html").write_text(f"<!DOCTYPE html><meta charset=utf-8><script>{script}</script>", encoding="utf-8")
    page = output_of([CHROMIUM, *QUIET, f"--user-data-dir={folder / 'profile'}", (folder / "run.html").as_uri()])
    return np.array(json.loads(re.search(r"<body>(\[\[.*\]\])", page)[1]))


@pytest.mark.parametrize("name", ["sae", "dae"])
def test_page_rebuilds_as_keras_does(parts, test_images, name, tmp_path):
    images = test_images[:100]
    model = autoencoder_of(parts[name])
    codings = model.get_layer("encoder").predict_on_batch(images)
    np.testing.assert_allclose(computed(tmp_path, name, ["encoder"], images), codings, atol=1e-3)
    rebuilt = computed(tmp_path, name, ["encoder", "decoder"], images).reshape(images.shape)
    assert np.abs(rebuilt - model.predict_on_batch(images)).max() < 1 / 255


@pytest.mark.parametrize(("name", "n_codings"), [("vae", 30), ("plane", 2)])
def test_page_decodes_as_keras_does(parts, name, n_codings, tmp_path):
    codings = playground.as_array(parts[name]["codings"], np.float32).reshape(-1, n_codings)[:100]
    codings = np.concatenate([codings, 1.5 * codings])
    decoded = computed(tmp_path, name, ["decoder"], codings).reshape(-1, 28, 28)
    assert np.abs(decoded - decoder_of(parts[name]).predict_on_batch(codings)).max() < 1 / 255


def test_kernels_come_back_from_int8_nearly_as_they_were():
    model = make_sae()
    for part in ("encoder", "decoder"):
        before = model.get_layer(part).get_weights()
        after = playground.dequantised(playground.as_record(model.get_layer(part)))
        for old, new in zip(before, after, strict=True):
            assert old.shape == new.shape and new.dtype == np.float32
            exact = old.size <= playground.LARGE
            np.testing.assert_allclose(new, old, atol=0 if exact else np.abs(old).max() / 250, rtol=0)


# The page itself: what needs no browser


def texts(*suffixes):
    return {path.name: path.read_text(encoding="utf-8") for path in PAGE.iterdir() if path.suffix in suffixes}


def test_page_calls_nobody():
    for name, text in texts(".html", ".css", ".js").items():
        assert not re.search(r"https?://|//[a-z]+\.|fetch\(|XMLHttpRequest|import\(|type=.module", text), name


def test_page_has_what_its_scripts_ask_for():
    page = texts(".html")["index.html"]
    ids = re.findall(r'\bid="([\w-]+)"', page)
    assert len(ids) == len(set(ids))
    asked = {found for text in texts(".js").values() for found in re.findall(r'one\("#([\w-]+)', text)}
    assert asked and sorted(asked - set(ids)) == []
    for script in re.findall(r'<script src="([^"]+)"', page):
        assert (PAGE / script).is_file()
    for labelled in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
        assert labelled in ids


def test_page_links_to_lessons_that_exist():
    lessons = re.findall(r'href="\.\./notebooks/(\w+)\.html"', texts(".html")["index.html"])
    assert lessons and set(lessons) <= set(NOTEBOOKS)


def test_classes_have_the_colours_of_the_course():
    assert re.findall(r"#[0-9A-F]{6}\b", texts(".js")["plane.js"].split("];")[0]) == list(CLASS_COLOURS)
    style = texts(".css")["playground.css"]
    for model, colour in (("sae", "blue"), ("dae", "orange"), ("vae", "pink")):
        assert f"--{model}: {PALETTE[colour].lower()};" in style


# The command; nothing is trained here


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Two parts that need no training, written into a folder of their own; a list of those that were made."""
    made = []

    def first():
        made.append("first")
        return {"n": 1}

    def second():
        made.append("second")
        return {"n": 2}

    monkeypatch.setattr(playground, "PARTS", {"first": first, "second": second})
    monkeypatch.setattr(playground, "fingerprint", lambda name: f"of {name}")
    monkeypatch.setattr(playground, "FOLDER", tmp_path / "data")
    return made


def test_only_what_is_missing_or_old_or_damaged_is_made(made, tmp_path, monkeypatch, capsys):
    command = [f"--build={tmp_path}"]
    playground.main(command)
    assert made == ["first", "second"]
    assert capsys.readouterr().out == "first.js: 0,00 MB\nsecond.js: 0,00 MB\n"
    text = (tmp_path / "data" / "first.js").read_text(encoding="utf-8")
    assert text.splitlines()[1] == 'playground.receive({"name": "first", "fingerprint": "of first", "n": 1});'
    playground.main(command)
    assert made == ["first", "second"]
    assert capsys.readouterr().out == "first.js: em dia\nsecond.js: em dia\n"
    (tmp_path / "data" / "first.js").write_text(text[:-10], encoding="utf-8")
    playground.main(command)
    assert made == ["first", "second", "first"]
    monkeypatch.setattr(playground, "fingerprint", lambda name: f"new of {name}")
    playground.main(command)
    assert made[3:] == ["first", "second"]


def test_full_disk_is_named_and_what_was_written_stays(made, tmp_path, monkeypatch):
    fill_disk(monkeypatch, "second.js")
    with pytest.raises(SystemExit, match=r"^não consegui escrever second\.js: o disco está cheio$"):
        playground.main([f"--build={tmp_path}"])
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["first.js"]


def test_interruption_leaves_whole_files_and_the_next_run_goes_on(made, tmp_path, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    parts = dict(playground.PARTS)
    monkeypatch.setitem(playground.PARTS, "second", interrupt)
    with pytest.raises(KeyboardInterrupt):
        playground.main([f"--build={tmp_path}"])
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["first.js"]
    monkeypatch.setitem(playground.PARTS, "second", parts["second"])
    playground.main([f"--build={tmp_path}"])
    assert made == ["first", "second"]


def test_a_second_run_at_the_same_time_says_to_wait(made, tmp_path):
    with (
        lock(tmp_path / "playground.lock"),
        pytest.raises(SystemExit, match=r"^outro make playground está em andamento; espere que ele termine$"),
    ):
        playground.main([f"--build={tmp_path}"])
    assert made == []


def test_folder_that_cannot_be_written_says_what_to_do(made, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"^não posso escrever em .*: make playground BUILD=/outra/pasta$"):
        playground.main([f"--build={tmp_path / 'file'}"])


def test_weights_that_lose_too_much_are_refused(monkeypatch):
    model = make_sae(hidden=8)
    errors = iter([0.01, 0.0102])
    monkeypatch.setattr(playground, "measured", lambda *_: next(errors))
    with pytest.raises(SystemExit, match=r"^os pesos em int8 erram demais: 0,010200; esperava até 1 % a mais que 0,01"):
        playground.written(model.get_layer("encoder"), model.get_layer("decoder"))


def test_fingerprint_changes_with_code_constants_and_data(monkeypatch):
    before = {name: playground.fingerprint(name) for name in playground.PARTS}
    assert len(set(before.values())) == len(before)
    monkeypatch.setattr(playground, "BATCH_SIZE", 64)
    changed = {name for name in before if playground.fingerprint(name) != before[name]}
    assert changed == set(TRAINED)
    monkeypatch.undo()
    assert {name: playground.fingerprint(name) for name in playground.PARTS} == before
    monkeypatch.setattr(playground, "make_sae", lambda n_codings=30, noise=None: None)
    assert playground.fingerprint("sae") != before["sae"] and playground.fingerprint("garments") == before["garments"]
    monkeypatch.undo()
    monkeypatch.setattr(playground, "expected_checksum", lambda name: "0")
    assert not {playground.fingerprint(name) for name in before} & set(before.values())
