"""The models that notebooks compare: shapes, codings, numbers of weights, and that they can be kept."""

import ast
import inspect

import keras
import numpy as np
import pytest
from keras import layers
from notebook_files import code_cells, read

from studies import c20_uses
from studies.fingerprints import plain
from utils import models
from utils.course import ROOT
from utils.training import restart

MAKERS = {
    # numbers of weights as the notebooks that teach the models print them
    "ae": (models.make_ae, 47_854),
    "sae": (models.make_sae, 571_314),
    "tied": (models.make_tied_sae, 286_414),
    "cae": (models.make_cae, 108_407),
    "rae": (models.make_rae, 86_138),
}


@pytest.mark.parametrize(("make", "n_weights"), MAKERS.values(), ids=MAKERS)
def test_rebuilds_images_through_linear_codings(make, n_weights):
    model = make()
    assert model.count_params() == n_weights
    images = np.random.default_rng(0).random((3, 28, 28), dtype="float32")
    rebuilt = np.asarray(model(images))
    assert rebuilt.shape == images.shape and rebuilt.min() >= 0 and rebuilt.max() <= 1
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    np.testing.assert_allclose(decoder(encoder(images)), rebuilt, atol=1e-6)
    codings = encoder.get_layer("codings")
    assert codings is encoder.layers[-1] and codings.activation is keras.activations.linear
    assert encoder.output_shape == decoder.input_shape == (None, 30)
    assert make(n_codings=7).get_layer("encoder").get_layer("codings").units == 7


@pytest.mark.parametrize(("make", "n_weights"), MAKERS.values(), ids=MAKERS)
def test_survives_being_saved(make, n_weights, tmp_path):
    model = make()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    images = np.random.default_rng(0).random((3, 28, 28), dtype="float32")
    np.testing.assert_allclose(again(images), model(images), atol=1e-6)
    assert again.count_params() == n_weights


def assert_tied(model):
    """Fail unless each kernel of the decoder is the transpose of one of the encoder, and the same variable."""
    _, first, codings = model.get_layer("encoder").layers
    decode_codings, decode_pixels, _ = model.get_layer("decoder").layers
    assert decode_codings.tied_to is codings and decode_pixels.tied_to is first
    assert len(model.trainable_variables) == 6
    hidden = np.random.default_rng(0).normal(size=(4, 8)).astype("float32")
    by_hand = 1 / (1 + np.exp(-(hidden @ first.kernel.numpy().T + decode_pixels.bias.numpy())))
    np.testing.assert_allclose(decode_pixels(hidden), by_hand, atol=1e-5)


@pytest.mark.parametrize("reloaded", [False, True])
def test_tied_decoder_stays_tied_while_it_learns(reloaded, tmp_path):
    model = models.make_tied_sae(n_codings=5, hidden=8)
    if reloaded:
        model.save(tmp_path / "tied.keras")
        model = keras.saving.load_model(tmp_path / "tied.keras")
    assert_tied(model)
    images = np.random.default_rng(0).random((8, 28, 28), dtype="float32")
    before = model.get_layer("encoder").layers[1].kernel.numpy()
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    model.train_on_batch(images, images)
    assert_tied(model)
    assert np.any(model.get_layer("encoder").layers[1].kernel.numpy() != before)


def test_noise_acts_in_training_only():
    model = models.make_sae(noise=layers.Dropout(0.5))
    images = np.random.default_rng(0).random((3, 28, 28), dtype="float32")
    twice = [np.asarray(model(images, training=training)) for training in (True, True, False, False)]
    assert np.any(twice[0] != twice[1]) and np.all(twice[2] == twice[3])


def test_rows_of_an_image_have_positions():
    model = models.make_rae(n_codings=4, units=5)
    images = np.random.default_rng(0).random((8, 28, 28), dtype="float32")
    model.compile(optimizer="adam", loss="mse")
    start = model.get_weights()
    model.train_on_batch(images, images)
    [decoder] = model.get_layer("decoder").layers
    [layer] = [layer for layer in decoder.layers if isinstance(layer, models.RepeatWithPosition)]
    assert layer.positions.shape == (28, 4) and len(layer.trainable_variables) == 1
    restart(model, start)


# What a lesson teaches in full and later ones import from `utils.models`; the rewriting of a lesson adds it here.
TAUGHT = {"03_sae_tsne": ("make_sae",), "04_pesos_amarrados": ("DenseTranspose",), "06_cae": ("make_cae",)}


def test_variational_codings_of_the_lesson_are_those_of_the_study():
    source = "\n".join(cell.source for cell in code_cells(read(ROOT / "notebooks" / "10_gerar.ipynb")))
    taught = {node.name: node for node in ast.parse(source).body if hasattr(node, "name")}
    assert plain(taught["Sampling"]) == plain(ast.parse(inspect.getsource(c20_uses.Sampling)).body[0])


@pytest.mark.parametrize(("notebook", "names"), TAUGHT.items())
def test_what_a_lesson_teaches_is_what_later_ones_import(notebook, names):
    source = "\n".join(cell.source for cell in code_cells(read(ROOT / "notebooks" / f"{notebook}.ipynb")))
    taught = {node.name: node for node in ast.parse(source).body if hasattr(node, "name")}
    for name in names:
        imported = ast.parse(inspect.getsource(getattr(models, name))).body[0]
        assert plain(taught[name]) == plain(imported), name


def test_docstrings_and_comments_are_all_that_may_differ():
    sources = ('def f():\n    """A"""\n    return 1', "def f():\n    return 1  # b", "def f():\n    return 2")
    first, same, other = map(ast.parse, sources)
    assert plain(first) == plain(same) != plain(other)
