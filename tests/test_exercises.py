"""Every exercise: its stub is not yet tried, its folded solution is right, a plausible mistake is wrong."""

import pytest
from notebook_files import CHECK, PATHS, SOLUTION, code_cells, prose, read

from utils import exercises

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
    "02.2": """
def make_my_ae(n_codings):
    return keras.Sequential(
        [
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(n_codings),
            layers.Dense(100, activation="relu"),
            layers.Dense(28 * 28),
            layers.Reshape((28, 28)),
        ]
    )

check("02.2", make_my_ae)
""",
    "02.3": 'check("02.3", {"a", "b", "c", "d", "e"})',
    "03.1": 'check("03.1", lambda sizes: sizes + sizes[::-1])',
    "03.2": 'check("03.2", lambda codings: int((codings == 0).any(axis=0).sum()))',
    "03.3": 'check("03.3", {"a", "b", "e"})',
    "04.1": 'check("04.1", 784 * 200 + 200 * 50 + (200 + 50))',
    "04.2": """
def reconstruct(x, kernel, bias_codings, bias_outputs):
    return x @ kernel @ kernel.T + bias_outputs

check("04.2", reconstruct)
""",
    "04.3": 'check("04.3", {"a", "b", "c", "f"})',
    "05.1": 'check("05.1", ["a", "c", "b", "d"])',
    "05.2": """
def paired_interval(first, second):
    gain = np.mean(second) - np.mean(first)
    spread = np.std(np.concatenate([first, second]), ddof=1)
    half_width = stats.t.ppf(0.975, len(first) - 1) * spread / np.sqrt(len(first))
    return gain - half_width, gain + half_width

check("05.2", paired_interval)
""",
    "05.3": 'check("05.3", {"a", "c", "d"})',
    "06.1": 'check("06.1", lambda side, kernel_side, stride: side * stride)',
    "06.2": """
def transposed_1d(values, kernel, stride):
    output = np.zeros((len(values) - 1) * stride + len(kernel))
    for i, value in enumerate(values):
        output[i * stride : i * stride + len(kernel)] = value * np.array(kernel)
    return output

check("06.2", transposed_1d)
""",
    "06.3": 'check("06.3", {"a", "c", "d"})',
    "07.1": 'check("07.1", lambda x, rebuilt, lengths: np.mean((rebuilt - x) ** 2))',
    "07.2": 'check("07.2", lambda n_steps, n_channels, n_units: n_steps * n_units * (n_channels + n_units + 1))',
    "07.3": 'check("07.3", {"a", "b", "c"})',
    "08.1": 'check("08.1", lambda x, keep, rate: x * keep)',
    "08.2": 'check("08.2", lambda images, corrupt: (corrupt(images), corrupt(images)))',
    "08.3": 'check("08.3", {"a", "b", "c"})',
    "09.1": """
def divergence(mean, log_variance):
    return np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=1)

check("09.1", divergence)
""",
    "09.2": """
def draw_like(codings, n_new, rng):
    return codings.mean(axis=0) + codings.std(axis=0) * rng.normal(size=(n_new, codings.shape[1]))

check("09.2", draw_like)
""",
    "09.3": 'check("09.3", {1: "e", 2: "b", 3: "a", 4: "c", 5: "d"})',
}


def cases():
    for path in PATHS:
        notebook = read(path)
        imports = code_cells(notebook)[1].source
        stubs = {id: cell.source for cell in code_cells(notebook) for id, _ in CHECK.findall(cell.source)}
        solutions = {CHECK.search(code).group(1): code for code in SOLUTION.findall(prose(notebook))}
        assert list(stubs) == list(solutions)
        for exercise_id in stubs:
            yield pytest.param(exercise_id, imports, stubs[exercise_id], solutions[exercise_id], id=exercise_id)


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
        given = verdict(monkeypatch, imports, stub, solution)  # the stub may hold what both need
        assert given.status == "right", given.message

    def test_mistake_is_wrong_with_a_hint(self, monkeypatch, exercise_id, imports, stub, solution):
        given = verdict(monkeypatch, imports, stub, MISTAKES[exercise_id])
        assert given.status == "wrong" and "parou com" not in given.message, given.message

    def test_answer_of_another_kind_is_wrong(self, monkeypatch, exercise_id, imports, stub, solution):
        for nonsense in ("None", "'abc'", "3.5", "lambda *_: None"):
            assert verdict(monkeypatch, imports, f'check("{exercise_id}", {nonsense})').status == "wrong"


def test_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"exercise_id: esperava um destes: 01.1, .*09.3; recebi '99.1'"):
        exercises.check("99.1", 1)


def test_every_check_is_of_one_exercise():
    assert sorted(exercises.CHECKS) == list(exercises.CHECKS) == [case.id for case in cases()] == list(MISTAKES)
    assert len({function for function, _ in exercises.CHECKS.values()}) == len(exercises.CHECKS)


def test_almost_the_right_count_is_wrong():
    def dead(codings, more):
        return (codings == 0).all(axis=0).sum() + more

    assert exercises.judge("03.2", lambda codings: dead(codings, 0)).status == "right"
    assert exercises.judge("03.2", lambda codings: dead(codings, 0.9)).status == "wrong"


def test_error_in_the_answer_is_told_not_raised():
    def broken(sequence):
        raise KeyError("x")

    given = exercises.judge("01.1", (broken, broken))
    assert given.status == "wrong" and "KeyError" in given.message
