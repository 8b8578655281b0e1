"""The benchmark: its recipes are the ones described, its clock is fair, and its tables say what was measured."""

import copy
import json
import os
import platform
import re
import subprocess
import sys

import numpy as np
import pytest
from notebook_files import fill_disk
from sklearn.decomposition import PCA

from tools.benchmark import measure, report
from tools.benchmark.measure import Clock, growth_settings, machine, new_results, time_to
from tools.benchmark.recipes import PAIRS
from tools.benchmark.report import FULL, draw, exponent, growth_table, page_text, pairs_table, summary
from tools.files import lock
from tools.stored import with_block
from utils.course import ROOT

PUBLISHED = {"sae": 20, "amarrado": 10, "cae": 10, "rae": 10, "dae": 10}  # epochs
OF_THE_COURSE = ("ae-aula", "sae-aula", "dae-aula")
OURS = {  # epochs, largest learning rate, steps an execution
    "sae": (1, 0.004, 10),
    "amarrado": (1, 0.005, 1),
    "cae": (2, 0.01, 43),
    "rae": (5, 0.02, 43),
    "dae": (1, 0.004, 10),
    "ae-aula": (1, 0.003, 10),
    "sae-aula": (1, 0.004, 10),
    "dae-aula": (1, 0.004, 10),
}
FROM_PCA = [name for name in OURS if name not in ("cae", "rae")]
WEIGHTS = {  # of reference and ours
    "sae": (163_814, 302_114),
    "amarrado": (82_414, 82_034),
    "cae": (54_479, 108_407),
    "rae": (122_548, 97_786),
    "dae": (163_814, 302_114),
    "ae-aula": (50_992, 50_992),
    "sae-aula": (222_384, 303_996),
    "dae-aula": (222_384, 303_996),
}


@pytest.fixture(scope="module")
def images():
    """A few images, of more dimensions than any of our recipes has components."""
    noise = np.random.default_rng(0).random((300, 28, 28), np.float32)
    return (0.4 + 0.2 * noise * np.linspace(0.1, 1, 28, dtype=np.float32)).astype(np.float32)


def test_every_recipe_is_known_to_the_tests():
    assert set(PAIRS) == set(WEIGHTS) == set(OURS) == {*PUBLISHED, *OF_THE_COURSE}


@pytest.mark.parametrize("name", PAIRS)
def test_recipes_make_the_models_described(images, name):
    models = PAIRS[name].reference.make(images), PAIRS[name].ours.make(images)
    assert tuple(model.count_params() for model in models) == WEIGHTS[name]
    for model, with_codings in zip(models, (models[0], models[1].get_layer("encoder")), strict=True):
        assert model.input_shape == model.output_shape == (None, 28, 28)
        assert with_codings.get_layer("codings").output.shape[-1] == (32 if name in OF_THE_COURSE else 30)
        has_dropout = "Dropout" in {type(layer).__name__ for layer in model.layers}
        assert has_dropout == name.startswith("dae")


@pytest.mark.parametrize("name", PAIRS)
def test_reference_recipes_are_trained_as_described(name):
    pair = PAIRS[name]
    how = (pair.reference.epochs, pair.reference.batch_size, pair.reference.optimizer, pair.reference.loss)
    if name in PUBLISHED:
        assert how == (PUBLISHED[name], 32, "nadam", "mse")
    else:
        assert how == (30, 256, "adam", "binary_crossentropy")
    assert pair.reference.steps_per_execution == 1
    assert pair.limit == (1 / 8 if name == "rae" else 1 / 20 if name in PUBLISHED else 1 / 15)
    assert not pair.reference.as_tensor


@pytest.mark.parametrize("name", PAIRS)
def test_our_recipes_are_trained_as_described(name):
    ours = PAIRS[name].ours
    assert (ours.epochs, ours.peak, ours.steps_per_execution) == OURS[name]
    assert (ours.batch_size, ours.optimizer, ours.loss, ours.as_tensor) == (128, "", "mse", True)


@pytest.mark.parametrize("name", FROM_PCA)
def test_dense_recipes_of_ours_begin_as_the_pca(images, name):
    n_codings = 32 if name in OF_THE_COURSE else 30
    pca = PCA(n_codings, svd_solver="full").fit(images.reshape(-1, 784))
    projected = pca.inverse_transform(pca.transform(images.reshape(-1, 784))).clip(0, 1)
    model = PAIRS[name].ours.make(images)
    assert np.abs(model(images).numpy().reshape(-1, 784) - projected).max() < 1e-3


def test_our_tied_recipe_is_tied(images):
    model = PAIRS["amarrado"].ours.make(images)
    kernels = [weights for weights in model.weights if weights.path.endswith("kernel")]
    assert sorted(tuple(kernel.shape) for kernel in kernels) == [(60, 30), (60, 350), (350, 30), (784, 60)]


def test_our_rae_reads_two_rows_a_step(images):
    encoder = PAIRS["rae"].ours.make(images).get_layer("encoder")
    assert encoder.layers[0].output.shape == (None, 14, 56)
    pixels = np.arange(784, dtype=np.float32).reshape(1, 28, 28)
    assert np.array_equal(encoder.layers[0](pixels)[0, 1], np.arange(56, 112))


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in ("cae", "rae")])
def test_dense_references_use_relu_up_to_the_codings(images, name):
    model = PAIRS[name].reference.make(images)
    activations = [layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")]
    assert set(activations[:-1]) == {"relu"}
    assert activations[-1] == ("linear" if name in PUBLISHED else "sigmoid")


class FakeModel:
    """A model whose weights tell how often they were asked for; asking takes a thousand seconds."""

    def __init__(self, time):
        self.time, self.asked = time, 0

    def get_weights(self):
        self.time[0] += 1000
        self.asked += 1
        return [self.asked]


def test_clock_stands_still_while_weights_are_copied():
    time = [0.0]
    clock = Clock(10, now=lambda: time[0])
    clock.set_params({"steps": 40})
    clock.set_model(FakeModel(time))
    time[0] += 5  # compiling counts
    for epoch in range(2):
        clock.on_epoch_begin(epoch)
        for last in range(1, 40, 2):  # two steps an execution
            time[0] += 2
            clock.on_train_batch_end(last)
        clock.on_epoch_end(epoch)
    assert clock.kept == [(5 + 4 * look, [look]) for look in range(1, 21)]
    assert clock.epoch_ends == [45, 85]
    assert clock.seconds() == 85


def test_clock_without_looks_only_keeps_time():
    clock = Clock(now=iter((10.0, 13.0)).__next__)
    clock.set_params({"steps": 1})
    clock.on_train_batch_end(0)
    clock.on_epoch_end(0)
    assert clock.kept == [] and clock.epoch_ends == [3.0]


def test_time_to_the_references_error():
    curve = [[1.0, 0.03], [2.0, 0.02], [3.0, 0.01], [4.0, 0.011]]
    assert time_to(0.02, curve) == 3.0
    assert time_to(0.005, curve) is None


def test_growth_varies_one_thing_at_a_time_and_turns_round():
    settings = growth_settings(0, 55_000)
    assert settings[:5] == [("images", n) for n in (5_000, 10_000, 20_000, 40_000, 55_000)]
    assert settings[5:] == [("codings", n) for n in (5, 10, 30, 100, 300)]
    assert growth_settings(1, 55_000) == settings[::-1]
    assert growth_settings(0, 7_000)[:3] == [("images", 5_000), ("images", 7_000), ("codings", 5)]


def measured(seconds, error):
    return {"seconds": seconds, "error": error, "curve": [], "epoch_ends": [seconds / 2, seconds * 0.9]}


def pair(name, run, reference, ours, target_seconds):
    about = {"name": name, "title": PAIRS[name].title, "limit": PAIRS[name].limit, "run": run, "first": "ours"}
    return about | {"reference": reference, "ours": ours, "target_seconds": target_seconds}


@pytest.fixture
def results():
    """Made-up results of three runs; the RAE once misses the reference's error."""
    results = new_results(dict(FULL))
    for run, target in enumerate((2.0, 3.0, 6.0)):
        results["pairs"].append(pair("sae", run, measured(20.0, 0.0136), measured(10.0, 0.009), target))
    for run, target in enumerate((100.0, None, 90.0)):
        results["pairs"].append(pair("rae", run, measured(300.0, 0.0104), measured(120.0, 0.01), target))
    for by, values in (("images", (5_000, 10_000, 20_000)), ("codings", (5, 30))):
        for value in values:
            record = measured(value / 1000, 0.01)
            results["growth"].append({"by": by, "value": value, "run": 0, **record})
    return results


@pytest.fixture
def complete(results):
    """The same with what was not measured yet."""
    known = {record["name"] for record in results["pairs"]}
    results["growth"] = []
    for run in range(3):
        for name in PAIRS.keys() - known:
            results["pairs"].append(pair(name, run, measured(20.0, 0.0136), measured(10.0, 0.009), 2.0))
        for by, value in growth_settings(run, 55_000):
            results["growth"].append({"by": by, "value": value, "run": run, **measured(value / 1000, 0.01)})
    return results


def test_pairs_table_has_medians_and_spread(results):
    for record in results["pairs"]:
        record["limit"] = {"sae": 0.25, "rae": 0.4}[record["name"]]
    table = pairs_table(results)
    assert table["receita"] == ["SAE", "RAE"]
    assert table["ref. (s)"] == [20.0, 300.0] and table["nosso (s)"] == [10.0, 120.0]
    assert table["MSE ref."] == [0.0136, 0.0104] and table["MSE nosso"] == [0.009, 0.01]
    assert table["até o MSE da ref. (s)"] == ["3,0", "100,0"]
    assert table["razão"] == ["0,150 (0,100 a 0,300)", "0,333 (0,300 a nunca)"]
    assert table["cumpre?"] == ["NÃO", "NÃO"]
    del results["pairs"][2], results["pairs"][3]  # the worst run of each
    assert pairs_table(results)["cumpre?"] == ["sim", "sim"]


def test_growth_leaves_out_the_epoch_that_compiles(results):
    table = growth_table(results, "images")
    assert table["imagens"] == [5_000, 10_000, 20_000]
    assert table["por época (s)"] == pytest.approx([2.0, 4.0, 8.0])
    assert table["µs por imagem"] == pytest.approx([400.0] * 3)
    assert exponent(results, "images") == pytest.approx(1.0)


def test_page_holds_the_tables_and_the_kind_of_machine(complete):
    results, text = complete, page_text(complete)
    assert "| SAE | 3 | 0,0136 | 0,0090 | 20,0 | 10,0 | 3,0 | 0,150 (0,100 a 0,300) | 0,050 | NÃO |" in text
    assert "com o número de imagens elevado a **1,00** (rodadas: 3)" in text
    assert f"{results['machine']['cores']} núcleos ({results['machine']['cpu']}, " in text
    page = with_block("# T\n<!-- benchmark -->\nvelho\n<!-- /benchmark -->\nfim\n", "benchmark", text)
    assert page == f"# T\n<!-- benchmark -->\n\n{text}\n\n<!-- /benchmark -->\nfim\n"
    assert "**" not in summary(results)


def test_page_refuses_a_shortened_run(complete):
    complete["options"]["images"] = 256
    with pytest.raises(SystemExit, match="menos imagens ou épocas; rode `make bench`"):
        page_text(complete)


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (lambda r: r.get("name") != "sae-aula", r"faltam: SAE da aula\. .*make bench RESUME=1"),
        (lambda r: "value" not in r, r"crescimento com 5000 imagens, .* 300 codings\."),
        (lambda r: r.get("value") != 30, r"faltam: crescimento com 30 codings\. "),
    ],
)
def test_page_refuses_what_is_incomplete(complete, keep, message):
    for kind in ("pairs", "growth"):
        complete[kind] = [record for record in complete[kind] if keep(record)]
    with pytest.raises(SystemExit, match=message):
        page_text(complete)


def test_page_tells_how_often_each_recipe_was_measured(complete):
    complete["pairs"] = [r for r in complete["pairs"] if r["run"] < 2 and (r["name"], r["run"]) != ("rae", 1)]
    text = page_text(complete)
    assert "| SAE | 2 |" in text and "| RAE | 1 |" in text


@pytest.mark.parametrize("empty", [(), ("pairs",), ("growth",)])
def test_picture_shows_what_there_is(results, empty):
    results = copy.deepcopy(results) | {kind: [] for kind in empty}
    picture = draw(results)
    assert picture.startswith(b"\x89PNG") and len(picture) > 5_000


def test_page_stays_as_it_was_if_the_picture_fails(complete, tmp_path, monkeypatch):
    page, arguments = tmp_path / "p.md", ["--build", str(tmp_path), "--page", str(tmp_path / "p.md")]
    page.write_text("<!-- benchmark -->\nvelho\n<!-- /benchmark -->\n", encoding="utf-8")
    (tmp_path / "benchmark.json").write_text(json.dumps(complete), encoding="utf-8")
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(report, "draw", lambda results: 1 / 0)
        report.main(arguments)
    assert "velho" in page.read_text(encoding="utf-8")
    report.main(arguments)
    assert "velho" not in page.read_text(encoding="utf-8")
    assert (tmp_path / "benchmark.png").exists()


def test_measurements_are_kept_beside_the_page(complete, tmp_path):
    build, docs = tmp_path / "build", tmp_path / "docs"
    build.mkdir()
    docs.mkdir()
    (docs / "p.md").write_text("<!-- benchmark -->\n<!-- /benchmark -->\n", encoding="utf-8")
    (build / "benchmark.json").write_text(json.dumps(complete), encoding="utf-8")
    report.main(["--build", str(build), "--page", str(docs / "p.md")])
    assert json.loads((docs / "benchmark.json").read_text(encoding="utf-8")) == complete


def test_results_tell_nothing_that_identifies_the_machine():
    told = json.dumps(new_results(dict(FULL)))
    assert set(machine()) == {"cpu", "cores", "system"}
    assert str(ROOT) not in told and platform.node() not in told


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Run the benchmark into a folder, without training: a function of the arguments and of how many trainings to
    allow, which returns the results; they are in `bench.trained`, too, each as (recipe, images, seed)."""

    def train(recipe, images, valid_images, *, seed, epochs=None, looks=0):
        if len(bench.trained) == bench.allowed:
            raise KeyboardInterrupt
        bench.trained.append((recipe, len(images), seed))
        return measured(10.0, 0.01) | {"curve": [[1.0, 0.009]]}

    def bench(*arguments, allowed=None):
        bench.trained, bench.allowed = [], allowed
        status = measure.main(["--build", str(tmp_path), "--epochs", "1", *arguments])
        assert status == (None if allowed is None else 130)
        return json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))

    monkeypatch.delenv("COURSE_SEED", raising=False)
    monkeypatch.setattr(measure, "train", train)
    return bench


def test_first_model_is_thrown_away(bench):
    results = bench("--runs", "1", "--only", "sae")
    assert bench.trained == [
        (PAIRS["ae-aula"].ours, 1000, 42),
        (PAIRS["sae"].reference, 55_000, 42),
        (PAIRS["sae"].ours, 55_000, 42),
    ]
    assert [record["name"] for record in results["pairs"]] == ["sae"] and not results["growth"]


def test_interrupted_benchmark_goes_on(bench, capsys):
    short = ["--images", "7000", "--only=sae dae crescimento"]  # one argument, as make passes it
    whole = bench(*short, "--runs", "2")
    assert len(bench.trained) == 1 + 2 * (2 + 2 + 7)
    begun = bench(*short, "--runs", "2", allowed=1 + 4 + 2)
    assert capsys.readouterr().err.startswith("\nInterrompido; o que se mediu está guardado")
    assert len(begun["pairs"]) == 2 and len(begun["growth"]) == 2
    resumed = bench(*short, "--runs", "2", "--resume")
    assert len(bench.trained) == 1 + 5 + 4 + 7
    assert resumed == whole
    assert bench(*short, "--runs", "2", "--resume") == whole and bench.trained == []
    third = bench(*short, "--runs", "3", "--resume")
    assert len(third["pairs"]) == 6 and {seed for _, _, seed in bench.trained[1:]} == {44}


def test_other_measurements_are_not_gone_on_with(bench, monkeypatch):
    results = bench("--runs", "1", "--only", "sae", "--images", "256")
    monkeypatch.setenv("COURSE_SEED", "7")
    with pytest.raises(SystemExit, match=r"semente 42 e não 7; opções .*sem RESUME=1"):
        bench("--runs", "2", "--only", "sae", "--resume")
    assert bench.trained == []
    monkeypatch.delenv("COURSE_SEED")
    assert bench("--runs", "1", "--only", "sae", "--images", "256", "--resume") == results


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--runs", "0"], "argument --runs: esperava um número inteiro, 1 ou mais, recebi '0'"),
        (["--only=sae vae"], "argument --only: esperava sae, amarrado, .*, crescimento, recebi 'vae'"),
    ],
)
def test_options_that_make_no_sense_are_refused(capsys, arguments, message):
    with pytest.raises(SystemExit):
        measure.main(arguments)
    assert re.search(message, capsys.readouterr().err)


def test_keras_settings_of_other_projects_do_not_matter(tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "torch", "floatx": "float64"}')
    environment = os.environ | {"KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tools.benchmark.measure", "--help"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_runs_from_the_command_line(tmp_path):
    command = [sys.executable, "-m", "tools.benchmark.measure", "--runs", "1", "--images", "256", "--epochs", "1"]
    command += ["--only", "ae-aula", "crescimento", "--build", tmp_path]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "rodada 1 de 1 · AE da aula: referência " in ran.stdout
    results = json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))
    [record] = results["pairs"]
    assert record["name"] == "ae-aula" and record["ours"]["curve"] and not record["reference"]["curve"]
    assert [(r["by"], r["value"]) for r in results["growth"]] == growth_settings(0, 256)
    assert summary(results) in ran.stdout
    assert {path.name for path in tmp_path.iterdir()} == {".benchmark.lock", "benchmark.json", "benchmark.png"}


def test_second_benchmark_in_one_folder_is_refused(bench, tmp_path):
    with (
        lock(tmp_path / ".benchmark.lock"),
        pytest.raises(SystemExit, match="Outro make bench ou make record está medindo na pasta"),
    ):
        bench("--runs", "1", "--only", "sae")
    assert bench.trained == []
    assert len(bench("--runs", "1", "--only", "sae")["pairs"]) == 1


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda r: r.pop("growth"), r"\$"),
        (lambda r: r.update(pairs=5), r"\$\.pairs"),
        (lambda r: r["pairs"][1].pop("run"), r"\$\.pairs\[1\]"),
        (lambda r: r["pairs"][0].update(name="vae"), r"\$\.pairs\[0\]\.name"),
        (lambda r: r["pairs"][0]["ours"].update(seconds="1"), r"\$\.pairs\[0\]\.ours\.seconds"),
        (lambda r: r["growth"][2].update(epoch_ends=[]), r"\$\.growth\[2\]\.epoch_ends"),
        (lambda r: r["machine"].pop("cpu"), r"\$\.machine"),
    ],
)
def test_place_in_a_measurement_that_does_not_fit_is_named(complete, tmp_path, spoil, place):
    path = tmp_path / "benchmark.json"
    path.write_text(json.dumps(complete), encoding="utf-8")
    assert report.measured(path) == complete
    spoil(complete)
    path.write_text(json.dumps(complete), encoding="utf-8")
    with pytest.raises(SystemExit, match=rf"^benchmark\.json não pode ser lido \({place} não tem a forma que devia\)"):
        report.measured(path)


@pytest.mark.parametrize("unwritable", ["benchmark.json", "benchmark.png"])
def test_full_disk_is_named_by_the_benchmark(bench, monkeypatch, unwritable):
    fill_disk(monkeypatch, unwritable)
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {unwritable}: o disco está cheio$"):
        bench("--runs", "1", "--only", "sae")


@pytest.mark.parametrize("unwritable", ["benchmark.png", "quanto_custa.md"])
def test_full_disk_is_named_by_the_report(complete, tmp_path, monkeypatch, unwritable):
    page = tmp_path / "quanto_custa.md"
    page.write_text("<!-- benchmark -->\nvelho\n<!-- /benchmark -->\n", encoding="utf-8")
    (tmp_path / "benchmark.json").write_text(json.dumps(complete), encoding="utf-8")
    monkeypatch.setattr(report, "draw", lambda results: b"PNG")
    fill_disk(monkeypatch, unwritable)
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {unwritable}: o disco está cheio$"):
        report.main(["--build", str(tmp_path), "--page", str(page)])
    assert "velho" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ['{"options": {', "[1]", "", "[" * 100_000])
def test_damaged_measurement_is_named_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "benchmark.json"
    path.write_text(content, encoding="utf-8")
    for use in (lambda: report.main(["--build", str(tmp_path)]), lambda: measure.resumed({}, path)):
        with pytest.raises(SystemExit, match=r"benchmark\.json não pode ser lido .* fica como está"):
            use()
    assert path.read_text(encoding="utf-8") == content
