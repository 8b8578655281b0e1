"""The form in which a study is stored: one file a claim in ``studies/results``, checked whenever it is read."""

import json

import jsonschema

from utils.course import ROOT

RESULTS = ROOT / "studies" / "results"


class ResultError(RuntimeError):
    """A stored result is damaged, or of another format."""


def _object(optional=None, **properties):
    """Return the schema of an object that has these keys, perhaps those that are optional, and no others."""
    every = properties | (optional or {})
    return {"type": "object", "properties": every, "required": list(properties), "additionalProperties": False}


def _list(items, *, least=0, most=None):
    return {"type": "array", "items": items, "minItems": least, **({} if most is None else {"maxItems": most})}


NUMBER, TEXT, WHOLE = {"type": "number"}, {"type": "string"}, {"type": "integer", "minimum": 0}
NUMBERS, PAIR = _list(NUMBER), _list(NUMBER, least=2, most=2)
VERDICT = {"enum": ["holds", "partly", "fails", "undecided"]}
COMPARED = {
    "arms": _list(TEXT, least=2, most=2),
    "measure": {"anyOf": [TEXT, _list(TEXT, least=2, most=2)]},
    "verdict": VERDICT,
    "effects": _list(NUMBER, least=2),
    "interval": PAIR,
}
SCHEMA = _object(
    claim=TEXT,
    verdict=VERDICT,
    summary=TEXT,
    statements=_list(
        _object(
            id=TEXT,
            text=TEXT,
            condition=TEXT,
            main={"type": "boolean"},
            **COMPARED,
            scale={"enum": ["log_ratio", "difference"]},
            unit={"enum": ["times", "points", "pieces"]},
            margin=NUMBER,
            why_margin=TEXT,
            level=NUMBER,
            null=_object(**COMPARED),
            optional={"claim": TEXT},  # whose study a borrowed statement is of
        )
    ),
    arms={
        "type": "object",
        "additionalProperties": _object(
            seeds=_list(WHOLE, least=1) | {"uniqueItems": True},
            values={"type": "object", "additionalProperties": NUMBERS, "minProperties": 1},
            seconds=NUMBERS,
            parameters=WHOLE,
            tuning=TEXT,
            fingerprint=TEXT,
        ),
    },
    lesson={
        "type": "object",
        "additionalProperties": _object(values=NUMBERS, prediction={"anyOf": [PAIR, {"type": "null"}]}),
    },
    versions={"type": "object", "additionalProperties": TEXT},
    machine=_object(cores=WHOLE, system=TEXT, processor=TEXT),
    date={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
)


def _no_number(name):
    raise ValueError(f"{name} não é um número")


def _check(result, claim):
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(SCHEMA).iter_errors(result))
    if error:
        raise ValueError(f"{error.json_path} tem outra forma")
    if result["claim"] != claim:
        raise ValueError(f"esperava um resultado de {claim}, há um de {result['claim']}")
    for name, arm in result["arms"].items():
        for values in (*arm["values"].values(), arm["seconds"]):
            if len(values) != len(arm["seeds"]):
                raise ValueError(f"$.arms.{name}: esperava {len(arm['seeds'])} números, um para cada semente")


def result_error(claim, reason):
    """Return the error that names a damaged result, the reason, and what to do."""
    return ResultError(
        f"{RESULTS.name}/{claim}.json não é um resultado completo de um estudo ({reason:.120}). Nada foi escrito. "
        f"Recupere-o (git restore) ou apague-o, e rode: make study C={claim}"
    )


def read_result(claim, folder=RESULTS):
    """Return what is stored of a study, None if nothing is.

    Raises
    ------
    ResultError
        If the file cannot be read, is cut, has a foreign key or is of another format: names it and what to do.
    """
    try:
        text = (folder / f"{claim}.json").read_text(encoding="utf-8")
        result = json.loads(text, parse_constant=_no_number)
        _check(result, claim)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise result_error(claim, str(error)) from None
    return result
