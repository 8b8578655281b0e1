"""Every exercise: its stub is not yet tried, its folded solution is right, a plausible mistake is wrong."""

import ast
import contextlib
import functools
import inspect
import itertools
import signal
import threading

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from keras import layers
from notebook_files import CHECK, PATHS, SOLUTION, code_cells, prose, read
from sklearn.decomposition import PCA

from utils import answers, exercises
from utils.data import load_fashion_mnist
from utils.models import DenseTranspose, compose, make_ae, make_cae

# Code that a student might write: it runs, and is wrong.
MISTAKES = {
    "01.1": """
def encode(sequence):
    return sequence[0], sequence[-1]

def decode(two_numbers):
    first, last = two_numbers
    return first + (last - first) / 10 * np.arange(10)

check("01.1", (encode, decode))
""",
    "01.2": 'check("01.2", 2)',
    "01.3": """
encoder = keras.Sequential([layers.Input((10,)), layers.Dense(2)], name="encoder")
decoder = keras.Sequential([layers.Input((2,)), layers.Dense(10)], name="decoder")
my_ae = keras.Sequential([layers.Input((10,)), encoder, decoder])
my_ae.compile(optimizer="adam", loss="mse")
my_ae.fit(geometric_progressions(500), geometric_progressions(500), epochs=1, verbose=0)

check("01.3", my_ae)
""",
    "02.1": 'check("02.1", 784 * 100 + 100 * 10 + 10 * 100 + 100 * 784)',
    "02.2": 'check("02.2", {"a", "b", "c", "d", "e"})',
    "02.3": """
my_ae = make_ae()
my_ae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
my_ae.fit(train.images[:4000], train.images[:4000], batch_size=32, epochs=6, verbose=0)

check("02.3", my_ae)
""",
    "03.1": 'check("03.1", lambda sizes: sizes + sizes[::-1])',
    "03.2": 'check("03.2", {"a", "b", "e"})',
    "03.3": """
my_encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(30)], name="encoder")
my_decoder = keras.Sequential(
    [layers.Input((30,)), layers.Dense(28 * 28, "sigmoid"), layers.Reshape((28, 28))], name="decoder"
)
my_sae = keras.Sequential([layers.Input((28, 28)), my_encoder, my_decoder])
my_sae.compile(optimizer="adam", loss="mse")
my_sae.fit(x_train, x_train, batch_size=256, epochs=1, verbose=0)

check("03.3", my_sae)
""",
    "04.1": 'check("04.1", 784 * 200 + 200 * 50 + (200 + 50))',
    "04.2": """
def reconstruct(x, kernel, bias_codings, bias_outputs):
    return x @ kernel @ kernel.T + bias_outputs

check("04.2", reconstruct)
""",
    "04.3": """
def widths(*sizes):
    return [layers.Dense(size, activation="gelu") for size in sizes]

my_encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), *widths(64, 48, 30)], name="encoder")
back = [*widths(48, 64, 28 * 28), layers.Reshape((28, 28))]
my_decoder = keras.Sequential([layers.Input((30,)), *back], name="decoder")
my_sae = keras.Sequential([my_encoder, my_decoder])

check("04.3", my_sae)
""",
    "05.1": """
def frozen_classifier(encoder, n_classes):
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])

check("05.1", frozen_classifier)
""",
    "05.2": """
from scipy import stats

def paired_interval(first, second):
    gain = np.mean(second) - np.mean(first)
    spread = np.std(np.concatenate([first, second]), ddof=1)
    half_width = stats.t.ppf(0.975, len(first) - 1) * spread / np.sqrt(len(first))
    return gain - half_width, gain + half_width

check("05.2", paired_interval)
""",
    "05.3": """
my_classifier = make_classifier(10)
my_classifier.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
my_classifier.fit(x_train[:200], y_train[:200], epochs=1, verbose=0)

def classify(images):
    return my_classifier.predict(images, batch_size=1000, verbose=0).argmax(axis=1)

check("05.3", (np.arange(200), classify))
""",
    "06.1": 'check("06.1", lambda side, kernel_side, stride: side * stride)',
    "06.2": """
def transposed_1d(values, kernel, stride):
    output = np.zeros((len(values) - 1) * stride + len(kernel))
    for i, value in enumerate(values):
        output[i * stride : i * stride + len(kernel)] = value * np.array(kernel)
    return output

check("06.2", transposed_1d)
""",
    "06.3": """
my_cae = make_cae(filters=(12, 32))
my_cae.compile(optimizer="adam", loss="mse")
my_cae.fit(x_train[:200], x_train[:200], epochs=1, verbose=0)

check("06.3", my_cae)
""",
    "07.1": 'check("07.1", lambda x, rebuilt, lengths: np.mean((rebuilt - x) ** 2))',
    "07.2": 'check("07.2", lambda n_steps, n_channels, n_units: n_steps * n_units * (n_channels + n_units + 1))',
    "07.3": """
def draw(n, rng):
    real = np.arange(12) < rng.integers(6, 13, size=(n, 1))
    return (rng.normal(size=(n, 1)) * real)[:, :, None], real

my_rae = ae_with_clock([layers.GRU(4)], [layers.GRU(4, return_sequences=True), layers.Dense(1)], 2, (12, 3))

check("07.3", (draw, my_rae))
""",
    "08.1": 'check("08.1", lambda x, keep, rate: x * keep)',
    "08.2": 'check("08.2", {"a", "b", "c"})',
    "08.3": """
def corrupt(images, rng):
    return images * (rng.random(images.shape) < 0.5)

my_dae = make_sae(n_codings=30)
my_dae.compile(optimizer="adam", loss="mse")
my_dae.fit(x_train, corrupt(x_train, np.random.default_rng(8)), epochs=1, verbose=0)

check("08.3", (corrupt, my_dae))
""",
    "09.1": 'check("09.1", {1: "e", 2: "b", 3: "a", 4: "c", 5: "d"})',
    "09.2": """
def not_dominated(errors, costs):
    return {name for name in errors if not any(errors[o] < errors[name] and costs[o] < costs[name] for o in errors)}

check("09.2", not_dominated)
""",
    "09.3": """
my_ae = make_sae()
my_ae.compile(optimizer="adam", loss="mse")
my_ae.fit(x_train, x_train, batch_size=256, epochs=1, verbose=0)

check("09.3", my_ae)
""",
    "10.1": """
def divergence(mean, log_variance):
    return np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=1)

check("10.1", divergence)
""",
    "10.2": """
def draw_like(codings, n_new, rng):
    return codings.mean(axis=0) + codings.std(axis=0) * rng.normal(size=(n_new, codings.shape[1]))

check("10.2", draw_like)
""",
    "10.3": """
def generate(n, rng):
    return x_train.mean(axis=0) + 0.1 * rng.random((n, 28, 28))

check("10.3", (generate, features, distance["SAE, mistura"]))
""",
}


def taught(lesson, *names):
    """Return the source of what a lesson defines, for the solutions that use it."""
    [path] = [path for path in PATHS if path.stem == lesson]
    parts = [(cell.source, node) for cell in code_cells(read(path)) for node in ast.parse(cell.source).body]
    found = {node.name: ast.get_source_segment(source, node) for source, node in parts if hasattr(node, "name")}
    return "\n\n\n".join(found[name] for name in names if name in found) + "\n"


OF_SEQUENCES = taught("07_rae", "passed", "with_clock", "ae_with_clock")

# A solution that trains for half a minute is trained here for seconds: what the lesson defined before, with few images,
# and what is expected of it then, in place of the constants of `utils.exercises`.
FEW = {
    "03.3": (
        """
x_train = load_fashion_mnist().train.images[:5000]
""",
        {"SAE_ERROR": 0.03},
    ),
    "02.3": (
        """
from utils.models import make_ae

train = load_fashion_mnist().train
x_clothes = train.images[~np.isin(train.labels, (5, 7, 9))][:4000]
""",
        {},
    ),
    "04.3": (
        """
from utils.data import load_fashion_mnist
from utils.models import DenseTranspose

x_train = load_fashion_mnist().train.images[:2000]
""",
        {"TIED_ERROR": 0.04},
    ),
    "08.3": (
        """
x_train = load_fashion_mnist().train.images[:2000]
""",
        {"RIVAL_IMAGES": 500, "OWN_NOISE_RATIO": 3.0},
    ),
    "05.3": (
        """
x_train, y_train = (column[:2000] for column in load_fashion_mnist().train)

def make_encoder():
    hidden = layers.Dense(64, activation="gelu")
    return keras.Sequential([layers.Input((28, 28)), layers.Flatten(), hidden], name="encoder")

def make_classifier(n_classes, pretrained=None):
    return keras.Sequential([pretrained or make_encoder(), layers.Dense(n_classes, activation="softmax")])

encoder, dae_encoder = make_encoder(), make_encoder()
""",
        {"FEW_LABELS_ACCURACY": 65.0},
    ),
    "07.3": (OF_SEQUENCES + "x_train = np.zeros((400, 30, 1))\n", {"OWN_SERIES_RATIO": 30.0}),
    "09.3": (
        """
x_train = load_fashion_mnist().train.images[:2000]
""",
        {"BOTH_LIMIT": 0.08},
    ),
    "10.3": (
        """
SEED, x_train = 0, load_fashion_mnist().train.images[:2000]
features = keras.Sequential(
    [layers.Input((28, 28)), layers.Reshape((28, 28, 1)), layers.AveragePooling2D(7), layers.Flatten()]
)
distance = {"SAE, mistura": 0.2}

def encode(model, images):
    return model.get_layer("encoder").predict(images, verbose=0)

def decode(model, codings):
    return model.get_layer("decoder").predict(codings, verbose=0)
""",
        {},
    ),
    "06.3": (
        """
from utils.models import make_cae

x_train = load_fashion_mnist().train.images[:5000]
""",
        {"SMALL_CAE_ERROR": 0.04},
    ),
}


def cases():
    for path in PATHS:
        notebook = read(path)
        imports = code_cells(notebook)[1].source + "\n"
        stubs = {id: cell.source for cell in code_cells(notebook) for id, _ in CHECK.findall(cell.source)}
        solutions = {CHECK.search(code).group(1): code for code in SOLUTION.findall(prose(notebook))}
        assert list(stubs) == list(solutions)
        for exercise_id in stubs:
            few, _ = FEW.get(exercise_id, ("", {}))
            yield pytest.param(exercise_id, imports + few, stubs[exercise_id], solutions[exercise_id], id=exercise_id)


def verdict(monkeypatch, *codes):
    """Run pieces of a notebook and what a student wrote, one after the other; return the last verdict shown."""
    verdicts = []
    monkeypatch.setattr(exercises, "show", lambda exercise_id, given: verdicts.append(given))
    namespace = {}
    for code in codes:
        exec(code, namespace)
    assert verdicts[-1].message
    return verdicts[-1]


@pytest.mark.parametrize(("exercise_id", "imports", "stub", "solution"), list(cases()))
class TestExercise:
    def test_untouched_stub_is_not_yet_tried(self, monkeypatch, exercise_id, imports, stub, solution):
        assert verdict(monkeypatch, imports, stub).status == "untried"

    def test_solution_is_right(self, monkeypatch, exercise_id, imports, stub, solution):
        for name, value in FEW.get(exercise_id, ("", {}))[1].items():
            monkeypatch.setattr(exercises, name, value)
        given = verdict(monkeypatch, imports, stub, solution)  # the stub may hold what both need
        assert given.status == "right", given.message

    def test_mistake_is_wrong_with_a_hint(self, monkeypatch, exercise_id, imports, stub, solution):
        given = verdict(monkeypatch, imports, stub, MISTAKES[exercise_id])
        assert given.status == "wrong" and "parou com" not in given.message, given.message

    def test_answer_of_another_kind_is_wrong(self, monkeypatch, exercise_id, imports, stub, solution):
        for nonsense in ("None", "'abc'", "3.5", "lambda *_: None"):
            assert verdict(monkeypatch, imports, f'check("{exercise_id}", {nonsense})').status == "wrong"


def test_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"exercise_id: esperava um destes: 01.1, .*10.3; recebi '99.1'"):
        exercises.check("99.1", 1)


def test_every_check_is_of_one_exercise():
    assert sorted(exercises.CHECKS) == list(exercises.CHECKS) == [case.id for case in cases()] == list(MISTAKES)
    assert len({function for function, _ in exercises.CHECKS.values()}) == len(exercises.CHECKS)


@functools.cache
def components(without_footwear):
    images, labels = load_fashion_mnist().train
    seen = images[~np.isin(labels, (5, 7, 9))] if without_footwear else images
    return PCA(100, svd_solver="covariance_eigh").fit(seen.reshape(-1, 784))


def linear_ae(n_codings, without_footwear):
    """Return an AE that does what a PCA of the training images does."""
    pca = components(without_footwear)
    model = make_ae(n_codings, output_activation=None)
    basis = pca.components_[:n_codings]
    model.set_weights([basis.T, -pca.mean_ @ basis.T, basis, pca.mean_])
    return model


@pytest.mark.parametrize(
    ("n_codings", "without_footwear", "status", "message"),
    [
        (30, False, "wrong", "treine só com x_clothes"),
        (30, True, "wrong", f"AUC de {exercises.comma(exercises.PCA_AUC)} %"),
        (40, True, "wrong", "você já a passou"),
        (100, True, "wrong", "depois de cada época"),
    ],
)
def test_detector_is_told_its_score_and_what_is_wrong(n_codings, without_footwear, status, message):
    given = exercises.judge("02.3", linear_ae(n_codings, without_footwear))
    assert given.status == status and message in given.message


def test_detector_that_reaches_the_target_is_told_its_score(monkeypatch):
    monkeypatch.setattr(exercises, "ANOMALY_AUC", 95.5)
    given = exercises.judge("02.3", linear_ae(100, without_footwear=True))
    assert given.status == "right" and "AUC de 9" in given.message and "o alvo é 95,5" in given.message


def tied_sae(*hidden, n_codings=30, is_tied=True):
    """Return an untrained SAE."""
    there = [layers.Dense(size, activation="gelu") for size in (*hidden, n_codings)]
    sizes = (*hidden[::-1], 28 * 28)
    back = [
        DenseTranspose(layer) if is_tied else layers.Dense(size) for layer, size in zip(there[::-1], sizes, strict=True)
    ]
    return compose([layers.Flatten(), *there], [*back, layers.Reshape((28, 28))], n_codings)


@pytest.mark.parametrize(
    ("hidden", "options", "hint"),
    [
        ((16, 12), {"is_tied": False}, "Kernels do decoder que não são do encoder: 3"),
        ((16,), {}, "O encoder tem 2 camadas densas"),
        ((16, 12), {"n_codings": 20}, "devolve 20 codings"),
        ((16, 12), {}, "ele foi treinado?"),
    ],
)
def test_tied_design_that_is_not_what_was_asked_is_told_why(hidden, options, hint):
    given = exercises.judge("04.3", tied_sae(*hidden, **options))
    assert given.status == "wrong" and hint in given.message


def test_tied_design_that_was_cloned_is_tied_no_more():
    assert "Kernels do decoder" in exercises.judge("04.3", keras.models.clone_model(tied_sae(16, 12))).message


def test_tied_design_is_told_its_score(monkeypatch):
    monkeypatch.setattr(exercises, "mean_error", lambda model, images: 0.0234)
    assert "erra 0,0234 em imagens novas; o alvo é 0,012, e" in exercises.judge("04.3", tied_sae(16, 12)).message
    monkeypatch.setattr(exercises, "mean_error", lambda model, images: 0.0111)
    given = exercises.judge("04.3", tied_sae(16, 12))
    assert given.status == "right" and "erra 0,0111" in given.message


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (0.09, "wrong", "ele foi treinado"),
        (0.0134, "wrong", "Erra 0,0134 em imagens de teste; o alvo é 0,0110."),
        (0.0098, "right", "A melhor receita do curso, com 30 codings, erra 0,0074: faltam 0,0024"),
        (0.0073, "right", "Você passou a melhor receita do curso"),
    ],
)
def test_sae_is_told_its_score_and_how_far_the_courses_own_is(monkeypatch, error, status, message):
    monkeypatch.setattr(exercises, "mean_error", lambda model, images: error)
    given = exercises.judge("03.3", tied_sae(16, is_tied=False))
    assert given.status == status and message in given.message


def half_convolutional(*encoder_layers, n_codings=30):
    """Return an AE whose decoder is dense."""
    back = [layers.Dense(28 * 28), layers.Reshape((28, 28))]
    return compose([*encoder_layers, layers.Flatten(), layers.Dense(n_codings)], back, n_codings)


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: half_convolutional(), "O encoder não tem convoluções"),
        (
            lambda: half_convolutional(layers.Reshape((28, 28, 1)), layers.Conv2D(4, 4, strides=2)),
            "O decoder não tem convoluções transpostas",
        ),
        (lambda: make_cae(filters=(12, 32)), "Tem 108.407 parâmetros; o orçamento é de 60.000"),
        (lambda: make_cae(n_codings=20, filters=(8, 8)), "devolve 20 codings"),
    ],
)
def test_small_cae_that_is_not_what_was_asked_is_told_why(make, hint):
    given = exercises.judge("06.3", make())
    assert given.status == "wrong" and hint in given.message


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (0.09, "wrong", "ele foi treinado"),
        (0.0134, "wrong", "erra 0,0134 em imagens de teste; o alvo é 0,0105, e a solução"),
        (0.0099, "right", "Com 26.271 parâmetros, erra 0,0099 em imagens de teste; o alvo era 0,0105"),
    ],
)
def test_small_cae_is_told_its_score(monkeypatch, error, status, message):
    monkeypatch.setattr(exercises, "mean_error", lambda model, images: error)
    given = exercises.judge("06.3", make_cae(filters=(8, 8)))
    assert given.status == status and message in given.message


def peaks(n, rng):
    """Draw series with a peak somewhere, of 6 to 12 steps."""
    real = np.arange(12) < rng.integers(6, 13, size=(n, 1))
    return (np.exp(-((np.arange(12) - rng.uniform(0, 12, size=(n, 1))) ** 2)) * real)[:, :, None], real


def rae(read=None, write=None, n_codings=2, n_columns=1):
    """Return an untrained RAE of series of 12 steps, as lesson 07 makes it."""
    namespace = {"np": np, "keras": keras, "layers": layers}
    exec(OF_SEQUENCES, namespace)
    read = [layers.GRU(4)] if read is None else read
    write = [layers.GRU(4, return_sequences=True)] if write is None else write
    return namespace["ae_with_clock"](read, [*write, layers.Dense(n_columns)], n_codings, (12, 3))


def changed(change):
    """Return a function that draws series with peaks and changes them."""
    return lambda n, rng: change(*peaks(n, rng))


@pytest.mark.parametrize(
    ("draw", "make", "hint"),
    [
        (peaks, lambda: rae(n_codings=5), "devolve 5 codings; o exercício permite até 4"),
        (peaks, lambda: rae(read=[layers.Flatten()]), "O encoder não tem camada recorrente"),
        (peaks, lambda: rae(write=[]), "O decoder não tem camada recorrente"),
        (peaks, lambda: rae(n_columns=2), "devem ser iguais, sem o relógio"),
        (peaks, rae, "com with_clock(x, real)?"),
        (changed(lambda x, real: (x[:, :, 0], real)), rae, "x tem forma (1000, passos, 1)"),
        (changed(lambda x, real: (x, real * 1.0)), rae, "booleana"),
        (changed(lambda x, real: (x, real[:, ::-1])), rae, "vêm antes do preenchimento"),
        (changed(lambda x, real: (x, np.ones_like(real))), rae, "o mesmo comprimento"),
        (changed(lambda x, real: (x + 1, real)), rae, "o preenchimento é de zeros"),
        (changed(lambda x, real: (real[:, :, None] * 1.0, real)), rae, "iguais e constantes"),
        (changed(lambda x, real: (real[:, :, None] * x[:, :1], real)), rae, "fáceis demais"),
        (lambda n, rng: peaks(n, np.random.default_rng(0)), rae, "sempre as mesmas"),
    ],
)
def test_own_series_that_are_not_what_was_asked_are_told_why(draw, make, hint):
    status, message = exercises.judge("07.3", (draw, make()))
    assert status == "wrong" and hint in message


def test_rae_of_own_series_is_told_its_score(monkeypatch):
    monkeypatch.setattr(exercises, "OWN_SERIES_RATIO", 30.0)
    status, message = exercises.judge("07.3", (peaks, rae()))
    assert status == "right" and "em séries novas, e a PCA, " in message and "a do RAE da lição" in message
    assert exercises.judge("07.3", (lambda n, rng: ..., rae())).status == "untried"


def darker(n, rng):
    """Return images that no generator has met, a fifth too light."""
    return 0.8 * load_fashion_mnist().validation.images[:n]


@pytest.mark.parametrize(
    ("generate", "of_lesson", "status", "message"),
    [
        (lambda n, rng: np.zeros((n, 784)), 1.0, "wrong", "generate(5000, rng) devolveu a forma (5000, 784)"),
        (lambda n, rng: 2 * rng.random((n, 28, 28)), 1.0, "wrong", "fora de [0, 1]"),
        (lambda n, rng: np.full((n, 28, 28), np.nan), 1.0, "wrong", "fora de [0, 1]"),
        (lambda n, rng: load_fashion_mnist().train.images[rng.choice(55_000, n)], 1.0, "wrong", "Há cópias"),
        (lambda n, rng: rng.random((n, 28, 28)), 0.1, "wrong", "Ajuste a eles uma mistura"),
        (darker, 0.04, "wrong", "Ajuste a eles uma mistura"),
        (darker, 0.1, "wrong", "um AE que erra menos"),
        (darker, 1.0, "right", "o alvo é 0,75, e o gerador da solução fica perto de 0,55"),
    ],
)
def test_generator_is_told_how_near_its_images_are(generate, of_lesson, status, message):
    pooled = [layers.Reshape((28, 28, 1)), layers.AveragePooling2D(7), layers.Flatten()]
    features = keras.Sequential([layers.Input((28, 28)), *pooled])
    given = exercises.judge("10.3", (generate, features, of_lesson))
    assert given.status == status and message in given.message


def right_in(share):
    """Return a classifier of the test images that is right in a share of them."""
    labels = load_fashion_mnist().test.labels
    return lambda images: np.where(np.arange(len(labels)) < share * len(labels), labels, (labels + 1) % 10)


@pytest.mark.parametrize(
    ("chosen", "classify", "hint"),
    [
        (range(201), right_in(0.8), "Você escolheu 201 imagens"),
        ([1.5, 2], right_in(0.8), "números inteiros"),
        ([-1, 2], right_in(0.8), "de 0 a 54999"),
        ([], right_in(0.8), "números inteiros"),
        ([1], right_in(0.8), "Nenhuma das escolhidas é calça"),
        (range(200), lambda images: np.zeros((len(images), 10)), "argmax"),
        (range(200), lambda images: 3, "espera-se uma classe por imagem"),
        (range(200), right_in(0.6), "Acerta 60,0 % das imagens de teste; a regressão logística"),
        (range(200), right_in(0.74), "o alvo é 75 %"),
        (range(200), right_in(0.9), "bom demais"),
    ],
)
def test_choice_of_labels_that_is_not_what_was_asked_is_told_why(chosen, classify, hint):
    status, message = exercises.judge("05.3", (chosen, classify))
    assert status == "wrong" and hint in message


def test_choice_of_labels_is_told_its_score():
    status, message = exercises.judge("05.3", (range(200), right_in(0.761)))
    assert status == "right" and "Acerta 76,1 %" in message
    assert exercises.judge("05.3", (range(200), lambda images: ...)).status == "untried"


def halved(images, rng):
    """Erase about half of the pixels."""
    return images * (rng.random(images.shape) < 0.5)


@pytest.mark.parametrize(
    ("corrupt", "hint"),
    [
        (lambda images, rng: images[:, :14], "corrupt devolveu a forma (5000, 14, 28)"),
        (lambda images, rng: np.where(rng.random(images.shape) < 0.1, np.nan, images), "NaN"),
        (lambda images, rng: images + 0.01 * rng.random(images.shape), "quase não estraga"),
        (lambda images, rng: 1 - images, "sempre o mesmo"),
        (lambda images, rng: 1 - images * rng.uniform(0.999, 1), "ela já desfaz"),
        (halved, "Dica: mais épocas, mais codings"),
    ],
)
def test_own_noise_that_is_not_what_was_asked_is_told_why(monkeypatch, corrupt, hint):
    monkeypatch.setattr(exercises, "RIVAL_IMAGES", 2000)
    status, message = exercises.judge("08.3", (corrupt, linear_ae(30, without_footwear=False)))
    assert status == "wrong" and hint in message


def test_dae_of_own_noise_is_told_its_score(monkeypatch):
    monkeypatch.setattr(exercises, "RIVAL_IMAGES", 2000)
    assert "sem limpar" in exercises.judge("08.3", (halved, tied_sae(16, is_tied=False))).message
    monkeypatch.setattr(exercises, "OWN_NOISE_RATIO", 3.0)
    status, message = exercises.judge("08.3", (halved, linear_ae(30, without_footwear=False)))
    assert status == "right" and "vezes. O da solução" in message


def test_ae_for_both_is_told_both_errors_and_what_lacks(monkeypatch):
    model = linear_ae(30, without_footwear=False)
    status, message = exercises.judge("09.3", model)
    assert status == "wrong" and "em média 0,01" in message and "falta treino" in message
    monkeypatch.setattr(exercises, "BOTH_LIMIT", 1.0)
    assert exercises.judge("09.3", linear_ae(30, without_footwear=False)).status == "right"
    assert "devolve 20 codings" in exercises.judge("09.3", linear_ae(20, without_footwear=False)).message
    flat = compose([layers.Flatten(), layers.Dense(30)], [layers.Dense(28 * 28)], 30)
    assert "Reshape" in exercises.judge("09.3", flat).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda errors, costs: min(errors, key=errors.get), "Esperava um conjunto"),
        (lambda errors, costs: {"Z"}, "Esperava um conjunto"),
        (lambda errors, costs: {min(errors, key=errors.get), min(costs, key=costs.get)}, "ninguém domina"),
        (lambda errors, costs: set(errors), "ninguém domina"),
    ],
)
def test_models_that_some_other_dominates_are_told(answer, hint):
    status, message = exercises.judge("09.2", answer)
    assert status == "wrong" and hint in message


def frozen(encoder, n_classes, *, activation="softmax", hidden=(), trainable=True):
    """Return a classifier upon an encoder that does not learn."""
    encoder.trainable = False
    top = layers.Dense(n_classes, activation=activation, trainable=trainable)
    return keras.Sequential([encoder, *hidden, top])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda encoder, n: frozen(encoder, n, activation=None), "softmax"),
        (lambda encoder, n: frozen(encoder, n, trainable=False), "congele só o encoder"),
        (lambda encoder, n: frozen(encoder, n, hidden=[layers.Dense(6)]), "70 pesos"),
        (lambda encoder, n: frozen(encoder, 10), "tem forma (3, 10)"),
        (lambda encoder, n: frozen(keras.models.clone_model(encoder), n), "não estão no classificador"),
        (lambda encoder, n: encoder.get_weights(), "um modelo do Keras"),
    ],
)
def test_classifier_that_is_not_frozen_as_asked_is_told_why(answer, hint):
    status, message = exercises.judge("05.1", answer)
    assert status == "wrong" and hint in message


def test_error_in_the_answer_is_told_not_raised():
    def broken(sequence):
        raise KeyError("x")

    given = exercises.judge("01.1", (broken, broken))
    assert given.status == "wrong" and "KeyError" in given.message


# Whatever a student may write


class Odd:
    """An object of which nothing works."""

    def _fail(self, *arguments):
        raise RuntimeError("nada disso")

    __eq__ = __lt__ = __len__ = __iter__ = __array__ = __float__ = __index__ = __bool__ = __repr__ = _fail
    __hash__ = None


class UnspeakableError(Exception):
    """An error that cannot be shown."""

    def __str__(self):
        raise SystemExit("nem isto")


class Nameless(type):
    """A class whose name cannot be asked for."""

    @property
    def __name__(cls):
        raise SystemExit("nem o nome")


class NamelessError(Exception, metaclass=Nameless):
    """An error without a name."""


ERRORS = (
    *(ValueError("x" * 1000), ValueError(), UnspeakableError(), NamelessError(), NamelessError("x")),
    *(SystemExit(1), KeyboardInterrupt(), GeneratorExit()),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.complex_numbers(), st.booleans(), st.just(np.int8(3)))
ARRAYS = arrays(
    st.sampled_from(["float32", "float16", "float64", "int64", "uint8", "bool", "complex64", "U3", "S2", "M8[s]", "O"]),
    array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
)
# Made anew for each example; Hypothesis shows how, and not what comes of it.
ENDLESS = (itertools.count, lambda: itertools.repeat("a"), lambda: range(10**12), lambda: iter("abcd"))
MADE = st.sampled_from([*ENDLESS, Odd, object, lambda: 10**5000, lambda: Odd, lambda: keras]).map(lambda make: make())
SIMPLE = st.one_of(st.none(), NUMBERS, st.text(max_size=5), st.binary(max_size=5), ARRAYS, MADE)
CONTAINERS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.integers(1, 5), st.text(max_size=1)), inner, max_size=6),
        st.sets(st.sampled_from("abcdef"), max_size=6),
    ),
    max_leaves=6,
)


def raising(error):
    """Return a function that raises an error."""

    def function(*arguments):
        raise error

    return function


def spoiling(*arguments):
    """Change what was given, and give it back."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument[...] = np.nan
    return arguments[0]


def fixed(result):
    """Return a function that always returns the same."""
    return lambda *arguments: result


FUNCTIONS = st.one_of(
    CONTAINERS.map(fixed),
    st.sampled_from(ERRORS).map(raising),
    st.sampled_from([spoiling, lambda: None, lambda *arguments: arguments, np.mean, np.zeros_like, "".join, print]),
)


class Broken(keras.layers.Layer):
    """A layer that raises."""

    def call(self, inputs):
        raise RuntimeError("nada disso")


@functools.cache
def models():
    """Return Keras models and layers of every kind, right for no exercise."""
    unbuilt, broken = keras.Sequential([layers.Dense(2)], name="encoder"), Broken(name="decoder")
    parts = [keras.Sequential([layers.Input((2,)), layers.Dense(2)], name=name) for name in ("encoder", "decoder")]
    small = keras.Sequential([layers.Input((2,)), *parts])
    return [small, tied_sae(2, n_codings=1), unbuilt, keras.Sequential([unbuilt, broken]), layers.Dense(2)]


MODELS = st.deferred(lambda: st.sampled_from(models()))
ANSWERS = st.one_of(CONTAINERS, FUNCTIONS, st.tuples(FUNCTIONS, FUNCTIONS), MODELS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise_id", exercises.CHECKS)
@settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(answer=ANSWERS)
def test_every_check_answers_every_input(exercise_id, answer):
    status, message = exercises.judge(exercise_id, answer)
    assert status in ("untried", "right", "wrong")
    assert 0 < len(message) <= 300 and message.splitlines() == [message]


def test_every_message_of_the_course_itself_is_shown_whole():
    assert all(answers.brief(right) == right for _, right in exercises.CHECKS.values())
    source = inspect.getsource(exercises)
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    hints = [text for text in texts if isinstance(text, str) and "Dica: " in text]
    assert len(hints) > 20 and max(map(len, hints)) < 0.8 * answers.MOST_CHARACTERS  # some stand in a longer sentence


def test_message_is_of_characters_that_can_be_sent():
    given = exercises.judge("06.1", raising(ValueError("caf\ud800é")))
    assert given.message == "Sua resposta parou com ValueError: caf?é"


def interrupt(*arguments):
    """Interrupt the kernel, as its user does."""
    signal.raise_signal(signal.SIGINT)


def swallow(*arguments):
    """Go on after an interruption, and fail by oneself."""
    with contextlib.suppress(KeyboardInterrupt):
        interrupt()
    raise ValueError("outro erro")


def test_interruption_by_the_user_goes_on(interruptible):
    with pytest.raises(KeyboardInterrupt):
        exercises.judge("06.1", interrupt)
    assert "ValueError: outro erro" in exercises.judge("06.1", swallow).message


def test_interruption_that_the_answer_makes_itself_is_an_answer(interruptible):
    assert exercises.judge("06.1", raising(KeyboardInterrupt())).message == "Sua resposta parou com KeyboardInterrupt"
    in_a_thread = []  # where there is no other
    thread = threading.Thread(target=lambda: in_a_thread.append(exercises.judge("06.1", raising(KeyboardInterrupt()))))
    thread.start()
    thread.join()
    assert in_a_thread[0].status == "wrong"
