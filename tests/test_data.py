"""The shipped data: complete, as documented, and never silently wrong."""

import contextlib
import importlib
import shlex
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
from notebook_files import fill_disk

from utils.course import ROOT
from utils.data import (
    ALPHABET,
    CLASS_NAMES,
    DATA,
    DataFileError,
    Split,
    expected_checksum,
    load_chess,
    load_fashion_mnist,
    load_vowels,
    load_words,
    read_verified,
)


@pytest.fixture(scope="module")
def fashion():
    return load_fashion_mnist()


@pytest.fixture(scope="module")
def chess():
    return load_chess()


@pytest.fixture(scope="module")
def vowels():
    return load_vowels()


@pytest.fixture(scope="module")
def words():
    return load_words()


def test_data_sets_are_split_in_three_parts_of_one_type(fashion, chess, vowels, words):
    for data in (fashion, chess, vowels, words):
        assert type(data) is Split and data._fields == ("train", "validation", "test")
        assert len({type(part) for part in data}) == 1


@pytest.mark.parametrize(("part", "length"), [("train", 55_000), ("validation", 5_000), ("test", 10_000)])
def test_fashion_mnist_is_split_and_scaled(fashion, part, length):
    images, labels = getattr(fashion, part)
    assert images.shape == (length, 28, 28)
    assert images.dtype == np.float32
    assert images.min() == 0
    assert images.max() == 1
    assert labels.shape == (length,)
    assert set(labels) == set(range(10)) == set(range(len(CLASS_NAMES)))


def test_fashion_mnist_validation_is_the_end_of_the_training_file(fashion):
    # The first labels of the original file, as published with the data set: 9 0 0 3 0 2 7 2 5 5.
    assert fashion.train.labels[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert fashion.test.labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    counts = np.bincount(np.concatenate([fashion.train.labels, fashion.validation.labels]))
    assert counts.tolist() == [6_000] * 10


def test_chess_positions_are_what_the_readme_says(chess):
    games = [set(part.game.tolist()) for part in chess]
    assert sum(map(len, games)) >= 2_000
    assert not games[0] & games[1] and not games[0] & games[2] and not games[1] & games[2]
    for part in chess:
        assert part.boards.shape == (len(part.game), 64) and len(part.ply) == len(part.game)
        assert part.boards.dtype == np.uint8 and part.boards.max() == 12
        assert part.ply.min() >= 20 and part.ply.max() <= 60
        pieces = (part.boards > 0).sum(axis=1)
        assert pieces.min() >= 16 and pieces.max() <= 32
        for king in (6, 12):
            assert ((part.boards == king).sum(axis=1) == 1).all()
        for pawn in (1, 7):
            assert not (part.boards.reshape(-1, 8, 8)[:, [0, 7]] == pawn).any()


def test_no_chess_position_occurs_twice(chess):
    boards = np.concatenate([part.boards for part in chess])
    assert len(np.unique(boards, axis=0)) == len(boards)


def test_chess_file_holds_no_pickles():
    with np.load(DATA / "chess" / "positions.npz", allow_pickle=False) as file:
        assert {name: file[name].dtype.kind for name in file} == dict.fromkeys(("boards", "game", "ply", "split"), "u")


@pytest.mark.parametrize(
    ("part", "per_speaker"),
    [("train", [25] * 9), ("validation", [5] * 9), ("test", [31, 35, 88, 44, 29, 24, 40, 50, 29])],
)
def test_vowels_are_split_by_speaker_and_padded_with_zeros(vowels, part, per_speaker):
    frames, lengths, speakers = getattr(vowels, part)
    n = sum(per_speaker)
    assert frames.shape == (n, 29, 12) and frames.dtype == np.float32
    assert lengths.shape == speakers.shape == (n,)
    assert lengths.min() >= 7 and lengths.max() <= 29
    assert np.bincount(speakers).tolist() == per_speaker  # the test part's counts: as published with the data set
    real = np.arange(29) < lengths[:, None]
    assert (frames[~real] == 0).all()
    assert (frames[real] != 0).any(axis=1).all()


def test_vowels_are_those_of_the_original_files(vowels):
    # The first frame of the first utterance, as published with the data set, and its length.
    assert vowels.train.frames[0, 0, :4].tolist() == pytest.approx([1.860936, -0.207383, 0.261557, -0.214562])
    assert vowels.train.lengths[0] == 20
    assert {vowels.train.lengths.min(), vowels.test.lengths.max()} == {7, 29}
    assert not {u.tobytes() for u in vowels.train.frames} & {u.tobytes() for u in vowels.validation.frames}


def test_words_are_what_the_readme_says(words):
    assert [len(part) for part in words] == [16_000, 2_000, 2_000]
    everything = [word for part in words for word in part]
    assert len(set(everything)) == len(everything) == 20_000
    assert words.train[:4] == ("que", "para", "não", "uma") and words.validation[0] == "com"
    assert {len(word) for word in everything} == set(range(3, 17))
    assert "".join(sorted(set("".join(everything)))) == ALPHABET
    assert set(ALPHABET) == set("abcdefghijlmnopqrstuvxzáàâãçéêíóôõú")
    assert not {"merda", "idiota"} & set(everything)


def test_every_shipped_file_is_listed_and_documented():
    listed = {line.split()[1] for line in (DATA / "SHA256SUMS").read_text().splitlines()}
    shipped = {p.relative_to(DATA).as_posix() for p in DATA.glob("*/*") if p.is_file()}
    assert listed == shipped
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert all(f"`{folder}/`" in readme for folder in {name.split("/")[0] for name in listed})


@pytest.fixture
def copied(tmp_path):
    """A copy of the data that may be damaged."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


LABELS = "fashion_mnist/t10k-labels-idx1-ubyte.gz"


def _remove(path):
    path.unlink()


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def _alter(path):
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)


def _empty(path):
    path.write_bytes(b"")


def _replace_by_a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_remove, _truncate, _alter, _empty, _replace_by_a_folder])
@pytest.mark.parametrize(
    ("name", "load"),
    [
        (LABELS, load_fashion_mnist),
        ("chess/positions.npz", load_chess),
        ("vowels/JapaneseVowels_TRAIN.ts", load_vowels),
        ("vowels/JapaneseVowels_TEST.ts", load_vowels),
        ("words/palavras.txt", load_words),
    ],
)
def test_damaged_file_is_named_with_what_restores_it(copied, name, load, damage):
    damage(copied / name)
    with pytest.raises(DataFileError) as error:
        load(folder=copied)
    message = str(error.value)
    assert f'git -C "{copied.parent}" restore data/{name}' in message
    assert message.startswith(f"data/{name}: esperava um arquivo com SHA-256 {expected_checksum(name)}, mas ")


def test_folder_in_the_place_of_the_checksums_is_named(copied):
    _replace_by_a_folder(copied / "SHA256SUMS")
    with pytest.raises(DataFileError, match=r"^data/SHA256SUMS: esperava a lista .*, mas há uma pasta com esse nome"):
        load_words(folder=copied)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_command_that_restores_works_from_any_directory(tmp_path):
    course, file = tmp_path / "o curso", "words/palavras.txt"
    (course / "data" / "words").mkdir(parents=True)
    for name in ("SHA256SUMS", file):
        shutil.copy(DATA / name, course / "data" / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.invalid", "-C", str(course)]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "course"]):
        subprocess.run([*git, *arguments], check=True)
    _alter(course / "data" / file)
    with pytest.raises(DataFileError) as error:
        load_words(folder=course / "data")
    command = str(error.value).split("Recupere o arquivo com: ")[1].split(" (ou")[0]
    subprocess.run(shlex.split(command), cwd=tmp_path, check=True)
    load_words(folder=course / "data")


def test_missing_checksums_are_named(copied):
    (copied / "SHA256SUMS").unlink()
    with pytest.raises(
        DataFileError, match=r"SHA256SUMS: esperava .* o arquivo não existe\. .* restore data/SHA256SUMS"
    ):
        read_verified(LABELS, folder=copied)


@pytest.mark.parametrize(
    ("damage", "number"),
    [
        (lambda content: b"\xff\xfe\x00 garbage", 1),
        (lambda content: b"\0" * 100, 1),
        (lambda content: content + b"\nword\n", 10),
        (lambda content: content[:-50], 8),
        (lambda content: content[1:], 1),
        (lambda content: content.replace(b"  ", b" "), 1),
    ],
)
def test_damaged_checksums_are_named_with_what_restores_them(copied, damage, number):
    path = copied / "SHA256SUMS"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataFileError, match=rf"^data/SHA256SUMS: esperava .*, mas a linha {number} é ") as error:
        load_words(folder=copied)
    assert f'git -C "{copied.parent}" restore data/SHA256SUMS' in str(error.value) and len(str(error.value)) < 400


def test_file_without_checksum_is_named(copied):
    (copied / "SHA256SUMS").write_text("")
    with pytest.raises(DataFileError, match=f"não tem a linha de {LABELS}"):
        read_verified(LABELS, folder=copied)


def test_data_are_found_from_the_module_not_from_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (ROOT / "data").is_dir()
    load_chess()


# The commands that make two of the data sets again, with stand-ins for the packages that only they need


class EngineError(RuntimeError):
    """What the package chess raises when the engine fails."""


@pytest.fixture
def maker(monkeypatch):
    """Return what imports a command; its package is one that plays nothing and knows three words."""
    words = types.SimpleNamespace(iter_wordlist=lambda language, wordlist: iter(["casa", "dia", "kiwi", "gato"]))
    engine = types.SimpleNamespace(EngineError=EngineError)
    chess = types.SimpleNamespace(engine=engine)
    for name, module in {"wordfreq": words, "chess": chess, "chess.engine": engine}.items():
        monkeypatch.setitem(sys.modules, name, module)

    def maker(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return maker


def run_maker(monkeypatch, module, *arguments):
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments)])
    module.main()


@pytest.fixture
def play(monkeypatch, maker):
    """Return what makes a file of 601 games, of one position each, and raises an error instead if it is given one."""

    def play(output, *arguments, error=None):
        module = maker("tools.make_chess")

        def share(arguments):
            if error:
                raise error
            return [(game, [(20, np.eye(64, dtype=np.uint8)[game % 64])]) for game in range(601)]

        monkeypatch.setattr(module, "play_share", share)
        pool = types.SimpleNamespace(map=lambda function, values: list(map(function, values)))
        monkeypatch.setattr(module.multiprocessing, "Pool", lambda *arguments: contextlib.nullcontext(pool))
        options = ["--games=601", "--processes=1", f"--engine={sys.executable}", f"--output={output}"]
        run_maker(monkeypatch, module, *options, *arguments)

    return play


def test_data_are_written_whole(monkeypatch, maker, play, tmp_path):
    run_maker(monkeypatch, maker("tools.make_words"), f"--output={tmp_path / 'words.txt'}", "--words=2")
    assert (tmp_path / "words.txt").read_text(encoding="utf-8") == "casa\ndia\n"
    play(tmp_path / "chess.npz")
    with np.load(tmp_path / "chess.npz", allow_pickle=False) as file:
        assert len(file["boards"]) == len(file["split"]) == 64


def test_full_disk_is_named_by_what_makes_data(monkeypatch, maker, play, tmp_path):
    module = maker("tools.make_words")
    makers = {"words.txt": lambda path: run_maker(monkeypatch, module, f"--output={path}"), "chess.npz": play}
    for name, make in makers.items():
        fill_disk(monkeypatch, name)
        with pytest.raises(SystemExit, match=rf"^não consegui escrever {name}: o disco está cheio$"):
            make(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [EngineError("engine process died"), PermissionError(13, "Permission denied")])
def test_engine_that_fails_is_told(play, tmp_path, error):
    with pytest.raises(SystemExit, match=rf"^{sys.executable} não jogou até o fim: .*{error.args[-1]}$"):
        play(tmp_path / "chess.npz", error=error)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--games=600", "--games: precisa de mais do que as 600"),
        ("--processes=0", "--processes: esperava um número inteiro, 1 ou mais"),
        ("--engine=/nowhere/at/all", "--engine: não há o programa /nowhere/at/all"),
    ],
)
def test_options_of_the_games_that_make_no_sense_are_refused(play, tmp_path, capsys, argument, message):
    with pytest.raises(SystemExit):
        play(tmp_path / "chess.npz", argument)
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "package"), [("tools.make_chess", "chess"), ("tools.make_words", "wordfreq")])
def test_package_that_is_missing_is_named(monkeypatch, maker, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SystemExit, match=f"^Falta o pacote {package}, .*: pip install {package}$"):
        maker(name)
