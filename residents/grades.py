"""Grade and class out of the many ways in which schools write them. Pure."""

import re

from core.text import clean
from residents.choices import Grade

_DIGITS = {char: number for number, char in enumerate("一二三四五六七八九", start=1)} | {"十": 10}
_NUMBER = r"(\d{1,2}|[一二三四五六七八九十])"
_CLASS = rf"[((.\-]?\s*{_NUMBER}?\s*[))]?\s*班?"
_PATTERNS = (
    (re.compile(rf"([小中大])(?:班)?{_CLASS}"), {"小": 1, "中": 2, "大": 3}, 0),
    (re.compile(rf"高中?([一二三123])(?:年级)?{_CLASS}"), {}, 20),
    (re.compile(rf"(?:初中?|初)([一二三123])(?:年级)?{_CLASS}"), {}, 16),
    (re.compile(rf"([一二三四五六七八九1-9])(?:年级|年)?{_CLASS}"), {}, 10),
)


def parse_class(text: object) -> tuple[int | None, str]:
    """(grade, class number) of 三年级2班, 3(2)班, 初一3班, 大班…; (None, "") when it cannot be told for certain.

    A bare number (3班) is no grade: nobody knows whether it is a grade or a class.
    """
    words = clean(text).replace(" ", "")
    for pattern, own, base in _PATTERNS:
        found = pattern.fullmatch(words)
        if found is None or (base == 10 and not _is_grade(words, found)):
            continue
        grade = own.get(found[1]) or base + _number(found[1])
        return int(Grade(grade)), str(_number(found[2])) if found[2] else ""
    return None, ""


def class_word(grade: int | None, class_no: str) -> str:
    """三年级2班, 大班, 高一3班; "" for nobody's class."""
    word = Grade(grade).label if grade else ""
    if not class_no:
        return word
    return f"{word}{class_no}班" if class_no.isdigit() else f"{word}{class_no}"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS[text]


def _is_grade(words: str, found: re.Match) -> bool:
    """三年级, 三2班, 3(2)班, 3.2 name a grade; 3班 or 32班 may mean anything."""
    parted = any(mark in words for mark in "((.-")
    return "年" in words or (bool(found[2]) and (parted or not found[1].isdigit()))
