"""C1: patterns are easier to memorise than the sequences themselves.

A linear AE with two codings, as lesson 01 teaches it, for arithmetic progressions of ten terms like the lecture's s2,
for the same progressions shuffled, and for five numbers without a pattern, like its s1. Each kind has an AE of its own.
"""

import functools

import keras
import numpy as np
from keras import layers

from studies.common import TUNING_SEED, best, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size

RATES = (0.01, 0.03, 0.1)
SCALE = 100


def progressions(n, n_terms, rng):
    """Return arithmetic progressions: a first term from 0 to 100, a difference from -10 to 10, in units of `SCALE`."""
    first, difference = rng.uniform(0, 100, size=(n, 1)), rng.uniform(-10, 10, size=(n, 1))
    return (first + difference * np.arange(n_terms)) / SCALE


def sequences(kind, n, rng):
    """Return `n` sequences of a kind."""
    if kind == "any_5":  # five numbers of the size of those of s1
        return rng.uniform(20, 90, size=(n, 5)) / SCALE
    found = progressions(n, 10, rng)
    return rng.permuted(found, axis=1) if kind == "shuffled_10" else found


def make_linear_ae(n_terms):
    return keras.Sequential([layers.Input((n_terms,)), layers.Dense(2, name="codings"), layers.Dense(n_terms)])


def lost(model, x):
    """Return the share of the variation of `x`, around the mean of each term, that the reconstructions lose, in %."""
    return 100 * float(np.sum((model.predict(x, verbose=0) - x) ** 2) / np.sum((x - x.mean(axis=0)) ** 2))


def tried(rate, kind, seed):
    """Return an AE trained at a rate with the sequences that a seed draws, and the two sets it has not seen."""
    start(seed)
    rng = np.random.default_rng(seed)
    seen, valid, new = (sequences(kind, size(n, 100), rng) for n in (5000, 1000, 1000))
    model = train(make_linear_ae(seen.shape[1]), seen, rate=rate, epochs=size(30, 1), batch_size=50)
    return model, valid, new


def validation_loss(rate, kind):
    model, valid, _ = tried(rate, kind, TUNING_SEED)
    return lost(model, valid)


@shared
def tuned_rate(kind):
    return best(RATES, functools.partial(validation_loss, kind=kind))


def measure_kind(seed, kind, first=0):
    """Measure the AE of a kind on new sequences of it. `first`: another draw for the same seed."""
    model, _, new = tried(tuned_rate(kind), kind, seed + first)
    return {"lost": lost(model, new), "parameters": model.count_params()}


def lesson(seed):
    """Do what lesson 01 does: three AEs by one recipe."""
    start(seed)
    rng, found = np.random.default_rng(seed), {}
    for kind in ("progressions_10", "shuffled_10", "any_5"):
        seen, new = (sequences(kind, size(n, 100), rng) for n in (5000, 1000))
        model = make_linear_ae(seen.shape[1])
        model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", run_eagerly=size(False, True))
        model.fit(seen, seen, epochs=size(20, 1), batch_size=50, verbose=0)
        found[kind] = lost(model, new)
    return {
        "pattern": found["shuffled_10"] - found["progressions_10"],
        "like_s1": found["any_5"] - found["progressions_10"],
        "parameters": model.count_params(),
    }


TUNING = f"Três taxas ({listed(RATES)}), em um sorteio à parte; fica a que perde menos em sequências de validação."


def arm(title, kind, first=0):
    return Arm(title, functools.partial(measure_kind, kind=kind, first=first), TUNING, ())


WHY = "Um décimo da variação: quem perde mais do que isso erra cada termo em um terço de seu desvio padrão."

STUDY = Study(
    claim="C1",
    subject="Um AE de dois codings guarda o que tem padrão e perde boa parte do que não tem",
    arms={
        "progressions_10": arm("progressões de dez termos, como s2", "progressions_10"),
        "shuffled_10": arm("as progressões, embaralhadas", "shuffled_10"),
        "shuffled_10_again": arm("as progressões, embaralhadas, outro sorteio", "shuffled_10", first=1000),
        "any_5": arm("cinco números quaisquer, como s1", "any_5"),
        "any_5_again": arm("cinco números quaisquer, outro sorteio", "any_5", first=1000),
        "lesson": Arm("a receita da lição 01", lesson, "Uma taxa (0,01), a da lição.", ()),
    },
    measures={"lost": "variação perdida em sequências novas (%)"},
    statements=(
        Statement(
            id="pattern",
            text="De progressões embaralhadas perde-se bem mais da variação do que das mesmas progressões em ordem",
            condition="com os mesmos dez números, em ordem ou embaralhados",
            comparison=Comparison(("shuffled_10", "progressions_10"), "lost"),
            null=Comparison(("shuffled_10_again", "shuffled_10"), "lost"),
            margin=10.0,
            why_margin=WHY,
            scale="difference",
            unit="pontos",
        ),
        Statement(
            id="like_s1",
            text="De cinco números sem padrão (como s1) perde-se bem mais do que de dez com padrão (como s2)",
            condition="com dez números que seguem um padrão, contra cinco que não seguem",
            comparison=Comparison(("any_5", "progressions_10"), "lost"),
            null=Comparison(("any_5_again", "any_5"), "lost"),
            margin=10.0,
            why_margin=WHY,
            scale="difference",
            unit="pontos",
        ),
    ),
)
