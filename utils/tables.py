"""Tables of results."""

import numbers

from IPython.display import display

from utils.arguments import check_same_length


def _text(value, digits):
    is_float = isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
    return f"{value:.{digits}f}".replace(".", ",") if is_float else str(value)


def format_table(columns, *, digits=4):
    """Return a table twice: as aligned plain text and as Markdown.

    Parameters
    ----------
    columns : dict of str to sequence
        Heading and cells of each column; all of equal length. Columns without text are aligned to the right.
    digits : int or dict of str to int
        Decimals of the real numbers, behind a comma: of all, or by heading (4 where a heading is not named).

    Returns
    -------
    plain, markdown : str

    Raises
    ------
    ValueError
        If the columns are of different lengths, or `digits` names a heading that is not there.
    """
    check_same_length(**columns)
    unknown = [name for name in digits if name not in columns] if isinstance(digits, dict) else []
    if unknown:
        raise ValueError(f"digits: esperava títulos de colunas ({', '.join(columns)}), recebi {', '.join(unknown)}")
    decimals = {name: digits.get(name, 4) if isinstance(digits, dict) else digits for name in columns}
    cells = {name: [_text(value, decimals[name]) for value in values] for name, values in columns.items()}
    is_text = {name: any(isinstance(value, str) for value in values) for name, values in columns.items()}
    widths = {name: max(map(len, [name, *texts])) for name, texts in cells.items()}

    def aligned(texts):
        padded = (
            text.ljust(widths[name]) if is_text[name] else text.rjust(widths[name])
            for name, text in zip(cells, texts, strict=True)
        )
        return "  ".join(padded).rstrip()

    rows = list(zip(*cells.values(), strict=True))
    plain = [aligned(cells), *map(aligned, rows)]
    rule = "|".join("---" if is_text[name] else "---:" for name in cells)
    markdown = ["| " + " | ".join(cells) + " |", f"|{rule}|", *("| " + " | ".join(row) + " |" for row in rows)]
    return "\n".join(plain), "\n".join(markdown)


def show_table(columns, *, digits=4):
    """Show a table in a notebook. See `format_table`."""
    plain, markdown = format_table(columns, digits=digits)
    display({"text/plain": plain, "text/markdown": markdown}, raw=True)
