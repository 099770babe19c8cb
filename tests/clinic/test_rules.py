"""The table of docs/visit-states.md is what the code does."""

from datetime import date, datetime, timedelta

import pytest

from clinic import rules
from clinic.choices import Stage
from core.errors import RuleBroken
from tests.clinic.visit_states import cells


def test_the_document_names_every_stage_and_every_deed():
    assert {(stage, deed) for stage, deed, _ in cells()} == {
        (stage, deed) for stage in Stage.values for deed in rules.Deed
    }


@pytest.mark.parametrize(("stage", "deed", "result"), list(cells()))
def test_each_step_is_as_documented(stage, deed, result):
    if result in Stage.values:
        assert rules.step(stage, deed) == result
    else:
        with pytest.raises(RuleBroken) as refused:
            rules.step(stage, deed)
        assert refused.value.code == result
        assert refused.value.message.endswith("。")


def test_nobody_is_dosed_except_from_consented():
    assert [s for s in Stage.values if rules.TABLE[s][rules.Deed.DOSE] == Stage.OBSERVING] == ["consented"]


@pytest.mark.requirement("S59")
@pytest.mark.parametrize(
    ("minutes", "reason", "doctor", "refusal"),
    [
        (29, "", True, "还差 1 分钟"),
        (29, "  ", True, "还差 1 分钟"),
        (29, "家中急事", False, "由医生看过"),
        (29, "家中急事", True, ""),
        (30, "", False, ""),
    ],
)
def test_leaving_before_the_time_needs_a_reason_and_a_doctor(minutes, reason, doctor, refusal):
    start = datetime(2026, 11, 21, 9, 0)
    due, now = start + timedelta(minutes=30), start + timedelta(minutes=minutes)
    if refusal:
        with pytest.raises(RuleBroken, match=refusal):
            rules.check_leaving_on_time(due, now, reason, has_doctor=doctor)
    else:
        rules.check_leaving_on_time(due, now, reason, has_doctor=doctor)


@pytest.mark.parametrize(
    ("status", "due_from", "code"),
    [
        ("open", date(2026, 11, 21), None),
        ("open", date(2026, 11, 22), "NOT_YET"),
        ("hold", date(2026, 11, 1), None),
        ("review", None, None),
        ("contra", None, "CONTRA"),
        ("complete", None, "COMPLETE"),
        ("ineligible", None, "INELIGIBLE"),
        ("out", None, "NOT_ON_REGISTER"),
    ],
)
def test_who_may_enter_the_floor(status, due_from, code):
    today = date(2026, 11, 21)
    if code is None:
        rules.check_admissible(status, "", due_from, today)
    else:
        with pytest.raises(RuleBroken) as refused:
            rules.check_admissible(status, "", due_from, today)
        assert refused.value.code == code
