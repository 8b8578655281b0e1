"""What the benchmark measured, as tables, as a picture, and on its page, docs/quanto_custa.md: `make bench-readme`.

    python -m tools.benchmark.report

writes the page's tables and picture from ``build/benchmark.json``, and keeps a copy of it beside them.
"""

import argparse
import io
import json
import math
import pathlib

import jsonschema
import matplotlib.pyplot as plt
import numpy as np

from tools.benchmark.recipes import GROWTH_CODINGS, GROWTH_IMAGES, PAIRS
from tools.files import as_json, read, save_all, why
from tools.options import build_folder
from tools.stored import with_block
from utils.course import ROOT
from utils.plots import PALETTE, decimal_comma, use_course_style
from utils.tables import format_table

FULL = {"images": 55_000, "epochs": None}  # the options of a run that the page may show


def object_schema(**properties):
    """Return the schema of an object that has these keys, and perhaps others."""
    return {"type": "object", "properties": properties, "required": list(properties)}


NUMBER, TEXT = {"type": "number"}, {"type": "string"}
SECONDS = {"type": "number", "exclusiveMinimum": 0}
EPOCHS = {"type": "array", "items": NUMBER, "minItems": 1}
TRAINING = {"seconds": SECONDS, "error": NUMBER, "epoch_ends": EPOCHS}
PAIR = object_schema(
    name={"enum": list(PAIRS)},
    title=TEXT,
    limit=NUMBER,
    run=NUMBER,
    reference=object_schema(**TRAINING),
    ours=object_schema(**TRAINING),
    target_seconds={"type": ["number", "null"]},
)
GROWTH = object_schema(by={"enum": ["images", "codings"]}, value=SECONDS, run=NUMBER, **TRAINING)
# What ``benchmark.json`` holds.
SCHEMA = object_schema(
    date=TEXT,
    machine=object_schema(cpu=TEXT, cores=NUMBER, system=TEXT),
    versions=object_schema(python=TEXT, keras=TEXT, tensorflow=TEXT),
    options=object_schema(images=NUMBER, epochs={"type": ["number", "null"]}),
    pairs={"type": "array", "items": PAIR},
    growth={"type": "array", "items": GROWTH},
)


def measured(path, schema=SCHEMA, command="make bench"):
    """Return what the file at `path` holds of a benchmark; None if there is no such file.

    `command` is what makes such a file, in the form that `schema` describes.

    Raises
    ------
    SystemExit
        If it cannot be read, is cut or of another form: the file stays as it is.
    """
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(results))
        if error is None:
            return results
        reason = f"{error.json_path} não tem a forma que devia"
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = why(error)
    except (ValueError, RecursionError):
        reason = "está vazio, cortado ou não é JSON"
    raise SystemExit(f"{path.name} não pode ser lido ({reason}) e fica como está; apague-o e rode `{command}` de novo")


def grouped(records, key):
    """Return the records by their value of `key`, in the order of its first appearance."""
    groups = {}
    for record in records:
        groups.setdefault(record[key], []).append(record)
    return groups


def median(values):
    """Return the median as a plain float."""
    return float(np.median(list(values)))


def target_seconds(record):
    """Return how long ours took to the reference's error, infinity if it never got there."""
    return math.inf if record["target_seconds"] is None else record["target_seconds"]


def ratios(records):
    """Return, for each run of a pair, our time to the reference's error over the reference's time."""
    return [target_seconds(record) / record["reference"]["seconds"] for record in records]


def number(value, digits):
    """Return a time or a ratio as text: infinity is never reached."""
    return "nunca" if math.isinf(value) else f"{value:.{digits}f}".replace(".", ",")


def spread(values):
    """Return the median of some ratios as text, and the smallest and largest if there are several."""
    texts = [number(value, 3) for value in (median(values), min(values), max(values))]
    return texts[0] if len(values) == 1 else f"{texts[0]} ({texts[1]} a {texts[2]})"


def records_of_pairs(results):
    """Return the records of each pair, a list of lists, in the order of `PAIRS`."""
    groups = grouped(results["pairs"], "name")
    return [groups[name] for name in PAIRS if name in groups]


def pairs_table(results):
    """Return the columns of the table of pairs: medians of the runs, and the ratios with their spread."""
    pairs = records_of_pairs(results)

    def medians(which, key):
        return [median(r[which][key] for r in records) for records in pairs]

    limits = [records[0]["limit"] for records in pairs]
    return {
        "receita": [records[0]["title"] for records in pairs],
        "rodadas": [len(records) for records in pairs],
        "MSE ref.": medians("reference", "error"),
        "MSE nosso": medians("ours", "error"),
        "ref. (s)": medians("reference", "seconds"),
        "nosso (s)": medians("ours", "seconds"),
        "até o MSE da ref. (s)": [number(median(map(target_seconds, records)), 1) for records in pairs],
        "razão": [spread(ratios(records)) for records in pairs],
        "limite": limits,
        "cumpre?": ["sim" if max(ratios(rs)) <= limit else "NÃO" for rs, limit in zip(pairs, limits, strict=True)],
    }


PAIRS_DIGITS = {"ref. (s)": 1, "nosso (s)": 1, "limite": 3}


def epoch_seconds(record):
    """Return the seconds of an epoch: the median of all but the first, in which the model is compiled."""
    steps = np.diff([0.0, *record["epoch_ends"]])
    return float(np.median(steps[1:] if len(steps) > 1 else steps))


def growth_medians(results, by):
    """Return four lists, medians of the runs: values, seconds in all, seconds of an epoch, validation errors."""
    groups = sorted(grouped((r for r in results["growth"] if r["by"] == by), "value").items())
    return (
        [value for value, _ in groups],
        [median(r["seconds"] for r in records) for _, records in groups],
        [median(map(epoch_seconds, records)) for _, records in groups],
        [median(r["error"] for r in records) for _, records in groups],
    )


def growth_table(results, by):
    """Return the columns of the table of growth with "images" or "codings"."""
    values, seconds, epochs, errors = growth_medians(results, by)
    table = {"imagens" if by == "images" else by: values, "tempo (s)": seconds, "por época (s)": epochs}
    if by == "images":
        table["µs por imagem"] = [1e6 * epoch / value for epoch, value in zip(epochs, values, strict=True)]
    return table | {"MSE": errors}


GROWTH_DIGITS = {"tempo (s)": 1, "por época (s)": 2, "µs por imagem": 0}


def exponent(results, by):
    """Return the power of the number of images (or codings) with which the time of an epoch grows."""
    values, _, epochs, _ = growth_medians(results, by)
    return float(np.polyfit(np.log(values), np.log(epochs), 1)[0])


def summary(results, *, markdown=False):
    """Return the tables and how to read them, as plain text or as Markdown."""
    parts = []
    if results["pairs"]:
        parts += [
            format_table(pairs_table(results), digits=PAIRS_DIGITS)[markdown],
            "Medianas das rodadas. **Razão**: o tempo do nosso modelo até o MSE final da referência, dividido pelo "
            "tempo da referência na mesma rodada (mediana; menor e maior, se há mais de uma).",
        ]
    for by, noun in (("images", "imagens"), ("codings", "codings")):
        if len(growth_medians(results, by)[0]) > 1:
            n_runs = len({record["run"] for record in results["growth"] if record["by"] == by})
            table = growth_table(results, by)
            digits = {name: n for name, n in GROWTH_DIGITS.items() if name in table}
            values, _, epochs, _ = growth_medians(results, by)
            power = f"cresce com o número de imagens elevado a **{number(exponent(results, by), 2)}**"
            ratio = epochs[-1] / epochs[0]
            times = f"é, com {values[-1]} {noun}, **{number(ratio, 1)}** {'vez' if ratio < 1.95 else 'vezes'} o de "
            times += f"{values[0]}"
            parts += [
                f"O tempo de uma época do SAE da lição 03 {power if by == 'images' else times} (rodadas: {n_runs}):",
                format_table(table, digits=digits)[markdown],
            ]
    text = "\n\n".join(parts)
    return text if markdown else text.replace("**", "")


def check_complete(results):
    """Stop unless every recipe was measured, in full; how often, the tables tell.

    Raises
    ------
    SystemExit
        Saying what is missing, and which command measures it.
    """
    if results["options"] != FULL:
        raise SystemExit("a última medição usou menos imagens ou épocas; rode `make bench` inteiro antes")
    runs = {pair.title: {r["run"] for r in results["pairs"] if r["name"] == name} for name, pair in PAIRS.items()}
    for by, noun, values in (("images", "imagens", GROWTH_IMAGES), ("codings", "codings", GROWTH_CODINGS)):
        for value in values:
            records = (r for r in results["growth"] if (r["by"], r["value"]) == (by, value))
            runs[f"crescimento com {value} {noun}"] = {r["run"] for r in records}
    missing = [what for what, done in runs.items() if not done]
    if missing:
        raise SystemExit(
            f"a página só mostra medições completas; faltam: {', '.join(missing)}. Rode antes: make bench RESUME=1"
        )


def conditions(results):
    """Return a sentence that says when, where and with what `results` were measured."""
    where, versions = results["machine"], results["versions"]
    return (
        f"Medido em {results['date']}: {where['cores']} núcleos ({where['cpu']}, {where['system']}), "
        f"Python {versions['python']}, Keras {versions['keras']}, TensorFlow {versions['tensorflow']}."
    )


def page_text(results):
    """Return what the page says of the benchmark; `results` have to be complete, see `check_complete`."""
    check_complete(results)
    return f"{conditions(results)}\n\n{summary(results, markdown=True)}"


def draw_pairs(ax, results):
    """Draw the reference's time, ours to the same error, and the time we allow ourselves: a row for each pair."""
    pairs = records_of_pairs(results)
    rows = range(len(pairs))
    reference = np.array([median(r["reference"]["seconds"] for r in records) for records in pairs])
    ours = np.array([median(map(target_seconds, records)) for records in pairs])
    ours[np.isinf(ours)] = np.nan
    limits = np.array([records[0]["limit"] for records in pairs])
    ax.hlines(rows, ours, reference, color="#CCCCCC")
    ax.plot(limits * reference, rows, "|", color=PALETTE["orange"], ms=16, mew=2.5, label="nosso limite")
    ax.plot(ours, rows, "o", color=PALETTE["blue"], label="nosso, até o erro dela")
    ax.plot(reference, rows, "o", color=PALETTE["grey"], label="referência, até o fim")
    ax.set(xscale="log", xlabel="segundos", title="Tempo até o erro final da referência")
    ax.set_yticks(rows, [records[0]["title"] for records in pairs])
    ax.set_ylim(len(pairs) - 0.4, -0.6)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(axis="y", visible=False)
    ax.figure.legend(loc="outside lower left", ncols=3)


def draw_growth(ax, results, by):
    """Draw the time of an epoch of our stacked AE, with the final error at each point."""
    values, _, epochs, errors = growth_medians(results, by)
    if by == "images":
        noun, unit, values = "imagens", "mil imagens de treino", [value / 1000 for value in values]
        ax.set_xlim(0, 1.25 * max(values))
    else:
        noun = unit = "codings"
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.margins(x=0.15)
    ax.plot(values, epochs, "o-", color=PALETTE["blue"])
    for i, (value, seconds, error) in enumerate(zip(values, epochs, errors, strict=True)):
        place = {"xytext": (0, -16 if i % 2 else 8), "ha": "center"}
        if by == "images":  # the line rises: below it, to the right, there is room
            place = {"xytext": (6, -10), "ha": "left"}
        ax.annotate(number(error, 4), (value, seconds), textcoords="offset points", fontsize=9, **place)
    ax.set(
        xlabel=unit, ylabel="segundos por época", title=f"SAE da lição 03, com mais {noun}", ylim=(0, 1.3 * max(epochs))
    )
    decimal_comma(ax)
    ax.set_xticks(values, [f"{value:g}" for value in values])


def draw(results):
    """Return a picture (PNG as bytes) of what was measured, a panel for each table that `summary` would show."""
    use_course_style()
    growth = [by for by in ("images", "codings") if len(growth_medians(results, by)[0]) > 1]
    widths = [1.7] * bool(results["pairs"]) + [1] * len(growth)
    fig, axes = plt.subplots(1, len(widths), figsize=(4 * sum(widths), 4.2), width_ratios=widths, squeeze=False)
    panels = iter(axes[0])
    if results["pairs"]:
        draw_pairs(next(panels), results)
    for by in growth:
        draw_growth(next(panels), results, by)
    if growth:
        fig.text(0.99, 0.01, "os números junto aos pontos: MSE de validação", ha="right", fontsize=9)
    picture = io.BytesIO()
    fig.savefig(picture)
    plt.close(fig)
    return picture.getvalue()


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Escreve em docs/quanto_custa.md o que o último benchmark mediu.")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta de benchmark.json")
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs" / "quanto_custa.md", help="a página a mudar")
    args = parser.parse_args(arguments)
    results = measured(args.build / "benchmark.json")
    if results is None:
        raise SystemExit(f"não há benchmark.json em {args.build.name}/; rode `make bench` antes")
    page = with_block(read(args.page), "benchmark", page_text(results), args.page.name)
    beside = {
        args.page.with_name("benchmark.png"): draw(results),
        args.page.with_name("benchmark.json"): as_json(results),
    }
    save_all({**beside, args.page: page})


if __name__ == "__main__":
    main()
