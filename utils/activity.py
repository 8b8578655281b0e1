"""The form of the activity that students hand in: what each part has to be, told to them as they work; no answers here.

Where the environment variable COURSE_HANDIN names a folder, `check_form` also writes what it was given there, as plain
data: JSON, and arrays without pickles. Marks are made of these alone, by another process (``tools/grade_judge.py``).
"""

import json
import os
import pathlib

import numpy as np
from IPython.display import display

from utils.answers import brief, noting_interruptions, told
from utils.arguments import check_choice

N_DRAWS, N_LABELS = 5, 500
FEWEST_WORDS, MOST_WORDS = 20, 250
EXPORT = "COURSE_HANDIN"
SHAPE = (None, 28, 28)

# What a model may be made of, so that it can be made again from its description alone.
LAYERS = {
    *("InputLayer", "Sequential", "Functional", "Dense", "Flatten", "Reshape", "Permute", "Rescaling", "Activation"),
    *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "BatchNormalization", "LayerNormalization"),
    *("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Add", "Concatenate", "ZeroPadding2D", "Cropping2D"),
    *("Conv2D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D", "UpSampling2D", "MaxPooling2D"),
    *("AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D"),
}
NOISE = {"Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"}
OTHER_CLASSES = {"DTypePolicy", "__keras_tensor__", "__tuple__"}
OTHER_MODULES = ("keras.initializers", "keras.regularizers", "keras.constraints")


class FormError(Exception):
    """A part has not the form that is asked for; says so to the student."""


def check_form(part, value):
    """Tell the student, in Portuguese, whether a part of the hand-in has the form asked for; not whether it is right.

    Only an interruption of the kernel goes on; one that the student's code itself raises is as any other exception.

    Parameters
    ----------
    part : str
        A key of `PARTS`.
    value : object
        What the part asks for; with ``...`` in it while it was not done.

    Raises
    ------
    ValueError
        If there is no such part.
    """
    title, function = PARTS[check_choice("part", part, PARTS)]
    with noting_interruptions() as interruptions:
        try:
            if is_untried(value):
                mark, text = "○", "ainda não feita: troque as reticências (...) e rode de novo."
            else:
                mark, text = "✔", f"{function(value)} A forma está certa; o conteúdo será avaliado na correção."
                export(part, value)
        except FormError as error:
            mark, text = "✘", str(error)
        except BaseException as error:  # whatever the student's objects raise when they are looked at
            if interruptions and isinstance(error, KeyboardInterrupt):
                raise
            mark, text = "✘", f"a conferência parou com {told(error)}"
    line = brief(f"{mark} {title} · {text}")
    display({"text/plain": line, "text/markdown": line}, raw=True)


def is_untried(value):
    """Return whether ``...`` is still in what was given."""
    return value is ... or (isinstance(value, (tuple, list)) and any(map(is_untried, value)))


# What each part has to be: a function returns one sentence on what it found, or raises a FormError.


def check_name(value):
    name, number = value
    if not (isinstance(name, str) and isinstance(number, str) and name.strip() and number.strip()):
        raise FormError("esperava dois textos entre aspas, nome e matrícula.")
    return f"{name}, {number}."


def check_text(value):
    if not isinstance(value, str):
        raise FormError("esperava um texto entre aspas triplas.")
    words = len(value.split())
    if not FEWEST_WORDS <= words <= MOST_WORDS:
        raise FormError(f"esperava de {FEWEST_WORDS} a {MOST_WORDS} palavras; há {words}.")
    return f"{words} palavras."


def check_dae(model):
    check_model("dae", model, outputs=SHAPE)
    chain = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    names = [layer.name for layer in chain]
    if names[-2:] != ["encoder", "decoder"] or not all(hasattr(part, "layers") for part in chain[-2:]):
        raise FormError(
            "esperava um modelo que termina em dois, de nomes encoder e decoder, nessa ordem, e nada depois; "
            f"há: {', '.join(names)}."
        )
    n_parameters = f"{model.count_params():,}".replace(",", ".")
    return f"Um modelo de {n_parameters} parâmetros, composto de encoder e decoder."


def check_model(name, model, outputs):
    """Raise a `FormError` unless a model takes images, returns `outputs` and is made of Keras's own layers."""
    import keras  # takes seconds; the grader, which only wants names of this module, waits for it elsewhere

    if not isinstance(model, keras.Model):
        raise FormError(f"{name}: esperava um modelo do Keras, recebi {type(model).__name__}.")
    if not model.built:
        raise FormError(f"{name}: não sabe ainda a forma da entrada. Comece-o com layers.Input((28, 28)).")
    if tuple(model.input_shape) != SHAPE or tuple(model.output_shape) != outputs:
        raise FormError(
            f"{name}: esperava da forma {SHAPE} para a forma {outputs}; "
            f"vai de {tuple(model.input_shape)} para {tuple(model.output_shape)}."
        )
    if strange := strange_classes(description(model)):
        raise FormError(f"{name}: use só camadas prontas do Keras; não sei salvar: {', '.join(strange)}.")


def description(model):
    """Return of what a model is made, as Keras describes it, without how it was compiled.

    Raises
    ------
    FormError
        If it is neither Sequential nor functional.
    """
    try:
        return without_compiling(json.loads(model.to_json()))
    except (NotImplementedError, TypeError):
        raise FormError("esperava um modelo Sequential ou funcional, e não uma classe sua.") from None


def without_compiling(described):
    """Return a description, or a part of one, without what `compile` was given."""
    if isinstance(described, dict):
        return {key: without_compiling(value) for key, value in described.items() if key != "compile_config"}
    return [without_compiling(value) for value in described] if isinstance(described, list) else described


def strange_classes(described):
    """Return the names of what a model's description has that is neither in `LAYERS` nor a part of such a layer."""
    if isinstance(described, list):
        return sorted({name for value in described for name in strange_classes(value)})
    if not isinstance(described, dict):
        return []
    found = set(strange_classes(list(described.values())))
    if "class_name" in described:
        name, module = str(described["class_name"]), str(described.get("module"))
        own = name in OTHER_CLASSES or module in OTHER_MODULES or (name in LAYERS and module.startswith("keras."))
        if not own and not (name == "Sequential" and module == "keras"):
            found.add(name)
    return sorted(found)


def check_draws(value):
    draws = np.asarray(value)
    if draws.shape != (N_DRAWS, N_LABELS) or not np.issubdtype(draws.dtype, np.integer):
        raise FormError(
            f"esperava números inteiros na forma ({N_DRAWS}, {N_LABELS}); recebi {draws.dtype} na forma {draws.shape}."
        )
    return f"{N_DRAWS} sorteios de {N_LABELS} imagens."


def check_classifiers(value):
    arms = dict(zip(("pretrained", "scratch"), value, strict=True))
    for name, models in arms.items():
        if not isinstance(models, list) or len(models) != N_DRAWS:
            raise FormError(f"{name}: esperava uma lista de {N_DRAWS} modelos, um de cada sorteio.")
        for i, model in enumerate(models):
            check_model(f"{name}[{i}]", model, outputs=(None, 10))
    return f"{N_DRAWS} classificadores com pré-treino e {N_DRAWS} sem."


def check_measures(value):
    first, second, interval = (np.asarray(given, dtype=float) for given in value)
    for name, given in (("accuracy_pretrained", first), ("accuracy_scratch", second)):
        if given.shape != (N_DRAWS,):
            raise FormError(f"{name}: esperava {N_DRAWS} números, um de cada sorteio; recebi a forma {given.shape}.")
        if not np.all((given > 1) & (given <= 100)):
            raise FormError(f"{name}: esperava acurácias em %, entre 1 e 100.")
    if interval.shape != (2,) or not interval[0] <= interval[1]:
        raise FormError("interval: esperava dois números, o menor primeiro.")
    return f"Ganho médio de {_comma((first - second).mean())} pontos; intervalo de {' a '.join(map(_comma, interval))}."


def _comma(value):
    return f"{value:.2f}".replace(".", ",").replace("-", "−")


def check_rule(value):
    conclude, conclusion = value
    if not callable(conclude):
        raise FormError("conclude: esperava uma função.")
    letters = [conclude(low, high) for low, high in PROBES]
    if is_untried(letters):
        raise FormError("conclude ainda devolve reticências (...) em algum caso.")
    if not all(letter in ("a", "b", "c") for letter in [*letters, conclusion]):
        raise FormError('conclude tem de devolver "a", "b" ou "c" para qualquer intervalo.')
    return f"Sua regra, aplicada ao seu intervalo, conclui {conclusion}."


# Intervals at which the rule of a hand-in is tried.
PROBES = [(0.4, 1.6), (-1.6, -0.4), (-0.4, 1.6), (-1.6, 0.4)]

# Each part: how it is called, and what checks its form.
PARTS = {
    "0": ("Quem é você", check_name),
    **{str(i): (f"Questão {i}", check_text) for i in range(1, 6)},
    "6": ("Parte 6, o dAE", check_dae),
    "7": ("Parte 7, os sorteios", check_draws),
    "8": ("Parte 8, os classificadores", check_classifiers),
    "9": ("Parte 9, a medida", check_measures),
    "10": ("Parte 10, a regra", check_rule),
    "11": ("Parte 11, a conclusão", check_text),
}


# What is written for the grader


def export(part, value):
    """Write what a part was given into the folder that COURSE_HANDIN names, if it names one."""
    if not os.environ.get(EXPORT):
        return
    folder = pathlib.Path(os.environ[EXPORT])
    if part == "6":
        export_model(folder, "dae", value)
    elif part == "7":
        np.savez(folder / "draws.npz", draws=np.asarray(value))
    elif part == "8":
        for name, models in zip(("pretrained", "scratch"), value, strict=True):
            for i, model in enumerate(models):
                export_model(folder, f"{name}_{i}", model)
    elif part == "9":
        first, second, interval = (np.asarray(given, dtype=float) for given in value)
        np.savez(folder / "measures.npz", pretrained=first, scratch=second, interval=interval)
    elif part == "10":
        conclude, conclusion = value
        given = {"rule": [conclude(low, high) for low, high in PROBES], "conclusion": conclusion}
        (folder / "rule.json").write_text(json.dumps(given), encoding="utf-8")
    else:
        (folder / f"text_{part}.json").write_text(json.dumps(value), encoding="utf-8")


def export_model(folder, name, model):
    """Write a model: what it is made of (JSON) and its weights, in order."""
    (folder / f"{name}.json").write_text(json.dumps(description(model)), encoding="utf-8")
    np.savez(folder / f"{name}.npz", *model.get_weights())
