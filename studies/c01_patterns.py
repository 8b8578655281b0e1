"""C1: patterns are easier to memorise than the sequences themselves.

A linear AE with two codings, as lesson 01 teaches it, for arithmetic progressions of ten terms like the lecture's s2,
for progressions whose terms are shuffled, and for five numbers without a pattern, like its s1. Each kind has its own.

Much of it is arithmetic: two linear codings keep two directions of variation. Progressions have no more; five
independent numbers have five, of which three, 60 %, are lost; shuffled ones, whose terms share a level, lose the less,
the more that level varies. So the range of the first term matters, and another one stands beside it.
"""

import functools

import keras
import numpy as np
from keras import layers

from studies.common import TUNING_SEED, best, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size

RATES = (0.01, 0.03, 0.1)
SCALE = 100
FIXED_ORDER = (7, 2, 9, 4, 0, 6, 1, 8, 3, 5)


def progressions(n, n_terms, rng, largest=100):
    """Return arithmetic progressions: a first term from 0 to `largest`, a difference from -10 to 10, all by `SCALE`."""
    first, difference = rng.uniform(0, largest, size=(n, 1)), rng.uniform(-10, 10, size=(n, 1))
    return (first + difference * np.arange(n_terms)) / SCALE


def sequences(kind, n, rng):
    """Return `n` sequences of a kind."""
    if kind == "any_5":  # five numbers of the size of those of s1
        return rng.uniform(20, 90, size=(n, 5)) / SCALE
    if kind == "progressions_5":
        return progressions(n, 5, rng)
    found = progressions(n, 10, rng, largest=200 if kind.endswith("wide") else 100)
    if kind == "same_order_10":
        return found[:, FIXED_ORDER]
    return rng.permuted(found, axis=1) if kind.startswith("shuffled") else found


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
    subject="Um AE linear de dois codings refaz bem melhor sequências novas se elas são progressões aritméticas",
    arms={
        "progressions_10": arm("progressões de dez termos, como s2", "progressions_10"),
        "shuffled_10": arm("progressões embaralhadas, cada uma a seu modo", "shuffled_10"),
        "same_order_10": arm("progressões, todas na mesma ordem trocada", "same_order_10"),
        "progressions_5": arm("progressões de cinco termos", "progressions_5"),
        "progressions_wide": arm("progressões com o primeiro termo de 0 a 200", "progressions_wide"),
        "shuffled_wide": arm("embaralhadas, com o primeiro termo de 0 a 200", "shuffled_wide"),
        "shuffled_10_again": arm("progressões embaralhadas, outro sorteio", "shuffled_10", first=1000),
        "any_5": arm("cinco números quaisquer, como s1", "any_5"),
        "lesson": Arm("a receita da lição 01", lesson, "Uma taxa (0,01), a da lição.", ()),
    },
    measures={"lost": "variação perdida em sequências novas (%)"},
    statements=(
        Statement(
            id="pattern",
            text="Com progressões embaralhadas, o AE perde bem mais da variação do que com progressões em ordem",
            condition="em comparação com progressões embaralhadas (perdem ao menos 10 pontos a mais da variação)",
            comparison=Comparison(("shuffled_10", "progressions_10"), "lost"),
            null=Comparison(("same_order_10", "progressions_10"), "lost"),
            margin=10.0,
            why_margin=WHY,
            scale="difference",
            unit="points",
        ),
        Statement(
            id="like_s1",
            text="Com cinco números sem padrão, como s1, o AE perde bem mais do que com dez que seguem um, como s2",
            condition="em comparação com sequências de cinco números independentes, metade do comprimento (perdem ao "
            "menos 10 pontos a mais da variação)",
            comparison=Comparison(("any_5", "progressions_10"), "lost"),
            null=Comparison(("progressions_5", "progressions_10"), "lost"),
            margin=10.0,
            why_margin=WHY,
            scale="difference",
            unit="points",
        ),
        Statement(
            id="pattern_wide",
            text="Também com o primeiro termo de 0 a 200, o AE perde bem mais com progressões embaralhadas",
            condition="com o primeiro termo de 0 a 200",
            comparison=Comparison(("shuffled_wide", "progressions_wide"), "lost"),
            null=Comparison(("shuffled_10_again", "shuffled_10"), "lost"),
            margin=10.0,
            why_margin=f"{WHY} Acrescentada depois da primeira medida, com uma conta que a deixava prever.",
            scale="difference",
            unit="points",
            main=False,
        ),
    ),
)
