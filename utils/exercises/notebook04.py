"""Checks of notebook 04: counting tied weights, tying by hand, when one can tie."""

import itertools
import numbers

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("04.1", right="Um kernel para cada par de camadas; os vieses, todos.")
def weights_of_a_tied_autoencoder(answer):
    if not isinstance(answer, numbers.Integral) or isinstance(answer, bool):
        return "A resposta é um número inteiro."
    sizes = [784, 200, 50]
    kernels = sum(a * b for a, b in itertools.pairwise(sizes))
    biases = sum(sizes[1:]) + sum(sizes[-2::-1])
    if answer == 2 * kernels + biases:
        return "Esses são os pesos do AE solto. Dica: cada kernel do decodificador é o de uma camada do codificador."
    if answer * 2 == 2 * kernels + biases:
        return "Não é a metade exata. Dica: só os kernels são compartilhados, os vieses não."
    if answer == kernels:
        return "Faltam os vieses. Dica: o decodificador também tem os seus."
    if answer == kernels + sum(sizes[1:]):
        return "Faltam os vieses do decodificador: um para cada saída de cada camada dele."
    return (
        None if answer == kernels + biases else "Dica: some os kernels do codificador e os vieses das quatro camadas."
    )


@exercise("04.2", right="Duas multiplicações pela mesma matriz: uma vez em pé, outra deitada.")
def tied_by_hand(answer):
    rng = np.random.default_rng(0)
    for n_inputs, n_codings in ((6, 2), (5, 5)):
        x, kernel = rng.normal(size=(4, n_inputs)), rng.normal(size=(n_inputs, n_codings))
        bias_codings, bias_outputs = rng.normal(size=n_codings), rng.normal(size=n_inputs)
        rebuilt = np.asarray(tried(answer(x.copy(), kernel.copy(), bias_codings.copy(), bias_outputs.copy())))
        if rebuilt.shape != x.shape:
            return (
                f"Para x de forma {x.shape} as reconstruções têm forma {rebuilt.shape}. Dica: elas são do tamanho de x."
            )
        codings = x @ kernel + bias_codings
        if np.allclose(rebuilt, codings @ kernel.T + bias_outputs):
            continue
        if np.allclose(rebuilt, x @ kernel @ kernel.T + bias_outputs):
            return "Falta o viés dos codings."
        if np.allclose(rebuilt, codings @ kernel.T):
            return "Falta o viés das reconstruções: o decodificador tem o seu."
        if n_inputs == n_codings and np.allclose(rebuilt, codings @ kernel + bias_outputs):
            return "O decodificador usa a transposta do kernel; kernel.T em NumPy."
        return "As reconstruções não são as de um AE linear amarrado. Dica: codings = x @ kernel + bias_codings."
    return None


@exercise("04.3", right="Amarrar é uma restrição: pede uma arquitetura simétrica e troca capacidade por menos pesos.")
def when_one_can_tie(answer):
    return choose_letters(
        answer, right="bcf", hint="releia o slide «Amarrando Pesos» e as leituras das seções 2, 4 e 6."
    )
