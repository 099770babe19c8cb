"""Numbers for Prometheus: right, about nobody, and for nobody outside."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core.models import ChangeNote, Job
from reports.services import housekeeping
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def asked(client, **headers) -> dict:
    """{(name, values of the labels by their names): value}."""
    page = client.get("/metrics", headers=headers).text
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


def test_what_it_says(client, client_as, cast, town, campaign, today):
    now = timezone.now()
    Job.objects.create(kind="backup", title="备份", state="done", finished_at=now - timedelta(hours=2))
    Job.objects.create(kind="export", title="导出")
    ChangeNote.objects.create(topic="x", place_code=town.village.code, day=today - timedelta(days=1))
    person = make_enrolled(town.village, campaign, today, name="欧阳建国").resident
    before = asked(client).get(("vax_requests_total", "GET", "200", "residents:detail"), 0)
    client_as(cast.cadre01).get(reverse("residents:detail", args=[person.uid]))

    said = asked(client)
    assert said["vax_requests_total", "GET", "200", "residents:detail"] == before + 1
    assert said["vax_request_seconds_count", "residents:detail"] >= 1
    assert (said["vax_jobs", "waiting"], said["vax_changes_waiting",]) == (1, 1)
    assert 7_100 < said["vax_last_backup_age_seconds",] < 7_900
    assert said["vax_oldest_waiting_job_seconds",] >= 0
    assert said["vax_ledger_problems",] == said["vax_last_night_age_seconds",] == -1
    page = client.get("/metrics").text
    assert person.name not in page and str(person.uid) not in page


def test_the_last_night_says_whether_the_books_agree(client, site, monkeypatch):
    monkeypatch.setattr(housekeeping, "book_problems", lambda: iter(["one", "two"]))
    housekeeping.run_due(now=timezone.now())
    said = asked(client)
    assert (said["vax_ledger_problems",], said["vax_rollups_rewritten",], said["vax_audit_problems",]) == (
        2,
        0,
        0,
    )
    assert 0 <= said["vax_last_night_age_seconds",] < 600


def test_only_this_machine_or_who_knows_the_token(client, settings):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics").status_code == 404
    for wrong in ("Bearer wrong", "Bearer é"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    right = {"Authorization": "Bearer a-long-token"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.0.0.5").status_code == 200
