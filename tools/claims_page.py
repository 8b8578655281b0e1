"""The page of the claims, ``docs/afirmacoes.md``, with a picture of each study: made from the stored results.

`python -m tools.pages` writes it, and so do ``make study`` and ``make store``.
"""

import datetime
import io
import math
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from studies import STUDIES
from studies.engine import LESSON, is_fresh, load_study
from studies.results import read_result
from studies.verdicts import (
    MARKS,
    WORDS,
    ends_text,
    interval_text,
    margin_text,
    measured_text,
    natural,
    round_text,
    unit_text,
)
from tools.stored import NOTEBOOKS
from utils.claims import ARITHMETIC, LECTURE_CLAIMS, number_text
from utils.course import ROOT
from utils.plots import PALETTE, use_course_style
from utils.tables import format_table

PAGE = ROOT / "docs" / "afirmacoes.md"
PICTURES = ROOT / "docs" / "afirmacoes"

FOR_WRITERS = "generated"  # the name of the block that the site leaves out
MOST_DRAWN = 12  # statements

INTRODUCTION = f"""# As afirmações da aula, decididas

Cada afirmação vem da aula. Um **estudo** a reescreve em frases que se podem medir e decide cada uma: braços que se
comparam com várias sementes, uma margem fixada antes (onde não foi, o motivo o diz), um controle nulo. Como isso
funciona, e o que quer dizer cada palavra: [Como se decide uma afirmação](como_se_decide.md).

As medidas vêm de `make study`, que só treina o que falta ou mudou.

<!-- {FOR_WRITERS} -->

Esta página é gerada: não a edite.

<!-- /{FOR_WRITERS} -->
"""


def _row(ax, y, compared, scale, colour, thick):
    """Draw what came of a comparison at the height `y`: every seed, and the interval."""
    effects = [natural(effect, scale) for effect in compared["effects"]]
    spread = np.linspace(-0.1, 0.1, len(effects)) if len(effects) > 1 else [0]
    ax.plot(effects, y + np.asarray(spread), "o", color=colour, markersize=3.5, alpha=0.55, markeredgewidth=0)
    ax.plot([natural(end, scale) for end in compared["interval"]], [y, y], color=colour, linewidth=thick)


class LogTicks(LogLocator):
    """Ticks of a logarithmic scale at round numbers that do not touch: the finest set of at most seven."""

    SETS = ((1, 1.1, 1.25, 1.5, 2, 3, 4, 5, 7), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
    MOST = 7
    LEAST_APART = 0.045  # of the axis

    def tick_values(self, vmin, vmax):
        for digits in self.SETS:
            powers = 10.0 ** np.arange(math.floor(math.log10(vmin)), math.ceil(math.log10(vmax)) + 1)
            ticks = [tick for tick in np.outer(powers, digits).ravel() if vmin <= tick <= vmax]
            gaps = np.diff(np.log(ticks)) / math.log(vmax / vmin)
            if len(ticks) <= self.MOST and (gaps > self.LEAST_APART).all():
                break
        return ticks


def forest_plot(result):
    """Return a picture (PNG as bytes) of a study: for each statement every seed, interval, margin, null control.

    Of a study with very many statements, the main ones only.
    """
    use_course_style()
    statements = result["statements"]
    if len(statements) > MOST_DRAWN:
        statements = [statement for statement in statements if statement["main"]]
    scales = list(dict.fromkeys((s["scale"], s["unit"]) for s in statements))
    groups = [[s for s in statements if (s["scale"], s["unit"]) == scale] for scale in scales]
    heights = [len(group) for group in groups]
    size = (5.6, 1.05 * sum(heights) + 0.8 * len(groups) + 0.6)  # as narrow as it takes to be read on a phone
    fig, axes = plt.subplots(len(groups), 1, figsize=size, height_ratios=heights, squeeze=False)
    for ax, (scale, unit), group in zip(axes[:, 0], scales, groups, strict=True):
        for y, statement in enumerate(group):
            text = (
                f"{MARKS[statement['verdict']]} {statement['text']}{_aside(statement)}: {WORDS[statement['verdict']]}"
            )
            place = {"transform": ax.get_yaxis_transform(), "va": "bottom", "fontsize": 9, "linespacing": 1.1}
            ax.text(0, y - 0.12, textwrap.fill(text, 73), **place)
            _row(ax, y + 0.06, statement, scale, PALETTE["blue"], 4)
            _row(ax, y + 0.3, statement["null"], scale, PALETTE["grey"], 2.5)
            margin = natural(statement["margin"], scale)
            ax.plot([margin, margin], [y - 0.08, y + 0.42], color=PALETTE["orange"], linewidth=2)
        if scale == "log_ratio":
            ax.set_xscale("log")
        ax.axvline(natural(0, scale), color="#BBBBBB", linewidth=1, zorder=0)
        ax.set(yticks=[], ylim=(len(group) - 0.5, -0.55), xlabel=unit_text(unit))
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_locator(LogTicks() if scale == "log_ratio" else MaxNLocator(6))
        ax.xaxis.set_major_formatter(FuncFormatter(round_text))
        ax.minorticks_off()
        ax.grid(axis="y", visible=False)
    handles = [
        plt.Line2D([], [], color=PALETTE["blue"], marker="o", markersize=4, linewidth=4, label="sementes e intervalo"),
        plt.Line2D([], [], color=PALETTE["grey"], marker="o", markersize=4, linewidth=2.5, label="controle nulo"),
        plt.Line2D([], [], color=PALETTE["orange"], linewidth=2, label="margem"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=9)
    fig.suptitle(f"{result['claim']}: {WORDS[result['verdict']]}", x=0.01, ha="left", fontsize=12)
    picture = io.BytesIO()
    fig.savefig(picture, dpi=160)
    plt.close(fig)
    return picture.getvalue()


def _compared_text(study, compared, scale):
    """Return what was compared with what, in words."""
    a, b = (study.arms[name].title for name in compared["arms"])
    measure, than = compared["measure"], " menos " if scale == "difference" else " ÷ "
    if isinstance(measure, str):
        return f"{study.measures[measure]}: «{a}»{than}«{b}»"
    first, second = (study.measures[name] for name in measure)
    return f"«{a}»: {first}{than}{second}" if a == b else f"«{a}», {first}{than}«{b}», {second}"


def _aside(s):
    """Return what is said of a statement behind it: that it is secondary, or that another study decided it."""
    return f" (do estudo de {s['claim']})" if "claim" in s else "" if s["main"] else " (secundária)"


def _statement_text(study, s):
    """Return a statement, its verdict, and how it was decided, as an item of a list."""
    scale, null = s["scale"], s["null"]
    study = load_study(s["claim"]) if "claim" in s else study
    accepted = {
        "holds": "**também aceito**: o ganho aparece mesmo sem o fenômeno",
        "fails": "recusado",
        "undecided": "não aceito, mas tampouco recusado: o intervalo contém a margem",
    }[null["verdict"]]
    lines = [
        f"- {s['text']}{_aside(s)}: **{WORDS[s['verdict']]}**",
        f"efeito: {_compared_text(study, s, scale)}: de {measured_text(s)} ({len(s['effects'])} sementes)",
        f"margem ({unit_text(s['unit'])}): {margin_text(s)}. {s['why_margin']}",
        f"controle nulo: {_compared_text(study, null, scale)}: de {interval_text(null, s)}, {accepted}",
    ]
    return "\n  - ".join(lines)


def _arms_table(study, result):
    """Return the arms as a table, and beneath it what was tuned: once, where arms share it."""
    arms = result["arms"]
    numbers = {tuning: number for number, tuning in enumerate(dict.fromkeys(arm["tuning"] for arm in arms.values()), 1)}
    table = format_table(
        {
            "braço": [study.arms[name].title for name in arms],
            "parâmetros": [f"{arm['parameters']:,}".replace(",", ".") for arm in arms.values()],
            "sementes": [len(arm["seeds"]) for arm in arms.values()],
            "s de CPU por semente": [number_text(float(np.median(arm["seconds"]))) for arm in arms.values()],
            "ajuste": [f"({numbers[arm['tuning']]})" for arm in arms.values()],
        }
    )[1]
    return "\n\n".join([table, "Ajuste:", "\n".join(f"- ({number}) {tuning}" for tuning, number in numbers.items())])


def _means_table(study, result):
    """Return what each arm measured, of that which a statement compares: the mean, the least and the largest."""
    compared = [half for statement in study.statements for half in (statement.comparison, statement.null)]
    measured = set()
    for half in compared:
        measures = [half.measure] * 2 if isinstance(half.measure, str) else half.measure
        measured |= set(zip(half.arms, measures, strict=True))
    rows = [
        (arm, measure, result["arms"][arm]["values"][measure])
        for measure in study.measures
        for arm in result["arms"]
        if (arm, measure) in measured
    ]
    return format_table(
        {
            "o que se mediu": [study.measures[measure] for _, measure, _ in rows],
            "braço": [study.arms[arm].title for arm, *_ in rows],
            "média": [number_text(float(np.mean(values))) for *_, values in rows],
            "do menor ao maior": [f"{number_text(min(values))} a {number_text(max(values))}" for *_, values in rows],
        }
    )[1]


def _lesson_text(result):
    """Return where one run of the lesson is expected to come out."""
    units = {statement["id"]: statement for statement in result["statements"]}
    parts = [
        f"*{units[name]['text']}*: de {ends_text(*ends)} {unit_text(units[name]['unit'], *ends)}"
        for name, ends in ((name, lesson["prediction"]) for name, lesson in result["lesson"].items())
    ]
    return "Onde se espera uma execução da lição (99,9 %): " + "; ".join(parts) + "." if parts else ""


def section(claim_id, result):
    """Return what the page says of a claim that has a study."""
    verdict = result["verdict"]
    study = load_study(claim_id)
    seconds = sum(sum(arm["seconds"]) for arm in result["arms"].values())
    date = datetime.date.fromisoformat(result["date"])
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    alternative = "; ".join(
        f"{s['text']}: {measured_text(s)}, {WORDS[s['verdict']]}" for s in result["statements"] if s["main"]
    )
    others = sum(not s["main"] for s in result["statements"])
    more = "Há mais uma, secundária" if others == 1 else f"Há mais {others} secundárias"
    alternative += f". {more}; os números de todas vêm abaixo" if others else ""
    lessons = " · ".join(
        f"[{name}.ipynb](../notebooks/{name}.ipynb)"
        for name in NOTEBOOKS
        if name.startswith(LECTURE_CLAIMS[claim_id].notebooks)
    )
    parts = [
        f"{MARKS[verdict]} **{WORDS[verdict]}.** {result['summary']}",
        f"Na lição: {lessons}",
        f"![{alternative}](afirmacoes/{claim_id}.png)",
        "\n".join(_statement_text(study, statement) for statement in result["statements"]),
        "<details><summary>Os braços</summary>\n\n" + _arms_table(study, result) + "\n\n</details>",
        "<details><summary>O que cada braço mediu</summary>\n\n" + _means_table(study, result) + "\n\n</details>",
        _lesson_text(result) if LESSON in result["arms"] else "",
        f"Para medir tudo de novo: apague `studies/results/{claim_id}.json` e rode `make study C={claim_id}` (levou "
        f"cerca de {math.ceil(seconds / 60)} min de CPU). A última medida é "
        f"de {date:%d/%m/%Y}, com {versions}.",
    ]
    head = f'<a id="{claim_id.lower()}"></a>\n\n## {claim_id} · {LECTURE_CLAIMS[claim_id].text}'
    return "\n\n".join([head, *filter(None, parts)])


def claims_table(results, page="", *, sentences=True):
    """Return a row for each claim of the lecture: its verdict, and what that says in a sentence.

    Parameters
    ----------
    results : dict of str to dict
        Claim id to stored result, None where there is none.
    page : str
        Path of the page of the claims, for the links.
    sentences : bool
        Whether the sentence is there, too.
    """
    columns = ["", "a aula diz", "veredito", *(["em uma frase"] if sentences else [])]
    rows = [f"| {' | '.join(columns)} |".replace("|  |", "| |"), "|" + len(columns) * "---|"]
    for claim_id, statement in LECTURE_CLAIMS.items():
        link, verdict, sentence = claim_id, f"{MARKS[None]} {WORDS[None]}", ""
        if result := results.get(claim_id):
            link, word = f"[{claim_id}]({page}#{claim_id.lower()})", result["verdict"]
            verdict, sentence = f"{MARKS[word]} {WORDS[word]}", result["summary"]
        elif claim_id in ARITHMETIC:
            verdict = f"{MARKS['arithmetic']} {WORDS['arithmetic']}"
            sentence = f"{ARITHMETIC[claim_id]} Conferido no notebook {statement.notebooks[0]}."
        rows.append(f"| {link} | {statement.text} | {verdict} |" + (f" {sentence} |" if sentences else ""))
    return "\n".join(rows)


def page(results):
    """Return the page as text; `results`: claim id to stored result, None where there is none."""
    sections = [section(claim_id, result) for claim_id, result in results.items() if result]
    return "\n\n".join([INTRODUCTION.strip(), claims_table(results), *sections]) + "\n"


def stored_results():
    """Return the stored results of all studies by claim; None where there is none, or one of another recipe.

    Raises
    ------
    studies.results.ResultError
        If one is damaged.
    """
    results = {claim: read_result(claim) for claim in STUDIES}
    return {claim: result if is_fresh(load_study(claim), result) else None for claim, result in results.items()}


def files(results):
    """Return the page and its pictures: path to content."""
    pictures = {PICTURES / f"{claim}.png": forest_plot(result) for claim, result in results.items() if result}
    return {PAGE: page(results), **pictures}
