"""Hand-ins of the activity, for the tests of the grader: a model one, and bad ones.

A hand-in is the activity with its stubs replaced: a dict of part, as in ``check_form("6", ...)``, to code.
"""

import nbformat

from tools.stored import ACTIVITY, read_notebook
from utils.course import ROOT

PATH = ROOT / "notebooks" / f"{ACTIVITY}.ipynb"

TEXT = """Uma resposta de exemplo, com palavras bastantes para ter a forma pedida: os testes conferem que ela chega
inteira ao relatório, sem que ninguém a julgue por aqui, com acentos, "aspas", <b>marcas</b> e sinais como & e %."""

MODEL = {
    "0": """
student_name = "Ana <i>Souza</i>"
student_number = "=1+1"

check_form("0", (student_name, student_number))
""",
    **{f"{i}": f'answer_{i} = """{TEXT}"""\n\ncheck_form("{i}", answer_{i})' for i in range(1, 6)},
    "6": """
EPOCHS = max(5, 80_000 // len(x_train))

encoder = keras.Sequential(
    [layers.Input((28, 28)), layers.Flatten(), layers.Dense(512, "gelu"), layers.Dense(256, "gelu")], name="encoder"
)
decoder = keras.Sequential(
    [layers.Input((256,)), layers.Dense(512, "gelu"), layers.Dense(28 * 28, "sigmoid"), layers.Reshape((28, 28))],
    name="decoder",
)
dae = keras.Sequential([layers.Input((28, 28)), layers.Dropout(0.5), encoder, decoder])
dae.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse")
dae.fit(x_train, x_train, epochs=EPOCHS, batch_size=128, verbose=0, callbacks=[Progress("dAE")])

check_form("6", dae)
""",
    "7": """
draws = np.array([np.random.default_rng((SEED, i)).choice(len(x_train), 500, replace=False) for i in range(5)])

check_form("7", draws)
""",
    "8": """
def make_classifier(weights=None):
    first = keras.models.clone_model(encoder)
    if weights is not None:
        first.set_weights(weights)
    return keras.Sequential([layers.Input((28, 28)), first, layers.Dropout(0.5), layers.Dense(10, "softmax")])


def fine_tuned(i, weights=None):
    keras.utils.set_random_seed(1000 * SEED + i)
    model = make_classifier(weights)
    model.compile(optimizer=keras.optimizers.Adam(0.0005), loss="sparse_categorical_crossentropy")
    model.fit(x_train[draws[i]], y_train[draws[i]], epochs=20, batch_size=32, verbose=0)
    return model


pretrained = [fine_tuned(i, encoder.get_weights()) for i in range(5)]
scratch = [fine_tuned(i) for i in range(5)]

check_form("8", (pretrained, scratch))
""",
    "9": """
from scipy import stats


def accuracy(model):
    return 100 * np.mean(np.argmax(model.predict(x_test, batch_size=1000, verbose=0), axis=1) == y_test)


accuracy_pretrained = np.array([accuracy(model) for model in pretrained])
accuracy_scratch = np.array([accuracy(model) for model in scratch])
interval = stats.ttest_1samp(accuracy_pretrained - accuracy_scratch, popmean=0).confidence_interval(0.95)

check_form("9", (accuracy_pretrained, accuracy_scratch, interval))
""",
    "10": """
def conclude(low, high):
    if low > 0:
        return "a"
    return "b" if high < 0 else "c"


conclusion = conclude(*interval)

check_form("10", (conclude, conclusion))
""",
    "11": f'conclusion_text = """{TEXT}"""\n\ncheck_form("11", conclusion_text)',
}

# It runs, and almost everything is wrong: no noise, not trained, the same draw five times, one encoder for all five
# classifiers, another network for the others, accuracies made up, a rule that looks at the mean, a conclusion by hand.
WRONG = MODEL | {
    "6": """
encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(64, "relu")], name="encoder")
decoder = keras.Sequential(
    [layers.Input((64,)), layers.Dense(28 * 28, "sigmoid"), layers.Reshape((28, 28))], name="decoder"
)
dae = keras.Sequential([layers.Input((28, 28)), encoder, decoder])

check_form("6", dae)
""",
    "7": """
draws = np.tile(np.arange(500), (5, 1))

check_form("7", draws)
""",
    "8": """
def make_classifier(first):
    model = keras.Sequential([layers.Input((28, 28)), first, layers.Dense(10, "softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


pretrained = [make_classifier(encoder) for _ in range(5)]
for model in pretrained:
    model.fit(x_train[draws[0]], y_train[draws[0]], epochs=1, verbose=0)
scratch = [keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)]) for _ in range(5)]

check_form("8", (pretrained, scratch))
""",
    "9": """
accuracy_pretrained = np.array([99.1, 99.2, 99.3, 99.2, 99.1])
accuracy_scratch = np.array([90.1, 90.2, 90.3, 90.2, 90.4])
interval = (8.0, 10.0)

check_form("9", (accuracy_pretrained, accuracy_scratch, interval))
""",
    "10": """
def conclude(low, high):
    return "a" if low + high > 0 else "b"


conclusion = "b"

check_form("10", (conclude, conclusion))
""",
}

# It does nothing but try to get marks: prints them, changes what checks it, writes beside itself and into the course.
CHEAT = {
    "0": MODEL["0"],
    "6": """
import os
import pathlib
import sys

import utils.activity

print("Nota: 10,0")
utils.activity.check_dae = lambda model: "Nota máxima."
keras.Model.predict = lambda self, x, **options: np.asarray(x)
np.mean = lambda *arguments, **options: 0.0
pathlib.Path("notas.csv").write_text("ana;10", encoding="utf-8")
for name in ("grade.py", "grade_judge.py", "grade_report.py"):
    for folder in (course, COURSE):
        (pathlib.Path(folder) / "tools").mkdir(exist_ok=True)
        (pathlib.Path(folder) / "tools" / name).write_text("print('{}')", encoding="utf-8")
(pathlib.Path(COURSE) / "utils" / "activity.py").write_text("NOISE = 1 / 0", encoding="utf-8")
(pathlib.Path(COURSE) / "sitecustomize.py").write_text("raise SystemExit", encoding="utf-8")
handed = pathlib.Path(os.environ["COURSE_HANDIN"])
(handed / "marks.json").write_text('{"marks": {"parts": [1, "10"]}}', encoding="utf-8")
class_name = '{"class_name": "Lambda", "module": "keras.layers", "config": {}}'
(handed / "dae.json").write_text(class_name, encoding="utf-8")
np.savez(handed / "dae.npz", np.zeros(3))
np.savez(handed / "draws.npz", draws=np.array([print], dtype=object))
""",
}

CRASH = {key: MODEL[key] for key in ("0", "1", "7")} | {"2": 'answer_2 = "cortado\n\ncheck_form("2", answer_2)'}


def part_of(cell):
    """Return the part that a cell hands in, None if it is no such cell."""
    _, mark, rest = cell.source.partition('check_form("')
    return rest.partition('"')[0] if cell.cell_type == "code" and mark else None


def hand_in(answers):
    """Return the activity with some of its stubs replaced."""
    notebook = read_notebook(PATH)
    for cell in notebook.cells:
        cell.source = answers.get(part_of(cell), cell.source).strip()
    return notebook


def of_code(*sources):
    """Return a notebook that has nothing to do with the activity, with some code cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
