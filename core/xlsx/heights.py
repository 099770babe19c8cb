"""How high a row must be: no program grows a row by itself that it has not written, so a wrapped text would be cut off."""

from collections.abc import Iterable

LINE = 15.0  # points, of letters of 11 points
_HAN = 0x2E7F  # from here on a letter is twice as wide


def lines_of(text: str, width: float) -> int:
    """Lines that ``text`` takes in ``width`` characters of the usual size."""
    room = max(2.0, width - 1)
    return sum(max(1, -int(-_units(part) // room)) for part in text.split("\n"))


def height_of(cells: Iterable[tuple[object, float]]) -> float | None:
    """The height of a row of (value, width of its column) in points; None where one line is enough."""
    most = max((lines_of(value, width) for value, width in cells if isinstance(value, str)), default=1)
    return most * LINE if most > 1 else None


def _units(text: str) -> float:
    return sum(2 if ord(letter) > _HAN else 1.1 for letter in text)
