"""The checks behind *Vamos exercitar*: one section a notebook, one function an exercise, all listed in `CHECKS`.

A notebook calls ``check("01.1", answer)``; the answer is what the student wrote, or ``...`` as long as nothing was. The
exercise's function returns a hint (str) if the answer is wrong, None if it is right, or a `Verdict` with a score.
"""

import itertools
import numbers
from collections.abc import Collection
from typing import Literal, NamedTuple

import keras
import numpy as np
from IPython.display import display
from scipy import linalg, stats
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from utils.answers import brief, noting_interruptions, told
from utils.arguments import check_choice
from utils.data import CLASS_NAMES, load_fashion_mnist
from utils.training import mean_error, squared_error


class Verdict(NamedTuple):
    """What is said of an answer."""

    status: Literal["untried", "right", "wrong"]
    message: str


class NotTriedError(Exception):
    """Raised by a check when the student's function still returns ``...``."""


def check(exercise_id, answer):
    """Tell the student, in Portuguese, whether an answer is right; never raises because of the answer.

    Parameters
    ----------
    exercise_id : str
        A key of `CHECKS`: number of the notebook, a point, number of the exercise, as in "01.1".
    answer : object
        What the exercise asks for: a value or a function; ``...`` while it was not tried.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    show(exercise_id, judge(exercise_id, answer))


def judge(exercise_id, answer):
    """Return the `Verdict` on an answer. Whatever the student's code raises is a wrong answer, not a failure.

    Only an interruption of the kernel goes on; one that the student's code itself raises is as any other exception.
    """
    function, right = CHECKS[check_choice("exercise_id", exercise_id, CHECKS)]
    with noting_interruptions() as interruptions:
        try:
            found = function(tried(answer))
        except NotTriedError:
            text = "Ainda não tentado: troque as reticências (...) pela sua resposta e rode de novo."
            return Verdict("untried", text)
        except BaseException as error:
            if interruptions and isinstance(error, KeyboardInterrupt):
                raise
            found = f"Sua resposta parou com {told(error)}"
    if found is None:
        return Verdict("right", right)
    status, message = found if isinstance(found, Verdict) else ("wrong", found)
    return Verdict(status, brief(message))


def show(exercise_id, verdict):
    """Show a `Verdict` in a notebook, as one line."""
    mark, word = {"untried": ("○", ""), "right": ("✔", "Certo! "), "wrong": ("✘", "Ainda não. ")}[verdict.status]
    text = f"{mark} Exercício {exercise_id} · {word}{verdict.message}"
    display({"text/plain": text, "text/markdown": text}, raw=True)


# What several checks need


def tried(value):
    """Return `value`, what a student's function gave back; raise `NotTriedError` if it is still ``...``."""
    if value is ... or (isinstance(value, tuple) and any(item is ... for item in value)):
        raise NotTriedError
    return value


def is_whole(answer):
    """Return whether an answer is a whole number."""
    return isinstance(answer, numbers.Integral) and not isinstance(answer, bool)


def choose_letters(answer, *, right, hint):
    """Judge a multiple choice: return a hint unless `answer` is a set of exactly the letters in `right`."""
    is_collection = isinstance(answer, Collection) and not isinstance(answer, str)
    if not is_collection or not all(isinstance(letter, str) for letter in answer):
        return 'A resposta é um conjunto de letras, como {"a", "b"}.'
    given, right = {letter.lower() for letter in answer}, set(right)
    if given == right:
        return None
    return f"Letras que sobram: {len(given - right)}; letras que faltam: {len(right - given)}. Dica: {hint}"


def comma(number, digits=1):
    """Return a number as it is shown, with a decimal comma."""
    return f"{number:.{digits}f}".replace(".", ",")


def parts_of(model, n_codings=None):
    """Return what is wrong with an AE's parts, as a hint; None if encoder and decoder pass `n_codings` on.

    Without `n_codings` any number will do.
    """
    names = [getattr(layer, "name", None) for layer in getattr(model, "layers", ())]
    if not {"encoder", "decoder"} <= set(names):
        return "Esperava um modelo do Keras composto de encoder e decoder, com esses nomes."
    width = model.get_layer("encoder").output.shape[-1]
    return None if n_codings in (None, width) else f"O encoder devolve {width} codings; o exercício pede {n_codings}."


# Notebook 01: progressions, arithmetic and geometric


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


def codings_of_quadratics(answer):
    if not is_whole(answer):
        return "A resposta é um número inteiro."
    if answer < 3:
        return "Com tão poucos sobra erro. Dica: quantos números você precisa dizer a alguém para definir a sequência?"
    if answer > 3:
        return "Tantos bastam, mas não são o mínimo. Dica: n² é sempre a mesma lista de números."
    return None


def autoencoder_of_geometric_progressions(model):
    if hint := parts_of(model, n_codings=2):
        return hint
    rng = np.random.default_rng(2024)
    first, ratio = rng.uniform(0.2, 1.0, size=(2000, 1)), rng.uniform(0.7, 1.1, size=(2000, 1))
    unseen = first * ratio ** np.arange(10)
    rebuilt = np.asarray(model.predict(unseen, verbose=0))
    lost = 100 * float(np.sum((rebuilt - unseen) ** 2) / np.sum((unseen - unseen.mean(axis=0)) ** 2))
    if lost <= 0.1:
        return None
    shown = f"{lost:.2f}".replace(".", ",")
    if lost < 1:
        return f"Perde {shown} % da variação, como um AE linear, e o alvo é 0,1 %. Dica: camadas ocultas com ativação."
    return f"Perde {shown} % da variação; o alvo é 0,1 %, e um AE linear bem treinado perde 0,4 %. Dica: mais épocas?"


# Notebook 02: the weights of an autoencoder, and what its error says


def weights_of_a_dense_autoencoder(answer):
    if not is_whole(answer):
        return "A resposta é um número inteiro."
    sizes = [784, 100, 10, 100, 784]
    kernels = sum(a * b for a, b in itertools.pairwise(sizes))
    if answer == kernels:
        return "Faltam os vieses. Dica: há um para cada unidade que não é de entrada."
    if answer == kernels + sum(sizes):
        return "Há vieses demais. Dica: as 784 entradas não têm viés."
    return None if answer == kernels + sum(sizes[1:]) else "Dica: some entradas × saídas + saídas, camada por camada."


def perfect_reconstruction(answer):
    return choose_letters(answer, right="bcde", hint="releia as leituras das seções 3, 4 e 5.")


ANOMALY_AUC = 96.5  # to reach; the solution comes to 97.5 or more, the AE of lesson 02 to about 95
PCA_AUC = 94.6  # of the error of a PCA with 30 components, as lesson 02 measures it


def detector_of_footwear(model):
    if hint := parts_of(model):
        return hint
    test, footwear = load_fashion_mnist().test, [CLASS_NAMES.index(name) for name in ("sandália", "tênis", "bota")]
    rebuilt = np.asarray(model.predict(test.images, batch_size=1000, verbose=0))
    if rebuilt.shape != test.images.shape:
        return f"Para imagens {test.images.shape} as reconstruções têm forma {rebuilt.shape}. Dica: Reshape((28, 28))."
    errors, is_footwear = squared_error(test.images, rebuilt), np.isin(test.labels, footwear)
    auc = 100 * float(roc_auc_score(is_footwear, errors))
    unseen, seen = errors[is_footwear].mean(), errors[~is_footwear].mean()
    if unseen < min(0.05, 1.8 * seen):  # one that never saw footwear errs three times as much
        return f"AUC de {comma(auc)} %: ele reconstrói bem os calçados. Dica: treine só com x_clothes, que não os tem."
    reached = f"AUC de {comma(auc)} % em imagens novas; o alvo é {comma(ANOMALY_AUC)}, e a PCA faz {comma(PCA_AUC)}"
    if auc < PCA_AUC:
        return f"{reached}. Dica: outra duração do treino, para mais ou para menos, ou outro número de codings."
    if auc < ANOMALY_AUC:
        return f"{reached}: você já a passou. Dica: olhe a AUC na validação depois de cada época."
    return Verdict("right", f"{reached}. O AE da lição fica perto de 95, o da solução perto de 98.")


# Notebook 03: the symmetric stack, overfitting, reaching the lesson's SAE


def symmetric_sizes(answer):
    for sizes in ([784, 100, 30], [784, 512, 256, 30], [10, 2]):
        given = list(itertools.islice(tried(answer(list(sizes))), 100))
        wanted = sizes + sizes[-2::-1]
        if given != wanted:
            hint = (
                "a camada dos codings aparece uma vez só"
                if given == sizes + sizes[::-1]
                else "a volta é a ida ao contrário"
            )
            return f"Para {sizes} o esperado é {wanted}; veio {given}. Dica: {hint}."
    return None


def memorised(answer):
    return choose_letters(answer, right="bce", hint="o erro de treino já é pequeno; o que diminuiria o de validação?")


SAE_ERROR = 0.011  # to reach: about that of the lesson's SAE, on test images
SAE_RECORD = 0.0074  # test error of the best recipe of `make record`, 30 seconds: docs/recorde.md


def sae_as_good_as_the_lessons(model):
    if hint := parts_of(model, n_codings=30):
        return hint
    error = mean_error(model, load_fashion_mnist().test.images)
    shown, target, record, left = (
        f"{value:.4f}".replace(".", ",") for value in (error, SAE_ERROR, SAE_RECORD, error - SAE_RECORD)
    )
    if error > LIKE_THE_MEAN:
        return (
            f"Erra {shown} em imagens de teste, e o alvo é {target}. Dica: ele foi treinado, e com sigmoide na saída?"
        )
    if error > SAE_ERROR:
        return f"Erra {shown} em imagens de teste; o alvo é {target}. Dica: mais unidades ocultas, ou mais épocas."
    if error < SAE_RECORD:
        beside = f"Você passou a melhor receita do curso, que erra {record}!"
    else:
        beside = f"A melhor receita do curso, com 30 codings, erra {record}: faltam {left}."
    return Verdict("right", f"Erra {shown} em imagens de teste; o alvo era {target}. {beside}")


# Notebook 04: counting tied weights, tying by hand, tying three layers


def weights_of_a_tied_autoencoder(answer):
    if not is_whole(answer):
        return "A resposta é um número inteiro."
    sizes = [784, 200, 50]
    kernels = sum(a * b for a, b in itertools.pairwise(sizes))
    biases = sum(sizes[1:]) + sum(sizes[-2::-1])
    if answer == 2 * kernels + biases:
        return "Esses são os pesos do AE solto. Dica: cada kernel do decodificador é o de uma camada do codificador."
    if answer * 2 == 2 * kernels + biases:
        return "Não é a metade exata. Dica: só os kernels são compartilhados, os vieses não."
    if answer == kernels:
        return "Faltam os vieses. Dica: o decodificador também tem os seus."
    if answer == kernels + sum(sizes[1:]):
        return "Faltam os vieses do decodificador: um para cada saída de cada camada dele."
    return (
        None if answer == kernels + biases else "Dica: some os kernels do codificador e os vieses das quatro camadas."
    )


def tied_by_hand(answer):
    rng = np.random.default_rng(0)
    for n_inputs, n_codings in ((6, 2), (5, 5)):
        x, kernel = rng.normal(size=(4, n_inputs)), rng.normal(size=(n_inputs, n_codings))
        bias_codings, bias_outputs = rng.normal(size=n_codings), rng.normal(size=n_inputs)
        rebuilt = np.asarray(tried(answer(x.copy(), kernel.copy(), bias_codings.copy(), bias_outputs.copy())))
        if rebuilt.shape != x.shape:
            return (
                f"Para x de forma {x.shape} as reconstruções têm forma {rebuilt.shape}. Dica: elas são do tamanho de x."
            )
        codings = x @ kernel + bias_codings
        if np.allclose(rebuilt, codings @ kernel.T + bias_outputs):
            continue
        if np.allclose(rebuilt, x @ kernel @ kernel.T + bias_outputs):
            return "Falta o viés dos codings."
        if np.allclose(rebuilt, codings @ kernel.T):
            return "Falta o viés das reconstruções: o decodificador tem o seu."
        if n_inputs == n_codings and np.allclose(rebuilt, codings @ kernel + bias_outputs):
            return "O decodificador usa a transposta do kernel; kernel.T em NumPy."
        return "As reconstruções não são as de um AE linear amarrado. Dica: codings = x @ kernel + bias_codings."
    return None


TIED_ERROR = 0.012  # to reach; the solution comes to about 0.011
LIKE_THE_MEAN = 0.05  # what a network that hardly learned errs at least


def tied_autoencoder_of_three_layers(model):
    if hint := parts_of(model, n_codings=30):
        return hint
    of_encoder, of_all = (
        [variable for variable in part.trainable_variables if len(variable.shape) == 2]
        for part in (model.get_layer("encoder"), model)
    )
    if len(of_encoder) != 3:
        return f"O encoder tem {len(of_encoder)} camadas densas; o exercício pede três: duas ocultas e a dos codings."
    if len(of_all) > 3:
        own = len(of_all) - 3
        return f"Kernels do decoder que não são do encoder: {own}. Dica: DenseTranspose recebe a camada já criada."
    error = mean_error(model, load_fashion_mnist().test.images)
    reached = f"Está amarrado, e erra {comma(error, 4)} em imagens novas"
    if error > LIKE_THE_MEAN:
        return f"{reached}; o alvo é {comma(TIED_ERROR, 3)}. Dica: ele foi treinado?"
    solution = "o da solução fica perto de 0,011"
    if error > TIED_ERROR:
        return f"{reached}; o alvo é {comma(TIED_ERROR, 3)}, e {solution}. Dica: mais unidades ocultas, ou mais épocas."
    n_parameters = f"{model.count_params():,}".replace(",", ".")
    return Verdict("right", f"{reached}, com {n_parameters} parâmetros; {solution}.")


# Notebook 05: a frozen encoder, a paired interval, 200 labels of one's choice


def frozen_classifier(answer):
    layers = [keras.layers.Flatten(), keras.layers.Dense(6, activation="gelu")]
    encoder = keras.Sequential([keras.Input((28, 28)), *layers], name="encoder")
    weights = encoder.get_weights()
    model = tried(answer(encoder, 4))
    if not isinstance(model, keras.Model):
        return "frozen_classifier deve devolver um modelo do Keras."
    given = np.asarray(model(np.random.default_rng(0).random((3, 28, 28), dtype="float32")))
    if given.shape != (3, 4):
        return f"Para 3 imagens e 4 classes a saída tem forma {given.shape}; o esperado é (3, 4)."
    if given.min() < 0 or not np.allclose(given.sum(axis=1), 1, atol=1e-4):
        return "As saídas não são probabilidades que somam 1. Dica: softmax na camada nova."
    if not all(any(np.array_equal(weight, kept) for kept in model.get_weights()) for weight in weights):
        return "Os pesos do codificador recebido não estão no classificador. Dica: ponha nele o próprio encoder."
    n_new, n_learn = (6 + 1) * 4, sum(variable.numpy().size for variable in model.trainable_variables)
    if n_learn == n_new + sum(weight.size for weight in weights):
        return "O codificador também mudaria no treino. Dica: encoder.trainable = False."
    if n_learn == 0:
        return "Nada mudaria no treino: a camada nova também está congelada. Dica: congele só o encoder."
    if n_learn != n_new:
        return f"Com 6 codings e 4 classes, {n_learn} pesos mudariam no treino; em uma camada nova só, são {n_new}."
    return None


def paired_interval(answer):
    rng = np.random.default_rng(0)
    for n in (5, 8):
        first = rng.normal(79, 2, size=n)
        second = first + rng.normal(1, 0.3, size=n)
        given = np.asarray(tried(answer(first.copy(), second.copy())), dtype=float)
        if given.shape != (2,):
            return "A resposta são dois números: o extremo de baixo e o de cima."
        difference = second - first
        low, high = stats.ttest_1samp(difference, popmean=0).confidence_interval(0.95)
        if np.allclose(given, (low, high), rtol=1e-3):
            continue
        if np.allclose(given, (-high, -low), rtol=1e-3):
            return "O ganho é do segundo sobre o primeiro: segundo menos primeiro."
        if np.isclose(given.mean(), difference.mean(), rtol=1e-3):
            return "O centro está certo, a largura não. Dica: o desvio padrão das diferenças (ddof=1), dividido por √n."
        wanted, came = (f"de {comma(ends[0], 2)} a {comma(ends[1], 2)}" for ends in ((low, high), given))
        return f"Em um exemplo com {n} sorteios o intervalo é {wanted}; veio {came}."
    return None


FEW_LABELS = 200
FEW_LABELS_ACCURACY = 75.0  # in %, to reach; the solution comes to about 77
LINEAR_ACCURACY = 73.0  # about that of a logistic regression on the pixels of as many images, drawn at random
TOO_GOOD = 85.0  # more than with so few labels


def chosen_labels(answer):
    chosen, classify = answer
    chosen, train, test = np.asarray(chosen), *load_fashion_mnist()[::2]
    if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
        return "chosen deve ser uma lista de posições em x_train, números inteiros."
    chosen = np.unique(chosen)
    if len(chosen) > FEW_LABELS:
        return f"Você escolheu {len(chosen)} imagens; o orçamento é de {FEW_LABELS} rótulos."
    if not len(chosen) or chosen[0] < 0 or chosen[-1] >= len(train.labels):
        return f"chosen deve ter posições de 0 a {len(train.labels) - 1}."
    lacking = np.setdiff1d(np.arange(10), train.labels[chosen])
    if len(lacking):
        return f"Nenhuma das escolhidas é {CLASS_NAMES[lacking[0]]}. Dica: escolha imagens bem diferentes entre si."
    given = np.asarray(tried(classify(test.images)))
    if given.shape == (len(test.labels), 10):
        return "classify deve devolver a classe, e devolveu dez números por imagem. Dica: argmax(axis=1)."
    if given.shape != test.labels.shape:
        return f"classify devolveu a forma {given.shape}; espera-se uma classe por imagem, {test.labels.shape}."
    accuracy = 100 * float(np.mean(given == test.labels))
    reached = f"Acerta {comma(accuracy, 1)} % das imagens de teste"
    linear = f"a regressão logística com {FEW_LABELS} sorteadas fica perto de {LINEAR_ACCURACY:.0f} %"
    if accuracy > TOO_GOOD:
        return f"{reached}: é bom demais. Confira se, de y_train, o treino só viu y_train[chosen]."
    if accuracy < min(LINEAR_ACCURACY, FEW_LABELS_ACCURACY):
        return f"{reached}; {linear}. Dica: mais épocas, e as imagens e os rótulos na mesma ordem."
    if accuracy < FEW_LABELS_ACCURACY:
        return (
            f"{reached}; o alvo é {FEW_LABELS_ACCURACY:.0f} %, e a solução fica perto de 77 %. "
            "Dica: imagens parecidas ensinam a mesma coisa; agrupe os codings e escolha uma de cada grupo."
        )
    return Verdict("right", f"{reached}; {linear}, e a solução, perto de 77 %.")


# Notebook 06: transposed convolutions by hand, a small convolutional autoencoder


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


SMALL_CAE = 60_000  # parameters at most
SMALL_CAE_ERROR = 0.0105  # to reach; the CAE of the lesson, of 108,407 parameters, errs about 0.011 after an epoch
SMALL_CAE_RECORD = 0.0094  # of the solution, on test images


def all_layers(model):
    """Yield the layers of a model, those of its parts included."""
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from all_layers(layer)


def small_cae(model):
    if hint := parts_of(model, n_codings=30):
        return hint
    if not any(isinstance(layer, keras.layers.Conv2D) for layer in all_layers(model.get_layer("encoder"))):
        return "O encoder não tem convoluções. Dica: layers.Conv2D, depois de pôr a imagem em (28, 28, 1)."
    if not any(isinstance(layer, keras.layers.Conv2DTranspose) for layer in all_layers(model.get_layer("decoder"))):
        return "O decoder não tem convoluções transpostas. Dica: layers.Conv2DTranspose, com passo 2."
    n_parameters = f"{model.count_params():,}".replace(",", ".")
    if model.count_params() > SMALL_CAE:
        return (
            f"Tem {n_parameters} parâmetros; o orçamento é de 60.000. Dica: quase todos estão nas camadas densas; "
            "com menos mapas antes dos codings, elas encolhem."
        )
    error = mean_error(model, load_fashion_mnist().test.images)
    shown, target, record = (comma(value, 4) for value in (error, SMALL_CAE_ERROR, SMALL_CAE_RECORD))
    reached = f"Com {n_parameters} parâmetros, erra {shown} em imagens de teste"
    if error > LIKE_THE_MEAN:
        return f"{reached}, e o alvo é {target}. Dica: ele foi treinado, e com sigmoide na saída?"
    if error > SMALL_CAE_ERROR:
        return f"{reached}; o alvo é {target}, e a solução fica perto de {record}. Dica: mais épocas, ou mais filtros."
    return Verdict("right", f"{reached}; o alvo era {target}, e a solução do curso fica perto de {record}.")


# Notebook 07: masked error, parameters of a recurrent layer, a recurrent AE of series of one's own


def masked_error(answer):
    rng = np.random.default_rng(0)
    for shape, lengths in (((3, 5, 2), (5, 2, 1)), ((2, 8, 1), (3, 8))):
        x, rebuilt = rng.normal(size=shape), rng.normal(size=shape)
        squares = (rebuilt - x) ** 2
        of_each = [row[:length] for row, length in zip(squares, lengths, strict=True)]
        given = float(tried(answer(x.copy(), rebuilt.copy(), np.array(lengths))))
        if np.isclose(given, squares.mean()):
            return "Essa é a média de tudo, com o preenchimento. Dica: escolha antes os passos reais."
        if np.isclose(given, np.mean([row.mean() for row in of_each])):
            return "Essa é a média das médias: os passos das sequências curtas pesam mais. Dica: uma média só, no fim."
        if not np.isclose(given, np.concatenate(of_each).mean()):
            return f"Com comprimentos {lengths}, o esperado é {np.concatenate(of_each).mean():.4f}; veio {given:.4f}."
    return None


def rnn_weights(answer):
    for n_steps, n_channels, n_units in ((29, 12, 40), (10, 1, 24), (3, 35, 64)):
        wanted = n_units * (n_channels + n_units + 1)
        given = tried(answer(n_steps, n_channels, n_units))
        if given == wanted * n_steps:
            return "Você contou os parâmetros uma vez por passo. Dica: a camada usa os mesmos em todos."
        if given != wanted:
            return (
                f"Para {n_channels} canais e {n_units} unidades o esperado é {wanted}; veio {given}. "
                "Dica: some os pesos de W, de U e de b."
            )
    return None


MOST_CODINGS = 4  # of the RAE of the student's own series
OWN_SERIES_RATIO = 0.5  # to reach: what the RAE loses, as a part of what a PCA of stretched series loses
OWN_SERIES_RECORD = 0.3  # of the RAE of lesson 07 on its own waves


def _drawn(draw, seed):
    """Return a thousand of the student's series, which of their steps are real, and what is wrong with them, if so."""
    x, real = tried(draw(1000, np.random.default_rng(seed)))
    x, real = np.asarray(x, dtype="float32"), np.asarray(real)
    if x.ndim != 3 or len(x) != 1000 or real.shape != x.shape[:2] or real.dtype != bool:
        return x, real, "Para n = 1000, x tem forma (1000, passos, 1), e real, booleana, (1000, passos)."
    lengths = real.sum(axis=1)
    if lengths.min() < 2 or not np.array_equal(real, np.arange(real.shape[1]) < lengths[:, None]):
        return x, real, "Em real, cada linha tem ao menos dois passos reais, e todos vêm antes do preenchimento."
    if lengths.min() == lengths.max():
        return x, real, "Todas as séries têm o mesmo comprimento; sorteie também quantos passos são reais."
    if not np.isfinite(x).all() or np.any(x[~real] != 0):
        return x, real, "Em x não pode haver NaN nem infinito, e o preenchimento é de zeros. Dica: x * real."
    return x, real, None if np.var(x[real]) > 0 else "Suas séries são todas iguais e constantes."


def _stretched(values, n_steps):
    """Return series brought to another number of steps, by linear interpolation, channel by channel."""
    old, new = np.linspace(0, 1, len(values)), np.linspace(0, 1, n_steps)
    return np.stack([np.interp(new, old, channel) for channel in values.T], axis=1)


def _rebuilt_by_pca(parts, n_components):
    """Return the series of the second part as a PCA of the first rebuilds them, once all have the same length."""
    n_steps, n_channels = parts[0][0].shape[1:]
    seen, unseen = (
        np.stack([_stretched(row[steps], n_steps).ravel() for row, steps in zip(x, real, strict=True)])
        for x, real in parts
    )
    pca = PCA(n_components).fit(seen)
    rebuilt = np.zeros_like(parts[1][0])
    for row, steps, values in zip(rebuilt, parts[1][1], pca.inverse_transform(pca.transform(unseen)), strict=True):
        row[steps] = _stretched(values.reshape(n_steps, n_channels), steps.sum())
    return rebuilt


def rae_of_own_series(answer):
    draw, model = answer
    if hint := parts_of(model):
        return hint
    n_codings = model.get_layer("encoder").output.shape[-1]
    if n_codings > MOST_CODINGS:
        return f"O encoder devolve {n_codings} codings; o exercício permite até {MOST_CODINGS}."
    recurrent = (keras.layers.RNN, keras.layers.Bidirectional)
    for part in ("encoder", "decoder"):
        if not any(isinstance(layer, recurrent) for layer in all_layers(model.get_layer(part))):
            return f"O {part} não tem camada recorrente. Dica: layers.GRU."
    (seen, seen_real, fault), (x, real, other_fault) = _drawn(draw, 1), _drawn(draw, 2)
    if fault or other_fault:
        return fault or other_fault
    if np.array_equal(seen, x):
        return "As séries são sempre as mesmas. Dica: sorteie tudo com o rng que draw recebe."
    count = real.cumsum(axis=1)
    share = ((count - 1) / (count[:, -1:] - 1))[:, :, None]
    clock = np.concatenate([np.cos(np.pi * share), np.cos(2 * np.pi * share)], axis=2) * real[:, :, None]
    rebuilt = np.asarray(model.predict(np.concatenate([x, clock], axis=2), batch_size=500, verbose=0))
    if rebuilt.shape != x.shape:
        return f"Para séries {x.shape}, as reconstruções têm forma {rebuilt.shape}; devem ser iguais, sem o relógio."
    by_pca = _rebuilt_by_pca([(seen, seen_real), (x, real)], min(n_codings, x[0].size))
    lost, of_pca = (100 * float(np.mean((given - x)[real] ** 2) / np.var(x[real])) for given in (rebuilt, by_pca))
    if of_pca < 1:
        return f"A PCA perde só {comma(of_pca, 2)} %: suas séries são fáceis demais. Dica: picos que mudam de lugar."
    target = comma(OWN_SERIES_RATIO * of_pca)
    reached = (
        f"O RAE perde {comma(lost)} % da variação em séries novas, e a PCA, {comma(of_pca)} %; o alvo é {target} %"
    )
    if lost > OWN_SERIES_RATIO * of_pca:
        return f"{reached}. Dica: ele foi treinado com with_clock(x, real)? Mais épocas, ou mais unidades na GRU?"
    return Verdict(
        "right",
        f"{reached}. Uma razão de {comma(lost / of_pca, 2)}; a do RAE da lição, nas ondas dele, fica perto de "
        f"{comma(OWN_SERIES_RECORD)}.",
    )


# Notebook 08: dropout by hand, what is true of dAEs, a dAE for a noise of one's own


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


def true_of_daes(answer):
    return choose_letters(answer, right="bce", hint="releia as seções 1 e 5, e o fim da seção 2.")


RIVAL_IMAGES = 10_000  # that a linear regression sees, with the noise of the student's own
LEAST_DAMAGE = 0.01  # of that noise: mean squared error of the images with it
OWN_NOISE_RATIO = 1.0  # to stay below: the error of the dAE, as a part of that of the linear regression
OWN_NOISE_RECORD = 0.88  # of the course's own, with a black square


def _rows(images):
    return images.reshape(len(images), -1)


def dae_of_own_noise(answer):
    corrupt, model = answer
    if hint := parts_of(model):
        return hint
    train, test = load_fashion_mnist().train.images[:RIVAL_IMAGES], load_fashion_mnist().test.images[:5000]
    noisy_train, noisy, again = (
        np.asarray(tried(corrupt(images.copy(), np.random.default_rng(seed))), dtype="float32")
        for images, seed in ((train, 1), (test, 2), (test, 3))
    )
    if noisy.shape != test.shape or noisy_train.shape != train.shape:
        return f"Para imagens de forma {test.shape}, corrupt devolveu a forma {noisy.shape}; a forma não deve mudar."
    if not np.isfinite(noisy).all() or not np.isfinite(noisy_train).all():
        return "corrupt devolveu NaN ou infinito. Dica: pixels são números de 0 a 1."
    damage = float(np.mean((noisy - test) ** 2))
    if damage < LEAST_DAMAGE:
        return f"Seu ruído quase não estraga: erro de {comma(damage, 4)}; pede-se {comma(LEAST_DAMAGE, 2)} ou mais."
    if np.array_equal(noisy, again):
        return "O ruído é sempre o mesmo. Dica: sorteie-o com o rng que corrupt recebe."
    cleaned = np.asarray(model.predict(noisy, batch_size=1000, verbose=0))
    if cleaned.shape != test.shape:
        return f"Para imagens {test.shape} as reconstruções têm forma {cleaned.shape}. Dica: Reshape((28, 28))."
    linear = Ridge(alpha=10).fit(_rows(noisy_train), _rows(train)).predict(_rows(noisy))
    errors = [float(np.mean((np.clip(images, 0, 1) - test) ** 2)) for images in (cleaned, linear.reshape(test.shape))]
    error, rival, ratio = *errors, errors[0] / max(errors[1], 1e-6)
    reached = f"Em imagens novas erra {comma(error, 4)}, e uma regressão linear com o mesmo ruído, {comma(rival, 4)}"
    if rival < 0.1 * damage:
        return f"{reached}: ela já desfaz esse ruído. Dica: escolha um que apague alguma coisa."
    if error > damage:
        return f"{reached}; sem limpar, o erro é {comma(damage, 4)}. Dica: fit(corrupt(x, rng), x), e mais épocas."
    if ratio >= OWN_NOISE_RATIO:
        return f"{reached}. Dica: mais épocas, mais codings, ou o ruído outra vez sorteado."
    shown, record = comma(ratio, 2), comma(OWN_NOISE_RECORD, 2)
    return Verdict("right", f"{reached}: {shown} vezes. O da solução, com outro ruído, fica perto de {record}.")


# Notebook 09: which AE for what, models that no other dominates, an AE for clean and for noisy images


def which_ae(answer):
    right = {1: "c", 2: "b", 3: "a", 4: "e", 5: "d"}
    if not isinstance(answer, dict) or set(answer) != set(right):
        return 'A resposta é um dicionário com as chaves 1 a 5, como {1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}.'
    wrong = [number for number, letter in right.items() if str(answer[number]).lower() != letter]
    if not wrong:
        return None
    to_review = ", ".join(map(str, wrong))
    return f"Situações a rever: {to_review}. Dica: a tabela da seção 2."


def not_dominated(answer):
    for errors, costs in (
        ({"A": 3, "B": 2, "C": 1}, {"A": 1, "B": 2, "C": 3}),  # each is best at something
        ({"A": 3, "B": 2, "C": 1}, {"A": 5, "B": 2, "C": 3}),
        ({"A": 1, "B": 1, "C": 2}, {"A": 4, "B": 4, "C": 9}),  # two that are alike
        ({"A": 1, "B": 1}, {"A": 4, "B": 3}),  # better in one, alike in the other
    ):
        given = tried(answer(dict(errors), dict(costs)))
        if not isinstance(given, Collection) or isinstance(given, str) or not set(given) <= set(errors):
            return f"Esperava um conjunto de nomes, como {{'A', 'B'}}, e veio {given!r}."
        right = {
            name
            for name in errors
            if not any(
                errors[other] <= errors[name]
                and costs[other] <= costs[name]
                and (errors[other], costs[other]) != (errors[name], costs[name])
                for other in errors
            )
        }
        if set(given) != right:
            return f"Com errors={errors} e costs={costs} ninguém domina {sorted(right)}; veio {sorted(given)}."
    return None


BOTH_LIMIT = 0.0138  # mean of an AE's errors on clean and on noisy test images
BOTH_RECORD = 0.0130  # of the solution


def ae_for_both(answer):
    if hint := parts_of(answer, 30):
        return hint
    images = load_fashion_mnist().test.images
    noisy = images + np.random.default_rng(0).normal(scale=0.4, size=images.shape).astype("float32")
    if answer.output_shape[1:] != images.shape[1:]:
        return f"As reconstruções têm forma {answer.output_shape[1:]}. Dica: Reshape((28, 28))."
    clean, with_noise = mean_error(answer, images), mean_error(answer, images, noisy)
    reached = f"Em imagens novas erra {comma(clean, 4)} nas limpas e {comma(with_noise, 4)} nas ruidosas"
    mean = (clean + with_noise) / 2
    if mean <= BOTH_LIMIT:
        return Verdict(
            "right", f"{reached}: em média {comma(mean, 4)}. O da solução fica perto de {comma(BOTH_RECORD, 4)}."
        )
    if with_noise > 1.5 * clean:
        hint = "ele quase não viu ruído no treino. Dica: fit(x_ruidoso, x), com parte das imagens corrompidas."
    else:
        hint = "falta treino, ou sobra ruído nele. Dica: mais épocas, e parte das imagens limpas."
    return f"{reached}, em média {comma(mean, 4)}; pede-se {comma(BOTH_LIMIT, 4)}: {hint}"


# Notebook 10: the divergence of a VAE, codings drawn from one normal distribution, a generator of garments


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


N_GENERATED = 5000
GENERATOR_RATIO = 0.75  # to reach: the generator's distance to that of the lesson's SAE with a mixture
GENERATOR_RECORD = 0.55  # of the solution


def _frechet(a, b):
    """Return the Fréchet distance of two clouds of points, each taken as normally distributed."""
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root_trace = np.sqrt(np.maximum(linalg.eigvals(cov_a @ cov_b).real, 0)).sum()
    return float(np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2) + np.trace(cov_a + cov_b) - 2 * root_trace)


def generator(answer):
    if not isinstance(answer, tuple) or len(answer) != 3:
        return 'A resposta é (generate, features, distance["SAE, mistura"]).'
    generate, features, of_lesson = answer
    made = np.asarray(tried(generate(N_GENERATED, np.random.default_rng(2024))), dtype="float32")
    if made.shape != (N_GENERATED, 28, 28):
        return f"generate({N_GENERATED}, rng) devolveu a forma {made.shape}; espera-se ({N_GENERATED}, 28, 28)."
    if not (np.all(made >= 0) and np.all(made <= 1)):
        return "Há pixels fora de [0, 1]. Dica: sigmoide na saída do decodificador, ou np.clip."
    train, _, test = (part.images for part in load_fashion_mnist())
    to_seen, _ = NearestNeighbors(n_neighbors=1).fit(train.reshape(-1, 784)).kneighbors(made[:200].reshape(-1, 784))
    if np.mean(to_seen < 0.1) > 0.05:
        return "Há cópias de imagens do treino entre as geradas. Dica: sorteie codings novos, e decodifique-os."
    distance = _frechet(*(features.predict(some, batch_size=1000, verbose=0) for some in (made, test[:N_GENERATED])))
    target, record = GENERATOR_RATIO * of_lesson, GENERATOR_RECORD * of_lesson
    reached = f"Distância de {comma(distance, 2)} até imagens de teste; o alvo é {comma(target, 2)}"
    if distance > 2 * of_lesson:
        return f"{reached}. Dica: os codings sorteados ficam onde ficam os das peças? Ajuste a eles uma mistura."
    if distance > target:
        return f"{reached}. Dica: um AE que erra menos, ou mais normais na mistura."
    return Verdict("right", f"{reached}, e o gerador da solução fica perto de {comma(record, 2)}.")


CHECKS = {
    "01.1": (encode_and_decode, "Dois números bastam para dez, porque a sequência tem um padrão."),
    "01.2": (codings_of_quadratics, "Três: as sequências são combinações lineares de três listas fixas, 1, n e n²."),
    "01.3": (
        autoencoder_of_geometric_progressions,
        "Dois números bastam outra vez, mas para encontrá-los a rede precisa curvar o plano.",
    ),
    "02.1": (weights_of_a_dense_autoencoder, "É a mesma conta que `count_params()` faz."),
    "02.2": (perfect_reconstruction, "O erro de reconstrução é um meio; o que se quer são bons codings."),
    "02.3": (detector_of_footwear, "Quem nunca viu calçados os denuncia pelo erro."),
    "03.1": (symmetric_sizes, "O SAE é simétrico em relação aos codings."),
    "03.2": (memorised, "Quem decorou precisa de outros dados; se uma rede menor ajuda, a validação diz."),
    "03.3": (sae_as_good_as_the_lessons, "Os mesmos 30 números, e um erro menor."),
    "04.1": (weights_of_a_tied_autoencoder, "Um kernel para cada par de camadas; os vieses, todos."),
    "04.2": (tied_by_hand, "Duas multiplicações pela mesma matriz: uma vez em pé, outra deitada."),
    "04.3": (tied_autoencoder_of_three_layers, "Três kernels servem às seis camadas."),
    "05.1": (frozen_classifier, "O codificador fica como veio; só a camada nova aprende."),
    "05.2": (paired_interval, "Pareado: a dispersão que importa é a das diferenças."),
    "05.3": (chosen_labels, "Rótulos bem escolhidos valem mais."),
    "06.1": (side_of_the_output, "O primeiro carimbo ocupa o filtro inteiro; os outros, um passo cada."),
    "06.2": (transposed_in_one_dimension, "Carimbar e somar: é tudo o que a convolução transposta faz."),
    "06.3": (small_cae, "O mesmo filtro serve à imagem inteira: convoluções custam poucos parâmetros."),
    "07.1": (masked_error, "Preenchimento não é dado, e todo passo real pesa igual."),
    "07.2": (rnn_weights, "O número de passos não entra na conta: os pesos são os mesmos em todos."),
    "07.3": (rae_of_own_series, "O relógio alinha as séries, e poucos números bastam."),
    "08.1": (dropout_by_hand, "Os que ficam crescem, para que a soma continue, em média, a mesma."),
    "08.2": (true_of_daes, "Ruído só na entrada, só no treino; e o erro pequeno não é a meta."),
    "08.3": (dae_of_own_noise, "Entra corrompido, cobra-se o original: serve a qualquer ruído."),
    "09.1": (which_ae, "Cada um no seu lugar, e a PCA antes de todos."),
    "09.2": (not_dominated, "Entre os que sobram, quem escolhe é a situação."),
    "09.3": (ae_for_both, "Um só AE, as duas entradas."),
    "10.1": (divergence, "É zero só na normal padrão, e nunca é negativa."),
    "10.2": (draw_like, "Novos, e juntos como os das peças."),
    "10.3": (generator, "Imagens novas, e não cópias."),
}
