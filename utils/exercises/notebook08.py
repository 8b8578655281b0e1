"""Checks of notebook 08: dropout by hand, the training pair of a dAE, what is true of dAEs."""

import numpy as np

from utils.exercises.core import choose_letters, exercise, tried


@exercise("08.1", right="Os que ficam crescem, para que a soma continue, em média, a mesma.")
def dropout_by_hand(answer):
    rng = np.random.default_rng(0)
    for rate in (0.5, 0.2):
        x = rng.uniform(0.1, 1, size=(4, 6))
        keep = (rng.random(x.shape) >= rate).astype(float)
        given = np.asarray(tried(answer(x.copy(), keep.copy(), rate)), dtype=float)
        if given.shape != x.shape:
            return f"Para x de forma {x.shape} veio um resultado de forma {given.shape}."
        if np.allclose(given, x * keep / (1 - rate)):
            continue
        if np.allclose(given, x * keep):
            return "Falta aumentar os valores que ficam. Dica: com rate = 0,5 eles dobram."
        if np.allclose(given, x * keep / rate):
            return "rate é a parte que se apaga; a que fica é 1 − rate."
        if np.any(given[keep == 0] != 0):
            return "Onde keep é 0, o resultado tem de ser 0."
        return f"Com rate = {rate}, os valores que ficam devem ser multiplicados por {1 / (1 - rate):g}."
    return None


@exercise("08.2", right="Entra corrompido, cobra-se o original.")
def training_pair(answer):
    images = np.random.default_rng(0).random((3, 4, 4))

    def corrupt(clean):
        return clean + 1

    inputs, targets = tried(answer(images.copy(), corrupt))
    inputs, targets = np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float)
    if inputs.shape != images.shape or targets.shape != images.shape:
        return "A entrada e o alvo têm a forma das imagens."
    wanted = (np.allclose(inputs, corrupt(images)), np.allclose(targets, images))
    if wanted == (True, True):
        return None
    if np.allclose(inputs, images) and np.allclose(targets, corrupt(images)):
        return "Está trocado: assim a rede aprenderia a pôr ruído."
    if wanted[0]:
        return "O alvo não é o original. Dica: com quem o erro compara?"
    return "A entrada não está corrompida como devia. Dica: use corrupt uma vez, só na entrada."


@exercise("08.3", right="Ruído só na entrada, só no treino; e o erro pequeno não é a meta.")
def true_of_daes(answer):
    return choose_letters(answer, right="bce", hint="releia as leituras das seções 1, 2 e 5.")
