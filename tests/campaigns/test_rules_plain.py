"""Rules and cohorts in words."""

import pytest

from campaigns.rules import cohort_from_data, rules_from_data
from campaigns.rules.plain import cohort_line, rule_lines


def _lines(**changes):
    rule = {"id": "T", "disease": "COVID", "effective_from": "2021-01-01", "source": "测试", "steps": []}
    return rule_lines(rules_from_data([rule | changes])[0], {"A": "甲苗"})


def test_second_dose():
    step = {
        "series": "S",
        "seq": 2,
        "kind": "PRIMARY",
        "products": ["A", "B"],
        "min_intervals": [{"value": 21, "unit": "day", "from": "previous"}],
        "recommended_by": {"value": 56, "unit": "day", "from": "first"},
        "age_min": 216,
        "age_max": 719,
    }
    assert _lines(steps=[step]) == [
        "第 2 剂:距上一剂满 21天;建议距第一剂 56天内;18周岁至不满60周岁;可用甲苗、B。"
    ]


def test_booster_and_special_clauses():
    step = {
        "seq": None,
        "kind": "BOOSTER",
        "products": ["A"],
        "min_intervals": [
            {"value": 3, "unit": "month", "from": "previous"},
            {"value": 6, "unit": "month", "from": "infection"},
        ],
        "age_min": 720,
    }
    lines = _lines(
        steps=[step],
        other_gap={"days": 14, "exempt": ["A"]},
        early_dose={"valid_from_days": 14, "repeat_after_days": 21},
    )
    assert lines[0] == "加强:距上一剂满 3个月;距感染满 6个月;60周岁及以上;可用甲苗。"
    assert lines[1] == "与其他疫苗间隔不少于 14 天(甲苗除外)。"
    assert "不满 14 天的无效" in lines[2]
    assert "满 21 天重种" in lines[2]


@pytest.mark.parametrize(
    ("cohort", "words"),
    [
        ({}, "不限"),
        ({"age_min": 18, "age_max": 59}, "18–59周岁"),
        ({"age_min": 60}, "60周岁及以上"),
        ({"age_max": 17, "sex": "F"}, "17周岁及以下,女性"),
        ({"born_from": "2018-01-01"}, "2018年1月1日以后出生"),
        ({"age_months_min": 8, "age_months_max": 23}, "8月龄至不满2周岁"),
    ],
)
def test_cohort(cohort, words):
    assert cohort_line(cohort_from_data(cohort)) == words
