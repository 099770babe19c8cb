"""The same engine on HPV, influenza, MMR, PPV23 and zoster (domain §3.3): the model generalises."""

import pytest

from .rules_cast import ask, day, doses, person

GIRL = person("2010-09-01")
BABY = person("2020-01-10")

# fmt: off
CASES = [
    ("HPV girl", "HPV", GIRL, (), "2023-09-10", "DUE", "DUE", 1, None),
    ("HPV boy", "HPV", person("2010-09-01", "M"), (), "2023-09-10", "NOT_ELIGIBLE", "SEX", 1, None),
    ("HPV under 9", "HPV", person("2016-09-01"), (), "2023-09-10", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2025-09-01"),
    ("HPV2 second too early", "HPV", GIRL, ("HPV2-2D 2023-09-30",), "2024-02-28", "NOT_YET", "INTERVAL", 2, "2024-02-29"),
    ("HPV2 second 5 months", "HPV", GIRL, ("HPV2-2D 2023-09-30",), "2024-02-29", "DUE", "DUE", 2, "2024-02-29"),
    ("HPV2 second after 15", "HPV", GIRL, ("HPV2-2D 2023-09-30",), "2025-09-01", "NOT_ELIGIBLE", "TOO_OLD", 2, None),
    ("HPV2 would be 15 by then", "HPV", person("2009-11-01"), ("HPV2-2D 2023-10-31",), "2024-10-31", "DUE", "DUE", 2, "2024-03-31"),
    ("HPV2 done", "HPV", GIRL, ("HPV2-2D 2023-09-30", "HPV2-2D 2024-03-01"), "2024-09-01", "COMPLETE", "COMPLETE", None, None),
    ("HPV9 second", "HPV", GIRL, ("HPV9 2023-09-30",), "2023-10-30", "DUE", "DUE", 2, "2023-10-30"),
    ("HPV9 second late", "HPV", GIRL, ("HPV9 2023-09-30",), "2023-12-01", "OVERDUE", "LATE", 2, "2023-10-30"),
    ("HPV9 third 5 months after first", "HPV", GIRL, ("HPV9 2023-09-30", "HPV9 2023-10-30"), "2024-02-28", "NOT_YET", "INTERVAL", 3, "2024-02-29"),
    ("HPV9 third 3 months after second", "HPV", GIRL, ("HPV9 2023-09-30", "HPV9 2024-01-15"), "2024-03-01", "NOT_YET", "INTERVAL", 3, "2024-04-15"),
    ("FLU baby second", "FLU", BABY, ("FLU-025 2021-10-01",), "2021-10-28", "NOT_YET", "INTERVAL", 2, "2021-10-29"),
    ("FLU baby two doses", "FLU", BABY, ("FLU-025 2021-10-01", "FLU-025 2021-10-29"), "2021-11-28", "COMPLETE", "COMPLETE", None, None),
    ("FLU vaccinated before", "FLU", person("2020-01-10", groups="FLU_BEFORE"), ("FLU-025 2021-10-01",), "2021-11-28", "COMPLETE", "COMPLETE", None, None),
    ("FLU five months", "FLU", person("2021-05-02"), (), "2021-11-01", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2021-11-02"),
    ("FLU elder", "FLU", person("1950-01-01"), (), "2021-10-01", "DUE", "DUE", 1, "2020-07-01"),
    ("FLU done this season", "FLU", person("1950-01-01"), ("FLU-05 2021-10-01",), "2021-12-01", "COMPLETE", "COMPLETE", None, None),
    ("MMR 8 months", "MMR", person("2021-01-31"), (), "2021-09-30", "DUE", "DUE", 1, "2021-09-30"),
    ("MMR day before", "MMR", person("2021-01-31"), (), "2021-09-29", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2021-09-30"),
    ("MMR done", "MMR", person("2020-01-01"), ("MMR-SIA 2021-09-01",), "2021-12-01", "COMPLETE", "COMPLETE", None, None),
    ("PPV23 due", "PPV23", person("1955-01-01"), (), "2021-09-29", "DUE", "DUE", 1, "2020-01-01"),
    ("PPV23 done", "PPV23", person("1955-01-01"), ("PPV23 2021-09-01",), "2021-09-29", "COMPLETE", "COMPLETE", None, None),
    ("RZV day 59", "RZV", person("1960-01-01"), ("RZV 2021-03-01",), "2021-04-29", "NOT_YET", "INTERVAL", 2, "2021-04-30"),
    ("RZV day 60", "RZV", person("1960-01-01"), ("RZV 2021-03-01",), "2021-04-30", "DUE", "DUE", 2, "2021-04-30"),
    ("RZV late", "RZV", person("1960-01-01"), ("RZV 2021-03-01",), "2021-08-29", "OVERDUE", "LATE", 2, "2021-04-30"),
    ("RZV under 50", "RZV", person("1980-01-01"), (), "2021-08-29", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2030-01-01"),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_vaccine(case):
    _, disease, who, history, on, state, code, number, due_from = case
    verdict = ask(doses(*history), on, who, disease)
    assert (verdict.state, verdict.code, verdict.dose_number) == (state, code, number), verdict.reason
    if due_from:
        assert verdict.due_from == day(due_from)


def test_two_dose_hpv_is_offered_only_under_fourteen():
    assert ask([], "2024-08-31", GIRL, "HPV").allowed_products == ("HPV2-2D", "HPV2-3D", "HPV9")
    assert ask([], "2024-09-01", GIRL, "HPV").allowed_products == ("HPV2-3D", "HPV9")


def test_a_dose_that_would_come_too_late_in_life_is_not_announced():
    who = person("2009-11-01")
    verdict = ask(doses("HPV2-2D 2024-07-01"), "2024-07-20", who, "HPV")
    assert (verdict.state, verdict.code) == ("NOT_ELIGIBLE", "TOO_OLD")
