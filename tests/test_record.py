"""The record: its clock keeps what a model has after so many seconds, its rules are kept, its table says what was
measured."""

import copy
import json
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers
from notebook_files import fill_disk

from tools.benchmark import measure, record
from tools.benchmark.record import LOOKS, LookingClock, check_model, draw, pending, summary, winner
from tools.benchmark.record_recipes import RECIPES, RateByTheClock, Recipe, principal_components
from tools.files import lock
from utils.course import ROOT


class FakeModel:
    """A model whose weights are the steps it has done, and whose copying takes a thousand seconds."""

    def __init__(self, time):
        self.time, self.steps, self.stop_training = time, 0, False
        self.optimizer = type("Optimizer", (), {"learning_rate": None})()

    def get_weights(self):
        self.time[0] += 1000
        return self.steps


def played(callback, time, durations):
    """Play a training whose steps take so many seconds, until it is stopped; return the rates that were set."""
    callback.set_model(FakeModel(time))
    callback.on_train_begin()
    rates = []
    for duration in durations:
        time[0] += duration
        callback.model.steps += 1
        callback.on_train_batch_end(callback.model.steps - 1)
        rates.append(callback.model.optimizer.learning_rate)
        if callback.model.stop_training:
            break
    callback.on_train_end()
    return rates


def test_clock_keeps_the_weights_of_the_last_step_before_each_look():
    time = [0.0]
    clock = LookingClock((2, 5, 9), now=lambda: time[0])
    played(clock, time, [3.0, *[0.5] * 40])
    assert clock.at == {2: 0, 5: 5, 9: 13}  # while it compiled it had what it began with
    assert clock.model.stop_training and clock.model.steps == 14


def test_clock_keeps_the_end_of_a_training_that_ends_before():
    time = [0.0]
    clock = LookingClock((2, 5, 9), now=lambda: time[0])
    played(clock, time, [1.0, 1.0, 1.0])
    assert clock.at == {2: 2, 5: 3, 9: 3} and not clock.model.stop_training


def test_rate_rises_and_falls_with_the_time_after_the_first_step():
    time = [0.0]
    callback = RateByTheClock(1.0, 13.0, rising=0.2, now=lambda: time[0])
    rates = played(callback, time, [3.0, *[1.0] * 20])
    assert rates[0] == 0.01 and rates[1] == pytest.approx(0.5) and rates[2] == 1.0
    assert rates[6] == pytest.approx(0.5) and rates[-1] == pytest.approx(0) and len(rates) == 11
    assert callback.model.stop_training


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_follows_the_rules(name):
    model, options = RECIPES[name].make(
        np.random.default_rng(0).random((200, 28, 28), np.float32), RECIPES[name].seconds
    )
    check_model(name, model)
    assert model.optimizer and options["batch_size"] and options["epochs"]


def test_rotated_recipe_begins_with_the_mean_image():
    images = np.random.default_rng(0).random((900, 28, 28), np.float32) * np.linspace(0.1, 1, 28, dtype=np.float32)
    mean, components = principal_components(images, 5)
    assert components.T @ components == pytest.approx(np.eye(5), abs=1e-4)
    model, _ = RECIPES["rotated"].make(images, 30)
    encoder, decoder = (model.get_layer(name) for name in ("encoder", "decoder"))
    assert np.abs(encoder.layers[1](mean[None])).max() < 1e-3
    to_pixels = decoder.layers[2]
    assert np.ravel(to_pixels(np.zeros((1, 180), np.float32))) == pytest.approx(mean, abs=1e-3)
    assert sum(weights.shape == (784, 180) for weights in model.trainable_weights) == 0


def model(n_codings=30, outputs=784, names=("encoder", "decoder")):
    encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(n_codings)], name=names[0])
    shape = (28, 28) if outputs == 784 else (outputs,)
    decoder = [layers.Input((n_codings,)), layers.Dense(outputs), layers.Reshape(shape)]
    return keras.Sequential([layers.Input((28, 28)), encoder, keras.Sequential(decoder, name=names[1])])


def past_the_codings(model):
    """Return a model with the same parts, half of whose output comes from its input by another way."""
    encoder, decoder = model.layers
    inputs = layers.Input((28, 28))
    return keras.Model(inputs, layers.Average()([inputs, decoder(encoder(inputs))]))


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (lambda: model(31), r"o encoder devolve a forma \(None, 31\), e não \(None, 30\)"),
        (lambda: model(names=("a", "decoder")), "não tem as partes encoder e decoder"),
        (lambda: model(outputs=9), r"o modelo devolve a forma \(None, 9\)"),
        (lambda: past_the_codings(model()), "o modelo faz mais que o encoder e, depois dele, o decoder"),
    ],
)
def test_model_that_breaks_the_rules_is_named(made, wrong):
    with pytest.raises(SystemExit, match=f"^a receita minha, em record_recipes.py, não segue as regras: .*{wrong}"):
        check_model("minha", made())


@pytest.fixture
def results():
    """Made-up results of two rounds: muon is the best at 30 s, adam at 5 s and, once, at 60 s."""
    rows = []
    for name, errors in {
        "adam": ((0.02, 0.01, 0.009), (0.03, 0.012, 0.007)),
        "muon": ((0.04, 0.008, 0.0081),) * 2,
    }.items():
        for run, found in enumerate(errors):
            for seconds, error in zip((5, 30, 60), found, strict=True):
                rows.append({"recipe": name, "round": run, "seconds": seconds, "validation_mse": error})
    options = {"images": 55_000, "looks": [5, 30, 60]}
    results = measure.new_results(options, kinds=("rows", "test")) | {"rows": rows}
    return results | {"test": [{"recipe": "muon", "seconds": 30, "test_mse": 0.00812}]}


def test_table_has_medians_and_spread(results):
    assert winner(results) == ("muon", 30)
    text = summary(results, markdown=True)
    assert "| Adam, taxa constante | 2 | 0,02500 (0,02000 a 0,03000) | 0,01100 (0,01000 a 0,01200) | 0,00800 (" in text
    assert text.endswith("No teste: + Muon, lotes de 1.024, 30 s: 0,00812.")
    assert draw(results).startswith(b"\x89PNG")


def test_table_tells_what_a_change_buys_and_nothing_after_the_end(results):
    results["rows"] += [row | {"recipe": "small_batches"} for row in results["rows"] if row["recipe"] == "adam"]
    adam, small, muon = (line.split("|") for line in summary(results, markdown=True).splitlines()[2:5])
    assert [line[1].strip() for line in (adam, small, muon)] == [
        RECIPES[n].title for n in ("adam", "small_batches", "muon")
    ]
    assert adam[-3].strip().startswith("0,00800 (") and small[-3].strip() == muon[-3].strip() == ""  # 60 s
    assert [line[-2].strip() for line in (adam, small, muon)] == ["", "", "27,3 %"]


def test_recipes_change_what_there_is():
    assert {recipe.changes for recipe in RECIPES.values()} <= {"", *RECIPES}


def test_winner_without_a_look_at_the_aim(results):
    for look, name in ((60, "adam"), (5, "adam")):
        only = {"rows": [row for row in results["rows"] if row["seconds"] == look], "options": {"looks": [look]}}
        assert winner(results | only) == (name, look)


def test_some_recipes_alone_are_not_tested(bench):
    assert bench("--runs", "1", "--only=adam muon")["test"] == [] and len(bench.trained) == 3


def test_other_winner_is_tested_again(bench, tmp_path, page):
    results = bench("--runs", "1") | {"test": [{"recipe": "adam", "seconds": 30, "test_mse": 0.01}]}
    (tmp_path / "record.json").write_text(json.dumps(results), encoding="utf-8")
    with pytest.raises(SystemExit, match="faltam: o teste da vencedora"):
        record.main(["--build", str(tmp_path), "--to-page", str(page)])
    assert [test["recipe"] for test in bench("--runs", "1", "--resume")["test"]] == ["muon"]


def test_recipe_that_is_no_more_keeps_its_rows(results, monkeypatch):
    monkeypatch.delitem(RECIPES, "muon")
    assert "| muon | 2 |" in summary(results, markdown=True) and draw(results)
    assert winner(results) == ("adam", 30)


def test_rounds_turn_round_and_only_what_is_missing_is_measured(results):
    assert pending(["adam", "muon"], 2, {"rows": []}) == [(0, "adam"), (0, "muon"), (1, "muon"), (1, "adam")]
    assert pending(["adam", "muon"], 3, results) == [(2, "adam"), (2, "muon")]


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Measure the record without training: a function of the arguments and of how many trainings to allow."""

    def errors(name, looks, train_images, images, *, seed):
        if len(bench.trained) == bench.allowed:
            raise KeyboardInterrupt
        bench.trained.append((name, len(train_images), len(images), seed))
        return dict.fromkeys(looks, {"adam": 0.01, "muon": 0.008}.get(name, 0.02))

    def bench(*arguments, allowed=None):
        bench.trained, bench.allowed = [], allowed
        status = record.main(["--build", str(tmp_path), *arguments])
        assert status == (None if allowed is None else 130)
        return json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))

    monkeypatch.delenv("COURSE_SEED", raising=False)
    monkeypatch.setattr(record, "errors", errors)
    return bench


def test_interrupted_record_goes_on_and_tests_the_winner_once(bench, capsys, monkeypatch):
    only = "--only=adam muon"
    for name in set(RECIPES) - {"adam", "muon"}:
        monkeypatch.delitem(RECIPES, name)
    whole = bench("--runs", "2", only)
    assert [name for name, *_ in bench.trained] == ["adam", "adam", "muon", "muon", "adam", "muon"]
    assert bench.trained[-1] == ("muon", 55_000, 10_000, 44)
    assert whole["test"] == [{"recipe": "muon", "seconds": 30, "test_mse": 0.008}]
    begun = bench("--runs", "2", only, allowed=3)
    assert len(begun["rows"]) == 2 * len(LOOKS) and begun["test"] == []
    assert capsys.readouterr().err.startswith("\nInterrompido; o que se mediu está guardado, e make record RESUME=1")
    assert bench("--runs", "2", only, "--resume") == whole and len(bench.trained) == 4
    assert bench("--runs", "2", only, "--resume") == whole and bench.trained == []


def test_other_measurements_are_not_gone_on_with(bench):
    bench("--runs", "1", "--only=adam", "--images", "256")
    with pytest.raises(SystemExit, match=r"opções .*rode `make record` sem RESUME=1"):
        bench("--runs", "1", "--only=adam", "--resume")


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda r: r.pop("rows"), r"\$"),
        (lambda r: r["rows"][1].pop("round"), r"\$\.rows\[1\]"),
        (lambda r: r["rows"][2].update(seconds="5"), r"\$\.rows\[2\]\.seconds"),
    ],
)
def test_damaged_record_is_named_and_left_as_it_is(bench, results, tmp_path, spoil, place):
    results = copy.deepcopy(results)
    spoil(results)
    text = json.dumps(results)
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match=rf"^record\.json não pode ser lido \({place} .*fica como está.*`make record`"):
        bench("--resume")
    assert (tmp_path / "record.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("unwritable", ["record.json", "record.png"])
def test_full_disk_is_named(bench, monkeypatch, unwritable):
    fill_disk(monkeypatch, unwritable)
    with pytest.raises(SystemExit, match=rf"^não consegui escrever {unwritable}: o disco está cheio$"):
        bench("--runs", "1", "--only=adam")


def test_record_and_benchmark_do_not_measure_at_once(bench, tmp_path):
    with lock(tmp_path / ".benchmark.lock"), pytest.raises(SystemExit, match="Outro make bench ou make record"):
        bench("--runs", "1", "--only=adam")
    assert bench.trained == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only=adam vae"], "argument --only: esperava adam, .*, recebi 'vae'"),
        (["--looks", "0 5"], "argument --looks: esperava segundos, como '5 10', até 3600, recebi '0 5'"),
        (["--looks", "nan"], "argument --looks: esperava segundos"),
        (["--runs", "0"], "argument --runs: esperava um número inteiro"),
    ],
)
def test_options_that_make_no_sense_are_refused(capsys, arguments, message):
    with pytest.raises(SystemExit):
        record.main(arguments)
    assert re.search(message, capsys.readouterr().err)


@pytest.fixture
def page(tmp_path):
    page = tmp_path / "p.md"
    page.write_text("antes\n<!-- recorde -->\nvelho\n<!-- /recorde -->\n", encoding="utf-8")
    return page


def test_page_shows_complete_measurements_and_keeps_them_beside(bench, tmp_path, page):
    results = bench("--runs", "1")
    record.main(["--build", str(tmp_path), "--to-page", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("antes\n<!-- recorde -->\n\nMedido em ") and "velho" not in text
    assert all(f"| {recipe.title} | 1 |" in text for recipe in RECIPES.values()) and "No teste: " in text
    assert json.loads((tmp_path / "record.json").read_text(encoding="utf-8")) == results


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only=adam"], "faltam: .*Rode antes: make record RESUME=1"),
        (["--images", "256"], "usou menos imagens"),
        (["--looks", "5"], "ou outros segundos"),
    ],
)
def test_page_stays_as_it_was_if_something_is_missing(bench, tmp_path, page, arguments, message):
    bench("--runs", "1", *arguments)
    with pytest.raises(SystemExit, match=message):
        record.main(["--build", str(tmp_path), "--to-page", str(page)])
    assert "velho" in page.read_text(encoding="utf-8")


def test_page_without_measurements_is_told(tmp_path, page):
    with pytest.raises(SystemExit, match=r"^não há record\.json em .*; rode `make record` antes$"):
        record.main(["--build", str(tmp_path), "--to-page", str(page)])


def test_runs_from_the_command_line(tmp_path):
    command = [sys.executable, "-m", "tools.benchmark.record", "--runs", "1", "--images", "512", "--looks", "0,5 1"]
    ran = subprocess.run([*command, "--only=adam", "--build", tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "rodada 1 de 1 · Adam, taxa constante: 0,5 s 0," in ran.stdout
    results = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert [row["seconds"] for row in results["rows"]] == [0.5, 1] and results["test"] == []
    assert {path.name for path in tmp_path.iterdir()} == {".benchmark.lock", "record.json", "record.png"}


def test_a_recipe_is_one_function(monkeypatch):
    monkeypatch.setitem(RECIPES, "minha", Recipe("minha", 1, lambda images, seconds: (model(), {"batch_size": 32})))
    assert "minha" in RECIPES
    check_model("minha", RECIPES["minha"].make(None, 1)[0])
