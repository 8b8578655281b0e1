"""The report on the hand-ins: marks by item, why, and the answers side by side with what a good one says.

Whatever a hand-in wrote is shown as text, never as part of the page: escaped, cut to a length, without characters that
no file can hold. In the table for a spreadsheet, no text of a student begins as a formula would.
"""

import csv
import html
import io
import re
from typing import NamedTuple

LONGEST = 20_000  # characters of a text

# The items that a program judges, in order: the most it gives, and what the report calls it.
ITEMS = {
    "runs": (0.5, "Roda de cima a baixo, sem erro"),
    "parts": (0.5, "dAE composto de encoder e decoder"),
    "noise": (0.5, "Ruído na entrada, e só no treino"),
    "restores": (1.0, "Restaura imagens que não viu, com ruído"),
    "draws": (0.25, "Cinco sorteios de 500 rótulos, pela semente"),
    "reuse": (0.5, "Os classificadores reusam o que o dAE aprendeu"),
    "control": (0.25, "O controle: a mesma rede, sem pré-treino"),
    "paired": (0.5, "Nos dois braços, cada modelo treinou só com o seu sorteio"),
    "accuracy": (0.25, "Acurácias no teste"),
    "interval": (0.25, "Intervalo pareado de 95 %"),
    "rule": (0.25, "Regra para concluir"),
    "conclusion": (0.25, "A conclusão segue da medida"),
}

# What the teacher marks: part, the most it gives, how it is called, what a good answer says.
OPEN = {
    "1": (
        0.8,
        "Usos",
        "Três usos diferentes, e a parte certa em cada um: redução de dimensão, visualização ou detecção de "
        "características (codificador); pré-treino (camadas do codificador); remoção de ruído (codificador e "
        "decodificador); geração (decodificador, em modelos generativos); detecção de anomalias (os dois, pelo erro).",
    ),
    "2": (
        0.8,
        "Poucos rótulos",
        "Os três passos: treinar o AE com todas as imagens, sem rótulos; reusar as camadas do codificador em um "
        "classificador; treiná-lo com as rotuladas. E a comparação justa: a mesma rede sem pré-treino, com os mesmos "
        "rótulos, em vários sorteios, em imagens que ninguém viu. Muito boa: diz quando não se espera ganho.",
    ),
    "3": (
        0.8,
        "Reconstrução perfeita",
        "Não basta: uma rede com capacidade de sobra pode copiar, ou decorar o treino, sem aprender nada útil. "
        "Pergunta pelo erro em dados novos, pelo tamanho dos codings e da rede, e pelo que os codings permitem fazer "
        "(uma tarefa, um mapa, limpar ruído). Muito boa: o erro certo depende do uso.",
    ),
    "4": (
        0.8,
        "Sub e sobrecompleto",
        "Subcompleto: perde detalhes, e serve mal a dados diferentes dos do treino; vê-se no erro por tipo de dado. "
        "Sobrecompleto: pode só copiar; vê-se em codings que não ajudam em nada, ou em entradas quaisquer que também "
        "saem iguais. Remédios: mais ou menos codings, ruído na entrada, regularização ou codings esparsos.",
    ),
    "5": (
        0.8,
        "Pesos amarrados",
        "O decodificador usa as transpostas dos kernels do codificador, e por isso a rede tem de ser simétrica. Caem "
        "pela metade os kernels, não os vieses. Ajuda contra o overfitting com poucos dados; com muitos, a restrição "
        "pode custar erro. «Acelera» conta se vier com medida ou argumento; quem cita o estudo de C13 (passos até um "
        "erro fixado: vale) tem a medida.",
    ),
    "11": (
        1.0,
        "Conclusão",
        "Lê o intervalo, e não só a média; diz para que caso vale (estes dados, 500 rótulos, esta rede, este treino, "
        "um só dAE: repetiu-se o sorteio dos rótulos, não o pré-treino); "
        "não chama de ausência de ganho o que é falta de decisão; e propõe uma medida que a mudaria. A semente da "
        "correção é outra: compare o texto com os números que o aluno viu, e aceite qualquer resultado bem lido.",
    ),
}
WARNING = (
    "Entregas são programas, e aqui não há isolamento (sandbox): elas rodaram com as permissões de quem corrigiu, e "
    "podem ler, apagar e enviar o que essa pessoa pode. Corrija onde nada se perca: uma máquina virtual ou um "
    "contêiner descartável, sem senhas e sem arquivos seus."
)
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border:1px solid #bbb;padding:.35rem .5rem;text-align:left}
th,td{vertical-align:top}td.n{text-align:right;white-space:nowrap}.aviso{border:2px solid #8a5f00;padding:.6rem 1rem}
.texto{white-space:pre-wrap;overflow-wrap:anywhere;max-width:60rem}.rubrica{background:#eef3f8;padding:.6rem 1rem}
.rola{overflow-x:auto}.rola th{font-size:.8rem}.falhou{color:#8c1515}h3{margin-top:2rem}
"""
# A page that runs nothing and asks nothing of anyone, even if something of a hand-in got through.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Graded(NamedTuple):
    """What came of one hand-in."""

    file: str
    who: str = ""
    failure: str = ""  # of the run; empty if it ran from top to bottom
    seconds: float = 0.0
    memory: float = 0.0  # GB
    marks: dict = {}  # noqa: RUF012  (never changed)  of item to (share, why)
    texts: dict = {}  # noqa: RUF012  of part to text
    seen: str = ""  # what the file shows below the student's own measure; nobody checked it


def clean(text, longest=LONGEST):
    """Return a text of a hand-in that any file can hold, cut to a length."""
    text = NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return text if len(text) <= longest else f"{text[:longest]}… (cortado: {len(text)} caracteres)"


def escaped(text, longest=LONGEST):
    """Return a text of a hand-in as HTML that shows it and does nothing else."""
    return html.escape(clean(text, longest))


def points(graded, item):
    """Return the points that a hand-in got for an item."""
    return ITEMS[item][0] * graded.marks.get(item, (0, ""))[0]


def total(graded):
    """Return the points that a hand-in got by the program."""
    return sum(points(graded, item) for item in ITEMS)


def comma(value, digits=2):
    """Return a number with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


MOST = sum(most for most, _ in ITEMS.values())
MOST_OPEN = sum(most for most, _, _ in OPEN.values())


def safe_cell(text):
    """Return a text for a cell of a spreadsheet: on one line, and no formula."""
    text = " ".join(clean(text, 1000).split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def as_csv(results):
    """Return the marks as a table for a spreadsheet in Portuguese: semicolons and decimal commas.

    The columns of what the teacher marks are empty.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    by_hand = [f"{title} (até {comma(most)})" for most, title, _ in OPEN.values()]
    by_program = [f"{title} (até {comma(most)})" for most, title in ITEMS.values()]
    writer.writerow(["arquivo", "quem", *by_program, f"programa (até {comma(MOST)})", *by_hand, "o que falhou"])
    for graded in results:
        marks = [comma(points(graded, item)) for item in ITEMS]
        failed = "; ".join(filter(None, [graded.failure, *(f"{ITEMS[item][1]}: {why}" for item, why in lost(graded))]))
        row = [safe_cell(graded.file), safe_cell(graded.who), *marks, comma(total(graded)), *([""] * len(OPEN))]
        writer.writerow([*row, safe_cell(failed)])
    return "\ufeff" + out.getvalue()  # by which a spreadsheet knows UTF-8


def lost(graded):
    """Return the items, but the run, that lost points, and why."""
    found = ((item, graded.marks.get(item, (0, "")))[:2] for item in ITEMS if item != "runs")
    return [(item, why) for item, (share, why) in found if share < 1 and why]


def marks_table(results):
    """Return the table of all hand-ins, as HTML: one row each, one column an item."""
    head = "".join(f"<th>{html.escape(title)}<br>{comma(most)}</th>" for most, title in ITEMS.values())
    rows = []
    for i, graded in enumerate(results):
        cells = "".join(f'<td class="n">{comma(points(graded, item))}</td>' for item in ITEMS)
        who = f'<a href="#e{i}">{escaped(graded.file, 120)}</a><br>{escaped(graded.who, 120)}'
        rows.append(f'<tr><td>{who}</td><td class="n"><b>{comma(total(graded))}</b></td>{cells}</tr>')
    head = f"<tr><th>entrega</th><th>soma<br>{comma(MOST)}</th>{head}</tr>"
    return f'<div class="rola"><table>{head}{"".join(rows)}</table></div>'


def details(i, graded):
    """Return the part of the page on one hand-in: how it ran, each item and why."""
    ran = f"{comma(graded.seconds, 0)} s, {comma(graded.memory, 1)} GB de memória"
    failure = f'<p class="falhou">Não rodou até o fim: {escaped(graded.failure, 1000)}</p>' if graded.failure else ""
    rows = "".join(
        f'<tr><td>{html.escape(title)}</td><td class="n">{comma(points(graded, item))} de {comma(most)}</td>'
        f"<td>{escaped(graded.marks.get(item, (0, 'não avaliado: não há o que avaliar'))[1], 1000)}</td></tr>"
        for item, (most, title) in ITEMS.items()
    )
    head = f"<h3 id='e{i}'>{escaped(graded.file, 300)} · {escaped(graded.who, 300)}</h3>"
    return f"{head}<p>{ran}.</p>{failure}<table><tr><th>item</th><th>pontos</th><th>por quê</th></tr>{rows}</table>"


def answers(part, results):
    """Return the part of the page on one open question: what a good answer says, then all answers."""
    most, title, rubric = OPEN[part]
    rows = []
    for graded in results:
        text = graded.texts.get(part, "")
        shown = f'<div class="texto">{escaped(text)}</div>' if text else "<i>não respondeu</i>"
        if part == "11":
            _, why = graded.marks.get("interval", (0, ""))
            shown += f"<p><small>Na correção: {escaped(why, 500)}.<br>No arquivo, sem conferência: "
            shown += f"{escaped(graded.seen, 500) or 'nada'}</small></p>"
        who = f"{escaped(graded.who, 120)}<br><small>{escaped(graded.file, 120)}</small>"
        rows.append(f"<tr><td>{who}</td><td>{shown}</td><td></td></tr>")
    head = f"<tr><th>quem</th><th>resposta</th><th>até {comma(most)}</th></tr>"
    halves = "" if part == "11" else " (metade pelo conteúdo, metade pelo argumento)"
    rubric = f'<p class="rubrica"><b>Uma boa resposta{halves}:</b> {html.escape(rubric)}</p>'
    title = f"{'Parte' if part == '11' else 'Questão'} {part} · {title}"
    return f"<h3>{title}</h3>{rubric}<table>{head}{''.join(rows)}</table>"


def as_html(results, *, seed, limits, n_all):
    """Return the report as a page.

    Parameters
    ----------
    results : list of Graded
    seed : int
    limits : str
        What each hand-in was allowed, in words.
    n_all : int
        How many hand-ins there are; if more than `results`, the grading was interrupted.
    """
    rest = n_all - len(results)
    stopped = f" <b>A correção foi interrompida: faltam {rest}.</b>" if rest else ""
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="pt-BR"><head><meta charset="utf-8"><title>Correção da atividade</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLE}</style></head><body>',
            f"<h1>Correção da atividade</h1><p>{len(results)} de {n_all} entregas.{stopped} Cada uma rodou uma vez, "
            f"com COURSE_SEED={seed}, em até {html.escape(limits)}. O programa dá até {comma(MOST)} pontos; as "
            f"questões e a conclusão, até {comma(MOST_OPEN)}, quem corrige é você: as colunas em branco de notas.csv "
            "esperam por isso.</p>",
            f'<p class="aviso">{html.escape(WARNING)}</p>',
            "<h2>Pontos dados pelo programa</h2>",
            marks_table(results),
            "<h2>Respostas, para você avaliar</h2>",
            *(answers(part, results) for part in OPEN),
            "<h2>Cada entrega, item por item</h2>",
            *(details(i, graded) for i, graded in enumerate(results)),
            "</body></html>\n",
        ]
    )
