"""The web process is killed in the middle of a census import: without any timetable the pages say what to do, and going
on neither loses nor doubles anybody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.choices import JobState
from core.models import Job
from residents.choices import ImportState, RowState
from residents.models import CensusImport, Resident
from residents.services import census as service
from residents.services import census_committing
from tests.factories.residents import typed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S13")]


@pytest.fixture
def long_ago():
    return timezone.now() - jobs.STALE_AFTER - timedelta(seconds=5)


def killed_import(cast, village, campaign, long_ago, monkeypatch) -> CensusImport:
    """An import of four people whose process died after the first two."""
    today = timezone.localdate()
    people = [
        typed(today.replace(year=today.year - 40, day=n + 1), name=name) for n, name in enumerate("甲乙丙丁")
    ]
    lines = [f"王{p['name']},{p['number']},138123456{n:02}" for n, p in enumerate(people)]
    content = "\n".join(["姓名,身份证号,联系电话", *lines]).encode()
    user = cast.cadre01
    census = service.take_in(
        content=content, file_name="名单.csv", place=village, campaign=campaign, actor=user
    )
    service.check(census, today=today)
    assert census.counts[RowState.CREATE] == 4

    def killed(done, total, message=""):
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 2)
    with pytest.raises(KeyboardInterrupt):
        service.commit(census, actor=user, now=timezone.now(), today=today, step=killed)
    back = {"next": census.get_absolute_url(), "next_word": "回到原来的页面"}
    state = {"state": JobState.RUNNING, "beat_at": long_ago, "result": back}
    census.job = Job.objects.create(kind="census.commit", title="导入", created_by=user, **state)
    census.save(update_fields=["job"])
    return census


def test_going_on_with_a_killed_import(
    town, campaign, cast, client_as, long_ago, monkeypatch, django_capture_on_commit_callbacks
):
    census = killed_import(cast, town.village, campaign, long_ago, monkeypatch)
    assert Resident.objects.count() == 2
    client = client_as(cast.cadre01)
    page = client.get(census.job.get_absolute_url()).content.decode()
    assert "请重新开始" in page
    assert f'href="{census.get_absolute_url()}"' in page
    assert "继续导入" in client.get(census.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("residents:import_commit", args=[census.uid]))
    census.refresh_from_db()
    assert census.state == ImportState.COMMITTED
    assert sorted(Resident.objects.values_list("name", flat=True)) == sorted(["王甲", "王乙", "王丙", "王丁"])


def test_the_import_page_alone_settles_it_too(
    town, campaign, cast, client_as, long_ago, monkeypatch, django_capture_on_commit_callbacks
):
    census = killed_import(cast, town.village, campaign, long_ago, monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        client_as(cast.cadre01).post(reverse("residents:import_commit", args=[census.uid]))
    assert Resident.objects.count() == 4


def test_what_waited_behind_a_dead_job_died_with_it(cast, client_as, long_ago, settings):
    settings.JOBS_BACKEND = "thread"
    waiting = Job.objects.create(kind="x", title="等待", created_by=cast.cadre01)
    Job.objects.filter(pk=waiting.pk).update(created_at=long_ago)
    busy = Job.objects.create(kind="x", title="在办", state=JobState.RUNNING, beat_at=timezone.now())
    client = client_as(cast.cadre01)
    client.get(waiting.get_absolute_url())
    waiting.refresh_from_db()
    assert waiting.state == JobState.WAITING  # it stands behind one that is alive
    Job.objects.filter(pk=busy.pk).update(beat_at=long_ago)
    assert "请重新开始" in client.get(waiting.get_absolute_url()).content.decode()
