"""What a run of the notebooks ends in: one screen, of what passed, what each claim came to, what to do next."""

import pathlib
from typing import NamedTuple

from studies.verdicts import WORDS, study_verdict
from utils.claims import LECTURE_CLAIMS, number_text
from utils.course import without_native_messages
from utils.tables import format_table

WIDTH = 110  # characters
NUMBER_WIDTH = 45  # of what this run measured, at most
NAME_WIDTH = 30


class Result(NamedTuple):
    """What came of running one notebook, or of writing another file."""

    name: str
    seconds: float = 0.0  # none if it did not run
    peak_memory: float = 0.0  # GB
    failure: str = ""  # empty if all is well
    claims: tuple = ()  # the records of `utils.claims.claims_in`
    verdicts: tuple = ()  # those of `studies.verdicts.verdicts_in`
    has_copy: bool = False  # the executed notebook, and its log, are in the build folder
    is_notebook: bool = True


def cut(text, width):
    """Return a text on one line of at most `width` characters."""
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def outside(cards):
    """Return which cards lie outside of what their study expects, such as "fora do esperado: C14 few_end"; or ""."""
    names = [f"{card['id']} {card['statement']}" for card in cards if card["inside"] is False]
    return f"fora do esperado: {', '.join(names)}" if names else ""


def number(claims, cards):
    """Return what this run measured of a claim: the number on its first card, or how many measures held."""
    if cards:
        return "; ".join(filter(None, [cards[0]["shown"] or "sem número", outside(cards)]))
    if claims:
        noun = "medida" if len(claims) == 1 else "medidas"
        return f"{sum(claim['holds'] for claim in claims)} de {len(claims)} {noun} na faixa"
    return "sem medida"


def notebooks_table(results):
    """Return the lines on the notebooks: name, seconds, memory, what failed."""
    names = [cut(result.name, NAME_WIDTH) for result in results]
    room = WIDTH - max(map(len, [*names, "notebook"])) - len("  tempo (s)  memória (GB)  ")
    columns = {
        "notebook": names,
        "tempo (s)": [float(result.seconds) for result in results],
        "memória (GB)": [float(result.peak_memory) for result in results],
        "resultado": [cut(result.failure, room) or "ok" for result in results],
    }
    return format_table(columns, digits={"tempo (s)": 0, "memória (GB)": 1})[0]


def claims_table(results):
    """Return a line for each claim that the notebooks which ran test; "" if there is none."""
    claims = [record for result in results for record in result.claims]
    cards = [record for result in results for record in result.verdicts]
    ran = {result.name[:2] for result in results if result.seconds}
    measured = {record["id"] for record in (*claims, *cards)}
    ids = [id for id, statement in LECTURE_CLAIMS.items() if id in measured or ran & set(statement.notebooks)]
    if not ids:
        return ""
    with without_native_messages():  # a study may bring TensorFlow with it
        verdicts = [WORDS[study_verdict(id)] for id in ids]
    numbers = [
        cut(number([r for r in claims if r["id"] == id], [r for r in cards if r["id"] == id]), NUMBER_WIDTH)
        for id in ids
    ]
    room = WIDTH - sum(max(map(len, texts)) + 2 for texts in (["id", *ids], ["estudo", *verdicts], ["aqui", *numbers]))
    texts = [cut(LECTURE_CLAIMS[id].text, room) for id in ids]
    return format_table({"id": ids, "a aula diz": texts, "estudo": verdicts, "nesta execução": numbers})[0]


def next_steps(results, build):
    """Return how many notebooks passed, and what to do next."""
    build = build.relative_to(pathlib.Path.cwd()) if build.is_relative_to(pathlib.Path.cwd()) else build
    failed = [result.name for result in results if result.failure]
    notebooks = [result for result in results if result.is_notebook]
    lines = [f"{sum(not result.failure for result in notebooks)} de {len(notebooks)} notebooks ok."]
    if failed:
        lines.append(cut(f"Falhou: {', '.join(failed)}", WIDTH))
        halfway = [result.name for result in notebooks if result.failure and result.has_copy]
        if halfway:
            name = halfway[0] if len(halfway) == 1 else "NOME"
            lines.append(f"A cópia executada, com o erro na célula: {build / name}.ipynb")
            lines.append(f"O erro por inteiro e as mensagens do kernel: {build / name}.log")
    else:
        lines[0] += " Para estudar: make lab"
    lines.append(f"Tudo o que se mediu: make run FULL=1; guardado em {build}: claims.json e verdicts.json")
    return "\n".join(lines)


def screen(results, build):
    """Return the text a run ends in.

    Parameters
    ----------
    results : list of Result
    build : pathlib.Path
        Where logs and executed copies are.
    """
    return "\n\n".join(filter(None, [notebooks_table(results), claims_table(results), next_steps(results, build)]))


def full_list(results):
    """Return everything that the notebooks which ran measured, as tables: claims, and the cards of the studies."""
    tables = []
    claims = [record for result in results for record in result.claims]
    if claims:
        columns = {
            "id": [claim["id"] for claim in claims],
            "notebook": [claim["notebook"][:2] for claim in claims],
            "o que se mediu": [claim["statement"] for claim in claims],
            "medido": [number_text(claim["value"]) for claim in claims],
            "limite": [claim["threshold"] for claim in claims],
            "vale?": ["sim" if claim["holds"] else "NÃO" for claim in claims],
        }
        tables.append(format_table(columns)[0])
    cards = [record for result in results for record in result.verdicts]
    if cards:
        inside = {True: "sim", False: "NÃO", None: ""}
        columns = {
            "id": [card["id"] for card in cards],
            "notebook": [card["notebook"][:2] for card in cards],
            "enunciado": [card["statement"] for card in cards],
            "estudo": [WORDS[card["verdict"]] for card in cards],
            "nesta execução": [card["shown"] or "" for card in cards],
            "esperado?": [inside[card["inside"]] for card in cards],
        }
        tables.append(format_table(columns)[0])
    return "\n\n".join(tables)
