"""Reading JSON data with errors that name the bad key. Shared by rules, question sets and cohorts."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


class BadRuleData(ValueError):
    """Rule data that cannot be read; `where` is the path of the bad key, such as `R1.steps[0].kind`."""

    def __init__(self, where: str, problem: str):
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


def only_keys(item: object, keys: set[str], where: str) -> None:
    if not isinstance(item, Mapping):
        raise BadRuleData(where, "must be an object")
    for key in item:
        if key not in keys:
            raise BadRuleData(f"{where}.{key}", f"unknown key; known are {', '.join(sorted(keys))}")


def need(item: Mapping[str, Any], key: str, where: str) -> Any:
    if item.get(key) in (None, ""):
        raise BadRuleData(f"{where}.{key}", "missing")
    return item[key]


def text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadRuleData(where, "must be text")
    return value


def items(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BadRuleData(where, "must be a list")
    return value


def codes(value: object, where: str) -> tuple[str, ...]:
    return tuple(text(v, f"{where}[{n}]") for n, v in enumerate(items(value, where)))


def count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRuleData(where, "must be a whole number, not negative")
    return value


def months(item: Mapping[str, Any], key: str, where: str) -> int | None:
    return None if item.get(key) is None else count(item[key], f"{where}.{key}")


def flag(item: Mapping[str, Any], key: str, where: str) -> bool:
    value = item.get(key, False)
    if not isinstance(value, bool):
        raise BadRuleData(f"{where}.{key}", "must be true or false")
    return value


def choice(kind: type[E], value: object, where: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadRuleData(where, f"{value!r} is not one of {', '.join(kind)}") from None


def day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRuleData(where, f"{value!r} is not a date such as 2021-03-29") from None
