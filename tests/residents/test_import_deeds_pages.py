"""Pages of reviews, questions, undo, stopping, and the full export."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import jobs
from core.models import AuditEvent, Job
from residents.models import CensusImport, CensusRow, HeaderMemory, Resident
from residents.services import census as service
from residents.services import census_committing
from residents.tasks import commit_census
from tests.residents.census_files import number, said_of, simple, the_office_file


@pytest.fixture
def send(client_as, cast, town, campaign, django_capture_on_commit_callbacks):
    """``send(content)``: uploaded and checked by the cadre; ``commit`` puts it in too."""

    def post(content, *, commit=False, user=None):
        client = client_as(user or cast.cadre01)
        with django_capture_on_commit_callbacks(execute=True):
            file = SimpleUploadedFile("摸排.xlsx", content)
            client.post(reverse("residents:import"), {"file": file, "place": town.village.pk})
        census = CensusImport.objects.order_by("pk").last()
        if commit:
            with django_capture_on_commit_callbacks(execute=True):
                client.post(reverse("residents:import_commit", args=[census.uid]))
            census.refresh_from_db()
        return census

    return post


def person(n, **more):
    return {"姓名": "王伟", "身份证号": number(n), **more}


@pytest.fixture
def waiting(send):
    send(simple(*(person(n, 组="1") for n in (1, 21, 41))), commit=True)
    return send(simple(*(person(n, 组="2") for n in (1, 21, 41))), commit=True)


def test_reviews_show_both_sides_and_settle_row_by_row(waiting, client_as, cast):
    client = client_as(cast.cadre01)
    page = client.get(reverse("residents:reviews"))
    assert [line["differences"] for line in page.context["lines"]] == [
        [{"title": "组", "ours": "1", "theirs": "2"}]
    ] * 3
    assert number(1) not in page.content.decode()
    first, second, third = CensusRow.objects.open_reviews().order_by("pk")
    for row, decision in ((first, "applied"), (second, "discarded"), (third, "nonsense")):
        answer = client.post(reverse("residents:review", args=[row.pk]), {"decision": decision})
        assert answer.url == reverse("residents:reviews")
    assert list(Resident.objects.order_by("pk").values_list("group_no", flat=True)) == ["2", "1", "1"]
    page = client.get(waiting.get_absolute_url())
    assert page.context["waiting"] == 1
    assert "1 未处理" in client.get(reverse("residents:import")).content.decode()
    assert client_as(cast.cadre02).post(reverse("residents:review", args=[third.pk])).status_code == 404


def test_reviews_need_few_queries_however_many_rows(waiting, send, client_as, cast):
    client = client_as(cast.cadre01)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("residents:reviews"))
        return len(seen)

    few = queries()
    send(simple(*(person(n, 组="3") for n in (1, 21, 41))), commit=True)
    assert queries() == few <= 20


def test_a_column_is_explained_on_the_preview_and_forgotten_on_its_page(
    send, client_as, cast, django_capture_on_commit_callbacks
):
    census = send(simple(person(1, 家里座机="0477-4212345")))
    client = client_as(cast.cadre01)
    page = client.get(census.get_absolute_url()).content.decode()
    assert "“家里座机”(C 列)" in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("residents:import_answer", args=[census.uid]), {"column-0": "phone"})
    assert "phone" in said_of(census)
    memory = HeaderMemory.objects.get()
    where = reverse("residents:import_headers")
    assert "家里座机" in client_as(cast.cadre02).get(where).content.decode()
    assert "家里座机" not in client_as(cast.othercadre).get(where).content.decode()
    assert client_as(cast.othercadre).post(where, {"memory": memory.pk, "field": "?"}).status_code == 404
    client.post(where, {"memory": memory.pk, "field": "note"})
    assert HeaderMemory.objects.get().field == "note"
    client.post(where, {"memory": memory.pk, "field": "?"})
    assert not HeaderMemory.objects.exists()


def test_rows_with_one_number_stand_together(send, client_as, cast):
    census = send(simple(person(1, 组="1"), person(3), person(1, 组="2")))
    page = client_as(cast.cadre01).get(census.get_absolute_url())
    assert [(line["number"], line["is_one_of"]) for line in page.context["page_obj"]] == [
        (2, True),
        (4, True),
        (3, False),
    ]
    handed_back = service.checked_rows(census, "rejected")
    assert [row.number for row in handed_back] == [2, 4]


def test_an_import_is_taken_back_on_its_page(send, client_as, cast, django_capture_on_commit_callbacks):
    census = send(the_office_file(), commit=True)
    client, where = client_as(cast.cadre01), reverse("residents:import_undo", args=[census.uid])
    person_ = Resident.objects.first()
    later = person_.updated_at
    Resident.objects.filter(pk=person_.pk).update(updated_at=later + timedelta(days=1))
    page = client.get(where).content.decode()
    assert "资料后来改过" in page and "撤销整个导入" not in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(where)
    assert Job.objects.order_by("pk").last().state == "failed"
    assert Resident.objects.count() == 7
    Resident.objects.filter(pk=person_.pk).update(updated_at=later)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(where)
    assert not Resident.objects.exists()
    assert client.get(where).status_code == 404
    assert "名册恢复到导入以前" in client.get(census.get_absolute_url()).content.decode()


def test_a_stopped_import_says_how_far_it_came_and_goes_on(
    send, client_as, cast, monkeypatch, django_capture_on_commit_callbacks
):
    census = send(the_office_file())
    monkeypatch.setattr(census_committing, "COMMIT_ROWS", 3)
    job = Job.objects.create(kind="census.commit", title="导入", created_by=cast.cadre01)
    CensusImport.objects.filter(pk=census.pk).update(job=job)
    real = jobs.Progress.step

    def stopped_after_three(self, done, total, message=""):
        if done >= 3:
            Job.objects.filter(pk=self.job_id).update(cancel_asked=True)
        real(self, done, total, message)

    monkeypatch.setattr(jobs.Progress, "step", stopped_after_three)
    commit_census.run(job.pk, census_id=census.pk, user_id=cast.cadre01.pk)
    monkeypatch.setattr(jobs.Progress, "step", real)
    job.refresh_from_db()
    assert (job.state, Resident.objects.count()) == ("cancelled", 3)
    assert "已写入 3 人,还有 4 人没有写入" in job.message
    client = client_as(cast.cadre01)
    page = client.get(census.get_absolute_url()).content.decode()
    assert "已写入 3 人,还有 4 人没有写入" in page and "继续导入" in page and "撤销已写入的部分" in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("residents:import_commit", args=[census.uid]))
    assert Resident.objects.count() == 7


def test_a_check_that_was_stopped_can_be_repeated_or_given_up(
    send, client_as, cast, town, campaign, settings
):
    census = service.take_in(
        content=the_office_file(),
        file_name="a.xlsx",
        place=town.village,
        campaign=campaign,
        actor=cast.cadre01,
    )

    def stop(done, total, message=""):
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        service.check(census, today=census.created_at.date(), step=stop)
    stored = (settings.MEDIA_ROOT / census.stored_as).read_text()
    assert "PK" not in stored[:4] and number(1) not in stored
    page = client_as(cast.cadre01).get(census.get_absolute_url()).content.decode()
    assert "重新检查" in page
    client_as(cast.cadre01).post(reverse("residents:import_discard", args=[census.uid]))
    assert not (settings.MEDIA_ROOT / census.stored_as).is_file()


def test_an_upload_never_lies_in_tmp(settings, rf):
    content = b"x" * (5 * 1024 * 1024)
    request = rf.post("/", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert not isinstance(request.FILES["file"], TemporaryUploadedFile)


def test_the_full_export_asks_what_for_and_is_recorded(
    send, client_as, cast, town, django_capture_on_commit_callbacks
):
    send(the_office_file(), commit=True)
    client, where = client_as(cast.cadre01), reverse("residents:export_full")
    assert client.post(where, {"purpose": ""}).status_code == 422
    assert client.post(where, {"purpose": "核对", "village": town.villages[1].pk}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(where, {"purpose": "核对后重新导入"})
    event = AuditEvent.objects.get(action="residents.exported_full")
    assert event.data == {"people": 7, "purpose": "核对后重新导入"}
    assert client_as(cast.school).get(where).status_code == 403
