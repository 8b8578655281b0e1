"""What a study is, and how it is measured.

A study compares **arms**: functions of a seed that train something and return what was measured. A **statement** says
that one arm's measure exceeds another's by more than a margin that was fixed beforehand; a **null control** is the same
comparison with the phenomenon taken away, which the rule must not accept.
"""

import contextlib
import dataclasses
import datetime
import functools
import importlib
import importlib.metadata
import json
import math
import os
import platform
import time
import types
from collections.abc import Callable

import numpy as np

from studies import STUDIES
from studies.fingerprints import fingerprint
from studies.results import RESULTS, read_result, result_error
from studies.rule import LEVEL, claim_verdict, decide, prediction_interval, with_null
from tools.files import lock, write

SEEDS = tuple(range(201, 211))  # none that a lesson uses (42, 1, 2, 3), nor those it is checked with (101 to 105)
EXTENSION = tuple(range(211, 221))
LESSON = "lesson"  # the name of the arm that does what the lesson does


# What a study declares


@dataclasses.dataclass(frozen=True)
class Arm:
    """One way to do it.

    Attributes
    ----------
    title : str
        What it is called where it is shown.
    run : callable
        Of a seed; returns a dict of measures (finite numbers), and the number of weights as "parameters".
    tuning : str
        What was tuned, on which data, with which budget. Shown.
    data : tuple of str
        The files of ``data/`` it uses, as they stand in ``SHA256SUMS``.
    n_seeds : int
        How many of the seeds: all ten unless one training takes minutes.
    """

    title: str
    run: Callable[[int], dict]
    tuning: str
    data: tuple
    n_seeds: int = len(SEEDS)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two arms and a measure: how much more of it the first has. `measure`: one for both, or one for each."""

    arms: tuple
    measure: str | tuple


@dataclasses.dataclass(frozen=True)
class Statement:
    """What is claimed of two arms: the effect is larger than the margin.

    Attributes
    ----------
    id, text : str
        The key, and the sentence that is shown.
    condition : str
        The circumstances in a few words, such as "com 500 imagens". Shown when a claim holds only in part.
    comparison, null : Comparison
        What is compared, and the same with the phenomenon taken away.
    margin : float
        The smallest effect that would matter to a user: a ratio, or a difference in the unit of the measure.
    why_margin : str
        Why this one. Shown.
    scale : {"log_ratio", "difference"}
        The effect is the logarithm of the ratio of the two measures, or their difference.
    unit : {"times", "points", "pieces"}
        Of the effect, for those who read it: a key of `studies.verdicts.UNITS`.
    main : bool
        Whether the verdict on the claim rests on it.
    """

    id: str
    text: str
    condition: str
    comparison: Comparison
    null: Comparison
    margin: float
    why_margin: str
    scale: str = "log_ratio"
    unit: str = "times"
    main: bool = True

    def effect(self, a, b):
        """Return the effect for measured values of the first and the second arm, numbers or arrays."""
        return np.log(a) - np.log(b) if self.scale == "log_ratio" else np.subtract(a, b)

    def effect_margin(self):
        """Return the margin on the scale of the effect."""
        return math.log(self.margin) if self.scale == "log_ratio" else self.margin


@dataclasses.dataclass(frozen=True)
class Borrowed:
    """A statement of another study, `claim`, on which a claim rests, too; `condition`: under which circumstances."""

    claim: str
    statement: str
    condition: str


@dataclasses.dataclass(frozen=True)
class Study:
    """What decides a claim.

    Attributes
    ----------
    claim, subject : str
        Its id, and the claim in a few words: the beginning of the verdict's sentence.
    arms : dict of str to Arm
        The arm "lesson" measures, under the ids of statements, what the lesson measures in one run by its own recipe.
    measures : dict of str to str
        What the arms measure, and what it is called where it is shown.
    statements : tuple of Statement
    extend : bool
        Run ten more seeds, once, if the claim is undecided after the first ten.
    borrows : tuple of Borrowed
        Such a study is listed in `studies.LAST`.
    """

    claim: str
    subject: str
    arms: dict
    measures: dict
    statements: tuple
    extend: bool = False
    borrows: tuple = ()


# Small runs, and networks that several arms share

_state = types.SimpleNamespace(tiny=False, shared=[])


@contextlib.contextmanager
def tiny():
    """Within it arms run in a tiny form: see `size`."""
    _state.tiny = True
    _forget()
    try:
        yield
    finally:
        _state.tiny = False
        _forget()


def size(full, tiny):
    """Return how large something is: `full`, or `tiny` in a run that only proves that the study works."""
    return tiny if _state.tiny else full


def shared(function):
    """Make a training that several studies use happen once a run for each of its arguments."""
    cached = functools.cache(function)
    _state.shared.append(cached)
    return cached


def _forget():
    for cached in _state.shared:
        cached.cache_clear()


# What there is, and what is missing


def load_study(claim):
    """Return the `Study` of a claim.

    Raises
    ------
    KeyError
        If there is none.
    """
    return importlib.import_module(f"studies.{STUDIES[claim]}").STUDY


def missing(study, result):
    """Return what has to be measured, as a list of (name of the arm, seed)."""
    arms = result["arms"] if result else {}
    todo = _lacking(study, arms, SEEDS)
    if not todo and study.extend and _verdict(study, _statements(study, arms, SEEDS)) == "undecided":
        return [(name, seed) for name, seed in _lacking(study, arms, EXTENSION) if name != LESSON]
    return todo


def is_fresh(study, result, folder=RESULTS):
    """Return whether a result is complete and says of the study, as it is now, what its arms measured.

    What it borrows is read from the results in `folder`.

    Raises
    ------
    studies.results.ResultError
        If nothing can be concluded from what is stored.
    """
    if result is None:
        return False
    with _told(study):
        lacks = missing(study, result) or _borrowed(study, folder) is None
        return not lacks and _agrees(conclude(study, result["arms"], folder), result)


@contextlib.contextmanager
def _told(study):
    """Tell that what is stored is damaged if nothing can be concluded from it: a measure is missing, a number odd."""
    try:
        yield
    except (KeyError, ValueError) as error:
        raise result_error(study.claim, f"{type(error).__name__}: {error}") from None


def _lacking(study, arms, seeds):
    """Return which of the seeds the arms lack, as a list of (name, seed); an arm of another recipe lacks all."""
    todo = []
    for name, arm in study.arms.items():
        has = arms.get(name, {"fingerprint": None})
        done = has["seeds"] if has["fingerprint"] == fingerprint(arm) else ()
        todo += [(name, seed) for seed in seeds[: arm.n_seeds] if seed not in done]
    return todo


def _agrees(new, stored):
    """Return whether two results say the same; numbers may differ as those of two machines do."""
    if type(new) is not type(stored):
        return False
    if isinstance(new, dict):
        kept = new.keys() - {"versions", "machine", "date"} if "versions" in new else new.keys()
        return new.keys() == stored.keys() and all(_agrees(new[key], stored[key]) for key in kept)
    if isinstance(new, list):
        return len(new) == len(stored) and all(map(_agrees, new, stored))
    if isinstance(new, float):
        return math.isclose(new, stored, rel_tol=1e-6, abs_tol=1e-9)
    return new == stored


# What is measured


def _compared(statement, comparison, arms, seeds):
    """Return what came of a comparison, seed by seed; None while fewer than two seeds have both."""
    (a, b), measures = comparison.arms, comparison.measure
    measure_a, measure_b = (measures, measures) if isinstance(measures, str) else measures
    if a not in arms or b not in arms:
        return None
    both = [seed for seed in seeds if seed in arms[a]["seeds"] and seed in arms[b]["seeds"]]
    if len(both) < 2:
        return None
    values = [
        [arms[name]["values"][measure][arms[name]["seeds"].index(seed)] for seed in both]
        for name, measure in ((a, measure_a), (b, measure_b))
    ]
    effects = statement.effect(*values)
    verdict, interval = decide(effects, statement.effect_margin())
    return {
        "arms": [a, b],
        "measure": measures if isinstance(measures, str) else list(measures),
        "verdict": verdict,
        "effects": [float(effect) for effect in effects],
        "interval": list(interval),
    }


def _statements(study, arms, seeds):
    """Return what came of each statement with these seeds; those that cannot be told yet are left out."""
    arms = {name: arm for name, arm in arms.items() if name in study.arms}
    arms = {name: arm for name, arm in arms.items() if arm["fingerprint"] == fingerprint(study.arms[name])}
    statements = []
    for statement in study.statements:
        found = _compared(statement, statement.comparison, arms, seeds)
        null = _compared(statement, statement.null, arms, seeds)
        if found and null:
            texts = {key: getattr(statement, key) for key in ("id", "text", "condition", "main", "why_margin", "unit")}
            number = {"margin": statement.effect_margin(), "scale": statement.scale, "level": LEVEL, "null": null}
            statements.append(found | texts | number | {"verdict": with_null(found["verdict"], null["verdict"])})
    return statements


def _borrowed(study, folder):
    """Return the statements of other studies on which this one rests, as they are stored; None if one is missing."""
    found = []
    for borrowed in study.borrows:
        result = read_result(borrowed.claim, folder)
        if not is_fresh(load_study(borrowed.claim), result, folder):
            return None
        [statement] = [one for one in result["statements"] if one["id"] == borrowed.statement]
        own = {"claim": borrowed.claim, "condition": borrowed.condition, "main": True}
        found.append(statement | own | {"id": f"{borrowed.claim}.{borrowed.statement}"})
    return found


def _verdict(study, statements):
    """Return the verdict on the claim."""
    return claim_verdict(statement["verdict"] for statement in statements if statement["main"])


def conclude(study, arms, folder=RESULTS):
    """Return the result of a study as it is stored, from what its arms measured so far and what it borrows.

    An arm that was measured by another recipe stays in it until it is measured again, and counts for nothing; so do
    seeds that are not the study's. Those of an extension count when all of them are there.
    """
    stored = {name: arms[name] | {"tuning": arm.tuning} for name, arm in study.arms.items() if name in arms}
    complete = not _lacking(study, stored, SEEDS)
    statements = _statements(study, stored, SEEDS)
    if complete and study.extend and _verdict(study, statements) == "undecided":
        if all(name == LESSON for name, _ in _lacking(study, stored, EXTENSION)):
            statements = _statements(study, stored, SEEDS + EXTENSION)
        else:
            complete = False
    borrowed = _borrowed(study, folder)
    complete &= borrowed is not None
    statements += borrowed or []
    lesson = {
        measure: {"values": values, "prediction": _prediction(study, measure, values)}
        for measure, values in stored.get(LESSON, {"values": {}})["values"].items()
    }
    names = ("numpy", "scipy", "scikit-learn", "keras", "tensorflow")
    versions = {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in names}}
    return {
        "claim": study.claim,
        "verdict": _verdict(study, statements) if complete else "undecided",
        "summary": _summary(study, statements) if complete else "Medida ainda incompleta: rode make study.",
        "statements": statements,
        "arms": stored,
        "lesson": lesson,
        "versions": versions,
        "machine": {"cores": os.cpu_count() or 1, "system": platform.system(), "processor": platform.machine()},
        "date": datetime.date.today().isoformat(),
    }


def _prediction(study, measure, values):
    """Return where one more run of the lesson is expected to come out, in the unit in which the lesson measures."""
    [scale] = [statement.scale for statement in study.statements if statement.id == measure]
    if len(values) < 2:
        return None
    if scale == "difference":
        return list(prediction_interval(values))
    return [math.exp(end) for end in prediction_interval(np.log(values))]


def _condition(statement):
    """Return the circumstances of a statement, and whether the effect goes the other way there."""
    is_contrary = statement["margin"] > 0 > statement["interval"][1]
    return statement["condition"] + (" (ali é o contrário)" if is_contrary else "")


def _summary(study, statements):
    """Return the verdict on the claim in a sentence that can be read alone."""
    main = [statement for statement in statements if statement["main"]]
    gains = [statement["condition"] for statement in main if statement["null"]["verdict"] == "holds"]
    parts = [
        f"{words} {'; '.join(conditions)}"
        for verdict, words in (("holds", "vale"), ("fails", "não vale"), ("undecided", "sem decisão"))
        if (conditions := [_condition(statement) for statement in main if statement["verdict"] == verdict])
    ]
    if gains:
        parts.append(f"o ganho aparece também no controle, sem o fenômeno, {'; '.join(gains)}")
    parts[1:] = [part[0].upper() + part[1:] for part in parts[1:]]
    return f"{study.subject}: {'. '.join(parts)}."


def run_arm(arm, seed):
    """Run an arm with a seed; return its measures, its number of weights and the processor's seconds.

    Those of all cores together: they hardly depend on what else the machine does.

    Raises
    ------
    ValueError
        If it returns anything but finite numbers, "parameters" among them.
    """
    start = time.process_time()
    values = {name: float(value) for name, value in arm.run(seed).items()}
    if "parameters" not in values or not all(map(math.isfinite, values.values())):
        raise ValueError(f"semente {seed}: esperava números finitos, com parameters, e o braço devolveu {values}")
    return values, int(values.pop("parameters")), round(time.process_time() - start, 2)


def _check_positive(study, name, seed, values):
    """Raise unless what is measured on the scale of a ratio is positive."""
    for statement in study.statements:
        for comparison in (statement.comparison, statement.null):
            measures = [comparison.measure] * 2 if isinstance(comparison.measure, str) else comparison.measure
            for arm, measure in zip(comparison.arms, measures, strict=True):
                if arm == name and statement.scale == "log_ratio" and values[measure] <= 0:
                    raise ValueError(f"{name}, semente {seed}: esperava {measure} > 0, veio {values[measure]}")


def _add(stored, arm, seed, values, parameters, seconds):
    """Return what is stored of an arm with one more seed, in the order of the seeds."""
    mark = fingerprint(arm)
    if stored is None or stored["fingerprint"] != mark:
        stored = {"seeds": [], "seconds": [], "values": {name: [] for name in values}}
    names = list(stored["values"])
    rows = zip(stored["seeds"], stored["seconds"], *stored["values"].values(), strict=True)
    rows = sorted([*rows, (seed, seconds, *(values[name] for name in names))])
    seeds, seconds, *columns = map(list, zip(*rows, strict=True))
    return {
        "seeds": seeds,
        "values": dict(zip(names, columns, strict=True)),
        "seconds": seconds,
        "parameters": parameters,
        "tuning": arm.tuning,
        "fingerprint": mark,
    }


def measure(study, folder=RESULTS, progress=lambda claim, arm, seed, todo: None):
    """Measure what is missing of a study; store it after every (arm, seed), whole or not at all.

    Parameters
    ----------
    study : Study
    folder : pathlib.Path
        Where results are.
    progress : callable
        Called before each training with the claim, the arm's name, the seed, and what is still to be done.

    Returns
    -------
    dict
        The result, as stored.

    Raises
    ------
    ResultError
        If what is stored is damaged: it is left as it is.
    BlockingIOError
        If another process measures the same study.
    """
    for arm in study.arms.values():
        fingerprint(arm)  # of the recipe that is loaded now: a file may be edited while it runs
    folder.mkdir(parents=True, exist_ok=True)
    with lock(folder / f".{study.claim}.lock", wait=False):
        result = read_result(study.claim, folder)
        arms = dict(result["arms"]) if result else {}
        with _told(study):
            todo = missing(study, result)
            fresh = conclude(study, arms, folder)
        while todo:
            name, seed = todo[0]
            progress(study.claim, name, seed, todo)
            measured = run_arm(study.arms[name], seed)
            _check_positive(study, name, seed, measured[0])
            arms[name] = _add(arms.get(name), study.arms[name], seed, *measured)
            result = fresh = conclude(study, arms, folder)
            write(folder / f"{study.claim}.json", json.dumps(result, ensure_ascii=False, indent=1) + "\n")
            todo = missing(study, result)
        if not _agrees(fresh, result):  # texts and margins may have changed without a new training
            result = fresh | {key: result[key] for key in ("versions", "machine", "date")}
            write(folder / f"{study.claim}.json", json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    return result
