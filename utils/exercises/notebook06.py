"""Checks of notebook 06: transposed convolutions by hand, when a dense autoencoder is enough."""

import numbers

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("06.1", right="O primeiro carimbo ocupa o filtro inteiro; os outros, um passo cada.")
def side_of_the_output(answer):
    for side, kernel_side, stride in ((3, 3, 2), (7, 4, 2), (5, 5, 1), (1, 6, 3)):
        given, wanted = tried(answer(side, kernel_side, stride)), (side - 1) * stride + kernel_side
        if not isinstance(given, numbers.Real) or given != wanted:
            hint = (
                'esse é o lado com padding="same", que corta a moldura'
                if given == side * stride
                else "onde começa o último carimbo, e quanto ele ocupa?"
            )
            return (
                f"Lado {side}, filtro {kernel_side}, passo {stride}: o esperado é {wanted}; veio {given}. Dica: {hint}."
            )
    return None


def _transposed(values, kernel, stride, *, overwrite=False):
    output = np.zeros((len(values) - 1) * stride + len(kernel))
    for i, value in enumerate(values):
        place = slice(i * stride, i * stride + len(kernel))
        output[place] = value * np.asarray(kernel) + (0 if overwrite else output[place])
    return output


@exercise("06.2", right="Carimbar e somar: é tudo o que a convolução transposta faz.")
def transposed_in_one_dimension(answer):
    for values, kernel, stride in (([1, 2], [1, 1, 1], 2), ([1, -2, 3, 0.5], [1, 2], 2), ([2, 1, 4], [1, 3, 5, 1], 1)):
        given = np.asarray(tried(answer(list(values), list(kernel), stride)), dtype=float)
        wanted = _transposed(values, kernel, stride)
        case = f"Para {values}, filtro {kernel}, passo {stride}"
        if given.shape != wanted.shape:
            return f"{case}: a forma esperada é {wanted.shape}; veio {given.shape}. Dica: use o exercício 06.1."
        if np.allclose(given, wanted):
            continue
        if np.allclose(given, _transposed(values, kernel, stride, overwrite=True)):
            return f"{case}: um carimbo apagou o anterior. Dica: onde se sobrepõem, eles se somam (+=)."
        return f"{case}: o esperado é {wanted.tolist()}; veio {given.tolist()}."
    return None


@exercise("06.3", right="Pequenas, centradas e numerosas: aí o denso basta.")
def where_dense_is_enough(answer):
    return choose_letters(answer, right="ac", hint="releia as leituras das seções 3 e 6.")
