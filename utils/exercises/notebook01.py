"""Checks of notebook 01: progressions and the uses of autoencoders."""

import numbers

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("01.1", right="Dois números bastam para dez, porque a sequência tem um padrão.")
def encode_and_decode(answer):
    encode, decode = answer
    for first, difference in ((50, -2), (0.5, 7), (-3, 0.25), (8, 0)):
        sequence = first + difference * np.arange(10.0)
        codings = np.ravel(tried(encode(sequence.copy())))
        if codings.size != 2:
            return f"encode deve devolver dois números; devolveu {codings.size}."
        rebuilt = np.ravel(tried(decode(codings)))
        if rebuilt.size != 10:
            return f"decode deve devolver dez termos; devolveu {rebuilt.size}."
        if not np.allclose(rebuilt, sequence):
            return (
                f"A progressão que começa em {first} e anda {difference} voltou começando em {rebuilt[0]:.4g} e "
                f"terminando em {rebuilt[-1]:.4g} (era {sequence[-1]:.4g}). Dica: entre dez termos há nove passos."
            )
    return None


@exercise("01.2", right="Três: as sequências são combinações lineares de três listas fixas, 1, n e n².")
def codings_of_quadratics(answer):
    if not isinstance(answer, numbers.Integral) or isinstance(answer, bool):
        return "A resposta é um número inteiro."
    if answer < 3:
        return "Com tão poucos sobra erro. Dica: quantos números você precisa dizer a alguém para definir a sequência?"
    if answer > 3:
        return "Tantos bastam, mas não são o mínimo. Dica: n² é sempre a mesma lista de números."
    return None


@exercise("01.3", right="E os outros dois um AE não faz: ele não conhece rótulos, e sua compressão perde informação.")
def uses_of_autoencoders(answer):
    return choose_letters(answer, right="acde", hint="releia o slide «Onde usamos AEs?» e o resultado da seção 2.")
