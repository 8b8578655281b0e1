"""C17: for sequences, series or texts, a recurrent AE does better than a dense one.

Utterances of 7 to 29 frames, noisy sinusoids of 40 steps and whole words of 3 to 12 letters. All networks read one
array: the features, then three numbers a step that say whether it is real and how much of the sequence has passed.
"""

import functools
import itertools
from typing import NamedTuple

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA

from studies.common import TUNING_SEEDS, best, best_of_seeds, listed, start
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.data import ALPHABET, MAX_FRAMES, load_vowels, load_words
from utils.training import restart, warmup_cosine

N_TIMES = 3  # numbers a step that say where in the sequence it is
WAVE_NOISE = 0.1
STRETCHED_TO = 16  # frames: the mean length of the utterances
UNROLLED = 12  # steps up to which a GRU is unrolled: it takes longer to compile, and then half the time


class Recipe(NamedTuple):
    """How the networks of one kind of data are made and trained: all of them alike."""

    n_train: int
    units: int  # of each GRU; the layers that replace one have twice as many
    hidden: int  # of the dense net, in one layer a side
    batch_size: int
    epochs: int
    dense_epochs: int  # of what has no GRUs, which trains many times faster
    copies: int  # of the sequences in an epoch: to begin and end one takes as long as some steps
    noise: float  # added to the inputs in training
    decays: tuple  # of the weights, for each unit of the rate (AdamW)
    rates: tuple
    loss: str = "mse"
    activation: str | None = None


VOWELS = Recipe(200, 48, 512, 40, 12, 12, 10, 0.4, (0.1, 2.0), (0.001, 0.004, 0.016))
WAVES = Recipe(2000, 64, 256, 50, 30, 200, 1, 0.0, (0.01,), (0.002, 0.006, 0.018))
WORDS = Recipe(
    12_000, 96, 512, 100, 10, 24, 1, 0.0, (0.01,), (0.002, 0.006, 0.018), "categorical_crossentropy", "softmax"
)


# Data


class Sequences(NamedTuple):
    """Sequences padded to one length: what networks read, what they are measured against, which steps are real."""

    inputs: np.ndarray
    targets: np.ndarray
    real: np.ndarray

    def take(self, rows):
        return Sequences(*(column[rows] for column in self))


def in_order(real, permuted):
    """Return the order of each sequence's steps; permuted: by one fixed permutation for each length.

    They are those which one permutation of all steps leaves of the real ones: what is read one step after the other
    loses its order, and a dense net, to which it is all the same which input is which, would lose nothing.
    """
    order = np.tile(np.arange(real.shape[1]), (len(real), 1))
    keys = np.random.default_rng(0).random(real.shape[1])
    for row, length in zip(order, real.sum(axis=1), strict=True):
        if permuted:
            row[:length] = keys[:length].argsort()
    return order[..., None]


def sequences(features, real, permuted, targets=None):
    """Return sequences with their clock: two cosines of the share of the sequence that has passed."""
    order = in_order(real, permuted)
    features, targets = (
        np.take_along_axis(array, order, axis=1) for array in (features, features if targets is None else targets)
    )
    count = real.cumsum(axis=1)
    passed = (count - 1) / np.maximum(count[:, -1:] - 1, 1)
    times = np.stack([np.ones_like(passed), np.cos(np.pi * passed), np.cos(2 * np.pi * passed)], axis=-1)
    inputs = np.concatenate([features, times * real[..., None]], axis=-1)
    return Sequences(inputs.astype("float32"), targets.astype("float32"), real)


def drawn_rows(n, n_chosen, seed):
    return np.random.default_rng(seed).permutation(n)[: size(n_chosen, 40)]


@shared
def utterances(permuted):
    """Return the three parts of the vowels, each channel scaled to mean 0 and variance 1 in training."""
    parts = load_vowels()
    frames = [part.frames[:, : size(None, 2)] for part in parts]
    reals = [np.arange(size(MAX_FRAMES, 2)) < part.lengths[:, None] for part in parts]
    mean, std = frames[0][reals[0]].mean(axis=0), frames[0][reals[0]].std(axis=0)
    return tuple(
        sequences((x - mean) / std * real[..., None], real, permuted) for x, real in zip(frames, reals, strict=True)
    )


def vowels(seed, permuted, n_train):
    """Return training, validation and test utterances; a seed draws those of training."""
    train, validation, test = utterances(permuted)
    return train.take(drawn_rows(len(train.real), n_train, seed)), validation, test


def sinusoids(n, seed, permuted):
    """Draw noisy sinusoids: 1 to 4 cycles, any phase, amplitude 0.5 to 1.5. The targets are without the noise."""
    rng, n, n_steps = np.random.default_rng(seed), size(n, 40), size(40, 3)
    cycles, phase, amplitude = (rng.uniform(*ends, (n, 1, 1)) for ends in ((1, 4), (0, 2 * np.pi), (0.5, 1.5)))
    clean = amplitude * np.sin(2 * np.pi * cycles * np.arange(n_steps)[:, None] / n_steps + phase)
    noisy = clean + rng.normal(0, WAVE_NOISE, clean.shape)
    return sequences(noisy, np.full((n, n_steps), True), permuted, clean)


def waves(seed, permuted, n_train):
    """Return training, validation and test sinusoids. As an AE is chosen by what it is given, validation is noisy."""
    validation = sinusoids(500, 1, permuted)
    validation = validation._replace(targets=validation.inputs[..., :1])
    return sinusoids(n_train, seed, permuted), validation, sinusoids(1000, 2, permuted)


@shared
def spelled(permuted):
    """Return the three parts of the words of 3 to 12 letters, each letter one-hot."""
    parts, longest = [], size(12, 5)
    for words in load_words():
        words = [word[:longest].ljust(longest) for word in words[:: size(1, 50)] if 3 <= len(word) <= 12]
        codes = np.array([[ALPHABET.find(letter) for letter in word] for word in words])
        real = codes >= 0
        parts.append(sequences(np.eye(len(ALPHABET))[codes] * real[..., None], real, permuted))
    return tuple(parts)


def words(seed, permuted, n_train):
    """Return training, validation and test words; a seed draws those of training."""
    train, validation, test = spelled(permuted)
    return train.take(drawn_rows(len(train.real), n_train, seed)), validation, test


# Networks: of a number of codings, the shape of the inputs and a recipe


def read(shape, recipe):
    """Return the inputs of a network; the features, with noise in the real steps; and the times."""
    inputs = layers.Input(shape)
    features, times = inputs[..., :-N_TIMES], inputs[..., -N_TIMES:]
    return inputs, layers.GaussianNoise(recipe.noise)(features) * times[..., :1], times


def written(inputs, x, recipe):
    """Return the model that writes the features of each step from what is known at that step."""
    return keras.Model(inputs, layers.Dense(inputs.shape[-1] - N_TIMES, activation=recipe.activation)(x))


def gru(units, both_ways, n_steps, **options):
    """Return a GRU; or two, each with half of the units, of which one reads backwards."""
    options["unroll"] = n_steps <= UNROLLED
    if both_ways:
        return layers.Bidirectional(layers.GRU(units // 2, **options))
    return layers.GRU(units, **options)


def make_recurrent(n_codings, shape, recipe, with_mask=True, with_clock=True, both_ways=True):
    inputs, x, times = read(shape, recipe)
    mask = times[..., 0] > 0.5 if with_mask else None
    x = layers.Concatenate()([x, times]) if with_clock else x
    codings = layers.Dense(n_codings, name="codings")(gru(recipe.units, both_ways, shape[0])(x, mask=mask))
    x = layers.RepeatVector(shape[0])(codings)
    x = layers.Concatenate()([x, times]) if with_clock else x
    return written(inputs, gru(recipe.units, both_ways, shape[0], return_sequences=True)(x, mask=mask), recipe)


def make_plain(n_codings, shape, recipe):
    return make_recurrent(n_codings, shape, recipe, with_mask=False, with_clock=False, both_ways=False)


def make_masked(n_codings, shape, recipe):
    return make_recurrent(n_codings, shape, recipe, with_clock=False, both_ways=False)


def make_clocked(n_codings, shape, recipe):
    return make_recurrent(n_codings, shape, recipe, both_ways=False)


def make_rnn(n_codings, shape, recipe):
    return make_recurrent(n_codings, shape, recipe)


def make_without_gru(n_codings, shape, recipe):
    """Return the RNN with two dense layers in place of each GRU, the same at every step; codings from their mean."""
    inputs, x, times = read(shape, recipe)
    x = layers.Concatenate()([x, times])
    for _ in range(2):
        x = layers.Dense(2 * recipe.units, activation="gelu")(x)
    mean = layers.GlobalAveragePooling1D()(x, mask=times[..., 0] > 0.5)
    codings = layers.Dense(n_codings, name="codings")(mean)
    x = layers.Concatenate()([layers.RepeatVector(shape[0])(codings), times])
    for _ in range(2):
        x = layers.Dense(2 * recipe.units, activation="gelu")(x)
    return written(inputs, x, recipe)


def make_dense(n_codings, shape, recipe, hidden):
    """Return an AE that reads all steps at once; its decoder is told the times, too, as that of the RNN is."""
    inputs, x, times = read(shape, recipe)
    x = layers.Flatten()(layers.Concatenate()([x, times]))
    for units in hidden:
        x = layers.Dense(units, activation="gelu")(x)
    x = layers.Concatenate()([layers.Dense(n_codings, name="codings")(x), layers.Flatten()(times)])
    for units in hidden:
        x = layers.Dense(units, activation="gelu")(x)
    n_features = shape[1] - N_TIMES
    x = layers.Reshape((shape[0], n_features))(layers.Dense(shape[0] * n_features)(x))
    return keras.Model(inputs, layers.Activation(recipe.activation)(x))


def make_dnn(n_codings, shape, recipe):
    return make_dense(n_codings, shape, recipe, hidden=(recipe.hidden,))


def make_linear(n_codings, shape, recipe):
    return make_dense(n_codings, shape, recipe, hidden=())


# Training and measuring


RECURRENT = ("make_plain", "make_masked", "make_clocked", "make_rnn")


def n_epochs(make, recipe):
    return size(recipe.epochs if make.__name__ in RECURRENT else recipe.dense_epochs, 1)


@shared
def learner(make, n_codings, shape, recipe, decay, rate, n_train):
    """Return a compiled network, to be started anew for each seed: compiling takes as long as some epochs."""
    model = make(n_codings, shape, recipe)
    of_fit = {"n_samples": n_train, "batch_size": recipe.batch_size, "epochs": n_epochs(make, recipe)}
    model.compile(
        optimizer=keras.optimizers.AdamW(warmup_cosine(rate, **of_fit), weight_decay=decay),
        loss=recipe.loss,
        steps_per_execution=size(min(n_train // recipe.batch_size, 50), 1),
        run_eagerly=size(False, True),
    )
    return model


def trained(make, data, recipe, n_codings, decay, rate, seed):
    """Return a network trained with the loss on real steps only; the plain RNN knows of no padding."""
    shape, data = data.inputs.shape[1:], data.take(np.tile(np.arange(len(data.real)), size(recipe.copies, 1)))
    model = learner(make, n_codings, shape, recipe, decay, rate, len(data.inputs))
    start(seed)
    restart(model, make(n_codings, shape, recipe).get_weights())
    weights = np.ones(data.real.shape) if make is make_plain else data.real / data.real.mean()
    options = {"batch_size": recipe.batch_size, "epochs": n_epochs(make, recipe), "verbose": 0}
    model.fit(data.inputs, data.inputs[..., :-N_TIMES], sample_weight=weights, **options)
    return model


def scores(outputs, part, loss):
    """Return the squared error over real steps; of words, the share of right letters in %, and that by length."""
    if loss == "mse":
        return {"error": float(np.mean((outputs - part.targets)[part.real] ** 2))}
    right = outputs.argmax(axis=-1) == part.targets.argmax(axis=-1)
    lengths = part.real.sum(axis=1)
    short, long = lengths <= size(5, 3), lengths >= size(9, 5)
    slices = {"": lengths > 0, "_short": short, "_medium": ~short & ~long, "_long": long}
    return {f"accuracy{name}": 100 * right[rows][part.real[rows]].mean() for name, rows in slices.items()}


@shared
def validation_error(make, load, recipe, n_codings, permuted, decay, rate, seed):
    """Return how wrong a network is in validation when trained with a seed of tuning."""
    train, validation, _ = load(seed, permuted, recipe.n_train)
    model = trained(make, train, recipe, n_codings, decay, rate, seed)
    found = scores(np.asarray(model(validation.inputs)), validation, recipe.loss)
    return found["error"] if "error" in found else 100 - found["accuracy"]


def error_at(option, seed, make, load, recipe, n_codings, permuted):
    return validation_error(make, load, recipe, n_codings, permuted, *option, seed)


@shared
def tuned(make, load, recipe, n_codings, permuted):
    """Return which decay of the weights and which rate are best, of all pairs."""
    score = functools.partial(error_at, make=make, load=load, recipe=recipe, n_codings=n_codings, permuted=permuted)
    return best_of_seeds(list(itertools.product(recipe.decays, recipe.rates)), score)


@shared
def measured(make, load, recipe, n_codings, permuted, shift, seed):
    """Return what the tuned network scores in the test, trained on a seed's draw; `shift`: of its weights' seed."""
    train, _, test = load(seed, permuted, recipe.n_train)
    option = tuned(make, load, recipe, n_codings, permuted)
    model = trained(make, train, recipe, n_codings, *option, seed + shift)
    chosen = dict(zip(("decay", "rate"), option, strict=True))
    return scores(np.asarray(model(test.inputs)), test, recipe.loss) | chosen | {"parameters": model.count_params()}


def measure(seed, make, load, recipe, n_codings, permuted=False, shift=0):
    """Measure a network. A tiny run trains it once, whatever its codings, the order of the steps and its start."""
    return measured(make, load, recipe, size(n_codings, 2), size(permuted, False), size(shift, 0), seed)


def tuned_error(make, load, recipe, n_codings, permuted):
    """Return the validation error of a network at its tuned option, on average over the seeds of tuning."""
    option = tuned(make, load, recipe, n_codings, permuted)
    errors = [validation_error(make, load, recipe, n_codings, permuted, *option, seed) for seed in TUNING_SEEDS]
    return float(np.mean(errors))


def measure_best_dense(seed, load, recipe, n_codings, permuted=False):
    """Measure the dense net or the linear AE: the one with the smaller validation error once both are tuned."""
    score = functools.partial(tuned_error, load=load, recipe=recipe, n_codings=n_codings, permuted=permuted)
    return measure(seed, best((make_dnn, make_linear), score), load, recipe, n_codings, permuted)


def stretched(frames, n_steps):
    """Return frames (steps, channels) brought to another number of steps by linear interpolation."""
    old, new = np.linspace(0, 1, len(frames)), np.linspace(0, 1, n_steps)
    return np.stack([np.interp(new, old, channel) for channel in frames.T], axis=1)


def measure_stretched(seed, recipe, n_codings):
    """Measure a PCA of utterances stretched to one length; what it returns is stretched back."""
    train, _, test = vowels(seed, False, recipe.n_train)
    rows = [
        np.stack([stretched(frames[real], STRETCHED_TO).ravel() for frames, real in zip(x, reals, strict=True)])
        for x, reals in ((train.targets, train.real), (test.targets, test.real))
    ]
    pca = PCA(n_codings).fit(rows[0])
    rebuilt = pca.inverse_transform(pca.transform(rows[1])).reshape(len(test.real), STRETCHED_TO, -1)
    rebuilt = [stretched(frames, length) for frames, length in zip(rebuilt, test.real.sum(axis=1), strict=True)]
    error = float(np.mean((np.concatenate(rebuilt) - test.targets[test.real]) ** 2))
    return {"error": error, "parameters": pca.components_.size + pca.mean_.size}


def measure_pca(seed, recipe, n_codings):
    """Measure a PCA of sinusoids: it does not matter to it in which order the steps are."""
    train, _, test = waves(seed, False, recipe.n_train)
    pca = PCA(n_codings).fit(train.inputs[..., 0])
    rebuilt = pca.inverse_transform(pca.transform(test.inputs[..., 0]))[..., None]
    return scores(rebuilt, test, recipe.loss) | {"parameters": pca.components_.size + pca.mean_.size}


def ae_with_clock(read_layers, write_layers, n_codings, shape):
    """Return an AE as lesson 07 makes it: the last two columns are the clock, which the decoder is told, too."""
    encoder = keras.Sequential([layers.Input(shape), *read_layers, layers.Dense(n_codings)], name="encoder")
    codings, clock = layers.Input((n_codings,)), layers.Input((shape[0], 2))
    repeated = layers.Concatenate()([layers.RepeatVector(shape[0])(codings), clock])
    decoder = keras.Model([codings, clock], keras.Sequential(write_layers)(repeated), name="decoder")
    inputs = layers.Input(shape)
    return keras.Model(inputs, decoder([encoder(inputs), inputs[:, :, -2:]]))


def of_lesson(data):
    """Return what the networks of lesson 07 are given: the features and the clock, without the mask."""
    return np.delete(data.inputs, -N_TIMES, axis=2)


def lesson_vowels():
    """Train the four networks of lesson 07 on the vowels; return their validation and test errors, the RNN's size."""
    train, validation, test = utterances(False)
    n_steps, n_features = train.targets.shape[1:]
    errors, n_parameters = {}, {}
    for kind, (rate, decay) in {
        "rnn": (0.02, 0.0),
        "without_gru": (0.01, 0.1),
        "dnn": (0.002, 2.0),
        "linear": (0.003, 1.0),
    }.items():
        noise = layers.GaussianNoise(0.4)
        all_at_once = [layers.Dense(n_steps * n_features), layers.Reshape((n_steps, n_features))]
        gelu = functools.partial(layers.Dense, activation="gelu")
        parts = {
            "rnn": (
                [layers.Masking(), noise, layers.GRU(48)],
                [layers.GRU(48, return_sequences=True), layers.Dense(n_features)],
            ),
            "without_gru": (
                [layers.Masking(), noise, gelu(96), gelu(96), layers.GlobalAveragePooling1D()],
                [gelu(96), gelu(96), layers.Dense(n_features)],
            ),
            "dnn": ([noise, layers.Flatten(), gelu(256)], [layers.Flatten(), gelu(256), *all_at_once]),
            "linear": ([noise, layers.Flatten()], [layers.Flatten(), *all_at_once]),
        }[kind]
        model = ae_with_clock(*parts, n_codings=16, shape=(n_steps, n_features + 2))
        falling = keras.optimizers.schedules.CosineDecay(rate, decay_steps=50 * 5)
        model.compile(
            optimizer=keras.optimizers.AdamW(falling, weight_decay=decay), loss="mse", run_eagerly=size(False, True)
        )
        rows = slice(size(None, 45))
        options = {"sample_weight": train.real[rows] * 1.0, "batch_size": 45, "epochs": size(50, 1), "verbose": 0}
        model.fit(of_lesson(train)[rows], train.targets[rows], **options)
        errors[kind] = [
            scores(model.predict(of_lesson(part), verbose=0), part, "mse")["error"] for part in (validation, test)
        ]
        n_parameters[kind] = model.count_params()
    return errors, n_parameters["rnn"]


def lesson_words():
    """Train the two networks of lesson 07 on words; return how many letters of new words each has right, in %."""
    train, _, test = spelled(False)
    train = train.take(slice(8000))
    n_steps, n_letters = train.targets.shape[1:]
    gelu = functools.partial(layers.Dense, activation="gelu")
    written_words = [layers.Dense(n_steps * n_letters), layers.Reshape((n_steps, n_letters)), layers.Softmax()]
    accuracy = {}
    for kind, rate, parts in (
        (
            "rnn",
            0.01,
            (
                [layers.Masking(), layers.GRU(96)],
                [layers.GRU(96, return_sequences=True), layers.Dense(n_letters, "softmax")],
            ),
        ),
        ("dnn", 0.003, ([layers.Flatten(), gelu(512)], [layers.Flatten(), gelu(512), *written_words])),
    ):
        model = ae_with_clock(*parts, n_codings=16, shape=(n_steps, n_letters + 2))
        model.compile(
            optimizer=keras.optimizers.Adam(rate), loss="categorical_crossentropy", run_eagerly=size(False, True)
        )
        options = {"sample_weight": train.targets.sum(axis=2), "batch_size": 80, "epochs": size(4, 1), "verbose": 0}
        model.fit(of_lesson(train), train.targets, **options)
        accuracy[kind] = scores(model.predict(of_lesson(test), verbose=0), test, "categorical_crossentropy")["accuracy"]
    return accuracy


def lesson(seed):
    """Do what lesson 07 does with vowels and with words; validation picks the dense rival of the RNN."""
    start(seed)
    errors, n_parameters = lesson_vowels()
    (_, of_rnn), (_, of_rival) = errors["rnn"], min(errors["dnn"], errors["linear"])
    accuracy = lesson_words()
    return {
        "vowels_16": of_rival / of_rnn,
        "recurrence": errors["without_gru"][1] / of_rnn,
        "words": accuracy["rnn"] - accuracy["dnn"],
        "parameters": n_parameters,
    }


# What is compared


WAVES_SAME = WAVES._replace(dense_epochs=WAVES.epochs)
WORDS_SAME = WORDS._replace(dense_epochs=WORDS.epochs)
VOWEL_FILES = ("vowels/JapaneseVowels_TRAIN.ts", "vowels/JapaneseVowels_TEST.ts")
WORD_FILES = ("words/palavras.txt",)
NO_TUNING = "Nada a ajustar."
TITLES = {
    make_plain: "RNN simples",
    make_masked: "RNN com máscara",
    make_clocked: "RNN com máscara e relógio",
    make_rnn: "RNN com máscara, relógio e leitura nos dois sentidos",
    make_without_gru: "o mesmo modelo sem as GRUs",
    make_dnn: "DNN",
    make_linear: "AE linear",
    None: "o melhor AE denso na validação (DNN ou linear)",
}


def tuning(recipe):
    return (
        f"Na validação: decaimento dos pesos ({listed(recipe.decays)}) e taxa ({listed(recipe.rates)}), em todas as "
        "combinações, com uma semente à parte; as duas melhores, com mais duas."
    )


def network(make, load, recipe, n_codings, n_seeds, permuted=False, shift=0):
    """Return the arm of a network; without `make`, of the dense one that is better in validation."""
    where = {vowels: f"vogais, {n_codings} codings", waves: "senoides", words: "palavras"}[load]
    again = ", passos permutados" * permuted + ", outros pesos iniciais" * bool(shift)
    passes = recipe.copies * n_epochs(make or make_dnn, recipe)
    options = {"load": load, "recipe": recipe, "n_codings": n_codings, "permuted": permuted}
    if make is None:
        run = functools.partial(measure_best_dense, **options)
    else:
        run = functools.partial(measure, make=make, shift=shift, **options)
    files = {vowels: VOWEL_FILES, waves: (), words: WORD_FILES}[load]
    return Arm(f"{TITLES[make]}, {where}, {passes} passadas{again}", run, tuning(recipe), files, n_seeds)


def contest(name, load, recipe, n_codings, n_seeds):
    """Return the three arms of a main statement: RNN and dense net, and the RNN with the steps permuted.

    Permuted alike, a dense net is the same net, its weights in another order: the permuted RNN is compared with it as
    it is.
    """
    return {
        f"rnn_{name}": network(make_rnn, load, recipe, n_codings, n_seeds),
        f"dense_{name}": network(None, load, recipe, n_codings, n_seeds),
        f"rnn_{name}_permuted": network(make_rnn, load, recipe, n_codings, 5, permuted=True),
    }


def of_vowels(make, n_codings, n_seeds, **options):
    return network(make, vowels, VOWELS, n_codings, n_seeds, **options)


def pca(title, function, recipe, n_codings, files):
    run = functools.partial(function, recipe=recipe, n_codings=n_codings)
    return Arm(f"{title}, {n_codings} codings", run, NO_TUNING, files)


OF_IMAGES = "Na PCA de imagens, abrir mão de três dos 30 codings aumenta o erro em 5 %."
OF_VOWELS = (
    "Na validação, a PCA de vogais esticadas erra 14 % mais com 15 codings do que com 16, e 22 % mais com três do que "
    "com quatro: 5 % é menos de meio coding. (O valor veio da PCA de imagens.)"
)


def ratio(id, text, condition, arms, null, main=True):
    return Statement(
        id=id,
        text=text,
        condition=condition,
        comparison=Comparison(arms, "error"),
        null=Comparison(null, "error"),
        margin=1.05,
        why_margin=OF_VOWELS if "vowels" in arms[1] else OF_IMAGES,
        main=main,
    )


def right_letters(id, text, condition, measure, main, rival="dense_words"):
    return Statement(
        id=id,
        text=text,
        condition=condition,
        comparison=Comparison(("rnn_words", rival), measure),
        null=Comparison(("rnn_words_permuted", rival), measure),
        margin=2.0,
        why_margin="Dois pontos são uma letra a mais em cada sete palavras: menos que isso mal se nota.",
        scale="difference",
        unit="points",
        main=main,
    )


STUDY = Study(
    claim="C17",
    subject="Um AE recorrente refaz sequências melhor do que o melhor de dois AEs densos",
    arms={
        **contest("vowels_16", vowels, VOWELS, 16, 10),
        **contest("vowels_4", vowels, VOWELS, 4, 10),
        **contest("waves", waves, WAVES, 3, 5),
        **contest("words", words, WORDS, 16, 5),
        "dense_waves_same": network(None, waves, WAVES_SAME, 3, 5),
        "dense_words_same": network(None, words, WORDS_SAME, 16, 5),
        "linear_waves": network(make_linear, waves, WAVES, 3, 5),
        "dnn_vowels_16": of_vowels(make_dnn, 16, 10),
        "linear_vowels_16": of_vowels(make_linear, 16, 10),
        "without_gru_vowels_16": of_vowels(make_without_gru, 16, 10),
        "without_gru_vowels_16_permuted": of_vowels(make_without_gru, 16, 5, permuted=True),
        "plain_vowels_16": of_vowels(make_plain, 16, 5),
        "masked_vowels_16": of_vowels(make_masked, 16, 5),
        "clocked_vowels_16": of_vowels(make_clocked, 16, 5),
        "rnn_vowels_16_again": of_vowels(make_rnn, 16, 5, shift=1000),
        "pca_vowels_16": pca("PCA de vogais esticadas a 16 quadros", measure_stretched, VOWELS, 16, VOWEL_FILES),
        "pca_vowels_4": pca("PCA de vogais esticadas a 16 quadros", measure_stretched, VOWELS, 4, VOWEL_FILES),
        "pca_waves": pca("PCA de senoides", measure_pca, WAVES, 3, ()),
        "lesson": Arm(
            "a receita da lição 07",
            lesson,
            "Taxa e decaimento da lição: nas vogais, o melhor de poucos pares na validação; nas palavras, sem ajuste.",
            (*VOWEL_FILES, *WORD_FILES),
        ),
    },
    measures={
        "error": "erro (MSE) em passos reais de sequências novas; nas senoides, contra a curva sem ruído",
        "decay": "decaimento dos pesos escolhido",
        "rate": "taxa escolhida",
        "accuracy": "acurácia das letras, em palavras inteiras",
        "accuracy_short": "acurácia das letras em palavras de 3 a 5 letras",
        "accuracy_medium": "acurácia das letras em palavras de 6 a 8 letras",
        "accuracy_long": "acurácia das letras em palavras de 9 a 12 letras",
    },
    statements=(
        ratio(
            "vowels_16",
            "Em séries de comprimento variável, com 16 codings, a RNN erra menos que o melhor AE denso",
            "com vogais faladas, de 7 a 29 quadros, e 16 codings",
            ("dense_vowels_16", "rnn_vowels_16"),
            ("dense_vowels_16", "rnn_vowels_16_permuted"),
        ),
        ratio(
            "vowels_4",
            "Em séries de comprimento variável, com quatro codings, a RNN erra menos que o melhor AE denso",
            "com as mesmas vogais e quatro codings",
            ("dense_vowels_4", "rnn_vowels_4"),
            ("dense_vowels_4", "rnn_vowels_4_permuted"),
        ),
        ratio(
            "waves",
            "Em senoides de comprimento fixo, com tantos codings quantos são os parâmetros, a RNN erra menos que o "
            "melhor AE denso",
            "com senoides de 40 passos e três codings",
            ("dense_waves", "rnn_waves"),
            ("dense_waves", "rnn_waves_permuted"),
        ),
        right_letters(
            "words",
            "Em palavras inteiras, com 16 codings, a RNN acerta mais letras que o melhor AE denso",
            "com palavras de 3 a 12 letras e 16 codings",
            "accuracy",
            main=True,
        ),
        right_letters(
            "words_short",
            "Em palavras de 3 a 5 letras, a RNN acerta mais letras que o melhor AE denso",
            "com palavras de 3 a 5 letras",
            "accuracy_short",
            main=False,
        ),
        right_letters(
            "words_long",
            "Em palavras de 9 a 12 letras, a RNN acerta mais letras que o melhor AE denso",
            "com palavras de 9 a 12 letras",
            "accuracy_long",
            main=False,
        ),
        right_letters(
            "words_same",
            "Em palavras inteiras, com o mesmo número de passadas, a RNN acerta mais letras que o melhor AE denso",
            "com palavras e o mesmo número de passadas",
            "accuracy",
            main=False,
            rival="dense_words_same",
        ),
        ratio(
            "dnn",
            "Com 16 codings, a RNN erra menos que a DNN, seja esta ou não o melhor AE denso",
            "contra a DNN, com 16 codings",
            ("dnn_vowels_16", "rnn_vowels_16"),
            ("dnn_vowels_16", "rnn_vowels_16_permuted"),
            main=False,
        ),
        ratio(
            "recurrence",
            "Com 16 codings, o mesmo modelo sem as GRUs erra mais: é a recorrência que ajuda",
            "contra o mesmo modelo sem as GRUs, com 16 codings",
            ("without_gru_vowels_16", "rnn_vowels_16"),
            ("without_gru_vowels_16_permuted", "rnn_vowels_16_permuted"),
            main=False,
        ),
        ratio(
            "stretched",
            "Com 16 codings, a RNN erra menos que uma PCA das vogais esticadas a um mesmo comprimento",
            "contra a PCA de vogais esticadas",
            ("pca_vowels_16", "rnn_vowels_16"),
            ("rnn_vowels_16_again", "rnn_vowels_16"),
            main=False,
        ),
        ratio(
            "mask",
            "Com máscara, na leitura e na perda, a RNN simples erra menos",
            "com máscara, contra nenhuma",
            ("plain_vowels_16", "masked_vowels_16"),
            ("rnn_vowels_16_again", "rnn_vowels_16"),
            main=False,
        ),
        ratio(
            "clock",
            "Com um relógio, além da máscara, a RNN erra menos",
            "com relógio, contra só máscara",
            ("masked_vowels_16", "clocked_vowels_16"),
            ("rnn_vowels_16_again", "rnn_vowels_16"),
            main=False,
        ),
        ratio(
            "both_ways",
            "Lendo e escrevendo nos dois sentidos, a RNN com máscara e relógio erra menos",
            "nos dois sentidos, contra um só",
            ("clocked_vowels_16", "rnn_vowels_16"),
            ("rnn_vowels_16_again", "rnn_vowels_16"),
            main=False,
        ),
        ratio(
            "waves_same",
            "Em senoides, com o mesmo número de passadas pelo treino, a RNN erra menos que o melhor AE denso",
            "com senoides e o mesmo número de passadas",
            ("dense_waves_same", "rnn_waves"),
            ("dense_waves_same", "rnn_waves_permuted"),
            main=False,
        ),
        ratio(
            "waves_pca",
            "Em senoides, a RNN erra menos que uma PCA de três componentes",
            "contra a PCA, com senoides",
            ("pca_waves", "rnn_waves"),
            ("pca_waves", "linear_waves"),
            main=False,
        ),
    ),
)
