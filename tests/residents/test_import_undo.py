"""A large import is taken back in many transactions: stopped or killed in between it says so and can be gone on with."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.errors import RuleBroken
from core.models import AuditEvent, Job
from residents.choices import ImportState
from residents.models import Enrolment, Resident, ResidentIdentifier, VaccinationRecord
from residents.services import census as service
from residents.services import census_taking_back, census_undo
from residents.services.census_undo import end_with_rest, obstacles, undo
from residents.tasks import undo_census
from residents.views import import_deeds
from tests.residents.census_files import number, simple

pytestmark = pytest.mark.requirement("S11")


@pytest.fixture
def census(cast, town, campaign, today, monkeypatch):
    """Two people whom the village knew and four new ones; pieces of one and of two."""
    monkeypatch.setattr(census_undo, "AT_ONCE", 2)
    monkeypatch.setattr(census_undo, "CHUNK", 2)
    monkeypatch.setattr(census_undo, "RESTORED", 1)

    def put(*people):
        content, user = simple(*people), cast.cadre01
        made = service.take_in(
            content=content, file_name="摸排.xlsx", place=town.village, campaign=campaign, actor=user
        )
        service.check(made, today=today)
        service.commit(made, actor=user, now=timezone.now(), today=today)
        return made

    known, names = (1, 21), ["王伟", "李娜", "张敏", "刘洋", "陈静", "杨勇"]
    numbers = (1, 21, 41, 61, 81, 101)
    put(
        *({"姓名": name, "身份证号": number(n)} for n, name in zip(numbers, names, strict=True) if n in known)
    )
    return put(
        *(
            {"姓名": name, "身份证号": number(n), "职业": "务农", "户号": "009", "第1针日期": "2021-06-01"}
            for n, name in zip(numbers, names, strict=True)
        )
    )


@pytest.fixture
def take_back(census, cast, today):
    def run(**more):
        return undo(census, actor=cast.cadre01, now=timezone.now(), today=today, **more)

    return run


def killed_after(number):
    def step(done, total, message=""):
        if done >= number:
            raise KeyboardInterrupt

    return step


def what_is_left():
    counted = VaccinationRecord.objects.filter(voided_at=None)
    tables = (Resident.objects, ResidentIdentifier.objects, Enrolment.objects, counted)
    return [rows.count() for rows in tables]


def test_killed_between_two_pieces_it_says_so_and_goes_on(census, take_back, client_as, cast):
    with pytest.raises(KeyboardInterrupt):
        take_back(step=killed_after(4))
    census.refresh_from_db()
    assert census.state == ImportState.UNDOING
    assert what_is_left() == [4, 4, 4, 2]
    client = client_as(cast.cadre01)
    page = client.get(census.get_absolute_url()).content.decode()
    assert "已撤销 4 人,还有 2 人仍在名册上" in page and "继续撤销" in page
    assert "撤销中" in client.get(reverse("residents:import")).content.decode()
    with pytest.raises(RuleBroken, match="已经完成或已经放弃"):
        service.commit(census, actor=cast.cadre01, now=timezone.now(), today=timezone.localdate())
    assert take_back() == {"removed": 4, "restored": 2}
    assert census.state == ImportState.UNDONE
    assert what_is_left() == [2, 2, 2, 0]
    assert set(Resident.objects.values_list("occupation", "household")) == {("", None)}
    assert not census.rows.filter(resident__isnull=False).exists()
    assert AuditEvent.objects.get(action="census.undone").data == {"removed": 4, "restored": 2}
    assert AuditEvent.objects.filter(action="census.undo_begun").count() == 1


@pytest.mark.django_db(transaction=True)
def test_killed_within_a_piece_nothing_of_the_piece_is_done(census, take_back, monkeypatch):
    real, calls = census_taking_back._delete, []

    def killed(ids, today):
        real(ids, today)
        if ids:
            calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(census_taking_back, "_delete", killed)
    with pytest.raises(KeyboardInterrupt):
        take_back()
    assert what_is_left() == [4, 4, 4, 2]
    assert census_undo.how_far(census) == (4, 2)
    monkeypatch.setattr(census_taking_back, "_delete", real)
    assert take_back() == {"removed": 4, "restored": 2}
    assert what_is_left() == [2, 2, 2, 0]


def test_what_stands_in_the_way_from_the_start_changes_nothing(census, take_back):
    before = what_is_left()
    Resident.objects.filter(name="陈静").update(updated_at=timezone.now())
    with pytest.raises(RuleBroken) as refused:
        take_back()
    assert refused.value.code == "UNDO_BLOCKED"
    census.refresh_from_db()
    assert (census.state, what_is_left()) == (ImportState.COMMITTED, before)


def test_somebody_changed_meanwhile_stays_until_the_office_decides(census, take_back, client_as, cast, today):
    def step(done, total, message=""):
        Resident.objects.filter(name="杨勇", occupation="务农").update(
            occupation="务工", updated_at=timezone.now()
        )

    def settled(**more):
        return end_with_rest(census, actor=cast.cadre01, now=timezone.now(), today=today, **more)

    with pytest.raises(RuleBroken) as refused:
        settled()
    assert refused.value.code == "NOT_UNDOABLE"
    with pytest.raises(KeyboardInterrupt):
        take_back(step=killed_after(4))
    with pytest.raises(RuleBroken) as refused:
        settled()
    assert refused.value.code == "UNDO_NOT_OVER"
    with pytest.raises(RuleBroken) as refused:
        take_back(step=step)
    assert refused.value.code == "UNDO_STUCK"
    census.refresh_from_db()
    assert census.state == ImportState.UNDOING
    assert [obstacle.resident.name for obstacle in obstacles(census)] == ["杨勇"]
    client, where = client_as(cast.cadre01), reverse("residents:import_undo", args=[census.uid])
    page = client.get(where).content.decode()
    assert "杨勇" in page and "让这些人留在名册" in page
    client.post(where, {"keep": "1"})
    census.refresh_from_db()
    assert (census.state, census.counts["kept"]) == (ImportState.UNDONE, 1)
    assert Resident.objects.filter(name="杨勇", occupation="务工").exists()
    assert Resident.objects.count() == 3
    page = client.get(census.get_absolute_url()).content.decode()
    assert "1 人因撤销期间又有变动留在名册上" in page
    assert "没有撤销,仍在名册上:资料后来改过" in page
    assert AuditEvent.objects.get(action="census.undone").data["kept"] == 1


def test_a_stopped_undo_tells_how_far_it_came(census, cast, monkeypatch):
    job = Job.objects.create(kind="census.undo", title="撤销", created_by=cast.cadre01)
    real = jobs.Progress.step

    def stopped_after_two(self, done, total, message=""):
        if done >= 2:
            Job.objects.filter(pk=self.job_id).update(cancel_asked=True)
        real(self, done, total, message)

    monkeypatch.setattr(jobs.Progress, "step", stopped_after_two)
    undo_census.run(job.pk, census_id=census.pk, user_id=cast.cadre01.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "已撤销 2 人,还有 4 人没有撤销" in job.message


def test_the_page_does_not_look_at_everybody_of_a_large_file_unasked(census, client_as, cast, monkeypatch):
    monkeypatch.setattr(import_deeds, "_LOOKED_AT", 5)
    Resident.objects.filter(name="陈静").update(updated_at=timezone.now())
    client, where = client_as(cast.cadre01), reverse("residents:import_undo", args=[census.uid])
    page = client.get(where).content.decode()
    assert "先逐人核对" in page and "撤销整个导入" in page and "陈静" not in page
    assert "陈静" in client.get(where, {"list": "1"}).content.decode()
    monkeypatch.setattr(import_deeds, "_LOOKED_AT", 6)
    assert "陈静" in client.get(where).content.decode()
