"""The form in which a study is stored: one file a claim in ``studies/results``, checked whenever it is read."""

import json

from utils.course import ROOT

RESULTS = ROOT / "studies" / "results"


class ResultError(RuntimeError):
    """A stored result is damaged, or of another format."""


KEYS = {"claim", "verdict", "summary", "statements", "arms", "lesson", "versions", "machine", "date"}
ARM_KEYS = {"seeds", "values", "seconds", "parameters", "tuning", "fingerprint"}
COMPARISON_KEYS = {"arms", "measure", "verdict", "effects", "interval"}
STATEMENT_KEYS = COMPARISON_KEYS | {"id", "text", "condition", "main", "margin", "why_margin", "level", "null"}
STATEMENT_KEYS |= {"scale", "unit"}


def _check(found, expected, where):
    if not isinstance(found, dict) or found.keys() != expected:
        keys = sorted(found) if isinstance(found, dict) else type(found).__name__
        raise ValueError(f"{where}: esperava as chaves {sorted(expected)}, há {keys}")


def _check_result(result):
    _check(result, KEYS, "resultado")
    for name, arm in result["arms"].items():
        _check(arm, ARM_KEYS, f"arms.{name}")
        for measure, values in {**arm["values"], "seconds": arm["seconds"]}.items():
            if len(values) != len(arm["seeds"]) or not all(isinstance(v, (int, float)) for v in values):
                raise ValueError(f"arms.{name}.{measure}: esperava {len(arm['seeds'])} números, um para cada semente")
    for statement in result["statements"]:
        _check(statement, STATEMENT_KEYS, "statements")
        _check(statement["null"], COMPARISON_KEYS, f"statements.{statement['id']}.null")
    for measure, lesson in result["lesson"].items():
        _check(lesson, {"values", "prediction"}, f"lesson.{measure}")


def read_result(claim, folder=RESULTS):
    """Return what is stored of a study, None if nothing is.

    Raises
    ------
    ResultError
        If the file cannot be read, is cut, has a foreign key or is of another format: names it and what to do.
    """
    path = folder / f"{claim}.json"
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        _check_result(result)
        if result["claim"] != claim:
            raise ValueError(f"esperava um resultado de {claim}, há um de {result['claim']}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ResultError(
            f"{path.parent.name}/{path.name} não é um resultado completo de um estudo ({error}). Nada foi escrito. "
            f"Recupere-o (git restore) ou apague-o, e rode: make study C={claim}"
        ) from None
    return result
