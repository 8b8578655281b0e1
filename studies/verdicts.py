"""The verdict on a claim, as a card in a lesson: what the study found, and where this run stands.

A lesson ends each experiment with one call::

    show_verdict("C6", "footwear", here=error_unseen / error_seen)

It shows the card and keeps a record of it in the stored output (under the key ``verdict`` of its metadata, from where
``make run`` collects it). It never fails because of a value: a student may change the recipe.
"""

import base64
import collections
import io
import math
import os
import pathlib
import re

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from matplotlib.ticker import FuncFormatter

from studies import STUDIES
from studies.engine import EXTENSION, SEEDS, is_fresh, load_study
from studies.results import ResultError, read_result
from utils.arguments import check_choice
from utils.claims import ARITHMETIC, LECTURE_CLAIMS, as_read, number_text, records_in
from utils.course import ROOT, course_seed
from utils.plots import PALETTE

WORDS = {
    "holds": "vale",
    "partly": "vale em parte",
    "fails": "não vale",
    "undecided": "não decidido",
    "arithmetic": "vale, por cálculo",
    None: "sem estudo",
}
MARKS = {"holds": "✔", "partly": "◐", "fails": "✘", "undecided": "?", "arithmetic": "=", None: "○"}

UNITS = {"times": ("vez", "vezes"), "points": ("ponto", "pontos"), "pieces": ("peça", "peças")}  # below two, and from


def unit_text(unit, *numbers):
    """Return a unit, a key of `UNITS`, as it is shown behind numbers; without numbers, as of many."""
    one, many = UNITS[unit]
    return one if numbers and max(map(abs, numbers)) < 2 else many


def natural(effect, scale):
    """Return an effect as it is shown: a ratio, not its logarithm."""
    return math.exp(effect) if scale == "log_ratio" else effect


def fresh_result(claim_id):
    """Return the stored result of a claim's study, None if there is no study, or none of its present form."""
    try:
        result = read_result(claim_id) if claim_id in STUDIES else None
        return result if result and is_fresh(load_study(claim_id), result) else None
    except ResultError:
        return None


def _prediction(result, statement_id):
    """Return where one run of a lesson is expected to come out; of a borrowed statement, as its own study says."""
    owner, _, own_id = statement_id.rpartition(".")
    result = fresh_result(owner) if owner else result
    return result["lesson"].get(own_id, {"prediction": None})["prediction"] if result else None


def study_verdict(claim_id):
    """Return the verdict on a claim: a key of `WORDS`, None where a study is needed and there is no (fresh) one."""
    if claim_id in ARITHMETIC:
        return "arithmetic"
    result = fresh_result(claim_id)
    return result and result["verdict"]


def round_text(value, _=None):
    """Return a round number, its digits after the comma as many as it has; a tick gives its place, too."""
    return as_read(f"{value:.6g}")


def ends_text(low, high, apart_from=None):
    """Return an interval's ends as they are shown: with the digits that its width leaves any sense.

    Three significant digits of the larger end, and no more than two of the width; more where an end would otherwise
    look as if it were the number that it is to be told apart from.

    Parameters
    ----------
    low, high : float
    apart_from : float, optional
        A margin.

    Returns
    -------
    str
        Such as "−0,04 a 0,88" or "1,13 a 1,15".
    """
    ends = [0.0 if abs(end) < 1e-9 else end for end in (low, high)]
    largest, width = max(map(abs, ends)), ends[1] - ends[0]
    if largest < 1e-4:
        return " a ".join(map(number_text, ends))
    digits = 2 - math.floor(math.log10(largest))
    if width > 0:
        digits = min(digits, 1 - math.floor(math.log10(width)))
    digits = max(digits, 0)
    while (
        apart_from is not None and digits < 5 and any(f"{end:.{digits}f}" == f"{apart_from:.{digits}f}" for end in ends)
    ):
        digits += 1
    return " a ".join(as_read(f"{end:z.{digits}f}" if end else "0") for end in ends)


def interval_text(compared, statement=None):
    """Return the interval of what was compared, for a statement or, without the phenomenon, for its null control."""
    statement = statement or compared
    low, high, margin = (natural(value, statement["scale"]) for value in (*compared["interval"], statement["margin"]))
    return ends_text(low, high, margin)


def margin_text(statement):
    """Return a statement's margin as it was written, without digits that say nothing."""
    return round_text(natural(statement["margin"], statement["scale"]))


def measured_text(statement):
    """Return a statement's interval with its unit."""
    ends = (natural(end, statement["scale"]) for end in statement["interval"])
    return f"{interval_text(statement)} {unit_text(statement['unit'], *ends)}"


def here_text(here, statement=None):
    """Return what a run measured, with its unit: two or three digits, as many decimals as the study's interval shows.

    Without a statement three digits, and no unit.
    """
    if statement is None or not math.isfinite(here) or abs(here) < 1e-4:
        return f"{number_text(here)} {unit_text(statement['unit'], here)}" if statement else number_text(here)
    decimals = len(interval_text(statement).split()[-1].partition(",")[2])
    first = -math.floor(math.log10(abs(here)))  # the place of the first digit
    decimals = max(0, min(max(decimals, first + 1), first + 2))
    text = f"{here:z.{decimals}f}"
    return f"{as_read(text)} {unit_text(statement['unit'], float(text))}"


def study_effect(claim_id, statement_id):
    """Return how large a study found the effect of one of its statements, as text: the interval, the claim, the margin.

    Such as "de 1,07 a 1,11 vez (C14, margem 1,03)".

    Parameters
    ----------
    claim_id : str
        "C1" to "C20": a key of `utils.claims.LECTURE_CLAIMS`.
    statement_id : str
        A statement of its study.

    Returns
    -------
    str
        Without a study, or without a (fresh) result, it says so.

    Raises
    ------
    ValueError
        If there is no such claim, or its study has no such statement.
    """
    check_choice("claim_id", claim_id, LECTURE_CLAIMS)
    result = fresh_result(claim_id)
    if not result:
        return f"{claim_id}: {WORDS[None]}"
    statements = {statement["id"]: statement for statement in result["statements"]}
    found = statements[check_choice("statement_id", statement_id, statements)]
    return f"de {measured_text(found)} ({claim_id}, margem {margin_text(found)})"


Curve = collections.namedtuple("Curve", "steps mean low high")


def study_curve(claim_id, arm, measure):
    """Return how a measure of a study's arm went along the training, over all seeds.

    It is what the arm measured under the names ``accuracy_50``, ``accuracy_100``, ..., for the measure ``accuracy``::

        curve = study_curve("C15", "scratch_500", "accuracy")
        if curve:
            ax.fill_between(curve.steps, curve.low, curve.high, alpha=0.3)
            ax.plot(curve.steps, curve.mean)

    Parameters
    ----------
    claim_id : str
        "C1" to "C20": a key of `utils.claims.LECTURE_CLAIMS`.
    arm : str
        An arm of its study.
    measure : str
        What stands before the number in the names of its measures.

    Returns
    -------
    Curve of (steps, mean, low, high), each an ndarray of shape (n,); or None
        The numbers in the names, ascending; of each the mean over the seeds, the 10th and the 90th percentile: eight
        trainings in ten lie between them. None without a study, or without a (fresh) result.

    Raises
    ------
    ValueError
        If there is no such claim, its study has no such arm, or the arm no such measure with a number.
    """
    check_choice("claim_id", claim_id, LECTURE_CLAIMS)
    result = fresh_result(claim_id)
    if not result:
        return None
    stored = result["arms"][check_choice("arm", arm, result["arms"])]
    numbered = {name: re.fullmatch(r"(.+)_(\d+)", name) for name in stored["values"]}
    check_choice("measure", measure, sorted({found[1] for found in numbered.values() if found}))
    steps = sorted(int(found[2]) for found in numbered.values() if found and found[1] == measure)
    counted = [seed in SEEDS + EXTENSION for seed in stored["seeds"]]
    values = np.array([stored["values"][f"{measure}_{step}"] for step in steps])[:, counted]
    return Curve(np.array(steps), values.mean(axis=1), *np.percentile(values, (10, 90), axis=1))


def study_values(claim_id, arm, measure):
    """Return what a study's arm measured, seed by seed: two arms are compared on the same seeds.

    Such as ``study_values("C15", "sae_500", "accuracy") - study_values("C15", "scratch_500", "accuracy")``.

    Parameters
    ----------
    claim_id : str
        "C1" to "C20": a key of `utils.claims.LECTURE_CLAIMS`.
    arm, measure : str
        An arm of its study, and one of its measures.

    Returns
    -------
    ndarray of shape (n_seeds,), float; or None
        In the order of the seeds. None without a study, or without a (fresh) result.

    Raises
    ------
    ValueError
        If there is no such claim, its study has no such arm, or the arm no such measure.
    """
    check_choice("claim_id", claim_id, LECTURE_CLAIMS)
    result = fresh_result(claim_id)
    if not result:
        return None
    stored = result["arms"][check_choice("arm", arm, result["arms"])]
    values = np.array(stored["values"][check_choice("measure", measure, stored["values"])])
    return values[[seed in SEEDS + EXTENSION for seed in stored["seeds"]]]


def verdicts_in(notebook):
    """Return the records of all verdict cards in an executed notebook, in order."""
    return records_in(notebook, "verdict")


def _number(value):
    """Return what a lesson measured as a float; NaN if it is no number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _inside(here, prediction):
    """Return whether a run came out where it was expected; None if nothing was measured or expected."""
    if here is not None and math.isnan(here):
        return False
    return None if here is None or prediction is None else prediction[0] <= here <= prediction[1]


def _texts(claim_id, statement, record, prediction, n_seeds, condition):
    """Return the card as plain text and as Markdown; `condition`: when the claim holds in part, or ""."""
    verdict, shown = record["verdict"], record["shown"]
    sentence = LECTURE_CLAIMS[claim_id].text
    here = f"Nesta execução: {shown}" if shown else ""
    if statement is None:
        lines = ["Ainda não há um estudo desta afirmação, ou ele é de outra versão da receita.", here]
        bold = lines
    else:
        found = f"estudo: de {measured_text(statement)} ({n_seeds} sementes; margem {margin_text(statement)})"
        if record["inside"] is not None:
            here += f", {'dentro' if record['inside'] else 'fora'} do que se espera de uma execução"
            here += f" (de {ends_text(*prediction)})" if prediction else ""
        word, mark = WORDS[statement["verdict"]], MARKS[statement["verdict"]]
        lines = [f"{mark} {statement['text']}: {word}", f"{found[0].upper()}{found[1:]}", here]
        page = pathlib.PurePath(
            os.path.relpath(ROOT / "docs" / "afirmacoes.md")
        ).as_posix()  # as seen from the notebook
        bold = [f"{mark} {statement['text']}: **{word}**", f"[{lines[1]}]({page}#{claim_id.lower()})", here]
    head = f"{MARKS[verdict]} {claim_id} · {WORDS[verdict]} · {sentence}"
    plain = "\n".join([head, *(f"  {line}" for line in (condition, *lines) if line)])
    markdown = [f"**{MARKS[verdict]} {claim_id} · {WORDS[verdict]}** · *{sentence}*", *filter(None, [condition, *bold])]
    return plain, "  \n".join(markdown)


def _can_be_drawn(here, ends, is_log):
    """Return whether a value is so near to the intervals that all of them can be told apart in one picture."""
    if is_log:
        return 0.01 * min(ends) < here < 100 * max(ends)
    reach = 100 * (max(ends) - min(ends))
    return min(ends) - reach < here < max(ends) + reach


def _picture(statement, prediction, here):
    """Return the card's picture, PNG in base64: the study's interval thick, that of one run thin, this run a dot."""
    is_log = statement["scale"] == "log_ratio"
    low, high = (natural(end, statement["scale"]) for end in statement["interval"])
    margin = natural(statement["margin"], statement["scale"])
    ends = [low, high, margin, *([] if prediction is None else prediction)]
    has_dot = here is not None and _can_be_drawn(here, ends, is_log)
    ends += [here] if has_dot else []
    fig, ax = plt.subplots(figsize=(4.6, 1.35), dpi=160, layout="constrained")  # words can be read on a phone
    if is_log:
        ax.set_xscale("log")
        room = (max(ends) / min(ends)) ** 0.08 + 1e-9
        ax.set_xlim(min(ends) / room, max(ends) * room)
    else:
        room = 0.08 * (max(ends) - min(ends)) + 1e-9
        ax.set_xlim(min(ends) - room, max(ends) + room)
    ax.axvspan(ax.get_xlim()[0], margin, color="#EFEFEF")
    ax.axvline(margin, color=PALETTE["grey"], linestyle=":", linewidth=1.4)
    if prediction is not None:
        ax.plot(prediction, [0, 0], color=PALETTE["blue"], linewidth=1.4, marker="|", markersize=9)
    ax.plot([low, high], [0, 0], color=PALETTE["blue"], linewidth=7, solid_capstyle="butt")
    if has_dot:
        ax.plot(here, 0, "o", color=PALETTE["orange"], markeredgecolor="black", markersize=9, clip_on=False)
    ax.set(ylim=(-1, 1), yticks=[], xlabel=f"{unit_text(statement['unit'])} · cinza: aquém da margem")
    ax.xaxis.label.set_size(9)
    ax.xaxis.set_major_locator(plt.MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(round_text))
    ax.minorticks_off()
    ax.tick_params(labelsize=9)
    ax.grid(False)
    ax.spines["left"].set_visible(False)
    legend = ["grosso: o estudo"]
    legend += [] if prediction is None else ["fino: onde se espera\numa execução"]
    legend += [f"ponto: esta{' execução' if prediction is None else ''}"] if has_dot else []
    ax.set_title(" · ".join(legend), fontsize=9)
    file = io.BytesIO()
    fig.savefig(file, format="png")
    plt.close(fig)
    return base64.b64encode(file.getvalue()).decode()


def _alternative_text(statement, prediction, here):
    """Return what is to be seen in the card's picture."""
    low, high = statement["interval"]
    side = (
        "à direita dessa linha"
        if low > statement["margin"]
        else "à esquerda dessa linha"
        if high < statement["margin"]
        else "dos dois lados dessa linha"
    )
    margin = margin_text(statement)
    study = f"Um eixo, com uma linha na margem, {margin}, e o intervalo do estudo, uma barra grossa, {side}."
    expected = "" if prediction is None else " Uma barra fina mostra onde se espera que caia uma execução."
    if here is None or not math.isfinite(here):
        return study + expected
    if natural(low, statement["scale"]) <= here <= natural(high, statement["scale"]):
        return f"{study}{expected} O ponto desta execução cai na barra grossa."
    inside = _inside(here, prediction)
    place = "" if inside is None else ", na barra fina" if inside else " e da fina"
    return f"{study}{expected} O ponto desta execução cai fora da barra grossa{place}."


def show_verdict(claim_id, statement_id, *, here=None, with_summary=True):
    """Show the verdict on a claim as a card: what the study found, and where this run stands.

    Without a study, or with one of another recipe, the card says so. A value outside the interval in which one run of
    the lesson is expected, or one that is no number, is said to be outside, and nothing fails.

    Parameters
    ----------
    claim_id : str
        "C1" to "C20": a key of `utils.claims.LECTURE_CLAIMS`.
    statement_id : str
        A statement of its study.
    here : float, optional
        What this run measured, in the unit of the statement: a ratio, or a difference.
    with_summary : bool
        Whether to say when the claim holds, if only in part: once in a lesson is enough.

    Raises
    ------
    ValueError
        If there is no such claim, or its study has no such statement.
    """
    check_choice("claim_id", claim_id, LECTURE_CLAIMS)
    result = fresh_result(claim_id)
    statements = {statement["id"]: statement for statement in result["statements"]} if result else {}
    statement = statements[check_choice("statement_id", statement_id, statements)] if result else None
    prediction = _prediction(result, statement_id) if statement and here is not None else None
    here = here if here is None else _number(here)
    record = {
        "id": claim_id,
        "statement": statement_id,
        "verdict": result["verdict"] if statement else None,
        "here": here if here is not None and math.isfinite(here) else None,
        "shown": "" if here is None else here_text(here, statement),
        "inside": _inside(here, prediction),
        "seed": course_seed(),
    }
    n_seeds = len(statement["effects"]) if statement else 0
    has_condition = statement and (result["verdict"] == "partly" or statement["null"]["verdict"] == "holds")
    is_borrowed = "." in statement_id  # then most of what the claim depends on is of other lessons
    condition = result["summary"] if with_summary and has_condition and not is_borrowed else ""
    plain, markdown = _texts(claim_id, statement, record, prediction, n_seeds, condition)
    if not InteractiveShell.initialized():
        print(plain)
        return
    display({"text/plain": plain, "text/markdown": markdown}, raw=True, metadata={"verdict": record})
    if statement:
        described = {"image/png": {"alt": _alternative_text(statement, prediction, here)}}
        display({"image/png": _picture(statement, prediction, here)}, raw=True, metadata=described)
