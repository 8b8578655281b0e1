"""Checks of notebook 02: the parts of an autoencoder, and what its error says."""

import itertools
import numbers

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("02.1", right="É a mesma conta que `count_params()` faz.")
def weights_of_a_dense_autoencoder(answer):
    if not isinstance(answer, numbers.Integral) or isinstance(answer, bool):
        return "A resposta é um número inteiro."
    sizes = [784, 100, 10, 100, 784]
    kernels = sum(a * b for a, b in itertools.pairwise(sizes))
    if answer == kernels:
        return "Faltam os vieses. Dica: há um para cada unidade que não é de entrada."
    if answer == kernels + sum(sizes):
        return "Há vieses demais. Dica: as 784 entradas não têm viés."
    return None if answer == kernels + sum(sizes[1:]) else "Dica: some entradas × saídas + saídas, camada por camada."


@exercise("02.2", right="No notebook 03 você vai ver o que as camadas a mais compram.")
def symmetric_autoencoder(answer):
    for n_codings in (5, 12):
        model = tried(answer(n_codings))
        images = np.random.default_rng(0).random((4, 28, 28), dtype="float32")
        rebuilt = np.asarray(model(images))
        if rebuilt.shape != images.shape:
            return f"Para imagens {images.shape} as reconstruções têm forma {rebuilt.shape}. Dica: Reshape((28, 28))."
        # Far from what an untrained model sees, an output that is not squashed leaves [0, 1].
        extreme = np.asarray(model((images - 0.5) * 1e4))
        if extreme.min() < 0 or extreme.max() > 1:
            return "As reconstruções podem sair do intervalo de 0 a 1. Dica: uma sigmoide na saída."
        kernels = [weight.shape for weight in model.weights if len(weight.shape) == 2]
        if kernels != [(784, 100), (100, n_codings), (n_codings, 100), (100, 784)]:
            sizes = [784, *(shape[1] for shape in kernels)]
            wanted = [784, 100, n_codings, 100, 784]
            return f"Com {n_codings} codings as camadas têm {sizes} unidades; o exercício pede {wanted}."
    return None


@exercise("02.3", right="O erro de reconstrução é um meio; o que se quer são bons codings.")
def perfect_reconstruction(answer):
    return choose_letters(answer, right="bcde", hint="releia as leituras das seções 4, 6 e 7.")
