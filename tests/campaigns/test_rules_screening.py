"""健康询问: the consequence of every question of the shipped sets (domain §4.3, requirements S17, S19,
S119).
"""

from datetime import timedelta

import pytest

from campaigns.rules import Answer, Outcome, Scope, judge, question_set_for

from .rules_cast import QUESTION_SETS, day, person

ON = day("2021-06-01")
WOMAN, MAN, ELDER = person(), person(sex="M"), person("1950-01-01")
TEEN, CHILD = person("2005-01-01", "M"), person("2014-01-01", "M")
SETS = list(QUESTION_SETS.values())


def healthy(questions, who, on=ON):
    """Everything answered, nothing found."""
    return {q.code: Answer(yes=not q.bad, degrees=36.6) for q in questions.asked(who, on)}


def screen(who=WOMAN, on=ON, platform="INACTIVATED", **found):
    questions = question_set_for(SETS, who, on)
    return judge(healthy(questions, who, on) | found, questions, on, who, platform=platform)


YES, NO = Answer(yes=True), Answer(yes=False)


@pytest.mark.requirement("S17")
@pytest.mark.parametrize("who", [WOMAN, MAN, ELDER, TEEN, CHILD])
def test_a_healthy_person_passes(who):
    verdict = screen(who)
    assert (verdict.outcome, verdict.reasons, verdict.missing) == ("PASS", (), ())


@pytest.mark.requirement("S84")
@pytest.mark.parametrize(
    ("degrees", "outcome"), [(37.2, "PASS"), (37.29, "PASS"), (37.3, "DEFER"), (39.5, "DEFER")]
)
def test_fever_defers_from_37_3(degrees, outcome):
    assert screen(Q1=Answer(degrees=degrees)).outcome == outcome
    assert screen(CHILD, C0=Answer(degrees=degrees)).outcome == outcome


@pytest.mark.parametrize("degrees", [None, 3.65, 365.0])
def test_a_missing_or_impossible_temperature_is_no_pass(degrees):
    verdict = screen(Q1=Answer(degrees=degrees))
    assert (verdict.outcome, verdict.missing) == ("DEFER", ("Q1",))


@pytest.mark.requirement("S19")
@pytest.mark.parametrize(
    ("code", "outcome", "scope", "permanent"),
    [
        ("Q2", "DEFER", "all", False),
        ("Q3", "CONTRA", "product", True),
        ("Q4", "CONTRA", "all", True),
        ("Q5", "CONTRA", "all", False),
        ("Q6", "CONTRA", "all", False),
        ("Q8", "DEFER", "all", False),
        ("Q8b", "CONTRA", "all", False),
    ],
)
def test_consequence_for_adults(code, outcome, scope, permanent):
    verdict = screen(**{code: YES})
    assert (verdict.outcome, verdict.scope, verdict.permanent) == (outcome, scope, permanent)
    assert verdict.review_on > ON, "every block has a day on which a doctor looks again"
    assert len(verdict.reasons) == 1


@pytest.mark.parametrize(("code", "word"), [("Q7", "哺乳"), ("Q12", "免疫"), ("Q13", "晕针")])
def test_answers_that_pass_with_advice(code, word):
    verdict = screen(**{code: YES})
    assert (verdict.outcome, verdict.reasons) == ("PASS", ())
    assert word in verdict.advice[0]


def test_pregnancy_waits_for_the_delivery_and_is_asked_of_women_only():
    due = screen(Q6=Answer(yes=True, on=ON + timedelta(days=100)))
    assert (due.outcome, due.until, due.permanent) == ("CONTRA", ON + timedelta(days=100), False)
    overdue = screen(Q6=Answer(yes=True, on=ON - timedelta(days=3)))
    assert (overdue.outcome, overdue.until) == ("CONTRA", None)
    assert "Q6" not in {q.code for q in QUESTION_SETS["adult-2021"].asked(MAN, ON)}


def test_fourteen_days_after_another_vaccine():
    given = Answer(yes=True, on=ON - timedelta(days=13))
    verdict = screen(Q9=given)
    assert (verdict.outcome, verdict.until) == ("DEFER", ON + timedelta(days=1))
    assert "2021年6月2日起" in verdict.reasons[0]
    assert screen(Q9=Answer(yes=True, on=ON - timedelta(days=14))).outcome == "PASS"
    assert screen(Q9=Answer(yes=True, on=ON, product="RAB-5")).outcome == "PASS"
    assert screen(Q9=Answer(yes=True, on=ON, product="FLU-05")).outcome == "DEFER"


@pytest.mark.parametrize("on", [None, ON + timedelta(days=1)])
def test_a_yes_without_a_usable_date_defers_and_asks_for_it(on):
    verdict = screen(Q9=Answer(yes=True, on=on))
    assert (verdict.outcome, verdict.until) == ("DEFER", None)
    assert "补填日期" in verdict.reasons[0]


def test_infection_six_months_in_2021_three_for_elders_since_2022_11():
    assert screen(Q10=Answer(yes=True, on=day("2020-12-02"))).until == day("2021-06-02")
    assert screen(Q10=Answer(yes=True, on=day("2020-12-01"))).outcome == "PASS"
    later = day("2023-03-19")
    verdict = screen(ELDER, later, Q10=Answer(yes=True, on=day("2022-12-20")))
    assert (verdict.outcome, verdict.until) == ("DEFER", day("2023-03-20"))


def test_immunoglobulin_thirty_days():
    assert screen(Q11=Answer(yes=True, on=ON - timedelta(days=29))).until == ON + timedelta(days=1)
    assert screen(Q11=Answer(yes=True, on=ON - timedelta(days=30))).outcome == "PASS"


def test_immune_suppression_stops_the_vector_platform_only():
    verdict = screen(platform="VIRAL_VECTOR", Q12=YES)
    assert (verdict.outcome, verdict.scope, verdict.needs_doctor) == ("DEFER", "platform", True)
    assert screen(platform="PROTEIN", Q12=YES).outcome == "PASS"


@pytest.mark.requirement("S34")
@pytest.mark.parametrize("who", [TEEN, CHILD])
def test_a_minor_without_guardian_is_not_vaccinated(who):
    verdict = screen(who, Q14=NO)
    assert (verdict.outcome, verdict.review_on) == ("DEFER", ON + timedelta(days=1))
    assert "监护人" in verdict.reasons[0]
    assert screen(who, Q14=Answer()).outcome == "DEFER"


def test_an_adult_is_not_asked_for_a_guardian():
    eighteen = person("2003-06-01")
    asked = QUESTION_SETS["adult-2021"].asked
    assert "Q14" not in {q.code for q in asked(eighteen, ON)}
    assert "Q14" in {q.code for q in asked(eighteen, ON - timedelta(days=1))}


@pytest.mark.requirement("S119")
@pytest.mark.parametrize(
    ("code", "outcome"),
    [("C1", "CONTRA"), ("C2", "DEFER"), ("C3", "DEFER"), *[(f"C{n}", "CONTRA") for n in range(4, 10)]],
)
def test_nine_items_for_children(code, outcome):
    verdict = screen(CHILD, **{code: YES})
    assert verdict.outcome == outcome
    assert verdict.review_on > ON
    assert verdict.permanent is (code == "C1")


@pytest.mark.parametrize(
    ("code", "outcome", "doctor"),
    [
        ("N1", "CONTRA", False),
        ("N2", "DEFER", False),
        ("N3", "DEFER", False),
        ("N4", "CONTRA", False),
        ("Q5", "DEFER", True),
    ],
)
def test_narrowed_list_for_elders(code, outcome, doctor):
    verdict = screen(ELDER, day("2022-11-29"), **{code: YES})
    assert (verdict.outcome, verdict.needs_doctor) == (outcome, doctor)


def test_the_set_in_force_for_the_age_is_used():
    eve, start = day("2022-11-28"), day("2022-11-29")
    assert question_set_for(SETS, ELDER, eve).code == "adult-2021"
    assert question_set_for(SETS, ELDER, start).code == "narrowed-2022"
    assert question_set_for(SETS, WOMAN, start).code == "adult-2021"
    assert question_set_for(SETS, CHILD, start).code == "child-2021"
    assert question_set_for(SETS, person("2009-06-01"), ON).code == "adult-2021"
    assert question_set_for(SETS, person("2009-06-02"), ON).code == "child-2021"
    assert question_set_for(SETS, WOMAN, day("2020-01-01")) is None


@pytest.mark.parametrize("who", [WOMAN, CHILD])
def test_no_question_may_be_left_out(who):
    questions = question_set_for(SETS, who, ON)
    for question in questions.asked(who, ON):
        answers = healthy(questions, who)
        del answers[question.code]
        verdict = judge(answers, questions, ON, who)
        assert (verdict.outcome, verdict.missing) == (Outcome.DEFER, (question.code,))


def test_the_worst_answer_decides_and_all_reasons_are_said():
    verdict = screen(Q1=Answer(degrees=38.5), Q3=YES, Q9=Answer(yes=True, on=ON))
    assert (verdict.outcome, verdict.scope) == (Outcome.CONTRA, Scope.PRODUCT)
    assert len(verdict.reasons) == 3
    assert "成分" in verdict.reasons[0]
