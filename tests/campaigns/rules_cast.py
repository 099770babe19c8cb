"""The shipped rules and the people that the rule tests are about."""

import json
from datetime import date
from pathlib import Path

from campaigns import rules
from campaigns.rules import GivenDose, Person, next_dose, question_sets_from_data, rules_from_data

DATA = Path(rules.__file__).parents[1] / "data"


def load(name: str) -> list:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


ALL_RULES = rules_from_data(load("schedule_rules.json"))
QUESTION_SETS = {s.code: s for s in question_sets_from_data(load("question_sets.json"))}


def rules_of(disease: str) -> list:
    return [r for r in ALL_RULES if r.disease == disease]


COVID = rules_of("COVID")


def day(text: str) -> date:
    return date.fromisoformat(text)


def doses(*lines: str) -> list[GivenDose]:
    """Doses written as "CV-SV 2021-05-01"."""
    return [GivenDose(product, day(on)) for product, on in (line.split() for line in lines)]


def person(born: str = "1980-01-01", sex: str = "F", groups: str = "", infected: str = "") -> Person:
    return Person(day(born), sex, frozenset(groups.split()), day(infected) if infected else None)


def ask(history: list[GivenDose], on: str, who: Person | None = None, disease: str = "COVID", **more):
    return next_dose(history, who or person(), rules_of(disease), day(on), **more)
