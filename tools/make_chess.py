"""Make data/chess/positions.npz: middle-game positions of an engine's games against itself.

    pip install chess                # and the engine: Stockfish (https://stockfishchess.org)
    python -m tools.make_chess       # about ten minutes on two cores

Needed only to make the data again; the course itself ships the file.

Every game is a function of (seed, game number) alone: the engine runs on one thread with a fixed number of nodes
and an empty hash table, and the move played is drawn among its best moves by a generator seeded with that pair.
The same engine version therefore gives the same file, however many processes share the work.
"""

import argparse
import io
import multiprocessing
import pathlib
import shutil
import signal
import sys

import numpy as np

from tools.files import save_all
from tools.options import count
from utils.course import ROOT

try:
    import chess
    import chess.engine
except ModuleNotFoundError:
    raise SystemExit("Falta o pacote chess, com que se refazem os dados: pip install chess") from None

OUTPUT = ROOT / "data" / "chess" / "positions.npz"

# Playing.
NODES = 300  # nodes searched for each move
CANDIDATES = 4  # best moves considered
MARGIN = 40  # centipawns: a candidate this much worse than the best may still be played
MATE_SCORE = 100_000  # centipawns given to a mate

# Sampling: the middle game, after the opening's book-like moves and before the ending.
FIRST_PLY, LAST_PLY, STEP = 20, 60, 3
MIN_PIECES = 16

# Splitting, by game.
TRAIN, VALIDATION, TEST = 0, 1, 2
VALIDATION_GAMES = TEST_GAMES = 300


def encode(board):
    """Return `board` as 64 codes, uint8, from a1 to h8: 0 empty, 1-6 white PNBRQK, 7-12 black."""
    squares = np.zeros(64, dtype=np.uint8)
    for square, piece in board.piece_map().items():
        squares[square] = piece.piece_type + (0 if piece.color == chess.WHITE else 6)
    return squares


def play(engine, seed, game):
    """Play one game; return its middle-game positions as a list of (ply, codes)."""
    rng = np.random.default_rng([seed, game])
    board, positions = chess.Board(), []
    while board.ply() <= LAST_PLY and not board.is_game_over() and len(board.piece_map()) >= MIN_PIECES:
        if board.ply() >= FIRST_PLY and (board.ply() - FIRST_PLY) % STEP == 0:
            positions.append((board.ply(), encode(board)))
        # A new `game` clears the hash table: what was searched before leaves no trace.
        lines = engine.analyse(board, chess.engine.Limit(nodes=NODES), multipv=CANDIDATES, game=(game, board.ply()))
        scores = [line["score"].relative.score(mate_score=MATE_SCORE) for line in lines]
        moves = [line["pv"][0] for line, score in zip(lines, scores, strict=True) if score >= scores[0] - MARGIN]
        board.push(moves[rng.integers(len(moves))])
    return positions


def play_share(arguments):
    """Play every `step`-th game from `first` on; return (game, positions) pairs."""
    path, seed, first, step, games = arguments
    with chess.engine.SimpleEngine.popen_uci(path) as engine:
        engine.configure({"Threads": 1, "Hash": 1})
        results = []
        for game in range(first, games, step):
            results.append((game, play(engine, seed, game)))
            if len(results) % 50 == 0:
                print(f"processo {first}: {len(results)} partidas", file=sys.stderr, flush=True)
        return results


def split_games(games, seed):
    """Return the split of each game (uint8 of shape (games,)): TRAIN, VALIDATION or TEST."""
    order = np.random.default_rng([seed, games]).permutation(games)
    split = np.full(games, TRAIN, dtype=np.uint8)
    split[order[:TEST_GAMES]] = TEST
    split[order[TEST_GAMES : TEST_GAMES + VALIDATION_GAMES]] = VALIDATION
    return split


def without_repeats(boards, split):
    """Return the indices to keep: each position once, and on the training side if it occurs there."""
    by_split = np.argsort(split, kind="stable")  # training first, so that its copy is the one kept
    _, first = np.unique(boards[by_split], axis=0, return_index=True)
    return np.sort(by_split[first])


def main():
    parser = argparse.ArgumentParser(description="Refaz data/chess/positions.npz.")
    parser.add_argument("--games", type=count, default=6000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--processes", type=count, default=2)
    parser.add_argument("--engine", default=shutil.which("stockfish") or "/usr/games/stockfish")
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT)
    args = parser.parse_args()
    if args.games <= TEST_GAMES + VALIDATION_GAMES:
        parser.error(f"--games: precisa de mais do que as {TEST_GAMES + VALIDATION_GAMES} de validação e teste")
    if not shutil.which(args.engine):
        parser.error(f"--engine: não há o programa {args.engine}; instale o Stockfish")

    shares = [(args.engine, args.seed, i, args.processes, args.games) for i in range(args.processes)]
    # An interruption ends this process, which then ends those at work.
    with multiprocessing.Pool(args.processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            played = sorted(pair for share in pool.map(play_share, shares) for pair in share)
        except (chess.engine.EngineError, OSError) as error:
            raise SystemExit(f"{args.engine} não jogou até o fim: {error}") from None

    rows = [(game, ply, codes) for game, positions in played for ply, codes in positions]
    game = np.array([row[0] for row in rows], dtype=np.uint16)
    ply = np.array([row[1] for row in rows], dtype=np.uint8)
    boards = np.stack([row[2] for row in rows])
    split = split_games(args.games, args.seed)[game]
    keep = without_repeats(boards, split)

    content = io.BytesIO()
    np.savez_compressed(content, boards=boards[keep], game=game[keep], ply=ply[keep], split=split[keep])
    save_all({args.output: content.getvalue()})
    sizes = np.bincount(split[keep], minlength=3)
    print(f"{args.games} partidas; posições: {sizes[TRAIN]} treino, {sizes[VALIDATION]} validação, {sizes[TEST]} teste")
    print(f"escrito: {args.output} ({args.output.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
