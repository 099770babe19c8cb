"""R0…R9, RX and RV of domain §3.2 on the shipped data: one line per case, read as history, day → verdict."""

from dataclasses import replace

import pytest

from campaigns.rules import GivenDose, check_product, next_dose, review_history

from .rules_cast import COVID, ask, day, doses, person

ADULT, ELDER = person(), person("1955-06-01")
TEEN, CHILD = person("2008-01-15"), person("2015-09-01")
SV2 = ("CV-SV 2021-05-01", "CV-SV 2021-05-29")
BOOSTED = (*SV2, "CV-SV 2021-12-01")

# fmt: off
CASES = [
    # rule, who, history, on -> state, code, dose number, due_from, due_to, first product, rule id
    ("R0 before any rule", ADULT, (), "2020-12-14", "NOT_ELIGIBLE", "NO_RULE", 1, None, None, None, ""),
    ("R0 first", ADULT, (), "2021-01-10", "DUE", "DUE", 1, "2020-12-15", None, "CV-BJ", "R0"),
    ("R0 14 days", ADULT, ("CV-BJ 2021-01-01",), "2021-01-15", "DUE", "DUE", 2, "2021-01-15", "2021-01-29", "CV-BJ", "R0"),
    ("R0 13 days", ADULT, ("CV-BJ 2021-01-01",), "2021-01-14", "NOT_YET", "INTERVAL", 2, "2021-01-15", "2021-01-29", "CV-BJ", "R0"),
    ("R0 fifty-nine", person("1961-06-01"), (), "2021-01-10", "DUE", "DUE", 1, "2020-12-15", None, "CV-BJ", "R0"),
    ("R0 sixty", person("1950-01-01"), (), "2021-01-10", "NOT_ELIGIBLE", "TOO_OLD", 1, None, None, None, ""),
    ("R0 dose 1, R1 decides", ADULT, ("CV-BJ 2021-03-20",), "2021-04-03", "NOT_YET", "INTERVAL", 2, "2021-04-10", "2021-05-15", "CV-BJ", "R1"),
    ("R1 sixty", person("1950-01-01"), (), "2021-03-29", "DUE", "DUE", 1, "2021-03-29", None, "CV-BJ", "R1"),
    ("R1 day 20", ADULT, SV2[:1], "2021-05-21", "NOT_YET", "INTERVAL", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("R1 day 21", ADULT, SV2[:1], "2021-05-22", "DUE", "DUE", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("R1 day 56", ADULT, SV2[:1], "2021-06-26", "DUE", "DUE", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("R1 day 57 late", ADULT, SV2[:1], "2021-06-27", "OVERDUE", "LATE", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("R1 years late", ADULT, SV2[:1], "2024-06-27", "OVERDUE", "LATE", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("R1 complete", ADULT, SV2, "2021-06-30", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R1 vector one dose", ADULT, ("CV-KX 2021-05-01",), "2021-06-30", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R1 protein 2nd", ADULT, ("CV-ZF 2021-05-01",), "2021-05-28", "NOT_YET", "INTERVAL", 2, "2021-05-29", "2021-06-26", "CV-ZF", "R1"),
    ("R1 protein 3rd", ADULT, ("CV-ZF 2021-05-01", "CV-ZF 2021-05-29"), "2021-06-26", "DUE", "DUE", 3, "2021-06-26", "2021-10-28", "CV-ZF", "R1"),
    ("R1 protein 3rd late", ADULT, ("CV-ZF 2021-05-01", "CV-ZF 2021-05-29"), "2021-10-29", "OVERDUE", "LATE", 3, "2021-06-26", "2021-10-28", "CV-ZF", "R1"),
    ("R1 same platform mix", ADULT, ("CV-BJ 2021-05-01", "CV-SV 2021-05-29"), "2021-06-30", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R1 mix follows dose 1", ADULT, ("CV-ZF 2021-05-01", "CV-BJ 2021-06-01"), "2021-07-05", "DUE", "DUE", 3, "2021-06-29", "2021-10-28", "CV-ZF", "R1"),
    ("R1 under 18", TEEN, (), "2021-06-30", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2026-01-15", None, None, ""),
    ("R2 12-17", TEEN, (), "2021-07-01", "DUE", "DUE", 1, "2021-07-01", None, "CV-BJ", "R2"),
    ("R2 day 21", TEEN, ("CV-SV 2021-08-01",), "2021-08-22", "DUE", "DUE", 2, "2021-08-22", "2021-09-26", "CV-SV", "R2"),
    ("R2 child waits", CHILD, (), "2021-08-01", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2027-09-01", None, None, ""),
    ("R3 3-11", CHILD, (), "2021-10-15", "DUE", "DUE", 1, "2021-10-15", None, "CV-BJ", "R3"),
    ("R3 third birthday", person("2018-11-26"), (), "2021-11-26", "DUE", "DUE", 1, "2021-11-26", None, "CV-BJ", "R3"),
    ("R3 day before it", person("2018-11-26"), (), "2021-11-25", "NOT_ELIGIBLE", "TOO_YOUNG", 1, "2021-11-26", None, None, ""),
    ("R3 twelve between doses", person("2009-12-01"), ("CV-WH 2021-11-20",), "2021-12-12", "DUE", "DUE", 2, "2021-12-11", "2022-01-15", "CV-WH", "R3"),
    ("R4 day before 6 months", ADULT, SV2, "2021-11-28", "NOT_YET", "INTERVAL", 3, "2021-11-29", None, "CV-SV", "R4"),
    ("R4 6 months", ADULT, SV2, "2021-11-29", "DUE", "DUE", 3, "2021-11-29", None, "CV-SV", "R4"),
    ("R4 month end", ADULT, ("CV-SV 2021-08-01", "CV-SV 2021-08-31"), "2022-02-28", "DUE", "DUE", 3, "2022-02-28", None, "CV-SV", "R4"),
    ("R4 vector", ADULT, ("CV-KX 2021-05-01",), "2021-11-01", "DUE", "DUE", 2, "2021-11-01", None, "CV-KX", "R4"),
    ("R4 teen none", TEEN, ("CV-SV 2021-08-01", "CV-SV 2021-08-29"), "2022-06-01", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R4 boosted", ADULT, BOOSTED, "2022-11-01", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R6 60+ 3 months", ELDER, SV2, "2022-11-29", "DUE", "DUE", 3, "2021-08-29", None, "CV-SV", "R6"),
    ("R7 60+ second booster", ELDER, BOOSTED, "2022-12-13", "DUE", "DUE", 4, "2022-06-01", None, "CV-BJ", "R7"),
    ("R7 healthy adult", ADULT, BOOSTED, "2022-12-13", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R7 immunocompromised", person(groups="IMMUNOCOMPROMISED"), BOOSTED, "2022-12-13", "DUE", "DUE", 4, "2022-06-01", None, "CV-BJ", "R7"),
    ("R7 before 6 months", ELDER, (*SV2, "CV-SV 2022-08-01"), "2022-12-13", "NOT_YET", "INTERVAL", 4, "2023-02-01", None, "CV-BJ", "R7"),
    ("R8 3 months for all", ADULT, ("CV-SV 2022-12-01", "CV-SV 2023-01-10"), "2023-04-10", "DUE", "DUE", 3, "2023-04-10", None, "CV-SV", "R8"),
    ("R8 infected, no dose", person(infected="2022-12-20"), (), "2023-04-10", "DUE", "DUE", 1, "2023-04-10", None, "CV-BJ", "R8"),
    ("R8 infected, one dose", person(infected="2023-01-20"), SV2[:1], "2023-04-19", "NOT_YET", "INTERVAL", 2, "2023-04-20", None, "CV-SV", "R8"),
    ("R8 day comes", person(infected="2023-01-20"), SV2[:1], "2023-04-20", "DUE", "DUE", 2, "2023-04-20", None, "CV-SV", "R8"),
    ("before R8: 6 months", person(infected="2021-02-10"), (), "2021-06-01", "NOT_YET", "NOT_OPEN", 1, "2021-08-10", None, "CV-BJ", "R1"),
    ("R9 XBB 3 months after", ADULT, (*BOOSTED, "CV-ZF 2023-09-15"), "2023-12-14", "NOT_YET", "INTERVAL", 5, "2023-12-15", None, "CV-XBB", "R9"),
    ("R9 infection governs", person(infected="2023-07-01"), BOOSTED, "2023-12-31", "NOT_YET", "INTERVAL", 4, "2024-01-01", None, "CV-XBB", "R9"),
    ("R9 had XBB", ADULT, (*BOOSTED, "CV-XBB 2023-12-10"), "2024-12-14", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("R9 never infected, open", ADULT, SV2[:1], "2023-12-14", "OVERDUE", "LATE", 2, "2021-05-22", "2021-06-26", "CV-SV", "R1"),
    ("RV 13 days invalid", ADULT, ("CV-SV 2021-05-01", "CV-SV 2021-05-14"), "2021-06-03", "NOT_YET", "INTERVAL", 2, "2021-06-04", "2021-06-26", "CV-SV", "R1"),
    ("RV repeat day 21", ADULT, ("CV-SV 2021-05-01", "CV-SV 2021-05-14"), "2021-06-04", "DUE", "DUE", 2, "2021-06-04", "2021-06-26", "CV-SV", "R1"),
    ("RV 14 days valid", ADULT, ("CV-SV 2021-05-01", "CV-SV 2021-05-15"), "2021-06-04", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("RV repeated", ADULT, ("CV-SV 2021-05-01", "CV-SV 2021-05-14", "CV-SV 2021-06-04"), "2021-07-04", "COMPLETE", "COMPLETE", None, None, None, None, ""),
    ("unknown product", ADULT, ("CV-UNK 2021-05-01",), "2022-06-04", "NEEDS_REVIEW", "UNKNOWN_PRODUCT", None, None, None, None, ""),
    ("twice on a day", ADULT, ("CV-SV 2021-05-01", "CV-BJ 2021-05-01"), "2022-06-04", "NEEDS_REVIEW", "SAME_DAY", None, None, None, None, ""),
    ("date to come", ADULT, ("CV-SV 2021-05-02",), "2021-05-01", "NEEDS_REVIEW", "FUTURE_DOSE", None, None, None, None, ""),
    ("before birth", person("2021-06-01"), ("CV-SV 2021-05-02",), "2022-05-01", "NEEDS_REVIEW", "BEFORE_BIRTH", None, None, None, None, ""),
    ("booster first", ADULT, ("CV-KXI 2022-12-02",), "2023-05-01", "NEEDS_REVIEW", "BOOSTER_BEFORE_PRIMARY", None, None, None, None, ""),
    ("booster inside", ADULT, ("CV-SV 2021-05-01", "CV-KXI 2022-12-02"), "2023-05-01", "NEEDS_REVIEW", "BOOSTER_BEFORE_PRIMARY", None, None, None, None, ""),
]
# fmt: on
@pytest.mark.requirement("S70")
@pytest.mark.requirement("S85")
@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_rule(case):
    _, who, history, on, state, code, number, due_from, due_to, product, rule_id = case
    verdict = ask(doses(*history), on, who)
    found = (verdict.state, verdict.code, verdict.dose_number, verdict.rule_id)
    assert found == (state, code, number, rule_id), verdict.reason
    assert verdict.due_from == (day(due_from) if due_from else None)
    assert verdict.due_to == (day(due_to) if due_to else None)
    assert (verdict.allowed_products or (None,))[0] == product
    assert verdict.reason.endswith("。")


def test_r5_offers_homologous_or_sequential_but_not_both():
    before = ask(doses(*SV2), "2022-02-18")
    after = ask(doses(*SV2), "2022-02-19")
    assert before.allowed_products == ("CV-SV",)
    assert after.allowed_products == ("CV-SV", "CV-ZF", "CV-KX")
    sequential = ask(doses(*SV2, "CV-ZF 2022-03-01"), "2022-10-01")
    assert sequential.state == "COMPLETE"


def test_r5_asks_for_two_doses_of_the_three_inactivated_products():
    kangtai = ask(doses("CV-KT 2021-08-01", "CV-KT 2021-08-29"), "2022-03-01")
    assert kangtai.allowed_products == ("CV-KT",)


def test_r6_inhaled_by_age():
    """吸入用: 18–59 岁 6 个月,60 岁及以上 3 个月."""
    history = doses("CV-SV 2022-08-01", "CV-SV 2022-09-05")
    adult, elder = ask(history, "2022-12-05"), ask(history, "2022-12-05", ELDER)
    when = {o.product: o.due_from for o in adult.offers}
    assert when["CV-KXI"] == day("2023-03-05")
    assert "CV-KXI" in elder.allowed_products
    assert {o.product: o.due_from for o in elder.offers}["CV-KXI"] == day("2022-12-05")


def test_r7_prefers_another_product_but_allows_the_same():
    verdict = ask(doses(*BOOSTED), "2022-12-13", ELDER)
    assert verdict.allowed_products[-1] == "CV-SV"
    assert check_product(verdict, "CV-SV", day("2022-12-13")) is None


def test_r8_one_dose_after_infection_completes_the_course():
    who = person(infected="2022-12-20")
    course = review_history(doses(SV2[0], "CV-SV 2023-04-11"), who, COVID, day("2023-04-12"))
    assert course.primary_complete_on == day("2023-04-11")
    single = ask(doses("CV-SZ 2023-04-11"), "2023-04-12", who)
    assert (single.primary_complete_on, single.kind, single.dose_number) == (day("2023-04-11"), "BOOSTER", 2)


def test_r8_a_dose_too_soon_after_infection_does_not_complete():
    who = person(infected="2022-12-20")
    course = review_history(doses("CV-SV 2023-02-01"), who, COVID, day("2023-04-12"))
    assert course.primary_complete_on is None
    assert ask(doses("CV-SV 2023-02-01"), "2023-04-12", who).state == "DUE"


def test_an_infection_that_has_not_happened_yet_is_not_known():
    who = person(infected="2022-12-20")
    assert ask(doses(SV2[0]), "2021-05-22", who) == ask(doses(SV2[0]), "2021-05-22")


def test_rx_keeps_fourteen_days_from_other_vaccines_but_not_from_rabies():
    flu, rabies = [GivenDose("FLU-05", day("2021-05-10"))], [GivenDose("RAB-5", day("2021-05-10"))]
    assert ask([], "2021-05-23", other=flu).due_from == day("2021-05-24")
    assert ask([], "2021-05-23", other=flu).state == "NOT_YET"
    assert ask([], "2021-05-24", other=flu).state == "DUE"
    assert ask([], "2021-05-11", other=rabies).state == "DUE"


def test_rv_numbers_only_valid_doses_and_says_why():
    course = review_history(
        doses("CV-SV 2021-05-01", "CV-SV 2021-05-10", "CV-SV 2021-06-01"), ADULT, COVID, day("2021-06-02")
    )
    assert [d.number for d in course.doses] == [1, None, 2]
    assert "9天" in course.doses[1].note
    assert course.primary_complete_on == day("2021-06-01")


def test_a_dose_judged_invalid_is_repeated():
    bad = replace(doses("CV-SV 2021-05-01")[0], valid=False)
    verdict = ask([bad], "2021-05-10")
    assert (verdict.state, verdict.dose_number, verdict.due_from) == ("NOT_YET", 1, day("2021-05-22"))


def test_an_invalid_dose_of_a_vaccine_without_rv_keeps_the_distance_between_doses():
    bad = replace(doses("RZV 2021-03-01")[0], valid=False)
    verdict = ask([bad], "2021-03-02", person("1960-01-01"), "RZV")
    assert (verdict.state, verdict.dose_number, verdict.due_from) == ("NOT_YET", 1, day("2021-04-30"))


def test_a_missing_earlier_dose_is_asked_for():
    second = GivenDose("CV-SV", day("2021-05-29"), dose_number=2)
    verdict = ask([second], "2021-07-01")
    assert (verdict.state, verdict.code) == ("NEEDS_REVIEW", "MISSING_DOSE")
    assert "第2剂" in verdict.reason


def test_a_substitute_of_the_same_platform_is_allowed_and_marked():
    verdict = ask(doses(SV2[0]), "2021-05-22")
    assert check_product(verdict, "CV-BJ", day("2021-05-22")) is None
    assert verdict.is_substitute("CV-BJ")
    assert not verdict.is_substitute("CV-SV")


@pytest.mark.requirement("S83")
@pytest.mark.parametrize(
    ("history", "on", "who", "product", "code", "word"),
    [
        ((SV2[0],), "2021-05-22", ADULT, "CV-KX", "WRONG_PRODUCT", "应接种"),
        ((SV2[0],), "2021-05-21", ADULT, "CV-SV", "INTERVAL", "2021年5月22日起"),
        (SV2, "2021-06-30", ADULT, "CV-SV", "ALREADY_COMPLETE", "不要接种"),
        ((), "2021-06-30", TEEN, "CV-SV", "TOO_YOUNG", "18周岁"),
        (("CV-UNK 2021-01-01",), "2021-06-30", ADULT, "CV-SV", "UNKNOWN_PRODUCT", "接种凭证"),
        (
            ("CV-SV 2022-08-01", "CV-SV 2022-09-05"),
            "2022-12-05",
            ADULT,
            "CV-KXI",
            "INTERVAL",
            "2023年3月5日起",
        ),
    ],
)
def test_hard_stop_tells_why_and_what_to_do(history, on, who, product, code, word):
    refusal = check_product(ask(doses(*history), on, who), product, day(on))
    assert refusal.code == code
    assert word in refusal.message


def test_names_of_products_are_shown_to_the_nurse():
    names = {"CV-SV": "克尔来福"}
    verdict = next_dose(doses(SV2[0]), ADULT, COVID, day("2021-05-22"), names=names)
    assert "克尔来福" in verdict.reason
    assert "CV-SV" not in verdict.reason
