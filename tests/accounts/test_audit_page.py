"""The auditor's page: what happened in the own places, in words."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.audit_words import action_word, target_word
from accounts.choices import Role
from accounts.services import accounts
from core import audit
from core.models import AuditEvent, Job


def _actions(page):
    return {(row.record.actor_id, row.record.action) for row in page.context["table"].rows}


def test_auditor_sees_own_places_only(client_as, cast, town, today):
    other, _ = accounts.create_account(
        actor=None,
        username="auditor2",
        display_name="邻镇审计",
        phone="",
        role=Role.AUDITOR,
        where=town.other_town,
        since=today,
        password="Vax-Test-2026",
    )
    other.must_change_password = False
    other.save(update_fields=["must_change_password"])
    audit.record("session.cancelled", actor=cast.town)
    audit.record("session.cancelled", actor=cast.othertown)
    seen = _actions(client_as(other).get(reverse("accounts:audit") + "?kind=session"))
    assert seen == {(cast.othertown.pk, "session.cancelled")}
    seen = _actions(client_as(cast.auditor).get(reverse("accounts:audit") + "?kind=session"))
    assert seen == {(cast.town.pk, "session.cancelled"), (cast.othertown.pk, "session.cancelled")}


def test_page_reads_in_words(client_as, cast):
    accounts.lock(actor=cast.town, user=cast.cadre01, reason="已调离")
    page = client_as(cast.auditor).get(reverse("accounts:audit") + "?who=town").content.decode()
    assert "帐号 · 停用" in page
    assert "已调离" in page


def test_narrow_by_day(client_as, cast, today):
    address = reverse("accounts:audit")
    client = client_as(cast.auditor)
    assert len(client.get(f"{address}?since={today}").context["table"].rows) > 0
    assert len(client.get(f"{address}?until=2020-01-01").context["table"].rows) == 0


def test_checking_is_a_job(client_as, cast, django_capture_on_commit_callbacks):
    client = client_as(cast.auditor)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("accounts:audit_verify"))
    job = Job.objects.get(kind="verify_audit")
    assert page.url == job.get_absolute_url()
    assert (job.state, job.result["problems"]) == ("done", 0)
    assert "完整" in client.get(page.url).content.decode()
    assert "没有发现问题" in client.get(job.result["next"]).content.decode()


def test_page_costs_the_same_for_few_and_many(client_as, cast, django_assert_max_num_queries):
    for n in range(60):
        audit.record("session.cancelled", actor=cast.town, target=cast.town, data={"n": n})
    client = client_as(cast.auditor)
    with django_assert_max_num_queries(15):
        assert len(client.get(reverse("accounts:audit")).context["table"].page) == 50


def test_unknown_codes_stay_visible():
    assert action_word("rocket.launched") == "rocket.launched"
    assert target_word("nothing.here:1") == "nothing.here:1"
    assert target_word("accounts.user:12") == "帐号 12"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_inspector_gets_a_copy_with_fingerprint_and_reason(
    form, client_as, cast, today, django_capture_on_commit_callbacks
):
    audit.record("session.cancelled", actor=cast.town, data={"reason": "=1+1"})
    client, address = client_as(cast.auditor), reverse("accounts:audit_export")
    asked = {"since": today, "until": today, "form": form}
    assert "请写明用途" in client.post(address, asked).content.decode()
    backwards = {**asked, "reason": "县里检查", "until": today - timedelta(days=1)}
    assert client.post(address, backwards).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {**asked, "reason": "县里检查"})
    job = Job.objects.get(kind="audit_export")
    content = b"".join(client.get(reverse("job_file", args=[job.uid])).streaming_content)
    assert job.result["sha256"] == hashlib.sha256(content).hexdigest()
    assert job.result["sha256"] in client.get(job.get_absolute_url()).content.decode()
    told = AuditEvent.objects.get(action="audit.exported").data
    assert (told["reason"], told["sha256"]) == ("县里检查", job.result["sha256"])
    row = AuditEvent.objects.get(action="session.cancelled")
    sheet = content.decode("utf-8-sig") if form == "csv" else _cells(content)
    assert row.hash in sheet and "场次 · 取消" in sheet and "链的末尾" in sheet


def _cells(content):
    sheet = load_workbook(io.BytesIO(content)).active
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)
