"""How wide a column and how high a row must be: no program widens or grows by itself what it has not written, so a number
would print as #### and a wrapped text would be cut off."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest

from .describe import Column

LINE = 16.5  # points, of letters of 11 points in the highest of the usual fonts
MOST_LINES = 24  # Excel knows no row of more than 409 points
_SHOWN = {"int": "{:,.0f}", "decimal": "{:,.2f}", "percent": "{:.1%}", "general": "{}"}
_LEAST = {"date": 12.0, "datetime": 18.0}


def lines_of(text: str, width: float) -> int:
    """Lines that ``text`` takes in ``width`` characters of the usual size."""
    room = max(2.0, width - 1)
    return sum(max(1, -int(-_units(part) // room)) for part in text.split("\n"))


def height_of(cells: Iterable[tuple[object, float]]) -> float | None:
    """The height of a row of (value, width of its column) in points; None where one line is enough."""
    most = max((lines_of(value, width) for value, width in cells if isinstance(value, str)), default=1)
    return min(most, MOST_LINES) * LINE if most > 1 else None


def width_for(column: Column, rows: Sequence[Mapping]) -> float:
    """The width of ``column`` for what stands in it: a number (or their sum, in bold) and a date whole; texts on one line,
    as long as that takes or gives no more than a third; an empty column, to be written in by hand, as it is."""
    if column.format in _LEAST:
        return max(column.width, _LEAST[column.format])
    values = [row.get(column.key) for row in rows]
    if column.format in _SHOWN:
        numbers = [value for value in values if isinstance(value, int | float | Decimal)]
        if column.total == "sum":
            numbers.append(sum(numbers))
        longest = max((len(_SHOWN[column.format].format(number)) for number in numbers), default=0)
        return max(column.width, longest * 1.25 + 1)
    longest = max((_units(line) for value in values if value for line in str(value).split("\n")), default=0)
    if not longest or longest + 2 > column.width * 4 / 3:
        return column.width
    head = min(column.width, _units(column.title) / 2 + 2)
    return max(longest + 2, column.width * 2 / 3, head)


def rows_of(row: Mapping, columns: Sequence[Column], widths: Sequence[float]) -> list[Mapping]:
    """What to write for ``row``: itself, and where a text is too long for the highest row there is, the rows on which it
    goes on."""
    if all(len(value) <= MOST_LINES for value in row.values() if isinstance(value, str)):
        return [row]
    texts = {
        c.key: (row[c.key], w)
        for c, w in zip(columns, widths, strict=True)
        if isinstance(row.get(c.key), str)
    }
    pieces = {key: parts_of(text, width) for key, (text, width) in texts.items()}
    first, *more = zip_longest(*pieces.values(), fillvalue="")
    return [
        {**row, **dict(zip(pieces, first, strict=True))},
        *(dict(zip(pieces, part, strict=True)) for part in more),
    ]


def parts_of(text: str, width: float) -> list[str]:
    """``text`` in pieces of which each fits into the highest row there is; a short one is its only piece."""
    if lines_of(text, width) <= MOST_LINES:
        return [text]
    room, pieces, start, lines, used = max(2.0, width - 1), [], 0, 1, 0.0
    for at, letter in enumerate(text):
        size = _units(letter)
        if letter == "\n" or used + size > room:
            lines, used = lines + 1, 0.0
        if lines > MOST_LINES:
            pieces.append(text[start:at])
            start, lines = at, 1
        used += size
    return [*pieces, text[start:]]


def _units(text: str) -> float:
    letters = len(text)
    wide = (len(text.encode("utf-8", "replace")) - letters) / 2  # a Chinese letter has three bytes
    return 2 * wide + 1.1 * (letters - wide)
