"""What the lecture says, put to the test.

A notebook ends each experiment with one call::

    claim("C6", "o erro em calçados é bem maior", value=ratio, holds=at_least(2.0), unit="vezes")

It shows one line, keeps the record in the stored output (under the key ``claim`` of its metadata, from where
``make run`` collects it) and, if the claim does not hold, fails the cell.
"""

import dataclasses
import math
from typing import NamedTuple

from IPython.display import display

from utils.arguments import check_choice, check_number, check_text
from utils.course import course_seed


class Statement(NamedTuple):
    """What the lecture says, in a few words, and the numbers of the notebooks that test it."""

    text: str
    notebooks: tuple


LECTURE_CLAIMS = {
    "C1": Statement("padrões são mais fáceis de memorizar do que sequências em si (s1 e s2)", ("01",)),
    "C2": Statement("enxadristas memorizam posições por seus padrões; AEs agem como enxadristas", ("01",)),
    "C3": Statement("um AE aprende, sem rótulos, codings muito menores que a entrada", ("02",)),
    "C4": Statement("entropia cruzada para entradas binárias, ½ erro quadrático para reais; backpropagation", ("02",)),
    "C5": Statement("o AE mais simples é uma MLP com saída do tamanho da entrada", ("02",)),
    "C6": Statement("um AE subcompleto comprime bem os dados de treino e mal os diferentes", ("02",)),
    "C7": Statement("um AE sobrecompleto pode só copiar, sem garantia de estrutura com significado", ("02", "08")),
    "C8": Statement("mais camadas permitem aprender padrões mais complexos", ("03",)),
    "C9": Statement("reconstrução ruim: mais épocas, mais camadas, codings maiores", ("03",)),
    "C10": Statement("uma rede poderosa demais mapeia as entradas e não aprende nada útil", ("03",)),
    "C11": Statement("um SAE reduz a dimensão de muitos dados; depois, t-SNE (ou PCA) os mostra", ("03",)),
    "C12": Statement("amarrar reduz pela metade o número de pesos", ("04",)),
    "C13": Statement("amarrar acelera o aprendizado", ("04",)),
    "C14": Statement("amarrar limita o risco de overfitting", ("04",)),
    "C15": Statement("poucos rótulos: reusar as camadas do AE em um classificador", ("05",)),
    "C16": Statement("AEs puros não funcionam bem com imagens; CNNs são superiores", ("06",)),
    "C17": Statement("para sequências, uma RNN tem desempenho melhor que uma DNN", ("07",)),
    "C18": Statement("um dAE é treinado para recuperar os dados limpos a partir dos corrompidos", ("08",)),
    "C19": Statement("a representação do dAE é robusta a ruído; dAEs limpam dados em geral", ("08",)),
    "C20": Statement(
        "usos: redução de dimensão, características, inicialização de pesos, geração", ("03", "05", "09", "10")
    ),
}


# A calculation decides these, which their lesson does: they need no study. Claim id to what the calculation shows.
ARITHMETIC = {
    "C4": "As perdas dos slides são as do Keras, e o gradiente calculado à mão é o do backpropagation.",
    "C5": "Uma MLP com saída do tamanho da entrada e os mesmos pesos dá as mesmas saídas que o AE.",
    "C12": "Os kernels caem exatamente pela metade; os vieses, que são poucos, ficam.",
}


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def as_read(text):
    """Return a number that Python wrote as it is read in Portuguese: a decimal comma, a power of ten as such."""
    digits, _, power = text.partition("e")
    digits = digits.replace(".", ",").replace("-", "−")
    if not power:
        return digits
    power = f"10{str(int(power)).translate(RAISED)}"
    return power if digits == "1" else f"{digits} × {power}"


class ClaimError(AssertionError):
    """A claim of the lecture did not hold in an experiment."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """The measured values for which a claim holds, both ends included. Made by `at_least`, `at_most`, `between`."""

    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self):
        if not self.low <= self.high:
            raise ValueError(f"limites: esperava um de baixo e um de cima, recebi {self.low} e {self.high}")

    def __contains__(self, value):
        return self.low <= value <= self.high

    def __str__(self):
        low, high = (as_read(f"{end:g}") for end in (self.low, self.high))
        if self.low == -math.inf:
            return f"≤ {high}"
        if self.high == math.inf:
            return f"≥ {low}"
        return f"exatamente {high}" if self.low == self.high else f"de {low} a {high}"


def at_least(low):
    """The claim holds for measured values of `low` or more."""
    return Interval(low=check_number("low", low))


def at_most(high):
    """The claim holds for measured values of `high` or less."""
    return Interval(high=check_number("high", high))


def between(low, high):
    """The claim holds for measured values from `low` to `high`."""
    return Interval(check_number("low", low), check_number("high", high))


def number_text(value):
    """Return a measured number as it is shown: three significant digits, whole numbers from 100 on.

    Parameters
    ----------
    value : float or None
        What was measured; None, as in a record, stands for no finite number.

    Returns
    -------
    str
        Such as "0,0116", "12,3", "170", "108407", "−7,96" or, when tiny, "6,0 × 10⁻⁸"; "NaN" for None and NaN.
    """
    if value is None or math.isnan(value):
        return "NaN"
    if value == 0:
        return "0"
    # Where .3g would round to 1e+03 and write 100 with a bare dot behind it, all digits before the point are shown.
    text = f"{value:.0f}" if abs(value) >= 99.95 else f"{value:#.3g}"
    return as_read(f"{value:#.2g}" if "e" in text else text)


def claim(claim_id, statement, *, value, holds, unit=""):
    """State what was measured about a claim of the lecture; fail unless it holds.

    Parameters
    ----------
    claim_id : str
        "C1" to "C20": a key of `LECTURE_CLAIMS`.
    statement : str
        What the experiment was to show, in Portuguese.
    value : float
        What was measured.
    holds : Interval
        The values for which the claim holds: `at_least`, `at_most` or `between`.
    unit : str, optional
        Unit of `value`, shown behind it.

    Raises
    ------
    ClaimError
        If `value` is outside `holds` (a NaN always is).
    ValueError
        If an argument is none of the above.
    """
    check_choice("claim_id", claim_id, LECTURE_CLAIMS)
    check_text("statement", statement)
    check_text("unit", unit)
    if not isinstance(holds, Interval):
        raise ValueError(f"holds: esperava at_least(x), at_most(x) ou between(x, y), recebi {holds!r}")
    value = check_number("value", value)
    confirmed = value in holds
    record = {
        "id": claim_id,
        "statement": statement,
        "value": value if math.isfinite(value) else None,
        "threshold": f"{holds} {unit}".strip(),
        "holds": confirmed,
        "seed": course_seed(),
    }
    mark = "✔" if confirmed else "✘"
    measured = f"{number_text(value)} {unit}".strip()
    limit = record["threshold"]
    line = f"{mark} {claim_id} · {statement} · medido: {measured} (limite: {limit})"
    # As Markdown it wraps on a projector; as plain text it is one line in a terminal.
    bold = f"{mark} **{claim_id}** · {statement} · medido: **{measured}** (limite: {limit})"
    display({"text/plain": line, "text/markdown": bold}, raw=True, metadata={"claim": record})
    if not confirmed:
        raise ClaimError(f"{claim_id} não se confirmou: {statement}: medido {measured}, limite {limit}")


def records_in(notebook, key):
    """Return what an executed notebook (a dict, as of nbformat) has under `key` in its outputs' metadata, in order."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", ()))
    found = (output.get("metadata", {}).get(key) for output in outputs)
    return [dict(record) for record in found if isinstance(record, dict)]


def claims_in(notebook):
    """Return the records of all claims in an executed notebook, in order."""
    return records_in(notebook, "claim")
