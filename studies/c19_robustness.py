"""C19: the representation of a dAE is robust to noise, and dAEs clean data in general: images, boards, texts.

The codings are those of the dAEs and SAEs of C18. The images to be cleaned have half of their pixels made black or
white, the boards of chess have squares covered, the words have one or two letters changed.
"""

import functools

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from studies import c18_denoising as c18
from studies.common import FASHION, PROBE_STRENGTHS, best_of_seeds, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.course import restore_keras_defaults
from utils.data import ALPHABET, load_chess, load_words

# Codings: what a linear classifier fitted to those of clean images makes of those of noisy ones

N_LABELS = 5000
LEVELS = ("weak", "gaussian", "gaussian_strong", "dropout", "dropout_strong")


def encoded(model, gain, images):
    """Return the codings of an AE, or of a PCA."""
    if isinstance(model, PCA):
        return model.transform(gain * flat(images))
    return c18.predicted(model.get_layer("encoder"), gain, images)


def few(part):
    """Return the images and labels of a part, fewer in a tiny run."""
    return part.images[: size(None, 100)], part.labels[: size(None, 100)]


def classifier(model, seed):
    """Return the linear classifier of clean codings that is right most often in validation, clean as well."""
    images, labels = drawn(fashion().train, size(N_LABELS, 100), seed)
    valid, valid_labels = few(fashion().validation)
    codings, valid_codings = encoded(model, 1.0, images), encoded(model, 1.0, valid)
    fitted = [
        make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000)).fit(codings, labels)
        for strength in PROBE_STRENGTHS[: size(None, 1)]
    ]
    return max(fitted, key=functools.partial(accuracy, valid_codings, valid_labels))


def accuracy(codings, labels, judge):
    return 100 * judge.score(codings, labels)


def noisy_accuracy(model, judge, part, level, seed, gain):
    images, labels = few(part)
    return accuracy(encoded(model, gain, c18.corrupted(images, level, seed)), labels, judge)


def robustness(model, seed):
    """Return the accuracy of clean and of noisy codings, and how far those move, in parts of their variance.

    Pixels that are not erased come multiplied, as by Keras' Dropout, or as they were: as is better in validation.
    """
    judge, (images, labels) = classifier(model, seed), few(fashion().test)
    clean = encoded(model, 1.0, images)
    found = {"clean": accuracy(clean, labels, judge)}
    for level in LEVELS:
        gains = (1.0, 1 - c18.ERASED[level]) if level in c18.ERASED else (1.0,)
        gain = max(gains, key=functools.partial(noisy_accuracy, model, judge, fashion().validation, level, seed))
        found[level] = noisy_accuracy(model, judge, fashion().test, level, seed, gain)
        found[f"lost_{level}"] = found["clean"] - found[level]
        moved = encoded(model, gain, c18.corrupted(images, level, seed)) - clean
        found[f"moved_{level}"] = float(np.mean(moved**2) / np.mean((clean - clean.mean(axis=0)) ** 2))
    return found


def measure_codings(seed, make, noise, options, again=None):
    """Measure the codings of who cleans best, in C18, with the best option; `again`: made in another way."""
    cleaner, n_parameters = (again or make)(noise, c18.tuned(make, noise, options), seed)
    return robustness(cleaner.args[0], seed) | {"parameters": n_parameters}


# Images: the networks of C18 with another noise, and the best of the rivals that know as much

IMAGE_RIVALS = (
    ("linear", 0.0001),
    ("linear", 0.001),
    ("linear", 0.01),
    ("median", 5, 1.0),
    ("median", 7, 1.0),
    ("between", (0.5, 0.02), 1.0),
    ("between", (0.5, 0.05), 1.0),
    ("between", (0.7, 0.05), 1.0),
    ("between", (0.7, 0.1), 1.0),
)


def image_rival(noise, option, seed):
    if option[0] == "linear":
        return c18.linear(noise, option[1], seed)
    return c18.image_filter(noise, option, seed)


# Boards of chess: what stood on the covered squares?

COVERED = 0.3  # the share of the squares
N_BOARDS = 60_000
CONTENTS = 13
BOARD_EPOCHS = 3
BOARD_RATES = (0.002, 0.004, 0.008)
BOARD_ALPHAS = (0.0003, 0.003, 0.03)  # added to the variances


@functools.cache
def chess():
    return load_chess()


def one_hot(codes, n_values):
    return np.eye(n_values, dtype="float32")[codes]


def training_boards(seed):
    boards = chess().train.boards
    return boards[np.random.default_rng(seed).permutation(len(boards))[: size(N_BOARDS, 100)]]


@shared
def board_network(covered, rate, seed):
    start(seed)
    noise = [layers.Dropout(COVERED, noise_shape=(None, 64, 1))] if covered else []
    hidden = [layers.Dense(512, activation="gelu") for _ in range(2)]
    last = [layers.Dense(64 * CONTENTS), layers.Reshape((64, CONTENTS)), layers.Softmax()]
    model = keras.Sequential([layers.Input((64, CONTENTS)), *noise, layers.Flatten(), *hidden, *last])
    boards = training_boards(seed)
    options = {"rate": rate, "epochs": size(BOARD_EPOCHS, 1), "loss": "sparse_categorical_crossentropy"}
    return train(model, one_hot(boards, CONTENTS), boards, **options)


def most_likely(model, inputs):
    return np.concatenate(
        [model.predict_on_batch(x).argmax(-1) for x in np.array_split(inputs, -(-len(inputs) // 1000))]
    )


def board_dae(rate, seed):
    model = board_network(True, rate, seed)
    return functools.partial(most_likely, model), model.count_params()


def board_ae(rate, seed):
    model = board_network(False, rate, seed)
    return functools.partial(most_likely, model), model.count_params()


def board_regressed(weights, mean, inputs):
    return ((inputs.reshape(len(inputs), -1) - mean) @ weights + mean).reshape(inputs.shape).argmax(-1)


def board_linear(alpha, seed):
    """Return a linear regression (ridge) of each square on the 63 others, fitted to infinitely many draws of the noise.

    As in C18 the noise adds to variances, and to nothing else. Of a covered square itself there is nothing to be seen.
    """
    pixels = one_hot(training_boards(seed), CONTENTS).reshape(-1, 64 * CONTENTS)
    mean, covariance = pixels.mean(axis=0), np.cov(pixels.T)
    noisy = covariance + np.eye(len(mean)) * (mean * COVERED / (1 - COVERED) + alpha)
    weights, squares = np.zeros_like(noisy), np.arange(len(mean)) // CONTENTS
    for square in range(size(64, 2)):
        own, others = squares == square, squares != square
        weights[np.ix_(others, own)] = np.linalg.solve(noisy[np.ix_(others, others)], covariance[np.ix_(others, own)])
    return functools.partial(board_regressed, weights.astype("float32"), mean), weights.size + mean.size


def board_errors(guess, boards, seed):
    """Return how many of the covered squares are right, of the covered pieces, and of those that were placed, in %."""
    boards = boards[: size(None, 100)]
    covered = np.random.default_rng([seed, 1]).random(boards.shape) < COVERED
    guessed = guess(one_hot(boards, CONTENTS) * ~covered[..., None] / np.float32(1 - COVERED))
    right = guessed == boards
    chosen = {"squares": covered, "restored": covered & (boards > 0), "placed": covered & (guessed > 0)}
    return {name: 100 * float(right[which].sum() / max(1, which.sum())) for name, which in chosen.items()}


def board_tuning_error(make, option, seed):
    return -board_errors(make(option, seed)[0], chess().validation.boards, seed)["squares"]


@shared
def tuned_board(make, options):
    return best_of_seeds(options, functools.partial(board_tuning_error, make))


def measure_boards(seed, make, options):
    option = tuned_board(make, options)
    guess, n_parameters = make(option, seed)
    return board_errors(guess, chess().test.boards, seed) | {"option": option, "parameters": n_parameters}


def always(boards, inputs):
    return np.broadcast_to(boards, inputs.shape[:2])


def measure_most_common(seed):
    """Measure who puts on every covered square what stands there most often."""
    common = one_hot(training_boards(seed), CONTENTS).sum(axis=0).argmax(-1)
    return board_errors(functools.partial(always, common), chess().test.boards, seed) | {"parameters": common.size}


# Words: which letters were changed, and what were they?

LENGTH = 16
LETTERS = len(ALPHABET) + 1  # 0: no letter
DRAWS = 30  # of the noise, for each word
WORD_RATES = (0.002, 0.004, 0.008)
SMOOTHINGS = (1, 3, 10)


@functools.cache
def words():
    return load_words()


def spelled(some):
    """Return words as numbers, a row each, with zeros after the last letter."""
    codes = np.zeros((len(some), LENGTH), np.uint8)
    for row, word in zip(codes, some, strict=True):
        row[: len(word)] = [ALPHABET.index(letter) + 1 for letter in word]
    return codes


def misspelled(codes, rng):
    """Return words with one or two letters (as many words of each) that are others."""
    order = np.where(codes > 0, rng.random(codes.shape), 2).argsort(axis=1).argsort(axis=1)
    changed = order < rng.integers(1, 3, len(codes))[:, None]
    others = (codes - 1 + rng.integers(1, LETTERS - 1, codes.shape)) % (LETTERS - 1) + 1
    return np.where(changed, others, codes).astype(np.uint8)


def new_word_network():
    return keras.Sequential(
        [
            layers.Input((LENGTH,)),
            layers.Embedding(LETTERS, LETTERS),  # as a dense layer on letters in one-hot code
            layers.Flatten(),
            layers.Dense(512, activation="gelu"),
            layers.Dense(256, activation="gelu"),
            layers.Dense(LENGTH * LETTERS),
            layers.Reshape((LENGTH, LETTERS)),
            layers.Softmax(),
        ]
    )


@shared
def word_network(changed, rate, seed):
    """Return an AE of whole words that saw each of them many times, with other letters changed each time, or none."""
    start(seed)
    clean = np.tile(spelled(words().train[: size(None, 50)]), (size(DRAWS, 2), 1))
    noisy = misspelled(clean, np.random.default_rng(seed)) if changed else clean
    loss = "sparse_categorical_crossentropy"
    return train(new_word_network(), noisy, clean, rate=rate, epochs=1, batch_size=512, loss=loss)


def corrected(model, noisy):
    return np.where(noisy > 0, model.predict(noisy, batch_size=1000, verbose=0)[..., 1:].argmax(-1) + 1, 0)


def word_dae(rate, seed):
    model = word_network(True, rate, seed)
    return functools.partial(corrected, model), model.count_params()


def word_ae(rate, seed):
    model = word_network(False, rate, seed)
    return functools.partial(corrected, model), model.count_params()


def likeliest(trigrams, noisy):
    """Return the likeliest letter at each position of words of one length, given all letters that are seen.

    Forwards and backwards along the words (a hidden Markov model): the probability of each pair of letters given those
    before, and of those after given the pair. A letter is changed as often as it is: 1.5 times a word.
    """
    (n_words, length), changed = noisy.shape, 1.5 / noisy.shape[1]
    seen = np.where(np.arange(LETTERS) == noisy[..., None], 1 - changed, changed / (LETTERS - 2))[:, :, None]
    seen[..., 0] = 0
    pairs, before = np.zeros((n_words, LETTERS, LETTERS)), []
    pairs[:, 0, 0] = 1
    for i in range(length):
        pairs = np.einsum("nab,abc->nbc", pairs, trigrams, optimize=True) * seen[:, i]
        pairs /= pairs.sum(axis=(1, 2), keepdims=True)
        before.append(pairs)
    after, letters = np.broadcast_to(trigrams[:, :, 0], pairs.shape), np.zeros_like(noisy)
    for i in reversed(range(length)):
        letters[:, i] = (before[i] * after).sum(axis=1).argmax(-1)
        after = np.einsum("abc,nbc->nab", trigrams, seen[:, i] * after, optimize=True)
        after /= after.sum(axis=(1, 2), keepdims=True)
    return letters


def corrected_by_trigrams(trigrams, noisy):
    lengths, letters = (noisy > 0).sum(axis=1), np.zeros_like(noisy)
    for length in np.unique(lengths):
        letters[lengths == length, :length] = likeliest(trigrams, noisy[lengths == length, :length])
    return letters


def word_trigrams(smoothing, seed):
    """Return who corrects by the probability of each letter after two others, mixed with that after one, or none."""
    padded = np.pad(spelled(words().train), ((0, 0), (2, 1)))
    triples = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1).reshape(-1, 3)
    triples = triples[(triples[:, 1] > 0) | (triples[:, 2] > 0)]  # two zeros at the end are beyond it
    counts = np.zeros((LETTERS, LETTERS, LETTERS))
    np.add.at(counts, tuple(triples.T), 1)
    singles = counts.sum(axis=(0, 1)) / counts.sum()
    doubles = counts.sum(axis=0) + smoothing * singles
    doubles /= doubles.sum(axis=1, keepdims=True)
    trigrams = counts + smoothing * doubles
    trigrams /= trigrams.sum(axis=2, keepdims=True)
    return functools.partial(corrected_by_trigrams, trigrams), trigrams.size


def word_errors(correct, some, seed):
    """Return how many letters are right after the correction, of those changed and of those not, and words, in %."""
    codes = spelled(some[: size(None, 50)])
    noisy = misspelled(codes, np.random.default_rng([seed, 1]))
    right, real, changed = correct(noisy) == codes, codes > 0, noisy != codes
    chosen = {"letters": real, "letters_restored": changed, "letters_left": real & ~changed}
    found = {name: 100 * float(right[which].mean()) for name, which in chosen.items()}
    return found | {"words": 100 * float(right.all(axis=1).mean())}


def word_tuning_error(make, option, seed):
    return -word_errors(make(option, seed)[0], words().validation, seed)["letters"]


@shared
def tuned_word(make, options):
    return best_of_seeds(options, functools.partial(word_tuning_error, make))


def measure_words(seed, make, options):
    correct, n_parameters = make(tuned_word(make, options), seed)
    return word_errors(correct, words().test, seed) | {"parameters": n_parameters}


def measure_words_as_they_are(seed):
    return word_errors(np.copy, words().test, seed) | {"parameters": 1}


# The lesson


def lesson(seed):
    """Do what lesson 08 does: the codings of the dAE and of the SAE of C18's lesson, and a dAE of words."""
    dae, sae = c18.lesson_pair(seed)
    codings = {model: robustness(model, seed)["dropout"] for model in (dae, sae)}
    restore_keras_defaults()
    keras.utils.set_random_seed(seed)
    clean = np.tile(spelled(words().train[: size(None, 50)]), (size(10, 2), 1))
    model = new_word_network()
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, run_eagerly=size(False, True))
    model.fit(misspelled(clean, np.random.default_rng(seed)), clean, batch_size=256, epochs=1, verbose=0)
    found = word_errors(functools.partial(corrected, model), words().test, seed)
    left = word_errors(np.copy, words().test, seed)
    return {
        "dropout": codings[dae] - codings[sae],
        "words_left": found["letters"] - left["letters"],
        "parameters": dae.count_params(),
    }


# The study

IMAGE_TUNING = (
    f"Na validação, com o mesmo ruído: no dAE e no SAE, três taxas ({listed(c18.RATES)}; {c18.EPOCHS} épocas com "
    f"{c18.N_IMAGES // 1000}.000 imagens); nos rivais, três regressões lineares e seis "
    "filtros, quatro deles feitos para esse ruído."
)
BOARD_TUNING = (
    f"Na validação, três valores: nas redes, da taxa de aprendizado ({listed(BOARD_RATES)}; {BOARD_EPOCHS} épocas com "
    f"{N_BOARDS // 1000}.000 tabuleiros); na regressão linear, da regularização. Todos com uma semente à parte, os "
    "dois melhores com mais duas."
)
WORD_TUNING = (
    f"Na validação, três valores: nas redes, da taxa de aprendizado ({listed(WORD_RATES)}; cada palavra do treino, "
    f"{DRAWS} vezes); nos trigramas, da suavização ({listed(SMOOTHINGS)}). Todos com uma semente à parte, os "
    "dois melhores com mais duas."
)
NO_TUNING = "Nada a ajustar."
CHESS, WORDS = ("chess/positions.npz",), ("words/palavras.txt",)


def coding_arms(noise, words):
    """Return the arms whose codings are measured: a dAE trained with a noise, and the SAE that cleans it best."""
    options = c18.SAE_OPTIONS[noise]
    dae = functools.partial(measure_codings, make=c18.dae, noise=noise, options=c18.RATES)
    sae = functools.partial(measure_codings, make=c18.sae, noise=noise, options=options)
    again = functools.partial(measure_codings, make=c18.sae, noise=noise, options=options, again=c18.sae_again)
    return {
        f"dae_{noise}": Arm(f"dAE treinado com {words}", dae, c18.TUNING, FASHION),
        f"sae_{noise}": Arm(f"SAE sem ruído, o que melhor limpa {words}", sae, c18.TUNING, FASHION),
        f"sae_again_{noise}": Arm("SAE sem ruído, outros pesos iniciais", again, c18.TUNING, FASHION, 5),
    }


def image_arm(title, make, options):
    run = functools.partial(c18.measure, make=make, noise="speckled", options=options)
    return Arm(f"{title}, metade dos pixels preta ou branca", run, IMAGE_TUNING, FASHION)


def board_arm(title, make, options, n_seeds=10):
    run = functools.partial(measure_boards, make=make, options=options)
    return Arm(f"tabuleiros: {title}", run, BOARD_TUNING, CHESS, n_seeds)


def word_arm(title, make, options, n_seeds=10):
    run = functools.partial(measure_words, make=make, options=options)
    return Arm(f"palavras: {title}", run, WORD_TUNING, WORDS, n_seeds)


OF_ACCURACY = "São 200 das 10.000 imagens de teste, cinco vezes o erro padrão de uma acurácia (0,4 ponto)."
NOISES = c18.NOISES | {
    "gaussian_strong": "ruído gaussiano de 0,8",
    "dropout_strong": "três quartos dos pixels apagados",
}


def of_codings(id, arms, words, level=None, **options):
    """Return a statement on the accuracy of noisy codings; in the null control the same codings are clean."""
    rival = {"sae": "do SAE treinado sem ruído", "pca": "da PCA"}[arms[1].split("_")[0]]
    return Statement(
        id=id,
        text=f"Com {words}, um classificador acerta mais com os codings do dAE do que com os {rival}",
        comparison=Comparison(arms, level or id),
        null=Comparison(arms, "clean"),
        margin=2,
        why_margin=OF_ACCURACY,
        scale="difference",
        unit="points",
        **options,
    )


def displacement(noise, words):
    return Statement(
        id=f"moved_{noise}",
        text=f"Com {words}, os codings do SAE saem mais do lugar do que os do dAE",
        condition=f"no deslocamento dos codings, com {words}",
        comparison=Comparison((f"sae_{noise}", f"dae_{noise}"), f"moved_{noise}"),
        null=Comparison((f"sae_again_{noise}", f"sae_{noise}"), f"moved_{noise}"),
        margin=1.25,
        why_margin="A mesma folga que se exige do erro: na PCA, é o que custa abrir mão de doze dos 30 codings.",
        main=False,
    )


def points(id, arms, null, measure, margin, **options):
    """Return a statement on boards or words."""
    why = {
        "squares": "São 19 casas cobertas por tabuleiro: 2 pontos são mais de uma casa em cada três tabuleiros.",
        "restored": "São sete peças cobertas por tabuleiro: 2 pontos são uma peça em cada sete tabuleiros.",
        "letters": "As palavras têm, em média, sete letras e meia: 1 ponto é uma letra a mais em cada 13 palavras.",
    }[measure]
    return Statement(
        id=id,
        comparison=Comparison(arms, measure),
        null=Comparison(null, measure),
        margin=margin,
        why_margin=why,
        scale="difference",
        unit="points",
        **options,
    )


GAUSSIAN, DROPOUT = ("dae_gaussian", "sae_gaussian"), ("dae_dropout", "sae_dropout")

STUDY = Study(
    claim="C19",
    subject="A representação do dAE é robusta a ruído, e dAEs limpam dados em geral",
    arms={
        **coding_arms("gaussian", "ruído gaussiano de 0,4"),
        **coding_arms("dropout", "metade dos pixels apagada"),
        "pca": Arm(
            "PCA com 30 componentes",
            functools.partial(measure_codings, make=c18.pca, noise="gaussian", options=c18.GAINS["gaussian"]),
            NO_TUNING,
            FASHION,
        ),
        "image_dae": image_arm("dAE", c18.dae, c18.RATES),
        "image_sae": image_arm("SAE sem ruído", c18.sae, c18.SAE_OPTIONS["gaussian"]),
        "image_rival": image_arm("o melhor filtro ou regressão linear", image_rival, IMAGE_RIVALS),
        "image_linear": image_arm("regressão linear", image_rival, IMAGE_RIVALS[:3]),
        "board_dae": board_arm("dAE", board_dae, BOARD_RATES),
        "board_ae": board_arm("a mesma rede, treinada sem ruído", board_ae, BOARD_RATES, 5),
        "board_linear": board_arm("regressão linear de cada casa pelas outras", board_linear, BOARD_ALPHAS),
        "board_common": Arm("tabuleiros: o mais comum em cada casa", measure_most_common, NO_TUNING, CHESS),
        "word_dae": word_arm("dAE", word_dae, WORD_RATES),
        "word_ae": word_arm("a mesma rede, treinada sem ruído", word_ae, WORD_RATES, 5),
        "word_trigrams": word_arm("trigramas de letras", word_trigrams, SMOOTHINGS),
        "word_left": Arm("palavras: deixadas como estão", measure_words_as_they_are, NO_TUNING, WORDS),
        "lesson": Arm(
            "a receita da lição 08", lesson, "Uma taxa por rede (0,002 e 0,001), as da lição.", FASHION + WORDS
        ),
    },
    measures={
        "clean": "acurácia com os codings de imagens limpas (%)",
        "weak": "acurácia com ruído gaussiano de 0,1 (%)",
        "gaussian": "acurácia com ruído gaussiano de 0,4 (%)",
        "gaussian_strong": "acurácia com ruído gaussiano de 0,8 (%)",
        "dropout": "acurácia com metade dos pixels apagada (%)",
        "dropout_strong": "acurácia com três quartos dos pixels apagados (%)",
        **{f"lost_{level}": f"acurácia que se perde com {NOISES[level]} (pontos)" for level in LEVELS},
        "moved_weak": "deslocamento dos codings com ruído gaussiano de 0,1",
        "moved_gaussian": "deslocamento dos codings com ruído gaussiano de 0,4, em relação à variância",
        "moved_gaussian_strong": "deslocamento dos codings com ruído gaussiano de 0,8",
        "moved_dropout": "deslocamento dos codings com metade dos pixels apagada",
        "moved_dropout_strong": "deslocamento dos codings com três quartos dos pixels apagados",
        "error": "erro em imagens de teste corrompidas, contra as limpas",
        "squares": "casas cobertas certas (%)",
        "restored": "peças cobertas repostas (%)",
        "placed": "peças postas certas (%)",
        "letters": "letras certas (%)",
        "letters_restored": "letras trocadas corrigidas (%)",
        "letters_left": "letras não trocadas ainda certas (%)",
        "words": "palavras inteiras certas (%)",
        "option": "taxa, regularização ou suavização escolhida",
    },
    statements=(
        of_codings("gaussian", GAUSSIAN, "ruído gaussiano de 0,4", condition="nos codings, com ruído gaussiano de 0,4"),
        of_codings(
            "gaussian_strong",
            GAUSSIAN,
            "ruído gaussiano de 0,8, o dobro do treino",
            condition="nos codings, com ruído gaussiano de 0,8",
        ),
        of_codings(
            "dropout", DROPOUT, "metade dos pixels apagada", condition="nos codings, com metade dos pixels apagada"
        ),
        Statement(
            id="images",
            text="Com metade dos pixels preta ou branca, o melhor filtro ou regressão linear erra mais do que o dAE",
            condition="para limpar imagens com metade dos pixels preta ou branca, contra o melhor filtro ou regressão "
            "linear",
            comparison=Comparison(("image_rival", "image_dae"), "error"),
            null=Comparison(("image_rival", "image_sae"), "error"),
            margin=1.05,
            why_margin="Na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %.",
        ),
        points(
            "boards",
            ("board_dae", "board_linear"),
            ("board_ae", "board_linear"),
            "squares",
            2,
            text="O dAE acerta mais casas cobertas de um tabuleiro de xadrez do que uma regressão linear",
            condition="para completar tabuleiros, contra uma regressão linear",
        ),
        points(
            "words",
            ("word_dae", "word_trigrams"),
            ("word_ae", "word_trigrams"),
            "letters",
            1,
            text="Em palavras com letras trocadas, o dAE deixa mais letras certas do que um modelo de trigramas",
            condition="para corrigir palavras, contra trigramas de letras",
        ),
        Statement(
            id="images_linear",
            text="Com metade dos pixels preta ou branca, a regressão linear treinada com isso erra mais do que o dAE",
            condition="para limpar imagens, contra a regressão linear apenas",
            comparison=Comparison(("image_linear", "image_dae"), "error"),
            null=Comparison(("image_linear", "image_sae"), "error"),
            margin=1.05,
            why_margin="Na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %.",
            main=False,
        ),
        of_codings(
            "dropout_strong",
            DROPOUT,
            "três quartos dos pixels apagados, mais do que no treino",
            condition="nos codings, com três quartos dos pixels apagados",
            main=False,
        ),
        of_codings(
            "unseen_dropout",
            GAUSSIAN,
            "metade dos pixels apagada, ruído que o dAE não viu",
            "dropout",
            condition="nos codings, com pixels apagados e treino com ruído gaussiano",
            main=False,
        ),
        of_codings(
            "unseen_gaussian",
            DROPOUT,
            "ruído gaussiano de 0,4, que o dAE não viu",
            "gaussian",
            condition="nos codings, com ruído gaussiano e treino com pixels apagados",
            main=False,
        ),
        of_codings(
            "gaussian_pca",
            ("dae_gaussian", "pca"),
            "ruído gaussiano de 0,4",
            "gaussian",
            condition="nos codings, contra a PCA, com ruído gaussiano de 0,4",
            main=False,
        ),
        of_codings(
            "dropout_pca",
            ("dae_dropout", "pca"),
            "metade dos pixels apagada",
            "dropout",
            condition="nos codings, contra a PCA, com metade dos pixels apagada",
            main=False,
        ),
        Statement(
            id="lost",
            text="Com ruído gaussiano de 0,4, perde-se mais acurácia com os codings do SAE que com os do dAE",
            condition="no que se perde da acurácia, com ruído gaussiano de 0,4",
            comparison=Comparison(("sae_gaussian", "dae_gaussian"), "lost_gaussian"),
            null=Comparison(("sae_gaussian", "dae_gaussian"), "lost_weak"),
            margin=2,
            why_margin=OF_ACCURACY,
            scale="difference",
            unit="points",
            main=False,
        ),
        displacement("gaussian", "ruído gaussiano de 0,4"),
        displacement("dropout", "metade dos pixels apagada"),
        points(
            "boards_common",
            ("board_dae", "board_common"),
            ("board_ae", "board_common"),
            "squares",
            2,
            text="O dAE acerta mais casas cobertas do que quem põe em cada uma o que ali é mais comum",
            condition="para completar tabuleiros, contra o mais comum",
            main=False,
        ),
        points(
            "boards_restored",
            ("board_dae", "board_linear"),
            ("board_ae", "board_linear"),
            "restored",
            2,
            text="Das peças cobertas, o dAE repõe mais do que uma regressão linear",
            condition="nas peças repostas, contra uma regressão linear",
            main=False,
        ),
        points(
            "words_left",
            ("word_dae", "word_left"),
            ("word_ae", "word_left"),
            "letters",
            1,
            text="Depois do dAE, as palavras têm mais letras certas do que deixadas como estão",
            condition="para corrigir palavras, contra deixá-las como estão",
            main=False,
        ),
    ),
)
