"""Make the marks of one hand-in, of what its run left in a folder; a part of ``make grade``.

    python -m tools.grade_judge FOLDER SEED   # prints the marks as JSON

What lies in the folder was written by a program that nobody trusts. It is read as data: descriptions of models, from
which only Keras's own layers are made, arrays without pickles, texts. Everything that can be computed is computed here
anew, with the images of the course; nothing that the hand-in says of itself counts.
"""

import json
import pathlib
import sys
from typing import NamedTuple

import keras
import numpy as np
from keras import layers
from scipy import stats

from tools.grade_report import LONGEST
from utils.activity import N_DRAWS, N_LABELS, NOISE, PARTS, PROBES, SHAPE, strange_classes
from utils.course import restore_keras_defaults, without_native_messages
from utils.data import load_fashion_mnist

RATE = 0.5  # of the pixels are erased, as the activity asks
RIDGES = (1.0, 10.0, 100.0, 1000.0)
LEAST_LIKENESS = 0.5  # correlation of the weights of a reused layer, fine-tuned, with the pretrained ones
MOST_LIKENESS = 0.2  # that of weights which have nothing to do with them
LEAST_GAP = 2.0  # points: how much better one knows the images of one's own draw than those of others
TOLERANCE = 0.1  # points: the same model may judge a few images otherwise on another machine


class Mark(NamedTuple):
    """What an item got, as a share from 0 to 1, and why."""

    share: float
    why: str


class NotGivenError(Exception):
    """Something that an item needs was not handed in, or is not what it should be; says why."""


def missing(part):
    """Return the error for a part that the run did not leave."""
    return NotGivenError(f"não entregue: a conferência de «{PARTS[part][0]}» não foi feita, ou não passou")


def comma(value, digits=2):
    """Return a number with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


# Reading what was left


def read_json(folder, name, part):
    try:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise missing(part) from None
    except (OSError, ValueError, RecursionError):
        raise NotGivenError(f"não consegui ler {name}.json") from None


def read_arrays(folder, name, part):
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except FileNotFoundError:
        raise missing(part) from None
    except Exception:  # NumPy raises many kinds of errors for a damaged file
        raise NotGivenError(f"não consegui ler {name}.npz") from None


def read_model(folder, name, part, outputs):
    """Return a model that was handed in, made again of Keras's own layers."""
    described, arrays = read_json(folder, name, part), read_arrays(folder, name, part)
    if strange := strange_classes(described):
        raise NotGivenError(f"{name} usa o que não são camadas do Keras: {', '.join(strange)[:200]}")
    try:
        model = keras.saving.deserialize_keras_object(described, safe_mode=True)
        model.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays))])
        fits = (tuple(model.input_shape), tuple(model.output_shape)) == (SHAPE, outputs)
    except Exception as error:  # Keras raises many kinds of errors for what it cannot make a model of
        raise NotGivenError(f"não consegui refazer {name}: {type(error).__name__}") from None
    if not fits or not all(np.isfinite(array).all() for array in model.get_weights()):
        raise NotGivenError(f"{name} não vai de {SHAPE} para {outputs}, ou tem pesos que não são números")
    return model


class HandIn:
    """What one run left, read when it is first asked for, and the images to judge it with."""

    def __init__(self, folder, seed, fashion):
        self.folder, self.seed, self.fashion, self._known = folder, seed, fashion, {}

    def get(self, make):
        """Return what `make`, a method of this class, returns, or raise what it raises; it is called once only."""
        if make not in self._known:
            try:
                self._known[make] = (make(self), None)
            except NotGivenError as error:
                self._known[make] = (None, error)
        value, error = self._known[make]
        if error:
            raise error
        return value

    def dae(self):
        return read_model(self.folder, "dae", "6", SHAPE)

    def encoder(self):
        return self.get(HandIn.composed)[0]

    def composed(self):
        """Return the encoder and the layers before it."""
        chain = [layer for layer in self.get(HandIn.dae).layers if not isinstance(layer, layers.InputLayer)]
        names = [layer.name for layer in chain]
        if names[-2:] != ["encoder", "decoder"] or not all(hasattr(layer, "layers") for layer in chain[-2:]):
            raise NotGivenError(f"esperava que terminasse em encoder e decoder, dois modelos; há: {', '.join(names)}")
        return chain[-2], chain[:-2]

    def models(self):
        names = {arm: [f"{arm}_{i}" for i in range(N_DRAWS)] for arm in ("pretrained", "scratch")}
        return {arm: [read_model(self.folder, n, "8", (None, 10)) for n in of_arm] for arm, of_arm in names.items()}

    def draws(self):
        draws = read_arrays(self.folder, "draws", "7").get("draws")
        n_images = len(self.fashion.train.images)
        if draws is None or draws.shape != (N_DRAWS, N_LABELS) or not np.issubdtype(draws.dtype, np.integer):
            raise NotGivenError("os sorteios não têm a forma pedida")
        if draws.min() < 0 or draws.max() >= n_images:
            raise NotGivenError(f"há índices fora de 0 a {n_images - 1}")
        return draws

    def measures(self):
        given = read_arrays(self.folder, "measures", "9")
        shapes = {"pretrained": (N_DRAWS,), "scratch": (N_DRAWS,), "interval": (2,)}
        if {name: array.shape for name, array in given.items()} != shapes:
            raise NotGivenError("as medidas não têm a forma pedida")
        return given

    def accuracies(self):
        """Return the accuracy of each model on the test images, in %, computed here."""
        models, test = self.get(HandIn.models), self.fashion.test
        return {arm: np.array([accuracy(m, test.images, test.labels) for m in of]) for arm, of in models.items()}

    def interval(self):
        found = self.get(HandIn.accuracies)
        difference = found["pretrained"] - found["scratch"]
        if np.ptp(difference) == 0:
            return float(difference[0]), float(difference[0])
        low, high = stats.ttest_1samp(difference, popmean=0).confidence_interval(0.95)
        return float(low), float(high)


def accuracy(model, images, labels):
    """Return how many of the images a classifier gets right, in %."""
    found = np.argmax(model.predict(images, batch_size=1000, verbose=0), axis=-1)
    return 100 * float(np.mean(found == labels))


# Judging: a function for each item, which returns a Mark or raises a NotGivenError.


def parts(hand_in):
    encoder, _ = hand_in.get(HandIn.composed)
    n_parameters = f"{encoder.count_params():,}".replace(",", ".")
    return Mark(1, f"encoder com {n_parameters} parâmetros, decoder depois dele")


def noise(hand_in):
    encoder, before = hand_in.get(HandIn.composed)
    dae = hand_in.get(HandIn.dae)
    chain = [*before, *(layer for layer in encoder.layers if not isinstance(layer, layers.InputLayer))]
    harmless = ("Reshape", "Flatten", "Rescaling", "Permute")
    first = next((layer for layer in chain if type(layer).__name__ not in harmless), None)
    if type(first).__name__ not in NOISE:
        return Mark(0, f"a primeira camada que muda a entrada é {type(first).__name__}, e não de ruído")
    x = hand_in.fashion.test.images[:50]
    twice = [[np.asarray(dae(x, training=training)) for _ in range(2)] for training in (False, True)]
    if not np.array_equal(*twice[0]):
        return Mark(0, "há ruído também fora do treino: a mesma entrada, duas vezes, dá saídas diferentes")
    if np.allclose(*twice[1]):
        return Mark(0, "no treino a entrada não muda: o ruído tem força zero")
    last = hand_in.get(HandIn.dae).get_layer("decoder").layers
    if any(type(layer).__name__ in NOISE for layer in last):
        return Mark(0.5, f"{type(first).__name__} na entrada, só no treino; mas há ruído também no decoder")
    return Mark(1, f"{type(first).__name__} na entrada, só no treino")


def erased(images, rng):
    """Return images with half of the pixels erased, as ``Dropout(0.5)`` gives them in training."""
    return (images * (rng.random(images.shape) >= RATE) / (1 - RATE)).astype(np.float32)


def linear_errors(fashion, rng):
    """Return the errors of the baseline: a ridge regression from noisy to clean pixels, and of the mean image.

    It learns of the same images, of one draw of the noise, and its ridge is chosen on the validation images.
    """
    train, validation, test = (part.images.reshape(len(part.images), -1) for part in fashion)
    mean = train.mean(axis=0)
    noisy = {name: erased(x, rng) - mean for name, x in (("t", train), ("v", validation), ("e", test))}
    square, cross = noisy["t"].T @ noisy["t"], noisy["t"].T @ (train - mean)
    best = (np.inf, None)
    for ridge in RIDGES:
        kernel = np.linalg.solve(square + ridge * np.eye(len(square), dtype=np.float32), cross)
        error = np.mean((noisy["v"] @ kernel + mean - validation) ** 2)
        best = min(best, (error, ridge))
    kernel = np.linalg.solve(square + best[1] * np.eye(len(square), dtype=np.float32), cross)
    return float(np.mean((noisy["e"] @ kernel + mean - test) ** 2)), float(np.mean((mean - test) ** 2))


def restores(hand_in):
    dae, test = hand_in.get(HandIn.dae), hand_in.fashion.test.images
    rng = np.random.default_rng((hand_in.seed, 1_000_003))
    rebuilt = dae.predict(erased(test, rng), batch_size=1000, verbose=0)
    error = float(np.mean((rebuilt - test) ** 2))
    linear, mean = linear_errors(hand_in.fashion, rng)
    found = f"erro {comma(error, 4)}; regressão linear, {comma(linear, 4)}; imagem média, {comma(mean, 4)}"
    return Mark(1 if error < linear else 0.5 if error < mean else 0, found)


def draws_of(seed, n_images):
    """Return the draws that the activity asks for."""
    return np.stack(
        [np.random.default_rng((seed, i)).choice(n_images, N_LABELS, replace=False) for i in range(N_DRAWS)]
    )


def draws(hand_in):
    found = hand_in.get(HandIn.draws)
    if any(len(np.unique(draw)) < N_LABELS for draw in found):
        return Mark(0, "há imagens repetidas em um mesmo sorteio")
    if len({tuple(sorted(draw)) for draw in found}) < N_DRAWS:
        return Mark(0, "há sorteios iguais")
    wanted = draws_of(hand_in.seed, len(hand_in.fashion.train.images))
    if not np.array_equal(np.sort(found), np.sort(wanted)):
        return Mark(0.5, "os sorteios são válidos, mas não os de default_rng((SEED, i)): não se repetem")
    return Mark(1, "os cinco sorteios que a semente dá")


def likeness(model, encoder):
    """Return the correlation of the weights of a classifier's first layers with those of the encoder, and how many.

    Layers are compared from the input on, as long as their weights have the same shapes.
    """
    pairs = []
    for own, pretrained in zip(model.get_weights(), encoder.get_weights(), strict=False):
        if own.shape != pretrained.shape:
            break
        pairs += [(own.ravel(), pretrained.ravel())] if own.ndim > 1 else []
    if not pairs:
        return 0.0, 0
    own, pretrained = (np.concatenate(arrays) for arrays in zip(*pairs, strict=True))
    if own.std() == 0 or pretrained.std() == 0:
        return 0.0, len(pairs)
    return float(np.corrcoef(own, pretrained)[0, 1]), len(pairs)


def first_weights(model, encoder):
    """Return the kernels of a classifier that stand where the encoder's do, as one array."""
    n = likeness(model, encoder)[1]
    return np.concatenate([w.ravel() for w in model.get_weights() if w.ndim > 1][:n]) if n else np.zeros(0)


def reuse(hand_in):
    encoder, models = hand_in.get(HandIn.encoder), hand_in.get(HandIn.models)["pretrained"]
    found, counts = zip(*(likeness(model, encoder) for model in models), strict=True)
    if min(counts) == 0:
        return Mark(0, "as primeiras camadas dos classificadores não têm as formas das do encoder")
    n_layers = f"{min(counts)} {'camada' if min(counts) == 1 else 'camadas'}"
    shown = f"{n_layers} do encoder; correlação dos pesos com os do dAE, ao menos {comma(min(found))}"
    if min(found) < LEAST_LIKENESS:
        return Mark(0, f"{shown}: não partiram dele")
    own = [first_weights(model, encoder) for model in models]
    pretrained = first_weights(encoder, encoder)[: len(own[0])]
    same = all(np.array_equal(own[0], other) for other in own[1:])
    if same and not np.array_equal(own[0], pretrained):
        return Mark(0.5, f"{shown}; mas os cinco compartilham as mesmas camadas: o ajuste de um mudou os outros")
    return Mark(1, f"{shown}{'; congeladas' if same else ''}")


def control(hand_in):
    encoder, models = hand_in.get(HandIn.encoder), hand_in.get(HandIn.models)
    shapes = {arm: [[w.shape for w in model.get_weights()] for model in of] for arm, of in models.items()}
    if shapes["pretrained"] != shapes["scratch"]:
        return Mark(0, "as redes dos dois braços não são iguais")
    found = [likeness(model, encoder)[0] for model in models["scratch"]]
    if max(map(abs, found)) > MOST_LIKENESS:
        return Mark(0, f"os pesos do braço sem pré-treino se parecem com os do dAE: correlação {comma(max(found))}")
    return Mark(1, "a mesma rede, com pesos que nada devem aos do dAE")


def paired(hand_in):
    models, found, train = hand_in.get(HandIn.models), hand_in.get(HandIn.draws), hand_in.fashion.train
    gaps = {}
    for arm, of_arm in models.items():
        gaps[arm] = []
        for i, model in enumerate(of_arm):
            others = np.setdiff1d(np.delete(found, i, axis=0), found[i])
            if not len(others):
                raise NotGivenError("os sorteios não diferem uns dos outros")
            own = accuracy(model, train.images[found[i]], train.labels[found[i]])
            gaps[arm].append(own - accuracy(model, train.images[others], train.labels[others]))
    first, second = (float(np.mean(gaps[arm])) for arm in ("pretrained", "scratch"))
    shown = (
        "em média, a acurácia nas imagens do próprio sorteio passa a nas dos outros em "
        f"{comma(first, 1)} pontos com pré-treino, {comma(second, 1)} sem"
    )
    if min(first, second) < LEAST_GAP:
        return Mark(0, f"{shown}: nem todos treinaram com seu sorteio, e só com ele")
    return Mark(1, shown)


def measured(hand_in):
    given, found = hand_in.get(HandIn.measures), hand_in.get(HandIn.accuracies)
    far = max(float(np.max(np.abs(given[arm] - found[arm]))) for arm in found)
    shown = "; ".join(f"{name} {comma(found[arm].mean(), 1)} %" for arm, name in ARMS.items())
    if far > TOLERANCE:
        return Mark(0, f"as acurácias entregues não são as dos modelos (diferem em até {comma(far)} pontos): {shown}")
    return Mark(1, shown)


ARMS = {"pretrained": "com pré-treino", "scratch": "sem"}


def interval(hand_in):
    given, (low, high) = hand_in.get(HandIn.measures)["interval"], hand_in.get(HandIn.interval)
    shown = f"entregue: de {comma(given[0])} a {comma(given[1])}; conferido: de {comma(low)} a {comma(high)} pontos"
    if np.allclose(given, (low, high), rtol=0, atol=2 * TOLERANCE):
        return Mark(1, shown)
    if np.allclose(given, (-high, -low), rtol=0, atol=2 * TOLERANCE):
        return Mark(0.5, f"{shown}; a diferença está com o sinal trocado")
    if abs(given.mean() - (low + high) / 2) < 2 * TOLERANCE:
        return Mark(0.5, f"{shown}; o centro está certo, a largura não")
    return Mark(0, shown)


def follows(low, high):
    """Return what follows of an interval: a, pretraining helps; b, it harms; c, one cannot say."""
    return "a" if low > 0 else "b" if high < 0 else "c"


def given_rule(hand_in):
    given = read_json(hand_in.folder, "rule", "10")
    if not isinstance(given, dict) or not isinstance(given.get("rule"), list):
        raise NotGivenError("a regra não tem a forma pedida")
    return [str(letter)[:1] for letter in given["rule"]], str(given.get("conclusion"))[:1]


def rule(hand_in):
    letters, _ = given_rule(hand_in)
    wanted = [follows(low, high) for low, high in PROBES]
    wrong = [
        f"de {comma(low, 1)} a {comma(high, 1)} conclui {letter}"
        for (low, high), letter, right in zip(PROBES, letters, wanted, strict=False)
        if letter != right
    ]
    if len(letters) != len(wanted) or wrong:
        return Mark(0, "; ".join(wrong) or "a regra não tem a forma pedida")
    return Mark(1, "certa nos quatro intervalos em que foi tentada")


def conclusion(hand_in):
    _, letter = given_rule(hand_in)
    low, high = hand_in.get(HandIn.interval)
    near = {follows(low + shift, high + shift) for shift in (-TOLERANCE, 0, TOLERANCE)}
    shown = f"conclui {letter}; o intervalo conferido vai de {comma(low)} a {comma(high)}"
    return Mark(1 if letter in near else 0, shown)


JUDGES = {
    "parts": parts,
    "noise": noise,
    "restores": restores,
    "draws": draws,
    "reuse": reuse,
    "control": control,
    "paired": paired,
    "accuracy": measured,
    "interval": interval,
    "rule": rule,
    "conclusion": conclusion,
}


def judge(folder, seed, fashion):
    """Return what the hand-in that left its work in `folder` gets.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
        The one with which it ran.
    fashion : Split of LabelledImages

    Returns
    -------
    dict
        "marks", of item to (share, why), without "runs", which the run decides; "texts", of part to what was written.
    """
    hand_in, marks = HandIn(folder, seed, fashion), {}
    for item, function in JUDGES.items():
        try:
            marks[item] = function(hand_in)
        except NotGivenError as error:
            marks[item] = Mark(0, str(error))
        except Exception as error:  # a model may be made of good layers and still not work
            marks[item] = Mark(0, f"não consegui avaliar: {type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return {"marks": marks, "texts": texts(folder)}


def texts(folder):
    """Return what was written in each part that is a text, or two (name and number)."""
    found = {}
    for part in ("0", "1", "2", "3", "4", "5", "11"):
        try:
            given = read_json(folder, f"text_{part}", part)
        except NotGivenError:
            continue
        lines = given if isinstance(given, list) else [given]
        found[part] = ", ".join(line for line in lines if isinstance(line, str))[:LONGEST]
    return found


def main(arguments=None):
    folder, seed = arguments or sys.argv[1:]
    restore_keras_defaults()
    keras.utils.set_random_seed(int(seed))
    with without_native_messages():
        found = judge(pathlib.Path(folder), int(seed), load_fashion_mnist())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
