"""The studies: the rule, what is measured again and what is not, what is stored, the cards and the page."""

import dataclasses
import functools
import importlib
import importlib.util
import json
import math
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest
from notebook_files import code_cells, read
from sklearn.decomposition import PCA

from studies import LAST, STUDIES, __main__, common, engine, verdicts
from studies.engine import SEEDS, Arm, Comparison, Statement, Study
from studies.fingerprints import fingerprint
from studies.results import SCHEMA, ResultError, read_result
from studies.rule import claim_verdict, decide, prediction_interval, with_null
from tools import claims_page
from tools.files import lock
from utils.claims import ARITHMETIC, LECTURE_CLAIMS
from utils.course import ROOT
from utils.data import load_fashion_mnist

# The rule


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ([1.0, 1.1, 0.9, 1.0], "holds"),
        ([0.1, 0.0, -0.1, 0.05], "fails"),
        ([0.1, 0.9, 0.4, 0.6], "undecided"),
        ([0.6, 0.6, 0.6], "holds"),
        ([0.5, 0.5, 0.5], "undecided"),
        ([0.4, 0.4, 0.4], "fails"),
    ],
)
def test_statement_is_decided_by_the_whole_interval(effects, verdict):
    found, (low, high) = decide(effects, 0.5)
    assert found == verdict
    assert low - 1e-9 <= np.mean(effects) <= high + 1e-9


@pytest.mark.parametrize("effects", [[], [1.0], [1.0, math.nan], [1.0, math.inf], [[1.0, 2.0]]])
def test_effects_that_decide_nothing_are_named(effects):
    with pytest.raises(ValueError, match="effects: esperava dois ou mais números finitos"):
        decide(effects, 0)


def test_gain_that_remains_without_the_phenomenon_decides_nothing():
    assert with_null("holds", "holds") == with_null("fails", "holds") == "undecided"
    assert [with_null(verdict, "fails") for verdict in ("holds", "fails", "undecided")] == [
        "holds",
        "fails",
        "undecided",
    ]
    assert with_null("holds", "undecided") == "holds"


@pytest.mark.parametrize(
    ("main", "verdict"),
    [
        (["holds", "holds"], "holds"),
        (["fails", "fails"], "fails"),
        (["holds", "fails"], "partly"),
        (["holds", "fails", "undecided"], "partly"),
        (["holds", "undecided"], "undecided"),
        (["fails", "undecided"], "undecided"),
        (["undecided"], "undecided"),
    ],
)
def test_claim_is_decided_by_its_main_statements(main, verdict):
    assert claim_verdict(main) == verdict


def test_simulated_studies_are_decided_at_the_promised_rates():
    """2,000 studies of ten seeds each: a true effect is found, one that is not there is not."""
    rng, margin = np.random.default_rng(0), 1.0

    def rates(effect):
        verdicts = [decide(effects, margin)[0] for effects in effect + rng.normal(size=(2000, 10))]
        return {verdict: verdicts.count(verdict) / 2000 for verdict in ("holds", "fails", "undecided")}

    assert rates(margin + 3)["holds"] > 0.999
    assert rates(margin - 3)["fails"] > 0.999
    on_the_margin = rates(margin)  # each side errs in half of one per cent
    assert on_the_margin["holds"] < 0.0105 and on_the_margin["fails"] < 0.0105
    assert rates(margin - 0.5)["holds"] < 0.002
    covered = [low <= 0 <= high for low, high in (decide(e, 0)[1] for e in rng.normal(size=(2000, 10)))]
    assert 0.98 < np.mean(covered) < 0.998


def test_simulated_runs_come_out_where_they_are_expected():
    rng = np.random.default_rng(0)
    for n in (3, 10):
        draws = rng.normal(size=(2000, n + 1))
        inside = [low <= new <= high for *seen, new in draws for low, high in [prediction_interval(seen)]]
        assert np.mean(inside) > 0.996
    few, many = (np.ptp(prediction_interval(np.resize([0.0, 1.0], n))) for n in (4, 20))
    assert few > 2 * many


# What is measured again

MODULE = '''
"""A module of a study."""
import functools
import math
import numpy as np
import keras
import utils.training
from utils.training import mean_error, squared_error
from utils.models import make_ae
from studies.engine import shared, size

RATE = {rate}

def mean_error_of_my_own(x):
    return {own}

def helper(x):
    """{docstring}"""
    {statement}
    return x * RATE + mean_error_of_my_own(math.pi)

@shared
def train(seed, kind):
    return helper({factor} * seed) + size(1, 1), mean_error

class Layer:
    def call(self):
        return {layer}

def run(seed, kind="a"):
    # {comment}
    return {{"m": train(seed, kind), "layer": Layer(), "unused": {unused}}}
'''


@pytest.fixture
def module(tmp_path):
    """Make a module of a study with the given parts, by a name of its own."""
    made = []

    def make(**parts):
        defaults = {"rate": 1, "docstring": "a", "factor": 2, "layer": 3, "comment": "a", "unused": "make_ae"}
        defaults |= {"own": 1, "statement": "pass"}
        path = tmp_path / f"sample{len(made)}.py"
        path.write_text(MODULE.format(**(defaults | parts)), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"studies.sample{len(made)}", path)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = loaded
        made.append(spec.name)
        spec.loader.exec_module(loaded)
        return loaded

    yield make
    for name in made:
        del sys.modules[name]


def mark(run, data=("words/palavras.txt",), tuning="x"):
    return fingerprint(Arm("título", run, tuning, data))


@pytest.mark.parametrize("parts", [{"docstring": "outra"}, {"comment": "outro"}])
def test_words_about_a_recipe_do_not_change_its_fingerprint(module, parts):
    assert mark(module().run) == mark(module(**parts).run)


@pytest.mark.parametrize(
    "parts",
    [{"rate": 2}, {"rate": "'a'"}, {"factor": 3}, {"layer": 4}, {"unused": "make_ae(3)"}, {"own": 2}],
)
def test_changes_to_a_recipe_change_its_fingerprint(module, parts):
    assert mark(module().run) != mark(module(**parts).run)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"rate": "np.array([1, 2])"}, "constantes de números e texto"),
        ({"rate": "{1, np.sum}"}, "constantes de números e texto"),
        ({"rate": "keras.losses.Huber(1.0)"}, "constantes de números e texto"),
        ({"statement": "from utils.models import make_sae"}, "import só no alto"),
    ],
)
def test_what_cannot_be_followed_is_refused(module, parts, message):
    with pytest.raises(ValueError, match=message):
        mark(module(**parts).run)


def test_functions_of_other_modules_are_followed_however_they_are_named(module, monkeypatch):
    before = mark(module(statement="utils.training.restart(x, x)").run)
    assert before != mark(module(statement="utils.training.warmup_cosine(x)").run)
    sample = module(statement="utils.training.restart(x, x)")
    monkeypatch.setattr("utils.training.restart", sample.mean_error_of_my_own)
    assert mark(sample.run) != before


def test_recipe_edited_while_it_runs_keeps_its_fingerprint(module):
    sample = module()
    arm = Arm("título", sample.run, "x", ())
    before = fingerprint(arm)
    with open(sample.__file__, "a", encoding="utf-8") as file:
        file.write("\nRATE = 7\n")
    assert fingerprint(arm) == before


@pytest.mark.parametrize("module", sorted(path.stem for path in (ROOT / "studies").glob("c[0-9]*.py")))
def test_recipes_of_every_study_can_be_followed_listed_or_not(module):
    study = importlib.import_module(f"studies.{module}").STUDY
    assert all(len(fingerprint(arm)) == 16 for arm in study.arms.values())


def test_fingerprint_sees_what_is_fixed_of_a_function_and_the_data():
    run = functools.partial(_train, kind="a", make=_make)
    assert mark(run) == mark(functools.partial(_train, kind="a", make=_make))
    assert mark(run) == mark(functools.partial(_train, kind="a", make=_make, start=0))  # the default
    others = (
        functools.partial(_train, kind="b", make=_make),
        functools.partial(_train, kind="a", make=_make_other),
        functools.partial(_train, kind="a", make=_make, start=1),
    )
    assert len({mark(run), *map(mark, others), mark(run, data=()), mark(run, data=("chess/positions.npz",))}) == 6
    assert mark(run) == mark(run, tuning="y")


def _train(seed, kind, make, start=0):
    return {}


def _make():
    return 1


def _make_other():
    return 2


def test_recipe_without_a_name_is_refused(module):
    sample = module()
    nameless = eval("lambda seed: {}", {"__name__": sample.__name__})
    with pytest.raises(ValueError, match="esperava uma função com nome"):
        mark(nameless)


# What is stored


class Trainings:
    """Arms that note which seeds they were run with; `stop` raises at a call."""

    def __init__(self):
        self.done, self.stop, self.noise = [], {}, 0.01

    def arm(self, name, value, n_seeds=10):
        def run(seed):
            if (name, seed) in self.stop:
                raise self.stop[name, seed]
            self.done.append((name, seed))
            return {"error": value * (1 + self.noise * math.sin(7 * seed + 3 * ord(name[0]))), "parameters": 5}

        return Arm(name, run, "nada", (), n_seeds)

    def study(self, **options):
        arms = {"a": self.arm("a", 2.0), "b": self.arm("b", 1.0), "null": self.arm("null", 1.0)}
        lesson = self.arm("lesson", 2.0)
        arms["lesson"] = dataclasses.replace(lesson, run=lambda seed: self.as_lesson(lesson.run(seed)))
        statement = Statement(
            id="gain",
            text="a erra mais do que b",
            condition="com tudo",
            comparison=Comparison(("a", "b"), "error"),
            null=Comparison(("null", "b"), "error"),
            margin=1.5,
            why_margin="porque sim",
        )
        return Study("C6", "A aula", arms, {"error": "erro"}, (statement,), **options)

    @staticmethod
    def as_lesson(values):
        return {"gain": values["error"], "parameters": values["parameters"]}


@pytest.fixture
def trainings(monkeypatch):
    """Arms of a made-up study; their fingerprints are their names, unless `marks` says otherwise."""
    monkeypatch.setattr(engine, "fingerprint", lambda arm: trainings.marks.get(arm.title, arm.title))
    trainings = Trainings()
    trainings.marks = {}
    return trainings


def test_study_is_measured_stored_and_concluded(trainings, tmp_path):
    result = engine.measure(trainings.study(), tmp_path)
    assert result == json.loads((tmp_path / "C6.json").read_text(encoding="utf-8")) == read_result("C6", tmp_path)
    assert result["verdict"] == "holds" and result["summary"] == "A aula: vale com tudo."
    [statement] = result["statements"]
    assert statement["verdict"] == "holds" and statement["null"]["verdict"] == "fails"
    assert statement["margin"] == math.log(1.5) and len(statement["effects"]) == 10
    assert statement["interval"][0] < math.log(2) < statement["interval"][1]
    assert result["arms"]["a"]["seeds"] == list(SEEDS) and result["arms"]["a"]["parameters"] == 5
    low, high = result["lesson"]["gain"]["prediction"]
    assert low < min(result["lesson"]["gain"]["values"]) < 2 < high
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["C6.json"]


def test_interrupted_study_goes_on_where_it_was(trainings, tmp_path):
    trainings.stop = {("b", 205): KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        engine.measure(trainings.study(), tmp_path)
    assert trainings.done[-1] == ("b", 204)
    assert read_result("C6", tmp_path)["verdict"] == "undecided"
    before, trainings.stop = len(trainings.done), {}
    engine.measure(trainings.study(), tmp_path)
    assert trainings.done[before] == ("b", 205) and len(trainings.done) == len(set(trainings.done)) == 40
    engine.measure(trainings.study(), tmp_path)
    assert len(trainings.done) == 40


def test_changed_arm_is_measured_again_and_no_other(trainings, tmp_path):
    engine.measure(trainings.study(), tmp_path)
    trainings.done.clear()
    trainings.marks = {"b": "another"}
    study = trainings.study()
    assert not engine.is_fresh(study, read_result("C6", tmp_path))
    trainings.stop = {("b", 204): KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        engine.measure(study, tmp_path)
    trainings.stop = {}
    engine.measure(study, tmp_path)
    assert trainings.done == [("b", seed) for seed in SEEDS]


def test_changed_margin_needs_no_training(trainings, tmp_path):
    study = trainings.study()
    engine.measure(study, tmp_path)
    trainings.done.clear()
    stricter = dataclasses.replace(study.statements[0], margin=3.0)
    result = engine.measure(dataclasses.replace(study, statements=(stricter,)), tmp_path)
    assert result["verdict"] == "fails" and result == read_result("C6", tmp_path) and not trainings.done


def test_accepted_null_control_is_told(trainings, tmp_path):
    study = trainings.study()
    null = dataclasses.replace(study.statements[0], null=Comparison(("a", "null"), "error"))
    result = engine.measure(dataclasses.replace(study, statements=(null,)), tmp_path)
    assert result["verdict"] == "undecided"
    assert result["summary"].endswith("O ganho aparece também no controle, sem o fenômeno, com tudo.")


def test_undecided_study_is_extended_once_if_it_says_so(trainings, tmp_path):
    trainings.noise = 0.9
    engine.measure(trainings.study(), tmp_path)
    assert len(trainings.done) == 40
    trainings.stop = {("null", 220): KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        engine.measure(trainings.study(extend=True), tmp_path)
    partial = read_result("C6", tmp_path)  # it is not told before all seeds are there
    assert len(partial["statements"][0]["effects"]) == 10 and not engine.is_fresh(trainings.study(extend=True), partial)
    trainings.stop = {}
    extended = engine.measure(trainings.study(extend=True), tmp_path)
    assert len(trainings.done) == 70 and len(extended["statements"][0]["effects"]) == 20
    assert extended["arms"]["lesson"]["seeds"] == list(SEEDS)
    engine.measure(trainings.study(extend=True), tmp_path)
    assert len(trainings.done) == 70


def test_extension_decides_with_all_its_seeds(trainings, tmp_path):
    """The first ten are undecided, the next ten agree: what decides is all twenty, and never a part of them."""
    trainings.noise = 0.4
    study = trainings.study(extend=True)
    calm = {name: dataclasses.replace(arm, run=_calmer(arm.run)) for name, arm in study.arms.items()}
    result = engine.measure(dataclasses.replace(study, arms=calm), tmp_path)
    assert result["verdict"] == "holds" and len(result["statements"][0]["effects"]) == 20
    again = engine.measure(dataclasses.replace(study, arms=calm, extend=False), tmp_path)
    assert again["verdict"] == "undecided" and len(again["statements"][0]["effects"]) == 10


def _calmer(run):
    """Return a run whose noise is small from the eleventh seed on."""
    return lambda seed: run(seed) if seed <= SEEDS[-1] else {**run(211), "parameters": 1}


def test_claim_rests_on_a_borrowed_statement(trainings, tmp_path, monkeypatch):
    study = trainings.study()
    other = dataclasses.replace(study, claim="C14", borrows=(engine.Borrowed("C6", "gain", "em outro estudo"),))
    monkeypatch.setattr(engine, "load_study", {"C6": study, "C14": other}.__getitem__)
    result = engine.measure(other, tmp_path)
    assert result["verdict"] == "undecided" and "incompleta" in result["summary"]
    assert not engine.is_fresh(other, result, tmp_path)
    engine.measure(study, tmp_path)
    trainings.done.clear()
    result = engine.measure(other, tmp_path)
    assert not trainings.done and engine.is_fresh(other, read_result("C14", tmp_path), tmp_path)
    assert result["summary"] == "A aula: vale com tudo; em outro estudo."
    assert [statement["id"] for statement in result["statements"]] == ["gain", "C6.gain"]
    trainings.marks = {"b": "another"}
    assert not engine.is_fresh(other, result, tmp_path)


def test_seeds_that_are_not_the_studys_count_for_nothing(trainings, tmp_path):
    result = engine.measure(trainings.study(), tmp_path)
    for arm in result["arms"].values():
        for column in (arm["seeds"], arm["seconds"], *arm["values"].values()):
            column.append(900)
    assert len(engine.conclude(trainings.study(), result["arms"])["statements"][0]["effects"]) == 10


@pytest.mark.parametrize(
    "tamper",
    [
        lambda result: result["lesson"]["gain"].update(prediction=[0.001, 1000.0]),
        lambda result: result["statements"][0]["null"].update(interval=[-9.0, -8.0]),
        lambda result: result["statements"][0].update(margin=0.0),
        lambda result: result["statements"][0].update(unit="points"),
        lambda result: result.update(verdict="fails"),
    ],
)
def test_result_that_does_not_follow_from_its_arms_is_not_fresh(trainings, tmp_path, tamper):
    result = engine.measure(trainings.study(), tmp_path)
    assert engine.is_fresh(trainings.study(), result)
    tamper(result)
    assert not engine.is_fresh(trainings.study(), result)


def test_ratio_needs_positive_measures(trainings, tmp_path):
    study = trainings.study()
    arms = study.arms | {"b": dataclasses.replace(study.arms["b"], run=lambda seed: {"error": 0.0, "parameters": 1})}
    with pytest.raises(ValueError, match="b, semente 201: esperava error > 0"):
        engine.measure(dataclasses.replace(study, arms=arms), tmp_path)


@pytest.mark.parametrize("values", [{"error": math.nan, "parameters": 1}, {"error": 1.0}])
def test_measures_that_are_no_numbers_are_refused(trainings, tmp_path, values):
    study = trainings.study()
    arms = study.arms | {"b": dataclasses.replace(study.arms["b"], run=lambda seed: values)}
    with pytest.raises(ValueError, match="semente 201: esperava números finitos"):
        engine.measure(dataclasses.replace(study, arms=arms), tmp_path)
    assert set(read_result("C6", tmp_path)["arms"]) == {"a"}


def _cut(text):
    return text[: len(text) // 2]


def _with_foreign_key(text):
    return json.dumps(json.loads(text) | {"extra": 1})


def _without_key(text):
    result = json.loads(text)
    del result["statements"][0]["margin"]
    return json.dumps(result)


def _with_too_few_values(text):
    result = json.loads(text)
    result["arms"]["a"]["values"]["error"].pop()
    return json.dumps(result)


def _of_another_claim(text):
    return text.replace('"claim": "C6"', '"claim": "C7"')


def _list(text):
    return "[1, 2]"


def _deep(text):
    return "[" * 100_000 + "]" * 100_000


def changed(change):
    """Return a damage: the result, changed by `change`."""

    def damage(text):
        result = json.loads(text)
        change(result)
        return json.dumps(result)

    return damage


CHANGES = [
    lambda result: result["arms"]["a"].update(values={}),
    lambda result: result["arms"]["a"]["values"].update(error=None),
    lambda result: result["arms"]["a"].update(values={"other": result["arms"]["a"]["values"]["error"]}),
    lambda result: result["arms"]["a"]["values"]["error"].__setitem__(0, 0.0),
    lambda result: result["arms"]["a"]["values"]["error"].__setitem__(0, -1.0),
    lambda result: result["arms"]["a"]["values"]["error"].__setitem__(0, math.nan),
    lambda result: result["arms"]["a"].update(parameters="5"),
    lambda result: result["arms"]["a"]["seeds"].__setitem__(0, 202),
    lambda result: result["statements"][0].update(effects=None),
    lambda result: result["statements"][0].update(interval="a"),
    lambda result: result["statements"][0].update(verdict="maybe"),
    lambda result: result["statements"][0]["null"].update(interval=None),
    lambda result: result["lesson"]["gain"].update(prediction=[None, None]),
    lambda result: result.update(verdict="vale"),
    lambda result: result.update(versions=None),
    lambda result: result.update(date=None),
    lambda result: result.update(machine={}),
]


def _nothing(text):
    return ""


DAMAGES = [_cut, _with_foreign_key, _without_key, _with_too_few_values, _of_another_claim, _list, _nothing, _deep]
DAMAGES += map(changed, CHANGES)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_result_is_named_and_left_as_it_is(trainings, tmp_path, monkeypatch, damage):
    path = tmp_path / "C6.json"
    engine.measure(trainings.study(), tmp_path)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(ResultError, match=r"C6\.json não é um resultado completo de um estudo .*make study C=C6"):
        engine.measure(trainings.study(), tmp_path)
    assert path.read_bytes() == before
    for module in (claims_page, verdicts):  # the pages say so, a card has no study
        monkeypatch.setattr(module, "read_result", lambda claim: read_result(claim, tmp_path))
        monkeypatch.setattr(module, "load_study", lambda claim: trainings.study())
    monkeypatch.setattr(claims_page, "STUDIES", {"C6": "c06"})
    with pytest.raises(ResultError, match=r"C6\.json"):
        claims_page.stored_results()
    assert verdicts.study_verdict("C6") is None


def test_result_that_is_no_text_is_named(trainings, tmp_path):
    (tmp_path / "C6.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResultError, match=r"C6\.json"):
        engine.measure(trainings.study(), tmp_path)


def test_full_disk_leaves_what_was_stored(trainings, tmp_path, monkeypatch):
    study, write = trainings.study(), engine.write

    def full(path, content):
        if len(trainings.done) > 5:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(engine, "write", full)
    with pytest.raises(OSError, match="No space"):
        engine.measure(study, tmp_path)
    assert read_result("C6", tmp_path)["arms"]["a"]["seeds"] == list(SEEDS[:5])


def test_two_processes_do_not_measure_the_same_study(trainings, tmp_path):
    with lock(tmp_path / ".C6.lock"), pytest.raises(BlockingIOError):
        engine.measure(trainings.study(), tmp_path)
    assert not trainings.done


# The command


@pytest.fixture
def command(trainings, tmp_path, monkeypatch, capsys):
    """Run ``python -m studies`` with two made-up studies whose results are in a folder of its own."""
    studies = {"C6": trainings.study(), "C14": dataclasses.replace(trainings.study(), claim="C14")}
    measure = engine.measure
    monkeypatch.setattr(__main__, "STUDIES", studies)
    monkeypatch.setattr(engine, "load_study", studies.__getitem__)
    monkeypatch.setattr(engine, "measure", lambda study, **options: measure(study, tmp_path, **options))
    monkeypatch.setattr(__main__.Apart, "measure", lambda self, claim: __main__.measure_here(claim))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["studies", "--jobs=1", *words])
        status = __main__.main()
        return status, capsys.readouterr()

    return run


def test_command_measures_all_or_those_named(command, trainings, tmp_path):
    status, shown = command("c14")
    assert status == 0 and shown.out == "C14: A aula: vale com tudo.\n"
    assert "C14 · lesson · semente 210: 100%" in shown.err
    status, shown = command()
    assert (
        status == 0
        and shown.out.startswith("C6: ")
        and {p.name for p in tmp_path.glob("*.json")}
        == {
            "C6.json",
            "C14.json",
        }
    )


def test_claims_are_measured_in_processes_of_their_own(capfd):
    """What is stored is complete: the processes say so and train nothing."""
    apart = __main__.Apart(2)
    assert int(apart.environment["OMP_NUM_THREADS"]) == max(1, os.cpu_count() // 2)
    assert apart.measure_all(["C6", "C14"]) == 0 and not apart.running
    lines = sorted(capfd.readouterr().out.splitlines())
    assert lines == [f"{claim}: {read_result(claim)['summary']}" for claim in ("C14", "C6")]


def test_interruption_reaches_every_process(tmp_path, monkeypatch, capsys):
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\ntrap 'exit 130' INT\ntouch $0.$$\nwhile :; do sleep 0.05; done\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it may be ignored

    def interrupt():
        while len(list(tmp_path.iterdir())) < 3:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    try:
        assert __main__.Apart(2).measure_all(["C6", "C14", "C1"]) == 130
    finally:
        signal.signal(signal.SIGINT, handler)
    assert "C6, C14, C1: interrompido" in capsys.readouterr().err and len(list(tmp_path.iterdir())) == 3


def test_study_that_concludes_from_others_is_measured_after_them(command, monkeypatch):
    monkeypatch.setattr(__main__, "LAST", ("C6",))
    status, shown = command()
    assert status == 0 and [line[:3] for line in shown.out.splitlines()] == ["C14", "C6:"]


@pytest.mark.parametrize("words", ["C99", "; touch F", "$(touch F)", "C6 --help", "é", " "])
def test_unknown_claim_is_named(command, words):
    with pytest.raises(SystemExit, match=r"C: esperava afirmações que têm estudo \(C6, C14\) e recebi"):
        command("--", words)


def test_damaged_file_among_good_ones_stops_only_its_study(command, tmp_path):
    (tmp_path / "C6.json").write_text("{", encoding="utf-8")
    status, shown = command()
    assert status == 1 and "C6.json não é um resultado" in shown.out and "C14: A aula: vale" in shown.out


def test_interruption_of_the_command_is_one_line(command, trainings):
    trainings.stop = {("a", 203): KeyboardInterrupt()}
    status, shown = command()
    assert status == 130 and "C6: interrompido; o que terminou está guardado" in shown.err
    status, shown = command("--line=1", "--", "C6")
    assert status == 130 and "interrompido" not in shown.err  # the process that started it says so


def test_study_at_work_elsewhere_is_told(command, tmp_path):
    with lock(tmp_path / ".C6.lock"):
        status, shown = command()
    assert status == 1 and "outro make study está medindo" in shown.out and "C14: A aula: vale" in shown.out


def test_failed_training_is_told(command, trainings, tmp_path):
    trainings.stop = {("a", 203): ValueError("semente 203: esperava números finitos")}
    status, shown = command("C6")
    assert status == 1 and "C6: semente 203: esperava" in shown.out
    assert read_result("C6", tmp_path)["arms"]["a"]["seeds"] == [201, 202]


# The studies of the course


@pytest.mark.parametrize("claim", STUDIES)
def test_stored_result_is_that_of_the_study_as_it_is(claim):
    study, result = engine.load_study(claim), read_result(claim)
    assert engine.is_fresh(study, result), f"rode: make study C={claim}"


@pytest.mark.parametrize("claim", STUDIES)
def test_study_declares_what_a_reader_needs(claim):
    study = engine.load_study(claim)
    assert study.claim == claim and claim in LECTURE_CLAIMS
    assert any(statement.main for statement in study.statements)
    assert len({statement.id for statement in study.statements}) == len(study.statements)
    for statement in study.statements:
        assert statement.null != statement.comparison
        assert all((statement.text, statement.condition, statement.why_margin)) and statement.unit in verdicts.UNITS
        assert {*statement.comparison.arms, *statement.null.arms} <= set(study.arms)
    for arm in study.arms.values():
        assert arm.title and arm.tuning and 5 <= arm.n_seeds <= len(SEEDS)
    for statement in study.statements:
        for a, b in (statement.comparison.arms, statement.null.arms):
            budgets = {study.arms[a].tuning, study.arms[b].tuning}
            assert len(budgets) == 1 or "Nada a ajustar." in budgets


def test_studies_that_borrow_are_measured_last():
    assert {claim for claim in STUDIES if engine.load_study(claim).borrows} == set(LAST)


def test_margins_are_those_of_the_pca():
    """What the reasons of margins say: the error of PCA with other numbers of components than 30, or than 10."""
    split = load_fashion_mnist()
    pca = PCA(32, random_state=0).fit(split.train.images.reshape(-1, 784))
    valid = split.validation.images.reshape(-1, 784)
    left = ((valid - pca.mean_) ** 2).sum() - (pca.transform(valid) ** 2).sum(axis=0).cumsum()
    assert [round(left[n - 1] / left[29], 2) for n in (32, 27, 18)] == [0.97, 1.05, 1.25]
    assert round(left[10] / left[9], 2) == 0.96


# The recipes of lessons that a study repeats, by what stands in the notebooks; whoever changes one changes both.
LESSON_RECIPES = {
    "01_motivacao": (
        "Adam(0.01)",
        "epochs=20, batch_size=50",
        "rng.uniform(20, 90, size=(n, 5))",
        "500 * 128",
        '"mestre": 40_000',
        'layers.Dense(256, activation="gelu"), layers.Dense(32)',
    ),
    "02_ae_basico": (
        'Adam(0.002), loss="mse"',
        "x_train, x_train, batch_size=256, epochs=6",
        "x_clothes, x_clothes, batch_size=256, epochs=8",
        "x_train[some], x_train[some], batch_size=32, epochs=2",
        "permutation(len(x_train))[:10_000]",
        "numbers_of(flat_train[:10_000])",
        "LogisticRegression(C=0.01, max_iter=1000)",
    ),
    "03_sae_tsne": (
        "Adam(0.002)",
        "batch_size=256, epochs=4",
        "x_small = x_train[:10_000]",
        '"uma camada": [64], "três camadas": [56, 56, 56]',
        "batch_size=256, epochs=10",
        '"sem remédio": ([100], 10, 6)',
        '"uma camada a mais": ([256, 100], 10, 6)',
        "batch_size=256, epochs=epochs",
        "default_rng(SEED).permutation(len(x_train))",
        "x_train[drawn[:60]], drawn[6000:8000]",
        "np.resize(x_few, (3000, 28, 28))",
        '"modesta": [50], "grande": [256, 256]',
        "batch_size=60, epochs=10",
        "x_test[:2000]",
        'TSNE(init="pca", max_iter=500, random_state=SEED)',
        "n_neighbors=10",
    ),
    "04_pesos_amarrados": (
        "for draw in range(1, 4)",
        '("solto", make_sae, 20.0), ("amarrado", make_tied_sae, 17.0)',
        "batch_size=128",
        "steps_per_epoch=43",
        "epochs=14",
        "SGD(rate)",
        "choice(x_train, 500, replace=False)",
        "np.repeat(few, 10, axis=0)",
        "Adam(0.003)",
        "batch_size=100",
        "epochs=20",
    ),
    "05_pretreino": (
        'layers.Dense(256, activation="gelu")',
        'layers.Dense(128, activation="gelu")',
        "layers.Dropout(0.5), dae_encoder",
        "Adam(0.002)",
        "batch_size=256, epochs=3",
        "make_encoder(dropout=0.5)",
        "permutation(len(x_train))[:500]",
        "Adam(0.001)",
        "batch_size=64, epochs=60",
        "default_rng(SEED).permutation(10).reshape(2, 5)",
        "permutation(len(x_task))[:500]",
        "LogisticRegression(C=0.1, max_iter=2000).fit(known / known.std(), y_few)",
    ),
    "06_cae": (
        "cae = make_cae()",
        "dense = make_sae(hidden=67)",
        'Adam(0.004), loss="mse"',
        "x_train, x_train, batch_size=64, epochs=1",
        "for by in (2, 3, 4) for move in ((by, 0), (-by, 0), (0, by), (0, -by))",
        "ndimage.shift(x_test[i::12], move, order=0)",
        'here=error["denso"] / error["CAE"]',
        'here=moved_error["denso, 67"] / moved_error["CAE"]',
    ),
    "07_rae": (
        "inputs[:, :, -2:]",
        "layers.RepeatVector(shape[0])(codings), clock",
        "layers.GaussianNoise(0.4)",
        "[layers.Masking(), noise, layers.GRU(48)], [layers.GRU(48, return_sequences=True), layers.Dense(12)]",
        "[layers.Masking(), noise, gelu(96), gelu(96), layers.GlobalAveragePooling1D()]",
        "[gelu(96), gelu(96), layers.Dense(12)]",
        '"DNN": ([noise, layers.Flatten(), gelu(256)], [layers.Flatten(), gelu(256), *all_at_once])',
        '"linear": ([noise, layers.Flatten()], [layers.Flatten(), *all_at_once])',
        '{"RNN": (0.02, 0.0), "DNN": (0.002, 2.0), "linear": (0.003, 1.0)}',
        'fit_vowels("sem GRU", read, write, 0.01, 0.1)',
        "CosineDecay(rate, decay_steps=50 * 5)",
        "AdamW(falling, weight_decay=decay)",
        '"batch_size": 45, "epochs": 50',
        'here=test[rival] / test["RNN"]',
        'here=test["sem GRU"] / test["RNN"]',
        "[layers.Masking(), layers.GRU(96)], [layers.GRU(96, return_sequences=True)",
        "[layers.Flatten(), gelu(512)], [layers.Flatten(), gelu(512), *spelled]",
        "part[:8000]",
        '{"RNN": 0.01, "DNN": 0.003}',
        '"batch_size": 80, "epochs": 4',
        'here=accuracy["RNN"] - accuracy["DNN"]',
    ),
    "08_dae": (
        "x_some = x_train[:20_000]",
        "layers.Dropout(0.5), encoder, decoder",
        "Adam(0.002)",
        "x_some, x_some, batch_size=128, epochs=5",
        "Ridge().fit(erase(x_some)",
        "x_train[:5000]",
        "np.tile(spelled(words.train), (10, 1))",
        "rng.integers(1, 3, len(codes))",
        "layers.Embedding(36, 36)",
        'layers.Dense(512, activation="gelu")',
        'layers.Dense(256, activation="gelu")',
        "Adam(0.001)",
        "x_noisy, x, batch_size=256, epochs=1",
    ),
    "10_gerar": (
        "make_sae(hidden=250)",
        "n_codings=30, hidden=250, kl_weight=0.5",
        "Adam(0.002)",
        "x_train, x_train, batch_size=256, epochs=3",
        "x_train, x_train, batch_size=256, epochs=5",
        "x_train, fashion.train.labels, batch_size=256, epochs=2",
        "N_NEW = 5000",
        "PCA(30, random_state=0)",
        '("SAE", sae, 5)',
        "x_train[:20_000]",
        "GaussianMixture(n_normals, tol=0.01, random_state=SEED)",
    ),
}


@pytest.mark.parametrize(("notebook", "texts"), LESSON_RECIPES.items())
def test_lesson_arm_repeats_what_the_lesson_does(notebook, texts):
    source = "\n".join(cell.source for cell in code_cells(read(ROOT / "notebooks" / f"{notebook}.ipynb")))
    assert all(text in source for text in texts)


@pytest.mark.parametrize("claim", STUDIES)
def test_study_runs_in_a_tiny_form(claim):
    study = engine.load_study(claim)
    with engine.tiny():
        for name, arm in study.arms.items():
            values, n_parameters, _ = engine.run_arm(arm, SEEDS[0])
            expected = {statement.id for statement in study.statements} if name == engine.LESSON else study.measures
            assert values.keys() <= set(expected) and n_parameters > 0
    comparisons = [c for statement in study.statements for c in (statement.comparison, statement.null)]
    used = {m for c in comparisons for m in ([c.measure] if isinstance(c.measure, str) else c.measure)}
    assert used <= study.measures.keys()


def test_option_that_breaks_with_another_seed_is_not_the_best():
    tried = []

    def score(option, seed):
        tried.append((option, seed))
        return {"small": 3, "middle": 2, "large": 1 if seed == common.TUNING_SEEDS[0] else 9}[option]

    assert common.best_of_seeds(("small", "middle", "large"), score) == "middle"
    assert len(tried) == 3 + 4 and {option for option, seed in tried[3:]} == {"middle", "large"}
    with engine.tiny():
        assert common.best_of_seeds(("small", "middle"), score) == "small" and len(tried) == 7


def test_shared_training_happens_once_a_run():
    calls = []

    @engine.shared
    def train(seed, kind="a"):
        calls.append(seed)
        return object()

    try:
        assert train(1) is train(1) and train(2) is not train(1) and calls == [1, 2]
        with engine.tiny():
            train(1)
            assert engine.size(55_000, 10) == 10
        train(1)
        assert calls == [1, 2, 1, 1] and engine.size(55_000, 10) == 55_000
    finally:
        engine._state.shared.remove(train)


# The page


def test_page_of_the_claims_is_that_of_the_stored_results():
    results = claims_page.stored_results()
    assert (ROOT / "docs" / "afirmacoes.md").read_text(encoding="utf-8") == claims_page.page(results)
    for claim in STUDIES:
        assert (claims_page.PICTURES / f"{claim}.png").read_bytes().startswith(b"\x89PNG")


def test_page_says_of_every_claim_how_it_stands():
    text = claims_page.page({})
    assert all(f"| {claim} | {statement.text} |" in text for claim, statement in LECTURE_CLAIMS.items())
    assert all(sentence in text for sentence in ARITHMETIC.values())
    assert text.count("sem estudo") == len(LECTURE_CLAIMS) - 3 and text.count("vale, por cálculo") == 3


def test_page_shows_a_study_with_its_null_control(trainings, tmp_path, monkeypatch):
    study = trainings.study()
    monkeypatch.setattr(claims_page, "load_study", lambda claim: study)
    result = engine.measure(study, tmp_path)
    text = claims_page.page({"C6": result})
    assert '<a id="c6"></a>' in text and "- a erra mais do que b: **vale**" in text
    assert "margem (vezes): 1,5. porque sim" in text and "recusado" in text and "make study C=C6" in text
    assert claims_page.forest_plot(result).startswith(b"\x89PNG")


# The cards


@pytest.fixture
def card(trainings, tmp_path, monkeypatch):
    """Show a card of a made-up study; return its text, its record and its pictures."""
    study = trainings.study()
    engine.measure(study, tmp_path)
    monkeypatch.setattr(verdicts, "load_study", lambda claim: study)
    monkeypatch.setattr(verdicts, "read_result", lambda claim: read_result(claim, tmp_path))
    monkeypatch.setattr(verdicts.InteractiveShell, "initialized", lambda: True)
    monkeypatch.delenv("COURSE_SEED", raising=False)
    monkeypatch.chdir(ROOT)

    def show(claim="C6", statement="gain", fresh=False, **options):
        shown = []
        if fresh:
            monkeypatch.setattr(verdicts, "is_fresh", lambda study, result: True)
        monkeypatch.setattr(verdicts, "display", lambda data, raw, metadata=None: shown.append((data, metadata)))
        verdicts.show_verdict(claim, statement, **options)
        (data, metadata), *pictures = shown
        assert set(metadata) == {"verdict"} and set(data) == {"text/plain", "text/markdown"}
        return data, metadata["verdict"], [picture for picture, _ in pictures]

    return show


@pytest.mark.parametrize(
    ("here", "place"),
    [
        (2.0, "O ponto desta execução cai na barra grossa."),
        (500.0, "O ponto desta execução cai fora da barra grossa e da fina."),
        (None, "e o intervalo do estudo, uma barra grossa, à direita dessa linha."),
        (math.nan, "Uma barra fina mostra onde se espera que caia uma execução."),
    ],
)
def test_card_says_what_is_to_be_seen_in_its_picture(card, monkeypatch, here, place):
    described = []
    monkeypatch.setattr(
        verdicts, "_alternative_text", lambda *args, of=verdicts._alternative_text: described.append(of(*args))
    )
    card(here=here)
    assert described[0].startswith(
        "Um eixo, com uma linha na margem, 1,5, e o intervalo do estudo, uma barra grossa, à direita"
    )
    assert described[0].endswith(place)


def test_card_shows_the_verdict_the_study_and_this_run(card):
    data, record, [picture] = card(here=np.float32(2.01))
    lines = data["text/plain"].splitlines()
    assert lines[0] == "✔ C6 · vale · um AE subcompleto comprime bem os dados de treino e mal os diferentes"
    assert lines[1] == "  ✔ a erra mais do que b: vale"
    assert lines[2].startswith("  Estudo: de 1,9") and "(10 sementes; margem 1,5)" in lines[2]
    assert "Nesta execução: 2,01 vezes, dentro do que se espera de uma execução (de 1,9" in lines[3]
    assert "](docs/afirmacoes.md#c6)" in data["text/markdown"]
    assert record.pop("here") == pytest.approx(2.01)
    assert record == {
        "id": "C6",
        "statement": "gain",
        "verdict": "holds",
        "shown": "2,01 vezes",
        "inside": True,
        "seed": 42,
    }
    assert list(picture) == ["image/png"] and json.dumps(picture)


@pytest.mark.parametrize("here", [1.0, 1000.0, 0.0, -3.0, math.nan, math.inf, "muito", [1, 2], 1e300, 5e-324])
def test_card_says_when_a_run_is_outside_and_never_fails(card, here):
    data, record, pictures = card(here=here)
    assert record["inside"] is False and "fora do que se espera" in data["text/plain"] and len(pictures) == 1
    json.dumps(record, allow_nan=False)


def test_card_of_a_borrowed_statement_expects_what_its_own_study_measured(card, trainings, tmp_path, monkeypatch):
    study = trainings.study()
    other = dataclasses.replace(study, claim="C14", borrows=(engine.Borrowed("C6", "gain", "em outro estudo"),))
    monkeypatch.setattr(engine, "load_study", {"C6": study, "C14": other}.__getitem__)
    engine.measure(other, tmp_path)
    own, borrowed = (card(*names, here=2.01, fresh=True)[0] for names in (("C6", "gain"), ("C14", "C6.gain")))
    assert own["text/plain"].splitlines()[3] == borrowed["text/plain"].splitlines()[3]
    assert "dentro do que se espera de uma execução (de " in borrowed["text/plain"]


def test_card_tells_the_condition_of_what_holds_in_part(card, trainings, tmp_path):
    result = read_result("C6", tmp_path) | {"verdict": "partly", "summary": "Vale com poucas imagens."}
    (tmp_path / "C6.json").write_text(json.dumps(result), encoding="utf-8")
    data, _, _ = card(here=2.0, fresh=True)
    assert data["text/plain"].splitlines()[:2] == [
        "◐ C6 · vale em parte · um AE subcompleto comprime bem os dados de treino e mal os diferentes",
        "  Vale com poucas imagens.",
    ]
    assert "Vale com poucas imagens." in data["text/markdown"]


def test_card_says_once_when_a_claim_holds_in_part(card, tmp_path):
    result = read_result("C6", tmp_path) | {"verdict": "partly", "summary": "Vale com poucas imagens."}
    (tmp_path / "C6.json").write_text(json.dumps(result), encoding="utf-8")
    data, _, _ = card(here=2.0, with_summary=False, fresh=True)
    assert "Vale com poucas imagens." not in data["text/plain"] + data["text/markdown"]


@pytest.mark.parametrize(
    ("here", "text"), [(1.9961, "2,00 vezes"), (0.5, "0,50 vez"), (0.0, "0 vez"), (1234.5, "1234 vezes")]
)
def test_card_tells_a_run_with_the_digits_of_the_study(here, text):
    statement = {"interval": [0.65, 0.7], "margin": 0.4, "scale": "log_ratio", "unit": "times"}
    assert verdicts.here_text(here, statement) == text


def test_card_without_a_measure_shows_the_study_alone(card):
    data, record, pictures = card()
    assert record["inside"] is None and "Nesta execução" not in data["text/plain"] and len(pictures) == 1


def test_card_without_a_study_says_so(card):
    data, record, pictures = card("C17", "gain", here=1.0)
    assert record["verdict"] is None and record["inside"] is None and not pictures
    assert "○ C17 · sem estudo" in data["text/plain"] and "✔" not in data["text/plain"]


def test_card_of_a_changed_recipe_or_a_damaged_result_has_no_study(card, trainings, tmp_path):
    trainings.marks = {"b": "another"}
    assert card(here=2.0)[1]["verdict"] is None
    trainings.marks = {}
    assert card(here=2.0)[1]["verdict"] == "holds"
    (tmp_path / "C6.json").write_text("{", encoding="utf-8")
    assert card(here=2.0)[1]["verdict"] is None and verdicts.study_verdict("C6") is None


def test_card_of_an_unknown_claim_or_statement_is_refused(card):
    with pytest.raises(ValueError, match="C99"):
        card("C99")
    with pytest.raises(ValueError, match="statement_id: esperava um destes: gain; recebi 'gian'"):
        card("C6", "gian")


def test_card_is_text_where_there_is_no_notebook(card, monkeypatch, capsys):
    monkeypatch.setattr(verdicts.InteractiveShell, "initialized", lambda: False)
    verdicts.show_verdict("C6", "gain", here=2.0)
    assert capsys.readouterr().out.startswith("✔ C6 · vale · ")


# The curves


@pytest.fixture
def curves(trainings, tmp_path, monkeypatch):
    """Return a made-up study that is measured, and whose arm "a" measured errors along its training, too."""
    study = trainings.study()

    def along(seed, run=study.arms["a"].run):
        return run(seed) | {f"error_{step}": (seed - 200) / step for step in (100, 20, 3)} | {"error_x_2": 7.0}

    study.arms["a"] = dataclasses.replace(study.arms["a"], run=along)
    engine.measure(study, tmp_path)
    monkeypatch.setattr(verdicts, "load_study", lambda claim: study)
    monkeypatch.setattr(verdicts, "read_result", lambda claim: read_result(claim, tmp_path))
    return study


def test_curve_of_an_arm_is_the_mean_with_a_band_of_eight_seeds_in_ten(curves):
    curve = verdicts.study_curve("C6", "a", "error")
    assert curve.steps.tolist() == [3, 20, 100]
    np.testing.assert_allclose(curve.mean, 5.5 / curve.steps)
    np.testing.assert_allclose(curve.low, 1.9 / curve.steps)
    np.testing.assert_allclose(curve.high, 9.1 / curve.steps)
    assert verdicts.study_curve("C6", "a", "error_x").mean.tolist() == [7.0]


def test_curve_counts_no_seed_that_is_not_the_studys(curves, tmp_path):
    result = read_result("C6", tmp_path)
    for column in (result["arms"]["a"]["seeds"], result["arms"]["a"]["seconds"]):
        column.append(900)
    for column in result["arms"]["a"]["values"].values():
        column.append(1000.0)
    (tmp_path / "C6.json").write_text(json.dumps(result), encoding="utf-8")
    assert verdicts.study_curve("C6", "a", "error").high[0] < 4


@pytest.mark.parametrize(
    "ends, margin, text",
    [
        ((-0.0379, 0.878), None, "−0,04 a 0,88"),
        ((1.1302, 1.1486), 1.03, "1,13 a 1,15"),
        ((5.72, 6.81), 4, "5,7 a 6,8"),
        ((0.00641, 0.00644), None, "0,00641 a 0,00644"),
        ((1.0496, 1.2), 1.05, "1,0496 a 1,2000"),  # three digits would put it on the margin
        ((-0.001, 2.0), None, "0,0 a 2,0"),
        ((0.0, 0.5), None, "0 a 0,50"),
        ((100.4, 2000.0), None, "100 a 2000"),
        ((1e-8, 2e-8), None, "1,0 × 10⁻⁸ a 2,0 × 10⁻⁸"),
        ((2.0, 2.0), None, "2,00 a 2,00"),
    ],
)
def test_ends_of_an_interval_have_no_more_digits_than_say_something(ends, margin, text):
    assert verdicts.ends_text(*ends, margin) == text


def test_effect_of_a_study_says_interval_claim_and_margin(curves, trainings):
    [statement, *_] = verdicts.fresh_result("C6")["statements"]
    text = verdicts.study_effect("C6", statement["id"])
    assert text.startswith(f"de {verdicts.interval_text(statement)} ")
    assert text.endswith(f" (C6, margem {verdicts.margin_text(statement)})")
    assert verdicts.study_effect("C17", "anything") == "C17: sem estudo"
    with pytest.raises(ValueError, match="statement_id"):
        verdicts.study_effect("C6", "other")
    with pytest.raises(ValueError, match="claim_id"):
        verdicts.study_effect("C66", "other")
    trainings.marks = {"b": "another"}
    assert verdicts.study_effect("C6", "other") == "C6: sem estudo"


def test_curve_without_a_fresh_result_is_none(curves, trainings, tmp_path):
    assert verdicts.study_curve("C17", "a", "error") is None
    trainings.marks = {"b": "another"}
    assert verdicts.study_curve("C6", "a", "error") is None
    trainings.marks = {}
    (tmp_path / "C6.json").write_text("{", encoding="utf-8")
    assert verdicts.study_curve("C6", "a", "error") is None


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("C99", "a", "error"), "claim_id"),
        (("C6", "z", "error"), "arm: esperava um destes: a, b, null, lesson; recebi 'z'"),
        (("C6", "a", "accuracy"), "measure: esperava um destes: error, error_x; recebi 'accuracy'"),
        (("C6", "b", "error"), "measure"),
    ],
)
def test_curve_that_is_not_there_is_refused(curves, asked, message):
    with pytest.raises(ValueError, match=message):
        verdicts.study_curve(*asked)


def test_values_of_an_arm_are_those_of_the_studys_seeds(curves, tmp_path):
    result = read_result("C6", tmp_path)
    for column in (result["arms"]["a"]["seeds"], result["arms"]["a"]["seconds"]):
        column.append(900)
    for column in result["arms"]["a"]["values"].values():
        column.append(1000.0)
    (tmp_path / "C6.json").write_text(json.dumps(result), encoding="utf-8")
    np.testing.assert_allclose(verdicts.study_values("C6", "a", "error_100"), np.arange(1, 11) / 100)


def test_values_without_a_fresh_result_are_none(curves, trainings):
    assert verdicts.study_values("C17", "a", "error_100") is None
    trainings.marks = {"b": "another"}
    assert verdicts.study_values("C6", "a", "error_100") is None


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("C99", "a", "error"), "claim_id"),
        (("C6", "z", "error"), "arm: esperava um destes: a, b, null, lesson; recebi 'z'"),
        (("C6", "a", "accuracy"), "measure: esperava um destes: .*error_100.*; recebi 'accuracy'"),
    ],
)
def test_values_that_are_not_there_are_refused(curves, asked, message):
    with pytest.raises(ValueError, match=message):
        verdicts.study_values(*asked)


def test_mark_of_a_claim_that_holds_never_stands_beside_another_word():
    assert set(verdicts.MARKS) == set(verdicts.WORDS)
    assert list(verdicts.UNITS) == SCHEMA["properties"]["statements"]["items"]["properties"]["unit"]["enum"]
    assert [verdicts.unit_text("times", *numbers) for numbers in ((1.99,), (-2.0,), (1.1, 2.3), ())] == [
        "vez",
        "vezes",
        "vezes",
        "vezes",
    ]
    assert len(set(verdicts.MARKS.values())) == len(set(verdicts.WORDS.values())) == len(verdicts.WORDS)


def test_records_of_cards_are_found_in_a_notebook():
    record = {"id": "C6", "inside": True}
    cells = [{"outputs": [{"metadata": {"verdict": record}}, {"metadata": {}}, {}]}, {}]
    assert verdicts.verdicts_in({"cells": cells}) == [record]
