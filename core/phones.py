"""Telephone numbers. One number may serve many people: elders are reached through a relative."""

import re

from core.text import clean

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})(?:-(\d{1,6}))?")
_WITHIN = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_COUNTRY = re.compile(r"^(\+|00)86")


def normalise(raw: object) -> str:
    """Digits only for mobiles, 0477-1234567(-12) for landlines; anything else trimmed, unjudged."""
    if raw.__class__ is str and _MOBILE.fullmatch(raw):
        return raw
    text = re.sub(r"[\s()‐‑–—]", lambda m: "" if m[0].isspace() or m[0] in "()" else "-", clean(raw))
    text = _COUNTRY.sub("", text).removeprefix("-")
    digits = text.replace("-", "")
    if _MOBILE.fullmatch(digits):
        return digits
    if match := _LANDLINE.fullmatch(text):
        return "-".join(part for part in match.groups() if part)
    return text


def is_mobile(number: str) -> bool:
    """True for a normalised mainland mobile number."""
    return _MOBILE.fullmatch(number) is not None


def check(raw: object) -> str:
    """The normalised number; empty stays empty. Raises ValueError with a Chinese sentence when it is none."""
    if raw.__class__ is str and _MOBILE.fullmatch(raw):  # nearly every one
        return raw
    number = normalise(raw)
    if not number or is_mobile(number) or _LANDLINE.fullmatch(number):
        return number
    raise ValueError("电话号码不对:手机号是11位数字,座机请带区号,如 0477-1234567。")


def mask(number: str) -> str:
    """138****1234; a landline keeps its area code and last two digits."""
    if is_mobile(number):
        return f"{number[:3]}****{number[-4:]}"
    if match := _LANDLINE.fullmatch(number):
        return f"{match[1]}-{'*' * (len(match[2]) - 2)}{match[2][-2:]}"
    return number[:1] + "*" * (len(number) - 1)


def mask_within(text: str) -> str:
    """``text`` with every mobile number in it masked: people write them into reasons and notes."""
    return _WITHIN.sub(lambda found: mask(found[0]), text)
