"""Trace codes (药品追溯码). Pure: texts in, spans of numbers out.

A usual code has 20 digits and begins with 8: seven name the product, nine count, four are a check nobody outside can
compute. GS1 strings and codes of the maker's own exist too; so a code is a text, of which the counting part is known.
"""

import re
from dataclasses import dataclass

from core.errors import RuleBroken
from core.text import half_width

MOST_AT_ONCE = 20_000
_USUAL = re.compile(r"8\d{19}")
_INSIDE = re.compile(r"(?<!\d)8\d{19}(?!\d)")  # in an address that the camera read
_PLAIN = re.compile(r"[0-9A-Za-z()\-/.+:_%]{6,80}")
_COUNTED = re.compile(r"(.*?)(\d{1,15})")


@dataclass(frozen=True)
class Span:
    """Codes ``low`` to ``high`` (both counted) that share ``stem``; as scanned: ``first`` and ``last``."""

    stem: str
    low: int
    high: int
    first: str
    last: str

    @property
    def count(self) -> int:
        return self.high - self.low + 1


def cleaned(text: str) -> str:
    """A scanned text as a code: no blanks or group signs; of an address, the 20 digits in it. Raises RuleBroken CODE_BAD."""
    code = re.sub(r"[\s\x1d]", "", half_width(text))
    if found := _INSIDE.findall(code):
        code = found[0] if len(found) == 1 else code
    if not _PLAIN.fullmatch(code):
        raise RuleBroken(
            "CODE_BAD", f"“{text.strip()[:40]}”不是追溯码。请对准药盒上的追溯码再扫一次。", "code"
        )
    return code


def is_usual(code: str) -> bool:
    """20 digits, the first an 8: what nearly every vaccine carries."""
    return bool(_USUAL.fullmatch(code))


def parse(code: str) -> tuple[str, int]:
    """(stem, number) of a cleaned code. The length belongs to the stem: A9 and A09 are two codes."""
    if is_usual(code):
        return code[:7], int(code[7:16])
    match = _COUNTED.fullmatch(code)
    return (f"{match[1]}|{len(match[2])}", int(match[2])) if match else (f"{code}|0", 0)


def span_of(first: str, last: str = "") -> Span:
    """The codes from ``first`` to ``last`` (empty: only the first). Raises RuleBroken CODE_BAD, CODE_RANGE."""
    first = cleaned(first)
    last = cleaned(last) if last.strip() else first
    (stem, low), (other, high) = parse(first), parse(last)
    if stem != other or high < low or high - low >= MOST_AT_ONCE:
        raise RuleBroken(
            "CODE_RANGE",
            "首码和末码不是同一段连续的追溯码(产品码不同、前后颠倒,或超过 2 万个)。请核对,或分段、逐个扫。",
            "last",
        )
    return Span(stem, low, high, first, last)


def spans_of(codes: list[str]) -> list[Span]:
    """Codes scanned one by one, neighbours put together. Raises RuleBroken CODE_BAD, CODE_TWICE (scanned twice)."""
    ones = sorted((span_of(code) for code in codes), key=lambda one: (one.stem, one.low))
    found: list[Span] = []
    for one in ones:
        before = found[-1] if found else None
        if before and before.stem == one.stem and one.low <= before.high:
            raise RuleBroken("CODE_TWICE", f"追溯码 {one.first} 扫了两次,请去掉一个。", "codes")
        if before and before.stem == one.stem and one.low == before.high + 1:
            found[-1] = Span(one.stem, before.low, one.high, before.first, one.last)
        else:
            found.append(one)
    return found


def check_fits(count: int, known: int, vials: int, lot_no: str) -> None:
    """One code per smallest unit: never more codes than vials. Raises RuleBroken CODE_TOO_MANY."""
    if known + count > vials:
        raise RuleBroken(
            "CODE_TOO_MANY",
            f"批号 {lot_no} 这一张单收了 {vials} 支,已录 {known} 个追溯码,再录 {count} 个就多了 {known + count - vials} 个。请核对首码和末码。",
            "last",
        )
