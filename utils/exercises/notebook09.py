"""Checks of notebook 09: the divergence of a VAE, codings drawn where codings live, which AE for what."""

import numpy as np

from utils.exercises.core import exercise, tried


@exercise("09.1", right="Zero só quando já é a normal padrão.")
def divergence(answer):
    rng = np.random.default_rng(0)
    mean, log_variance = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    given = np.asarray(tried(answer(mean.copy(), log_variance.copy())), dtype=float)
    if given.shape != (5,):
        return f"Para médias de forma (5, 3) veio um resultado de forma {given.shape}; espera-se um número por linha."
    right = 0.5 * np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=1)
    if np.allclose(given, right):
        return None
    if np.allclose(given, 2 * right):
        return "Falta o fator 1/2."
    if np.allclose(given, right / 3):
        return "A divergência soma os codings; ela não é a média deles."
    if np.allclose(given, -right):
        return "O sinal está trocado: a divergência nunca é negativa."
    return "Confira a fórmula. Dica: a variância é np.exp(log_variance)."


@exercise("09.2", right="Agora o sorteio sabe onde os codings moram, e quais andam juntos.")
def draw_like(answer):
    rng = np.random.default_rng(0)
    mixing = np.array([[2.0, 0.0], [1.8, 0.6]])
    codings = rng.normal(size=(4000, 2)) @ mixing.T + [5.0, -3.0]
    given = np.asarray(tried(answer(codings.copy(), 6000, np.random.default_rng(1))), dtype=float)
    if given.shape != (6000, 2):
        return f"Com n_new = 6000 e 2 codings veio um resultado de forma {given.shape}; espera-se (6000, 2)."
    if np.abs(given.mean(axis=0) - codings.mean(axis=0)).max() > 0.2:
        return "As médias não são as dos codings recebidos."
    expected, found = np.cov(codings, rowvar=False), np.cov(given, rowvar=False)
    if np.abs(np.diag(found) - np.diag(expected)).max() > 0.5:
        return "As variâncias não são as dos codings recebidos."
    if abs(found[0, 1] - expected[0, 1]) > 0.5:
        return "Cada coding está certo sozinho, mas eles não andam juntos como os recebidos. Dica: covariâncias."
    if len(np.unique(given, axis=0)) < 6000:
        return "Há codings repetidos: sorteie números novos, em vez de escolher entre os recebidos."
    return None


@exercise("09.3", right="Cada um no seu lugar, e a PCA antes de todos.")
def which_ae(answer):
    right = {1: "c", 2: "b", 3: "a", 4: "e", 5: "d"}
    if not isinstance(answer, dict) or set(answer) != set(right):
        return 'A resposta é um dicionário com as chaves 1 a 5, como {1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}.'
    wrong = [number for number, letter in right.items() if str(answer[number]).lower() != letter]
    if not wrong:
        return None
    numbers = ", ".join(map(str, wrong))
    return f"Situações a rever: {numbers}. Dica: a tabela da seção 3; para criar dados novos, a seção 5."
