"""The process is killed (kill -9, power cut) at one question to the database after another: nothing is half done in
silence. One deed is wholly there or not at all; an import stands where its page says, and can be gone on with."""

import os
import signal
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from core import files, jobs
from core.models import Job
from inventory.models import Vaccine
from residents import tasks
from residents.choices import ImportState
from residents.models import CensusImport, Merge, RegisterMember, RegisterVersion, Resident, VaccinationRecord
from residents.services import census, census_committing, census_undo, records, versions
from residents.services.enrolments import drift
from residents.services.merging import merge
from residents.services.unmerging import unmerge
from tests.factories.people import make_enrolled
from tests.residents.census_files import number, simple

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
STEP = 7  # not every question, but with all deeds together most kinds of them


def killed_at(question: int, work) -> bool:
    """Do ``work()`` in a process of its own that dies before its ``question``-th question; False when it was done before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            left = question

            def count(execute, *args):
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return execute(*args)

            with connection.execute_wrapper(count):
                work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed"
    return os.WIFSIGNALED(status)


def kill_until_done(work, still, is_done) -> None:
    """Kill ``work`` later and later until it ends by itself; ``still()`` holds after every death.

    The last question may come after the commit, to answer the caller: whoever dies there has done everything.
    """
    deaths = 0
    while killed_at(deaths * STEP, work) and not is_done():
        deaths += 1
        still()
    assert is_done() and deaths > 2


@pytest.fixture
def twins(town, campaign, today):
    pair = [make_enrolled(town.village, campaign, today, name="王建国") for _ in range(2)]
    for days, enrolment in enumerate(pair, start=40):
        records.note_dose(
            enrolment=enrolment,
            vaccine=Vaccine.objects.get(code="CV-SV"),
            given_on=today - timedelta(days=days),
            actor=None,
            today=today,
            source="elsewhere",
        )
    return [enrolment.resident for enrolment in pair]


def test_a_merge_and_its_taking_back_are_whole_or_not_at_all(twins, today):
    kept, absorbed = twins
    given = {"actor": None, "now": timezone.now()}

    def apart():
        assert not Merge.objects.standing().exists()
        assert Resident.objects.live().count() == 2
        assert [person.records.counted().count() for person in twins] == [1, 1]
        assert list(drift(today=today)) == []

    def together():
        assert Merge.objects.standing().count() == Resident.objects.live().count() == 1
        assert kept.records.counted().count() == 2
        assert list(drift(today=today)) == []

    work = {"kept": kept, "absorbed": absorbed, "choices": {}, "reason": "登记了两次", "key": uuid4()}
    kill_until_done(lambda: merge(**work, **given), apart, Merge.objects.standing().exists)
    together()
    row = Merge.objects.get()
    taken_back = Merge.objects.filter(undone_at__isnull=False).exists
    kill_until_done(lambda: unmerge(merge=row, reason="是两个人", **given), together, taken_back)
    apart()


def test_a_register_is_frozen_whole_or_not_at_all(twins, town, campaign, cast, today):
    def nothing():
        assert not RegisterVersion.objects.exists()
        assert not RegisterMember.objects.exists()

    def work():
        about = {"campaign": campaign, "place": town.village, "kind": "submission", "reason": "核对"}
        versions.freeze(**about, actor=cast.cadre01, now=timezone.now(), today=today)

    kill_until_done(work, nothing, RegisterVersion.objects.exists)
    assert RegisterVersion.objects.get().counts["people"] == RegisterMember.objects.count() == 2


@pytest.fixture
def file(town, campaign, cast, today, monkeypatch):
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 2)
    row = census.take_in(
        content=simple(*({"姓名": f"王{'甲乙丙丁戊己'[n]}", "身份证号": number(n + 1)} for n in range(6))),
        file_name="名单.xlsx",
        place=town.village,
        campaign=campaign,
        actor=cast.cadre01,
    )
    census.check(row, today=today)
    return row


def fresh(file) -> CensusImport:
    return CensusImport.objects.select_related("place", "campaign", "organisation").get(pk=file.pk)


def test_an_import_goes_on_where_it_died_and_is_taken_back_whole(file, cast, today):
    def as_far_as_it_says():
        row = fresh(file)
        done, left = census.how_far(row)
        assert (Resident.objects.count(), done + left) == (done, 6)
        # Before the first word of the work, or able to be gone on with and taken back: never "committed" too early.
        assert row.state in (ImportState.CHECKED, ImportState.COMMITTING)
        assert list(drift(today=today)) == []

    def work():
        census.commit(fresh(file), actor=cast.cadre01, now=timezone.now(), today=today)

    kill_until_done(work, as_far_as_it_says, lambda: fresh(file).state == ImportState.COMMITTED)
    assert (fresh(file).state, Resident.objects.count()) == (ImportState.COMMITTED, 6)

    def taken_back():
        census_undo.undo(fresh(file), actor=cast.cadre01, now=timezone.now(), today=today)

    def all_there():
        assert (fresh(file).state, Resident.objects.count()) == (ImportState.COMMITTED, 6)
        assert list(drift(today=today)) == []

    kill_until_done(taken_back, all_there, lambda: fresh(file).state == ImportState.UNDONE)
    assert (fresh(file).state, Resident.objects.count()) == (ImportState.UNDONE, 0)


def test_a_large_import_says_how_far_its_taking_back_got_and_goes_on(file, cast, today, monkeypatch):
    monkeypatch.setattr(census_undo, "AT_ONCE", 2)
    monkeypatch.setattr(census_undo, "CHUNK", 2)
    census.commit(fresh(file), actor=cast.cadre01, now=timezone.now(), today=today)
    seen = set()

    def as_far_as_it_says():
        row, people = fresh(file), Resident.objects.count()
        seen.add((row.state, people))
        assert census_undo.how_far(row) == (6 - people, people)
        assert row.state == ImportState.UNDOING or people == 6
        assert list(drift(today=today)) == []

    kill_until_done(
        lambda: census_undo.undo(fresh(file), actor=cast.cadre01, now=timezone.now(), today=today),
        as_far_as_it_says,
        lambda: fresh(file).state == ImportState.UNDONE,
    )
    assert (fresh(file).state, Resident.objects.count()) == (ImportState.UNDONE, 0)
    assert {people for _, people in seen} > {6, 4}  # it did die in between


def test_a_check_that_died_is_done_again(file, cast, today):
    content = simple({"姓名": "王伟", "身份证号": number(1)}, {"姓名": "", "身份证号": number(2)})
    row = census.take_in(
        content=content, file_name="b.xlsx", place=file.place, campaign=None, actor=cast.cadre01
    )

    def waiting():
        assert fresh(row).state == ImportState.CHECKING

    kill_until_done(
        lambda: census.check(fresh(row), today=today),
        waiting,
        lambda: fresh(row).state == ImportState.CHECKED,
    )
    assert (fresh(row).state, row.rows.count()) == (ImportState.CHECKED, 2)


def test_an_export_that_died_hands_out_nothing_and_says_so(twins, cast, client_as, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user, client = cast.cadre01, client_as(cast.cadre01)
    about = {"next": reverse("residents:import"), "next_word": "回到原来的页面"}
    started = []

    def work():
        given = {"user_id": user.pk, "campaign_id": None, "village_id": None, "purpose": "核对"}
        tasks.export_census.run(started[-1].pk, **given)

    def new_job():
        started.append(Job.objects.create(kind="x", title="导出", created_by=user, result=about))

    new_job()
    while killed_at((len(started) - 1) * STEP, work):
        died = started[-1]
        assert files.produced(died) is None or Job.objects.get(pk=died.pk).result.get("file")
        long_ago = timezone.now() - jobs.STALE_AFTER - timedelta(seconds=5)
        Job.objects.filter(pk=died.pk, state="running").update(beat_at=long_ago)
        page = client.get(died.get_absolute_url()).text
        if Job.objects.get(pk=died.pk).state == "failed":
            assert "请重新开始" in page and about["next"] in page
            assert client.get(reverse("job_file", args=[died.uid])).status_code == 404
        new_job()
    assert len(started) > 2
    assert client.get(reverse("job_file", args=[started[-1].uid])).status_code == 200
    assert VaccinationRecord.objects.count() == 2
