"""The shipped data is whole, and a bad file is refused with the name of the bad key."""

import copy
import csv

import pytest

from campaigns.rules import BadRuleData, question_set_from_data, rules_from_data
from campaigns.rules.schedule import known_products

from .rules_cast import ALL_RULES, DATA, load


def products() -> dict[str, dict]:
    with (DATA / "vaccine_products.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def test_every_product_of_a_rule_is_registered():
    assert known_products(ALL_RULES) <= products().keys()


def test_no_rule_offers_the_unknown_product():
    assert "CV-UNK" in products()
    assert "CV-UNK" not in known_products(ALL_RULES)


def test_rules_agree_with_the_products_on_the_lowest_age():
    registered = products()
    for rule in ALL_RULES:
        for step in rule.steps:
            for product in step.products:
                lowest = registered[product]["min_m"]
                assert not lowest or step.age_min >= int(lowest), (rule.id, product)


def test_every_rule_of_the_domain_is_there():
    covid = {r.id for r in ALL_RULES if r.disease == "COVID"}
    assert covid == {*(f"R{n}" for n in range(10)), "RX", "RV"}
    assert {r.disease for r in ALL_RULES} == {"COVID", "HPV", "FLU", "MMR", "PPV23", "RZV"}


def test_groups_that_rules_ask_for_are_registered():
    known = {g["code"] for g in load("priority_groups.json")}
    assert {g for r in ALL_RULES for s in r.steps for g in s.groups_any} <= known
    assert {f"K{n}" for n in range(1, 10)} <= known


@pytest.mark.requirement("S82")
def test_checklists():
    seven, ten = load("checklists.json")
    groups = [i["group"] for i in seven["items"]]
    assert [groups.count(g) for g in ("三查", "七对", "一验证")] == [3, 7, 1]
    groups = [i["group"] for i in ten["items"]]
    assert [groups.count(g) for g in ("三查", "十对")] == [3, 10]


@pytest.mark.requirement("S20")
def test_consent_forms_have_every_section():
    wanted = {
        "disease",
        "products",
        "effect",
        "schedule",
        "contraindications",
        "reactions",
        "notices",
        "compensation",
    }
    for form in load("consent_forms.json"):
        assert wanted <= {s["code"] for s in form["sections"]}
        assert all(s["text"].endswith(("。", ":________。")) for s in form["sections"])
        assert {"willing", "signature", "relation", "signed_on", "staff_signature"} <= {
            s["code"] for s in form["signing"]
        }


STEP = {
    "series": "S",
    "seq": 2,
    "kind": "PRIMARY",
    "products": ["A"],
    "min_intervals": [{"value": 21, "unit": "day"}],
}
RULE = {"id": "T1", "disease": "X", "effective_from": "2021-01-01", "source": "test", "steps": [STEP]}


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("source",), "", "T1.source"),
        (("effective_from",), "2021-13-01", "T1.effective_from"),
        (("effective_to",), "2020-01-01", "T1.effective_to"),
        (("efective_to",), None, "T1.efective_to"),
        (("steps",), {}, "T1.steps"),
        (("early_dose",), {"valid_from_days": 14}, "T1.early_dose.repeat_after_days"),
        (("other_gap",), {"days": -1}, "T1.other_gap.days"),
        (("steps", 0, "kind"), "EXTRA", "T1.steps[0].kind"),
        (("steps", 0, "seq"), 0, "T1.steps[0].seq"),
        (("steps", 0, "series"), "", "T1.steps[0].series"),
        (("steps", 0, "products"), [], "T1.steps[0].products"),
        (("steps", 0, "products"), "A", "T1.steps[0].products"),
        (("steps", 0, "sex"), "女", "T1.steps[0].sex"),
        (("steps", 0, "age_min"), 18.5, "T1.steps[0].age_min"),
        (("steps", 0, "completes"), True, "T1.steps[0].min_intervals"),
        (("steps", 0, "min_intervals"), [], "T1.steps[0].min_intervals"),
        (("steps", 0, "min_intervals", 0, "unit"), "week", "T1.steps[0].min_intervals[0].unit"),
        (("steps", 0, "min_intervals", 0, "value"), "21", "T1.steps[0].min_intervals[0].value"),
    ],
)
def test_a_bad_rule_is_refused_with_its_key(path, value, where):
    assert rules_from_data([RULE])[0].id == "T1"
    bad = copy.deepcopy(RULE)
    target = bad
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(BadRuleData) as error:
        rules_from_data([bad])
    assert error.value.where == where


def test_two_rules_with_one_id_are_refused():
    with pytest.raises(BadRuleData, match=r"T1\.id: used twice"):
        rules_from_data([RULE, RULE])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "temperature"}, "T.questions[0].threshold"),
        ({"then": None}, "T.questions[0].then"),
        ({"then": {"outcome": "MAYBE", "reason": "x"}}, "T.questions[0].then.outcome"),
        ({"then": {"outcome": "DEFER"}}, "T.questions[0].then.reason"),
        ({"askdate": True}, "T.questions[0].askdate"),
    ],
)
def test_a_bad_question_is_refused_with_its_key(change, where):
    question = {"code": "Q", "text": "?", "then": {"outcome": "DEFER", "reason": "x"}}
    form = {"code": "T", "name": "t", "source": "s", "effective_from": "2021-01-01", "questions": [question]}
    assert question_set_from_data(form).questions[0].code == "Q"
    with pytest.raises(BadRuleData) as error:
        question_set_from_data({**form, "questions": [{**question, **change}]})
    assert error.value.where == where
