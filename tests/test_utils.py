"""The small parts of `utils`: arguments, claims, training helpers, tables, figures, drawings."""

import base64
import io
import sys
import types

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from utils import arguments, claims, course, drawings, plots, tables, training

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: a list of (data, metadata)."""
    displayed = []

    def display(data, *, raw, metadata=None, display_id=None):
        assert raw
        displayed.append((data, metadata))

        class Handle:
            def update(self, data, raw):
                displayed[-1] = (data, metadata)

        return Handle() if display_id else None

    for module in (claims, plots, tables, training):
        monkeypatch.setattr(module, "display", display)
    return displayed


# Arguments


@pytest.mark.parametrize(
    ("value", "options", "expected", "received"),
    [
        (np.zeros((3, 28)), {"shape": (None, 28, 28)}, r"a forma \(qualquer, 28, 28\)", r"a forma \(3, 28\)"),
        (np.zeros((3, 28)), {"shape": (None,)}, r"a forma \(qualquer,\)", r"a forma \(3, 28\)"),
        (np.zeros((3, 2), int), {"kind": "float"}, r"um array de números reais \(float\)", r"int64, de forma \(3, 2\)"),
        (["a"], {}, "um array de números", "list"),
        ([True], {"kind": "integer"}, "um array de números inteiros", "list"),
        (np.array([0.0, np.nan]), {}, "sem NaN", "1 NaN"),
        (np.array([0.0, 255.0]), {"low": 0, "high": 1}, r"\[0, 1\]", r"\[0.0, 255.0\]"),
        (np.array([-1]), {"low": 0}, r"\[0, inf\]", "-1"),
        (np.array([np.inf]), {"high": 1}, r"\[-inf, 1\]", "inf"),
        (np.array([-np.inf, 0, np.inf]), {"finite": True}, "números finitos", "infinitos: 2"),
        ([[1.0], [1.0, 2.0]], {}, "um array de números", "list"),
        (None, {}, "um array de números", "None"),
    ],
)
def test_wrong_array_is_named_with_expected_and_received(value, options, expected, received):
    with pytest.raises(ValueError, match=f"^images: esperava .*{expected}, recebi .*{received}"):
        arguments.check_array("images", value, **options)


def test_right_arrays_pass_unchanged():
    images = np.zeros((2, 28, 28), np.float32)
    assert arguments.check_array("images", images, shape=(None, 28, 28), kind="float", low=0, high=1) is images
    assert arguments.check_array("empty", np.zeros((0, 3)), shape=(None, 3), low=0, high=1).shape == (0, 3)


@pytest.mark.parametrize("value", [0, 2.0, True, "3", None])
def test_wrong_count_is_named(value):
    with pytest.raises(ValueError, match=r"^n: esperava um número inteiro maior ou igual a 1, recebi"):
        arguments.check_count("n", value)


def test_unequal_lengths_are_named_and_what_has_none():
    with pytest.raises(ValueError, match=r"^a e b: esperava comprimentos iguais, recebi a de comprimento 1, b de"):
        arguments.check_same_length(a=[1], b=[1, 2])
    for value in (None, 5, np.float32(1), np.zeros(()), (i for i in "ab")):
        with pytest.raises(ValueError, match=r"^b: esperava uma sequência, recebi "):
            arguments.check_same_length(a=[1], b=value)


@pytest.mark.parametrize("value", ["x", "3", b"3", None, [1], 1j, 10**400, {}])
def test_what_is_no_number_is_named(value):
    with pytest.raises(ValueError, match=r"^peak: esperava um número, recebi .{1,60}$"):
        arguments.check_number("peak", value)


@pytest.mark.parametrize("value", [3, 3.5, np.float32(2), np.array(1), True, float("inf"), keras.ops.ones(())])
def test_numbers_of_every_kind_pass(value):
    assert arguments.check_number("peak", value) == float(value)


@pytest.mark.parametrize("value", [[1], {}, {"a"}, np.zeros(3), None, 1, "c", "x" * 1000])
def test_wrong_choice_is_named_be_it_hashable_or_not(value):
    for choices in ({"a": 1, "b": 2}, ("a", "b")):
        with pytest.raises(ValueError, match=r"^id: esperava um destes: a, b; recebi .{1,60}$"):
            arguments.check_choice("id", value, choices)


# Seed


def test_seed_is_42_unless_told(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    assert course.course_seed() == 42
    monkeypatch.setenv("COURSE_SEED", "7")
    assert course.course_seed() == 7


@pytest.mark.parametrize("text", ["", "a", "-1", "1.5", str(2**32)])
def test_wrong_seed_is_named(monkeypatch, text):
    monkeypatch.setenv("COURSE_SEED", text)
    with pytest.raises(ValueError, match=r"^COURSE_SEED: esperava um número inteiro .*, recebi"):
        course.course_seed()


# Keras


def test_keras_gets_its_own_defaults_back():
    keras.config.set_floatx("float64")
    keras.config.set_epsilon(1e-3)
    keras.config.set_image_data_format("channels_first")
    course.restore_keras_defaults()
    assert keras.config.floatx() == "float32"
    assert keras.config.epsilon() == 1e-7
    assert keras.config.image_data_format() == "channels_last"


def test_keras_on_another_backend_stops_the_notebook(monkeypatch):
    other = types.SimpleNamespace(backend=types.SimpleNamespace(backend=lambda: "jax"))
    monkeypatch.setitem(sys.modules, "keras", other)
    with pytest.raises(RuntimeError, match="Reinicie o kernel"):
        course.start_notebook()


# Claims


def test_claim_shows_one_line_and_keeps_the_record(shown, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "7")
    claims.claim("C6", "o erro é maior", value=np.float32(2.5), holds=claims.at_least(2), unit="vezes")
    [(data, metadata)] = shown
    assert data["text/plain"] == "✔ C6 · o erro é maior · medido: 2,50 vezes (limite: ≥ 2 vezes)"
    expected = {"id": "C6", "statement": "o erro é maior", "value": 2.5, "threshold": "≥ 2 vezes", "holds": True}
    assert metadata["claim"] == expected | {"seed": 7}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (108407, "108407"),
        (1000, "1000"),
        (999.7, "1000"),
        (170.1, "170"),
        (99.96, "100"),
        (99.94, "99,9"),
        (12.3, "12,3"),
        (-7.958, "−7,96"),
        (0.5, "0,500"),
        (0.0116, "0,0116"),
        (5.96e-08, "6,0 × 10⁻⁸"),
        (0.0, "0"),
        (-0.0, "0"),
        (float("nan"), "NaN"),
        (None, "NaN"),
    ],
)
def test_measures_are_written_with_three_digits_and_no_bare_comma(value, text):
    assert claims.number_text(value) == text


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        (1.9, claims.at_least(2)),
        (2.1, claims.at_most(2)),
        (3, claims.between(1, 2)),
        (float("nan"), claims.at_least(2)),
        (float("nan"), claims.at_most(2)),
    ],
)
def test_claim_that_does_not_hold_is_recorded_and_fails(shown, value, holds):
    with pytest.raises(claims.ClaimError, match="C6 não se confirmou"):
        claims.claim("C6", "x", value=value, holds=holds)
    assert shown[0][1]["claim"]["holds"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"claim_id": "C99"}, "^claim_id: esperava um destes: C1, .*C20; recebi 'C99'"),
        ({"claim_id": ["C6"]}, r"^claim_id: esperava um destes: C1, .*C20; recebi \['C6'\]"),
        ({"statement": None}, "^statement: esperava um texto, recebi None"),
        ({"unit": 5}, "^unit: esperava um texto, recebi 5"),
        ({"holds": True}, "^holds: esperava at_least.*, recebi True"),
        ({"value": "3"}, "^value: esperava um número, recebi '3'"),
        ({"value": None}, "^value: esperava um número, recebi None"),
        ({"value": "muito"}, "^value: esperava um número, recebi 'muito'"),
        ({"value": [1, 2]}, r"^value: esperava um número, recebi \[1, 2\]"),
    ],
)
def test_wrong_arguments_of_claim_are_named(shown, arguments, message):
    right = {"claim_id": "C6", "statement": "x", "value": 1, "holds": claims.at_least(0)}
    with pytest.raises(ValueError, match=message):
        claims.claim(**(right | arguments))
    assert not shown


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: claims.at_least("muito"), "^low: esperava um número, recebi 'muito'"),
        (lambda: claims.at_most(None), "^high: esperava um número, recebi None"),
        (lambda: claims.between(0, [1]), r"^high: esperava um número, recebi \[1\]"),
        (lambda: claims.between(2, 1), "^limites: esperava um de baixo e um de cima, recebi 2.0 e 1.0"),
        (lambda: claims.at_least(float("nan")), "^limites: .* nan"),
    ],
)
def test_limits_that_are_none_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# Training


def test_learning_rate_rises_to_its_peak_and_falls_to_zero():
    schedule = training.warmup_cosine(0.01, n_samples=1000, batch_size=100, epochs=10)
    rates = np.array([float(schedule(step)) for step in range(101)])
    assert rates[0] == pytest.approx(0.001)
    assert rates.argmax() == 10
    assert rates.max() == pytest.approx(0.01)
    assert (np.diff(rates[10:]) < 0).all()
    assert rates[-1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("n_samples", "epochs"), [(1000, 10), (100, 1), (5, 1)])
def test_learning_rate_is_that_of_keras_cosine_decay(n_samples, epochs):
    schedule = training.warmup_cosine(0.01, n_samples=n_samples, batch_size=10, epochs=epochs)
    rising, falling = schedule.rising, max(1, schedule.steps - schedule.rising)
    of_keras = keras.optimizers.schedules.CosineDecay(0.01 / rising, falling, warmup_target=0.01, warmup_steps=rising)
    steps = range(schedule.steps + 2)
    assert [float(schedule(s)) for s in steps] == pytest.approx([float(of_keras(s)) for s in steps], abs=1e-8)


def test_learning_rate_is_kept_with_its_optimizer():
    schedule = training.warmup_cosine(0.01, n_samples=1000, batch_size=10, epochs=10)
    again = keras.optimizers.Adam.from_config(keras.optimizers.Adam(schedule).get_config())
    assert again.get_config()["learning_rate"]["config"] == schedule.get_config()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"n_samples": 0}, "n_samples"),
        ({"epochs": 1.5}, "epochs"),
        ({"batch_size": -1}, "batch_size"),
        ({"peak": 0}, "peak"),
    ],
)
def test_wrong_arguments_of_the_schedule_are_named(changes, name):
    with pytest.raises(ValueError, match=f"^{name}: esperava .*, recebi"):
        training.warmup_cosine(**({"peak": 0.1, "n_samples": 10, "batch_size": 2, "epochs": 1} | changes))


def test_progress_shows_one_line_and_ends_in_a_summary(shown):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2)])
    model.compile(loss="mse")
    progress = training.Progress("AE")
    x = np.zeros((8, 2), np.float32)
    model.fit(x, x, epochs=2, validation_data=(x, x), verbose=0, callbacks=[progress])
    [(data, _)] = shown
    assert data["text/plain"].startswith("AE: 2 épocas · treino 0,0000, validação 0,0000 · ")
    assert progress.seconds > 0


def test_progress_never_shows_more_than_everything(shown, monkeypatch):
    monkeypatch.setattr(training.Progress, "REDRAW_SECONDS", -1)
    progress = training.Progress("AE")
    progress.set_params({"steps": 4, "epochs": 1})
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    for batch, share in ((1, "50%"), (3, "100%"), (42, "100%")):
        progress.on_train_batch_end(batch, {"loss": 1.0})
        assert f"época 1/1 ({share})" in shown[-1][0]["text/plain"]


def small_model(rate=0.1):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model


def test_restarted_model_trains_as_a_new_one():
    x, y = np.ones((8, 3), "float32"), np.ones((8, 2), "float32")
    fresh, used = small_model(), small_model()
    weights = fresh.get_weights()
    used.fit(x, y, epochs=3, verbose=0)
    training.restart(used, weights)
    for model in (fresh, used):
        model.fit(x, y, epochs=2, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(fresh.get_weights(), used.get_weights(), strict=True))
    assert float(used.optimizer.learning_rate) == pytest.approx(0.1)


def test_restarted_dropout_depends_only_on_the_seed():
    x = np.ones((8, 3), "float32")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    masks, weights = [], model.get_weights()
    for seed in (1, 2, 1):
        keras.utils.set_random_seed(seed)
        training.restart(model, weights)
        masks.append(np.asarray(model.layers[0](x, training=True)))
    assert np.array_equal(masks[0], masks[2])
    assert not np.array_equal(masks[0], masks[1])


def test_wrong_arguments_of_restart_are_named():
    model = small_model()
    with pytest.raises(ValueError, match=r"^weights: esperava arrays de formas .*\(3, 2\).*, recebi \[\(2, 3\)"):
        training.restart(model, [np.zeros((2, 3)), np.zeros(2)])
    with pytest.raises(ValueError, match=r"^model: esperava um modelo compilado, recebi"):
        training.restart(keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)]), model.get_weights())


def test_squared_error_is_that_of_each_example():
    originals = np.zeros((2, 2, 2))
    reconstructions = np.array([np.zeros((2, 2)), np.full((2, 2), 3.0)])
    assert training.squared_error(originals, reconstructions).tolist() == [0, 9]
    with pytest.raises(ValueError, match=r"^reconstructions: esperava a forma \(2, 2, 2\), recebi"):
        training.squared_error(originals, np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"^reconstructions: esperava números sem NaN, recebi 8 NaN"):
        training.squared_error(originals, np.full((2, 2, 2), np.nan))
    for integers in (originals.astype("uint8"), originals.astype(int)):
        with pytest.raises(ValueError, match=r"^originals: esperava um array de números reais \(float\), recebi"):
            training.squared_error(integers, reconstructions)
        with pytest.raises(ValueError, match=r"^reconstructions: esperava um array de números reais \(float\), recebi"):
            training.squared_error(originals, integers)


def test_squared_error_refuses_what_has_no_finite_square():
    right = np.zeros((2, 3), "float32")
    for infinite in (np.inf, -np.inf):
        wrong = right.copy()
        wrong[1, 2] = infinite
        with pytest.raises(ValueError, match=r"^originals: esperava números finitos, recebi infinitos: 1"):
            training.squared_error(wrong, right)
        with pytest.raises(ValueError, match=r"^reconstructions: esperava números finitos, recebi infinitos: 1"):
            training.squared_error(right, wrong)
    with pytest.raises(ValueError, match=r"^originals: esperava float32 ou float64, .*, recebi float16"):
        training.squared_error(right.astype("float16"), right)
    with pytest.raises(ValueError, match=r"^reconstructions: esperava float32 ou float64, .*, recebi float16"):
        training.squared_error(right, right.astype("float16"))


class Half(keras.layers.Layer):
    """Half of what it is given."""

    def call(self, inputs):
        return inputs / 2


def test_mean_error_is_the_mean_of_squared_errors_whatever_the_model_is_given():
    model = keras.Sequential([keras.layers.Input((2, 2)), Half()])
    images = np.random.default_rng(0).random((1500, 2, 2), dtype="float32")  # more than are computed at a time
    noisy = images + 0.1
    for inputs, given in ((None, images), (noisy, noisy)):
        expected = training.squared_error(images, given / 2).mean()
        found = training.mean_error(model, images, inputs)
        assert isinstance(found, float) and found == pytest.approx(float(expected), rel=1e-5)
    assert training.mean_error(model, images, inputs=2 * images) == 0
    for wrong in (np.zeros((3, 2, 2), int), None, "abc", 1.5):
        with pytest.raises(ValueError, match=r"^images: esperava"):
            training.mean_error(model, wrong)
    with pytest.raises(ValueError, match=r"^images e inputs: esperava comprimentos iguais"):
        training.mean_error(model, images, noisy[:3])
    with pytest.raises(ValueError, match="images: esperava ao menos uma imagem"):
        training.mean_error(model, np.zeros((0, 2, 2), "float32"))


# Tables


def test_table_is_aligned_and_rounded(shown):
    tables.show_table({"modelo": ["AE", "PCA"], "erro": [0.12345, np.float32(1)], "n": [5, 30]}, digits=2)
    data, _ = shown[0]
    assert data["text/plain"].splitlines() == ["modelo  erro   n", "AE      0,12   5", "PCA     1,00  30"]
    assert data["text/markdown"].splitlines()[1] == "|---|---:|---:|"
    with pytest.raises(ValueError, match=r"^a e b: esperava comprimentos iguais, recebi"):
        tables.show_table({"a": [1], "b": []})
    with pytest.raises(ValueError, match=r"^digits: esperava títulos de colunas \(a, b\), recebi c$"):
        tables.show_table({"a": [1.0], "b": [2.0]}, digits={"a": 1, "c": 2})


def test_numbers_in_a_table_are_written_as_in_portuguese():
    plain, _ = tables.format_table({"n": [101522, np.int64(-1000), 999], "x": [1234.56, -0.5, np.float32(2)]}, digits=1)
    assert plain.splitlines()[1:] == ["101.522  1.234,6", " −1.000     −0,5", "    999      2,0"]
    assert "True" in tables.format_table({"holds": [True]})[0]


@pytest.mark.parametrize("columns", [None, ["a"], "ab", {3: [1]}, {"a": None}, {"a": 5}, {"a": (i for i in "ab")}])
def test_columns_that_are_none_are_named(columns):
    with pytest.raises(ValueError, match=r"^(columns: esperava um dicionário|a: esperava uma sequência).*, recebi "):
        tables.format_table(columns)


@pytest.mark.parametrize("digits", ["x", None, -1, 1.5, True, [1], {"a": "x"}, {"a": None}])
def test_decimals_that_are_none_are_named(digits):
    with pytest.raises(ValueError, match=r"^digits: esperava um número inteiro maior ou igual a 0, recebi"):
        tables.format_table({"a": [1.5], "b": ["x"]}, digits=digits)


def test_bars_and_line_ends_do_not_end_a_cell():
    plain, markdown = tables.format_table({"p(x|z)": ["a|b", "c\nd\r\ne"], "m": [np.ones((2, 1)), 1.0]}, digits=0)
    assert plain.splitlines() == ["p(x|z)             m", "a|b     [[1.]  [1.]]", "c d e              1"]
    assert markdown.splitlines() == [
        r"| p(x\|z) | m |",
        "|---|---:|",
        r"| a\|b | [[1.]<br> [1.]] |",
        "| c<br>d<br>e | 1 |",
    ]


# Figures


def test_network_is_drawn_with_its_sizes():
    ax = drawings.draw_network([784, 30, 784], names=["entradas", "codings", "saídas"], title="AE")
    texts = [text.get_text() for text in ax.texts]
    assert "codings\n30" in texts and "entradas\n784" in texts
    assert texts.count("⋮") == 3


@pytest.mark.parametrize(
    ("sizes", "codings"), [([3, 5, 3], 1), ([2, 6, 2, 6, 2], 2), ([784, 1000, 784], 1), ([4, 3, 5, 4], 1)]
)
def test_codings_are_the_smallest_hidden_layer(sizes, codings):
    ax = drawings.draw_network(sizes, names=[""] * len(sizes), title="AE")
    orange = matplotlib.colors.to_rgba(plots.PALETTE["orange"])
    coloured = {unit.center[0] for unit in ax.patches if unit.get_facecolor() == orange}
    places = sorted({unit.center[0] for unit in ax.patches})
    assert [places.index(x) for x in coloured] == [codings]


def test_small_layers_are_drawn_whole():
    ax = drawings.draw_network([3, 2, 3], names="abc", title="AE")
    assert len(ax.patches) == 8
    assert "⋮" not in [text.get_text() for text in ax.texts]


def codings_of(n):
    """Return images, codings and reconstructions to draw."""
    return np.ones((n, 4, 4)), np.tile([-1.0, 0.5, 0.0], (n, 1)), np.zeros((n, 4, 4))


def test_codings_stand_between_the_image_and_its_reconstruction():
    figure = drawings.draw_codings(*codings_of(2), labels=["suéter", "bota"], title="t")
    assert [len(axis.images) for axis in figure.axes] == [1, 0, 1] * 2
    assert [bar.get_height() for bar in figure.axes[4].patches[:3]] == [-1, 0.5, 0]
    assert [axis.get_title(loc="center") for axis in figure.axes[:3]] == [
        "entrada: 16 pixels",
        "3 codings",
        "reconstrução",
    ]
    assert figure.axes[3].get_ylabel() == "bota"


def test_matrices_are_drawn_with_their_numbers_in_cells_of_one_size():
    kernel, output = np.array([[1, -2]]), np.arange(9).reshape(3, 3) / 2
    ax = drawings.draw_matrices({"k": kernel, "o": output}, title="t", frames={"o": (1, 0, 2, 2)})
    texts = [text.get_text() for text in ax.texts]
    assert texts[:3] == ["1", "−2", "k"] and texts[3:7] == ["0", "0,5", "1", "1,5"] and texts[-1] == "o"
    [frame] = [patch for patch in ax.patches if patch.get_width() == 2]
    assert frame.get_height() == 2 and frame.get_xy() == pytest.approx((2 + drawings.MATRIX_GAP, 1))
    assert all(patch.get_width() == 1 for patch in ax.patches if patch is not frame)
    assert {image.get_clim() for image in ax.images} == {(0, 1.5 * 4)}


def moving(**changes):
    """Draw an encoder that moves, with one argument changed."""
    images, labelled = np.ones((16, 4, 4)), np.zeros((4, 4, 4))
    given = {"images": images, "rebuilt": images, "labelled": labelled, "names": "abcd", "title": "t"}
    counts = {"n_images": 55_000, "n_labels": 500, "n_classes": 10}
    return drawings.draw_pretraining(**given | counts | changes)


def test_encoder_is_drawn_twice_and_the_decoder_once():
    ax = moving()
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("codificador") == 2 and texts.count("decodificador") == 1
    assert {"55.000 imagens,\nnenhum rótulo", "500 imagens com rótulo", "camada nova,\n10 saídas", "d"} <= set(texts)
    assert [image.get_array().shape for image in ax.images] == [(24, 24)] * 2 + [(4, 4)] * 4


def test_letters_that_differ_are_marked():
    ax = drawings.draw_words(["gato", "sol"], {"trocada": ["pato", "sol"], "corrigida": ["gato", "sul"]}, title="t")
    texts = [text.get_text() for text in ax.texts]
    assert texts[:5] == ["original", *"gato"] and {"trocada", "corrigida"} <= set(texts)
    assert [text.get_text() for text in ax.texts if text.get_fontweight() == "bold" and len(text.get_text()) == 1] == [
        "p",
        "u",
    ]
    assert [(mark.get_x(), round(mark.get_y() + 0.42)) for mark in ax.patches] == [(6, 0), (13, 1)]


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda: drawings.draw_words([], {"a": []}, title=""), "originals"),
        (lambda: drawings.draw_words(["sol"], {}, title=""), "versions"),
        (lambda: drawings.draw_words(["sol"], {"a": ["sol", "mar"]}, title=""), "versions"),
        (lambda: drawings.draw_words(["sol"], {"a": ["sois"]}, title=""), "versions"),
        (lambda: drawings.draw_network([3, 3], names="ab", title=""), "sizes"),
        (lambda: drawings.draw_network([3, 0, 3], names="abc", title=""), "sizes"),
        (lambda: drawings.draw_network([3, 2, 3], names=["a"], title=""), "names"),
        (lambda: drawings.draw_pipelines({"a": ["1", "2"]}, title=""), "rows"),
        (lambda: drawings.draw_recurrent_ae(7, title=""), "n_steps"),
        (lambda: drawings.draw_codings(*codings_of(0), labels=[], title=""), "originals"),
        (lambda: drawings.draw_codings(*codings_of(2), labels=["a"], title=""), "labels"),
        (
            lambda: drawings.draw_codings(*codings_of(2)[:2], np.ones((1, 4, 4)), labels="ab", title=""),
            "reconstructions",
        ),
        (
            lambda: drawings.draw_codings(np.ones((1, 4, 4)), *codings_of(2)[1:], labels="a", title=""),
            "reconstructions",
        ),
        (lambda: drawings.draw_matrices({}, title=""), "matrices"),
        (lambda: drawings.draw_matrices({"a": [1, 2]}, title=""), "matrices"),
        (lambda: drawings.draw_matrices({"a": [[1, 2]]}, title="", frames={"b": (0, 0, 1, 1)}), "frames"),
        (lambda: moving(images=np.ones((9, 4, 4))), "images"),
        (lambda: moving(rebuilt=np.ones((16, 4, 5))), "rebuilt"),
        (lambda: moving(labelled=np.full((4, 4, 4), 2.0)), "labelled"),
        (lambda: moving(names="abc"), "names"),
        (lambda: moving(n_labels=0), "n_labels"),
        (lambda: plots.show_image_rows({}, title=""), "rows"),
        (lambda: plots.show_image_rows({"a": np.zeros((2, 28))}, title=""), "rows"),
        (lambda: plots.show_image_rows({"a": np.full((1, 2, 2), np.nan)}, title=""), "rows"),
        (lambda: plots.show_image_rows({"a": np.full((1, 2, 2), 255.0)}, title=""), "rows"),
        (lambda: plots.show_image_rows({"a": np.zeros((1, 2, 2)), "b": np.zeros((2, 2, 2))}, title=""), "rows"),
        (lambda: drawings.draw_boards(np.zeros((0, 64), int), titles=[]), "boards"),
        (lambda: plots.plot_map(np.zeros((0, 2)), np.zeros(0, int), "a", title=""), "points"),
        (lambda: drawings.draw_boards([np.full(64, 13)], titles=["a"]), "boards"),
        (lambda: drawings.draw_boards([np.zeros(64)], titles=["a"]), "boards"),
        (lambda: drawings.draw_boards([np.zeros(64, int)], titles=[]), "titles"),
        (lambda: drawings.draw_boards([np.zeros(64, int)], titles=["a"], originals=[np.zeros(3, int)]), "originals"),
        (lambda: plots.plot_map(np.zeros((3, 3)), np.zeros(3, int), "a", title=""), "points"),
        (lambda: plots.plot_map(np.zeros((3, 2)), np.ones(3, int), "a", title=""), "labels"),
        (lambda: plots.plot_map(np.zeros((3, 2)), np.zeros(2, int), "a", title=""), "points e labels"),
        (lambda: plots.plot_map(np.zeros((3, 2)), np.zeros(3, int), "abcdefghijk", title=""), "class_names"),
        (lambda: plots.plot_map(np.zeros((3, 2)), np.zeros(3, int), "a", title="", images=np.ones(3)), "images"),
        (lambda: plots.show_image_rows({"a": np.zeros((2, 2, 2))}, title="", column_titles=["b"]), "column_titles"),
        (lambda: plots.show_image_rows({"a": np.zeros((1, 2, 2))}, title="", column_titles="bc"), "column_titles"),
        (lambda: plots.plot_plane(None, np.zeros((9, 2)), np.zeros(9, int), "a", title=""), "points"),
        (lambda: plots.plot_plane(None, np.zeros((10, 2)), np.ones(10, int), "a", title=""), "labels"),
        (lambda: plots.animate([]), "frames"),
        (lambda: plots.animate([np.zeros((2, 2)), np.zeros((2, 3))]), "frames"),
        (lambda: plots.animate([np.full((2, 2), 2)]), "frames"),
        (lambda: plots.animate(list(np.random.default_rng(0).random((20, 224, 224)))), "frames"),
    ],
)
def test_wrong_arguments_of_figures_are_named(draw, name):
    with pytest.raises(ValueError, match=f"^{name}.*: esperava .*, recebi"):
        draw()


def test_differences_are_drawn_in_two_colours_and_images_in_grey():
    image = np.full((1, 4, 4), 0.5)
    figure = plots.show_image_rows({"original": image, "diferença": image - 1}, title="x")
    assert [axis.images[0].get_cmap().name for axis in figure.axes] == ["gray_r", "PuOr"]
    assert {axis.images[0].get_interpolation() for axis in figure.axes} == {"nearest"}  # pixels are sharp


def test_a_white_image_has_a_frame():
    figure = plots.show_image_rows({"recorte": np.zeros((1, 4, 4))}, title="x")
    assert all(spine.get_visible() for spine in figure.axes[0].spines.values())


def frames_of(data):
    """Return the frames of an animation that was displayed, as arrays, and how long each stays, in ms."""
    picture, frames = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))), []
    for i in range(picture.n_frames):
        picture.seek(i)
        frames.append((np.asarray(picture.convert("L")).astype(int), picture.info["duration"]))
    return frames


def test_animation_shows_its_frames_in_order(shown):
    images = np.random.default_rng(0).integers(0, 9, size=(3, 28, 28)) / 8
    plots.animate(list(images), seconds=0.25)
    [(data, _)] = shown
    assert data["text/plain"] == "<animação de 3 quadros>"
    frames = frames_of(data)
    assert [duration for _, duration in frames] == [250, 250, 250]
    for (frame, _), image in zip(frames, images, strict=True):
        assert frame.shape == (224, 224)
        assert abs(frame[::8, ::8] - 255 * (1 - image)).max() <= 1 and np.all(frame[3::8, 5::8] == frame[::8, ::8])


def test_animation_of_figures_closes_them_and_repeats_what_returns(shown):
    grey, white = np.full((1, 4, 4), 0.5), np.zeros((1, 4, 4))
    plots.animate([plots.show_image_rows({"a": images}, title="x") for images in (grey, white, grey)])
    (first, _), (second, _), (third, _) = frames_of(shown[0][0])
    assert not plt.get_fignums() and np.all(first == third) and np.any(first != second)
    assert len(base64.b64decode(shown[0][0]["image/png"])) < plots.MOST_BYTES


def test_page_of_an_animation_is_white(shown):
    greys = np.random.default_rng(0).random((2, 1, 28, 28)) ** 3
    plots.animate([plots.show_image_rows({"a": images}, title="x") for images in greys])
    assert all(frame[0, 0] == 255 for frame, _ in frames_of(shown[0][0]))


def test_numbers_on_axes_have_a_decimal_comma():
    ax = plt.subplots()[1]
    ax.plot([0, 1], [0, 0.5])
    plots.decimal_comma(ax)
    ax.figure.canvas.draw()
    texts = [label.get_text() for label in ax.get_yticklabels()]
    assert "0,2" in texts and not any("." in text for text in texts)


def test_pictures_on_a_map_do_not_overlap():
    points = np.random.default_rng(0).random((500, 2))
    chosen = plots.apart(points, 0.1)
    gaps = np.linalg.norm(points[chosen][:, None] - points[chosen], axis=-1) + np.eye(len(chosen))
    assert gaps.min() >= 0.1
    ax = plots.plot_map(points, np.arange(500) % 3, "abc", title="x", images=np.zeros((500, 4, 4)))
    ax.figure.canvas.draw()
    boxes = [artist.get_window_extent() for artist in ax.artists]
    assert len(boxes) > 50
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_names_on_a_map_cover_neither_each_other_nor_pictures():
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(600, 2)) ** 3, np.arange(600) % 3
    ax = plots.plot_map(points, labels, ["camiseta", "calça", "bota"], title="x", images=np.zeros((600, 28, 28)))
    ax.figure.canvas.draw()
    names = [text.get_bbox_patch().get_window_extent() for text in ax.texts]
    boxes = [artist.get_window_extent() for artist in ax.artists]
    assert [text.get_text() for text in ax.texts] == ["camiseta", "calça", "bota"] and len(boxes) > 10
    assert not any(a.overlaps(b) for i, a in enumerate(names) for b in [*names[:i], *boxes])
    assert not plots.plot_map(points, labels, "abc", title="x", names=False).texts


def test_name_of_a_class_stands_where_it_is_densest_or_free():
    points = np.array([[0, 0], [0, 0.1], [0.1, 0], [5, 5], [0, 0], [0, 0.1], [0.1, 0], [9, 9]])
    labels = np.array([0, 0, 0, 0, 2, 2, 2, 2])
    places = plots.free_places(points, labels, [(1, 1)] * 3)
    assert list(places) == [0, 2] and places[0] < 3 and places[2] == 7
    assert plots.free_places(points[[0, 4]], labels[[0, 4]], [(1, 1)] * 3) == {0: 0, 2: 1}  # none is free


def test_plane_is_drawn_in_the_colours_of_what_lies_there():
    side = np.repeat(np.linspace(0, 1, 20), 20)
    points = np.column_stack([side, np.tile(np.linspace(0, 1, 20), 20)])
    points[:, 1] *= 1 + (points[:, 0] < 0.5)  # nothing lies at the upper right
    labels = (points[:, 0] > 0.5).astype(int)
    given = []

    def decode(grid):
        given.append(grid)
        return np.ones((len(grid), 2, 3))

    ax = plots.plot_plane(decode, points, labels, "ab", title="x", side=4)
    [grid] = given
    assert grid.shape == (16, 2) and grid[0, 0] < grid[1, 0] and grid[0, 1] > grid[4, 1]  # the first row is the upper
    canvas = np.asarray(ax.images[0].get_array())
    assert canvas.shape == (8, 12, 3) and ax.images[0].get_interpolation() == "nearest"
    first, second = (matplotlib.colors.to_rgb(colour) for colour in plots.CLASS_COLOURS[:2])
    np.testing.assert_allclose([canvas[0, 0], canvas[-1, 0], canvas[-1, -1]], [first, first, second])
    assert np.all(canvas[0, -1] == 1)


def test_colours_of_classes_are_seen_on_white():
    red, green, blue = np.array([matplotlib.colors.to_rgb(colour) for colour in plots.CLASS_COLOURS]).T
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (red, green, blue)]
    assert (1.05 / (np.dot([0.2126, 0.7152, 0.0722], linear) + 0.05)).min() > 2.4


def test_explorer_draws_what_its_controls_say(shown, monkeypatch):
    given, boxes, make_box = [], [], plots.widgets.HBox
    monkeypatch.setattr(plots.widgets, "HBox", lambda children: boxes.append(make_box(children)) or boxes[0])

    def draw(choice, offsets):
        given.append((choice, offsets.tolist()))
        return np.full((28, 28), choice / 2)

    plots.explore(draw, ["camiseta", "bota"], ["A", "B"])
    [(data, _)] = shown
    assert data["text/plain"].startswith("<controles: ")
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == boxes[0].model_id
    picture, controls = boxes[0].children
    choice, _, second = controls.children
    before = picture.value
    choice.value, second.value = 1, -1.5
    assert given == [(0, [0, 0]), (1, [0, 0]), (1, [0, -1.5])]
    assert Image.open(io.BytesIO(picture.value)).size == (224, 224) and picture.value != before


def test_boards_mark_wrong_and_missing_pieces():
    original, recalled = np.zeros(64, int), np.zeros(64, int)
    original[0], original[5], recalled[5], recalled[63] = 4, 6, 6, 9
    figure = drawings.draw_boards([original, recalled], titles=["a", "b"], originals=[None, original])
    marks = [sum(not patch.get_fill() for patch in axis.patches) for axis in figure.axes]
    assert marks == [0, 2]


def test_recurrent_ae_has_one_cell_a_step_on_each_side():
    ax = drawings.draw_recurrent_ae(3, title="t")
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("RNN") == 6
    assert texts.count("$z$") == 3 and sum(text.startswith("$,\\, c_") for text in texts) == 3
    assert {"codificador: sequence-to-vector", "decodificador: vector-to-sequence"} <= set(texts)
