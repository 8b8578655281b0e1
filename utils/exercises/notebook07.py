"""Checks of notebook 07: masked error, weights of a recurrent layer, when it pays."""

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("07.1", right="Enchimento não é dado, e todo passo real pesa igual.")
def masked_error(answer):
    rng = np.random.default_rng(0)
    for shape, lengths in (((3, 5, 2), (5, 2, 1)), ((2, 8, 1), (3, 8))):
        x, rebuilt = rng.normal(size=shape), rng.normal(size=shape)
        squares = (rebuilt - x) ** 2
        of_each = [row[:length] for row, length in zip(squares, lengths, strict=True)]
        given = float(tried(answer(x.copy(), rebuilt.copy(), np.array(lengths))))
        if np.isclose(given, squares.mean()):
            return "Essa é a média de tudo, com o enchimento. Dica: escolha antes os passos reais."
        if np.isclose(given, np.mean([row.mean() for row in of_each])):
            return "Essa é a média das médias: os passos das sequências curtas pesam mais. Dica: uma média só, no fim."
        if not np.isclose(given, np.concatenate(of_each).mean()):
            return f"Com comprimentos {lengths}, o esperado é {np.concatenate(of_each).mean():.4f}; veio {given:.4f}."
    return None


@exercise("07.2", right="O número de passos não entra na conta: os pesos são os mesmos em todos.")
def rnn_weights(answer):
    for n_steps, n_channels, n_units in ((29, 12, 40), (10, 1, 24), (3, 35, 64)):
        wanted = n_units * (n_channels + n_units + 1)
        given = tried(answer(n_steps, n_channels, n_units))
        if given == wanted * n_steps:
            return "Você contou os pesos uma vez por passo. Dica: a camada usa os mesmos em todos."
        if given != wanted:
            return (
                f"Para {n_channels} canais e {n_units} unidades o esperado é {wanted}; veio {given}. "
                "Dica: some os pesos de W, de U e de b."
            )
    return None


@exercise("07.3", right="Comprimento variável, padrões em qualquer posição, poucos exemplos: bons sinais para uma RNN.")
def recurrent_first(answer):
    return choose_letters(answer, right="ace", hint="releia a tabela da seção 8: há ordem? o comprimento varia?")
