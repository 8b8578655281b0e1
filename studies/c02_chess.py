"""C2: chess players remember positions by their patterns, and AEs act like chess players.

The experiment of Chase & Simon (1973) with AEs for players: one network, more or less experience; boards from games
never seen, and the same pieces shuffled over the board. In a first measurement all players trained for 600 steps; when
the number of steps was tuned, too, the most, 600, were best for each of them, and the numbers remained the same.
"""

import functools

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA

from studies.common import TUNING_SEED, best, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.data import load_chess

N_CODINGS = 32
N_SQUARES, N_CONTENTS = 64, 13
HIDDEN = 256
BATCH_SIZE = 128
RATES, STEPS = (0.003, 0.01, 0.03), (75, 150, 300, 600)  # tried for every player, each rate with each number of steps
OPTIONS = tuple((rate, steps) for rate in RATES for steps in STEPS)
MASTER, CLASS_A, BEGINNER = 40_000, 1_000, 100  # positions they have seen
LOSS = "sparse_categorical_crossentropy"
LESSON_RATE, LESSON_STEPS = 0.01, 500


# Boards, and what is counted on them


@functools.cache
def chess():
    """Return the positions, read once a run."""
    return load_chess()


def shuffled(boards, seed):
    """Return boards with the same pieces, each on a square drawn by a seed."""
    return np.random.default_rng(seed).permuted(boards, axis=1)


def seen(n, seed, is_shuffled=False):
    """Return the positions, drawn by a seed, that a player with `n` has seen: the first of those of one with more."""
    boards = chess().train.boards
    boards = boards[np.random.default_rng(seed).permutation(len(boards))[: size(n, min(n, 50))]]
    return shuffled(boards, seed) if is_shuffled else boards


def one_hot(boards):
    """Return boards as rows of 64 x 13 numbers, zeros and ones."""
    return np.eye(N_CONTENTS, dtype="float32")[boards].reshape(len(boards), -1)


def contents(scores):
    """Return boards with the most likely content on each square."""
    return np.asarray(scores).reshape(-1, N_SQUARES, N_CONTENTS).argmax(axis=-1)


def pieces_right(rebuilt, boards):
    """Return how many pieces of a board stand on their squares, on average."""
    return float(((rebuilt == boards) & (boards > 0)).sum(axis=1).mean())


def pieces_wrong(rebuilt, boards):
    """Return how many pieces of a board stand where they do not belong, on average."""
    return float(((rebuilt != boards) & (rebuilt > 0)).sum(axis=1).mean())


def counts(rebuild, seed):
    """Return what is counted when `rebuild` puts back test boards, as they are and shuffled by a seed."""
    real = chess().test.boards[: size(None, 50)]
    mixed = shuffled(real, seed)
    of_real, of_mixed = rebuild(real), rebuild(mixed)
    right, by_chance = pieces_right(of_real, real), pieces_right(of_mixed, mixed)
    return {
        "real": right,
        "random": by_chance,
        "gain": right - by_chance,
        "times": right / max(by_chance, 0.01),
        "wrong_real": pieces_wrong(of_real, real),
        "wrong_random": pieces_wrong(of_mixed, mixed),
    }


# The players


def make_player():
    """Return an AE of boards: 32 codings, a hidden layer a side, for each square the probability of each content."""
    return keras.Sequential(
        [
            layers.Input((N_SQUARES,)),
            layers.Embedding(N_CONTENTS, N_CONTENTS, "identity", trainable=False),  # one-hot
            layers.Flatten(),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(N_CODINGS, name="codings"),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(N_SQUARES * N_CONTENTS),
            layers.Reshape((N_SQUARES, N_CONTENTS)),
            layers.Softmax(),
        ]
    )


def repeated(boards, steps):
    """Return the boards as often as so many steps need."""
    return np.resize(boards, (size(steps * BATCH_SIZE, 100), N_SQUARES))


def n_trained(player):
    """Return how many weights are trained: not those that only make one-hot inputs."""
    return sum(weight.numpy().size for weight in player.trainable_weights)


def rebuilt_by(player, boards):
    """Return the boards that an AE puts back, a thousand at a time."""
    return np.concatenate([contents(player(boards[i : i + 1000])) for i in range(0, len(boards), 1000)])


def trained_player(n, is_shuffled, seed, rate, steps):
    start(seed)
    boards = repeated(seen(n, seed, is_shuffled), steps)
    return train(make_player(), boards, rate=rate, epochs=1, batch_size=BATCH_SIZE, loss=LOSS)


def minus_pieces_right(n, is_shuffled, option):
    """Return minus the pieces that a player puts back on validation boards of the kind it has seen."""
    boards = chess().validation.boards
    boards = shuffled(boards, TUNING_SEED) if is_shuffled else boards
    return -pieces_right(rebuilt_by(trained_player(n, is_shuffled, TUNING_SEED, *option), boards), boards)


@shared
def tuned_option(n, is_shuffled):
    return best(OPTIONS, functools.partial(minus_pieces_right, n, is_shuffled))


def measure_player(seed, n, is_shuffled=False):
    player = trained_player(n, is_shuffled, seed, *tuned_option(n, is_shuffled))
    return counts(functools.partial(rebuilt_by, player), seed) | {"parameters": n_trained(player)}


def rebuilt_by_pca(pca, boards):
    return contents(pca.inverse_transform(pca.transform(one_hot(boards))))


def measure_pca(seed, n, is_shuffled=False, other_draw=0):
    """Measure PCA as a player."""
    pca = PCA(N_CODINGS, svd_solver="covariance_eigh").fit(one_hot(seen(n, seed + other_draw, is_shuffled)))
    n_parameters = pca.components_.size + pca.mean_.size
    return counts(functools.partial(rebuilt_by_pca, pca), seed) | {"parameters": n_parameters}


def most_common(boards):
    """Return a board with what is most common on each square."""
    return np.array([np.bincount(square, minlength=N_CONTENTS).argmax() for square in boards.T])


def rebuilt_without_looking(board, boards):
    return np.broadcast_to(board, boards.shape)


def measure_most_common(seed):
    """Measure who does not look, and puts on each square what is most common there."""
    board = most_common(seen(MASTER, seed))
    return counts(functools.partial(rebuilt_without_looking, board), seed) | {"parameters": N_SQUARES}


def lesson(seed):
    """Do what lesson 01 does: a master and a beginner by one plain recipe."""
    of = {}
    for n in (MASTER, BEGINNER):
        start(seed)
        player = make_player()
        player.compile(optimizer=keras.optimizers.Adam(LESSON_RATE), loss=LOSS, run_eagerly=size(False, True))
        boards = repeated(seen(n, seed), LESSON_STEPS)
        player.fit(boards, boards, batch_size=BATCH_SIZE, epochs=1, verbose=0)
        of[n] = counts(functools.partial(rebuilt_by, player), seed)
    return {
        "patterns": of[MASTER]["gain"] - of[BEGINNER]["gain"],
        "without_looking": of[MASTER]["real"] - measure_most_common(seed)["real"],
        "random_boards": of[BEGINNER]["random"] - of[MASTER]["random"],
        "parameters": n_trained(player),
    }


CHESS = ("chess/positions.npz",)
TUNING = (
    f"Três taxas de aprendizado ({listed(RATES)}), cada uma com quatro números de passos ({listed(STEPS)}); "
    "ficam os que põem mais peças certas na validação. Os passos foram ajustados depois de uma primeira medida, "
    "que deu o mesmo."
)
NO_TUNING = "Nada a ajustar."


def player_arm(title, **options):
    return Arm(title, functools.partial(measure_player, **options), TUNING, CHESS)


def pca_arm(title, **options):
    return Arm(title, functools.partial(measure_pca, **options), NO_TUNING, CHESS)


def statement(id, comparison, null, margin, why_margin, **options):
    options = {"scale": "difference", "unit": "pieces"} | options
    return Statement(
        id=id,
        comparison=Comparison(*comparison),
        null=Comparison(*null),
        margin=margin,
        why_margin=why_margin,
        **options,
    )


FOUR = "Em Chase e Simon (1973), quatro peças separam o jogador de classe A (8) do iniciante (4): três pessoas ao todo."
TWO = "É metade das quatro peças que, em Chase e Simon (1973), separam o jogador de classe A do iniciante."
ONE = "Menos de uma peça por posição não se nota no tabuleiro."

STUDY = Study(
    claim="C2",
    subject="Um AE que viu muitas posições de xadrez repõe as peças por padrões, como o mestre de Chase e Simon (1973)",
    arms={
        "master": player_arm("mestre: 40.000 posições", n=MASTER),
        "class_a": player_arm("classe A: 1.000 posições", n=CLASS_A),
        "beginner": player_arm("iniciante: 100 posições", n=BEGINNER),
        "master_shuffled": player_arm("40.000 posições embaralhadas", n=MASTER, is_shuffled=True),
        "class_a_shuffled": player_arm("1.000 posições embaralhadas", n=CLASS_A, is_shuffled=True),
        "beginner_shuffled": player_arm("100 posições embaralhadas", n=BEGINNER, is_shuffled=True),
        "pca_master": pca_arm("PCA com 32 componentes, 40.000 posições", n=MASTER),
        "pca_again": pca_arm("PCA com 32 componentes, outras 40.000 posições", n=MASTER, other_draw=1000),
        "pca_beginner": pca_arm("PCA com 32 componentes, 100 posições", n=BEGINNER),
        "pca_master_shuffled": pca_arm(
            "PCA com 32 componentes, 40.000 posições embaralhadas", n=MASTER, is_shuffled=True
        ),
        "pca_beginner_shuffled": pca_arm(
            "PCA com 32 componentes, 100 posições embaralhadas", n=BEGINNER, is_shuffled=True
        ),
        "most_common": Arm("em cada casa, o mais comum (sem olhar)", measure_most_common, NO_TUNING, CHESS),
        "lesson": Arm("a receita da lição 01", lesson, "Uma taxa (0,01), a da lição.", CHESS),
    },
    measures={
        "real": "peças certas em posições reais",
        "random": "peças certas com as peças ao acaso",
        "gain": "peças certas a mais em posições reais do que ao acaso",
        "times": "peças certas em posições reais, por peça certa ao acaso",
        "wrong_real": "peças postas onde não deviam, em posições reais",
        "wrong_random": "peças postas onde não deviam, com as peças ao acaso",
    },
    statements=(
        statement(
            "patterns",
            (("master", "beginner"), "gain"),
            (("master_shuffled", "beginner_shuffled"), "gain"),
            4,
            FOUR,
            text="A vantagem do AE mestre sobre o iniciante é bem maior em posições reais do que com as peças ao acaso",
            condition="em comparação com um AE que viu poucas (vantagem ao menos 4 peças maior em posições reais do "
            "que com as peças ao acaso)",
        ),
        statement(
            "without_looking",
            (("master", "most_common"), "real"),
            (("master_shuffled", "most_common"), "real"),
            4,
            FOUR,
            text="Em posições reais, o AE mestre acerta bem mais peças do que quem põe em cada casa o mais comum ali",
            condition="em posições reais, em comparação com pôr em cada casa, sem olhar, o mais comum ali (ao menos 4 "
            "peças a mais)",
        ),
        statement(
            "random_boards",
            (("beginner", "master"), "random"),
            (("beginner", "master"), "real"),
            -2,
            TWO,
            text="Com as peças ao acaso, o AE mestre acerta no máximo duas peças a mais do que o iniciante",
            condition="com as peças ao acaso, em que a vantagem é de no máximo 2 peças",
        ),
        statement(
            "in_proportion",
            (("master", "beginner"), "times"),
            (("master_shuffled", "beginner_shuffled"), "times"),
            2,
            "Em Chase e Simon (1973), o classe A acerta o dobro do iniciante em posições reais, e o mesmo ao acaso.",
            text="Também em proporção a vantagem do AE mestre é maior em posições reais do que com as peças ao acaso",
            condition="em proporção, e não em peças",
            scale="log_ratio",
            unit="times",
            main=False,
        ),
        statement(
            "class_a",
            (("class_a", "beginner"), "gain"),
            (("class_a_shuffled", "beginner_shuffled"), "gain"),
            1,
            ONE,
            text="Já do iniciante ao classe A a vantagem é maior em posições reais do que com as peças ao acaso",
            condition="do iniciante ao classe A",
            main=False,
        ),
        statement(
            "master_class_a",
            (("master", "class_a"), "gain"),
            (("master_shuffled", "class_a_shuffled"), "gain"),
            1,
            ONE,
            text="Também do classe A ao mestre a vantagem é maior em posições reais do que com as peças ao acaso",
            condition="do classe A ao mestre",
            main=False,
        ),
        statement(
            "pca",
            (("master", "pca_master"), "real"),
            (("pca_again", "pca_master"), "real"),
            1,
            ONE,
            text="Em posições reais, o AE mestre acerta mais peças do que uma PCA, linear, com 32 números",
            condition="contra uma PCA com 32 componentes",
            main=False,
        ),
        statement(
            "pca_patterns",
            (("pca_master", "pca_beginner"), "gain"),
            (("pca_master_shuffled", "pca_beginner_shuffled"), "gain"),
            4,
            FOUR,
            text="Com uma PCA no lugar do AE, a experiência também ajuda bem mais em posições reais do que ao acaso",
            condition="com uma PCA no lugar do AE",
            main=False,
        ),
        statement(
            "wrong_pieces",
            (("beginner", "master"), "wrong_real"),
            (("beginner_shuffled", "master_shuffled"), "wrong_real"),
            1,
            ONE,
            text="Em posições reais, o AE mestre põe menos peças onde não deviam estar do que o iniciante",
            condition="nas peças postas onde não deviam",
            main=False,
        ),
    ),
)
