"""Checks of notebook 03: the symmetric stack, dead units, overfitting."""

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("03.1", right="O SAE é simétrico em relação aos codings.")
def symmetric_sizes(answer):
    for sizes in ([784, 100, 30], [784, 512, 256, 30], [10, 2]):
        given = list(tried(answer(list(sizes))))
        wanted = sizes + sizes[-2::-1]
        if given != wanted:
            hint = (
                "a camada dos codings aparece uma vez só"
                if given == sizes + sizes[::-1]
                else "a volta é a ida ao contrário"
            )
            return f"Para {sizes} o esperado é {wanted}; veio {given}. Dica: {hint}."
    return None


@exercise("03.2", right="Uma coluna inteira de zeros é um coding que nada guarda.")
def dead_relu_units(answer):
    rng = np.random.default_rng(0)
    for n_dead in (0, 3, 7):
        codings = np.maximum(rng.normal(size=(50, 12)), 0)
        codings[:, rng.choice(12, size=n_dead, replace=False)] = 0
        given = tried(answer(codings.copy()))
        if np.ndim(given) != 0 or given != n_dead:
            return (
                f"Em um exemplo com {n_dead} codings mortos, veio {given}. Dica: olhe a coluna inteira, não cada zero."
            )
    return None


@exercise("03.3", right="Quem decorou precisa de mais dados ou de menos liberdade.")
def memorised(answer):
    return choose_letters(answer, right="bce", hint="releia a seção 4: o que a rede poderosa fez com as 60 imagens?")
