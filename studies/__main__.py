"""Measure what is missing of the studies: ``make study``, or ``make study C=C14``.

    python -m studies            # all claims that have a study
    python -m studies C6 C14     # these

Every finished training is stored at once; an interruption loses at most the one at work. Exits with 1 if a study could
not be measured.
"""

import argparse
import sys

from tqdm import tqdm

from studies import STUDIES, engine
from studies.results import ResultError
from utils.course import without_native_messages

DESCRIPTION = "Mede o que falta dos estudos. O que termina é guardado logo; interrompido, continua de onde parou."


class Bar:
    """A progress bar: claim, arm, seed, and how long the rest of the study will take."""

    def __init__(self):
        self.bar, self.claim = None, None

    def show(self, claim, arm, seed, todo):
        """Say what is trained now; `todo` is all that is missing of the study, this training included."""
        if self.claim != claim or self.bar.total - self.bar.n < len(todo):
            self.close()
            in_place = sys.stderr.isatty()
            self.bar = tqdm(total=len(todo), mininterval=0.5 if in_place else 30, unit="treino", dynamic_ncols=True)
            self.claim = claim
        self.bar.set_description_str(f"{claim} · {arm} · semente {seed}", refresh=False)
        self.bar.update(self.bar.total - len(todo) - self.bar.n)

    def close(self, *, finished=False):
        """End the line; `finished`: the training it shows, the last, is done, too."""
        if self.bar is not None:
            self.bar.update(self.bar.total - self.bar.n if finished else 0)
            self.bar.close()


def select(words):
    """Return the claims that `words` name, all if there are none.

    Raises
    ------
    SystemExit
        If one has no study.
    """
    claims = [claim.upper() for word in words for claim in word.split()]
    unknown = [claim for claim in claims if claim not in STUDIES]
    if unknown or (words and not claims):
        received = (unknown or words)[0]
        raise SystemExit(f"C: esperava afirmações que têm estudo ({', '.join(STUDIES)}) e recebi {received!r:.60}")
    return claims or list(STUDIES)


def study(claim, bar):
    """Measure a study; return a line that says what came of it, and whether it is complete."""
    try:
        result = engine.measure(engine.load_study(claim), progress=bar.show)
        bar.close(finished=True)
    except (ResultError, ValueError) as error:  # ValueError: a training came to no number
        return f"{claim}: {error}", False
    except BlockingIOError:
        return f"{claim}: outro make study está medindo esta afirmação; espere que ele termine", False
    except OSError as error:
        return f"{claim}: não posso escrever o resultado ({error.strerror}); o que já estava guardado ficou", False
    finally:
        bar.close()
    return f"{claim}: {result['summary']}", True


def main():
    parser = argparse.ArgumentParser(prog="python -m studies", description=DESCRIPTION)
    parser.add_argument("claims", nargs="*", help="afirmações, como C14; todas as que têm estudo, se nada é dito")
    claims = select(parser.parse_args().claims)
    with without_native_messages():
        import tensorflow
    tensorflow.get_logger().setLevel("ERROR")
    failed, bar = False, Bar()
    for claim in claims:
        try:
            line, complete = study(claim, bar)
        except KeyboardInterrupt:
            print(f"\n{claim}: interrompido; o que terminou está guardado, e make study continua daí", file=sys.stderr)
            return 130
        print(line, flush=True)
        failed |= not complete
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
