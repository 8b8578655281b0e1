"""Checks of notebook 05: the three steps, a paired interval, when pretraining may help."""

import numpy as np
from scipy import stats

from utils.exercises.core import choose_letters, exercise, tried


@exercise("05.1", right="Primeiro tudo sem rótulos, por último os rótulos.")
def steps_in_order(answer):
    given = [str(letter).lower() for letter in answer]
    if sorted(given) != list("abcd"):
        return 'A resposta é uma lista com as quatro letras, cada uma uma vez, como ["a", "b", "c", "d"].'
    if given[0] != "c":
        return "O que se pode fazer antes de olhar qualquer rótulo?"
    return None if given[-1] == "a" else "O classificador só pode ser treinado depois de montado e iniciado."


@exercise("05.2", right="Pareado: a dispersão que importa é a das diferenças.")
def paired_interval(answer):
    rng = np.random.default_rng(0)
    for n in (5, 8):
        first = rng.normal(79, 2, size=n)
        second = first + rng.normal(1, 0.3, size=n)
        given = np.asarray(tried(answer(first.copy(), second.copy())), dtype=float)
        if given.shape != (2,):
            return "A resposta são dois números: o extremo de baixo e o de cima."
        difference = second - first
        low, high = difference.mean() + stats.t.ppf([0.025, 0.975], n - 1) * stats.sem(difference)
        if np.allclose(given, (low, high), rtol=1e-3):
            continue
        if np.allclose(given, (-high, -low), rtol=1e-3):
            return "O ganho é do segundo sobre o primeiro: segundo menos primeiro."
        if np.isclose(given.mean(), difference.mean(), rtol=1e-3):
            return "O centro está certo, a largura não. Dica: o desvio padrão das diferenças (ddof=1), dividido por √n."
        return f"Em um exemplo com {n} sorteios o intervalo é de {low:.2f} a {high:.2f}; veio {given.round(2)}."
    return None


@exercise(
    "05.3",
    right="O pré-treino troca dados sem rótulo por rótulos: é preciso ter muitos dos primeiros e poucos dos outros.",
)
def where_pretraining_may_help(answer):
    return choose_letters(answer, right="ad", hint="conte, em cada caso, os dados sem rótulo e os com rótulo.")
