"""The pages of the census import: who may open them, what they show, how few queries they need."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.errors import RuleBroken
from core.models import AuditEvent, Job
from residents.models import CensusImport, Resident
from residents.services import census as service
from residents.tasks import commit_census
from residents.views.import_work import set_going
from tests.residents.census_files import number, simple, the_office_file


@pytest.fixture
def send(client_as, django_capture_on_commit_callbacks):
    """``send(user, content, place)``: upload as the page does; jobs run at once. Returns the response."""

    def post(user, content, place, name="摸排.xlsx"):
        with django_capture_on_commit_callbacks(execute=True):
            data = {"file": SimpleUploadedFile(name, content), "place": place.pk}
            return client_as(user).post(reverse("residents:import"), data)

    return post


@pytest.fixture
def sent(send, cast, town, campaign):
    """The office's file, sent in by the cadre of the first village and checked."""
    send(cast.cadre01, the_office_file(), town.village)
    return CensusImport.objects.get()


def url(name, census=None):
    return reverse(f"residents:{name}", args=[census.uid] if census else [])


def test_from_upload_to_register_in_three_clicks(
    send, cast, town, campaign, client_as, django_capture_on_commit_callbacks
):
    response = send(cast.cadre01, the_office_file(), town.village)
    census, job = CensusImport.objects.get(), Job.objects.get()
    assert (response.status_code, response.url) == (302, job.get_absolute_url())
    assert job.result["next"] == census.get_absolute_url()
    assert (census.state, census.campaign) == ("checked", campaign)
    client = client_as(cast.cadre01)
    page = client.get(census.get_absolute_url()).content.decode()
    assert "确认导入 7 人" in page
    assert "改坏" in page
    assert number(1) not in page
    assert "999999********" in page
    assert not Resident.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("import_commit", census))
    assert Resident.objects.count() == 7
    census.refresh_from_db()
    assert census.state == "committed"
    page = client.get(census.get_absolute_url()).content.decode()
    assert "确认导入" not in page


def test_the_cards_open_their_rows(sent, client_as, cast):
    page = client_as(cast.cadre01).get(sent.get_absolute_url(), {"state": "rejected"})
    assert {line["number"] for line in page.context["page_obj"]} == {12, 13, 14, 15, 16, 17, 19, 21}


def test_a_file_that_is_none_is_refused_where_it_was_chosen(send, cast, town):
    response = send(cast.cadre01, b"MZ...", town.village, name="名单.exe")
    assert response.status_code == 422
    assert "请选择Excel文件" in response.content.decode()
    assert not CensusImport.objects.exists()


def test_a_file_that_only_pretends_says_what_to_do(send, cast, town, client_as, campaign):
    send(cast.cadre01, b"%PDF-1.7", town.village)
    census = CensusImport.objects.get()
    page = client_as(cast.cadre01).get(census.get_absolute_url()).content.decode()
    assert "这不是Excel表格" in page
    assert "重新上传" in page


def test_bad_rows_are_handed_back_and_the_download_is_recorded(sent, client_as, cast):
    response = client_as(cast.cadre01).get(url("import_errors", sent))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(response.content)).active.title == "需要改正的行"
    event = AuditEvent.objects.get(action="census.errors_downloaded")
    assert (event.actor, event.data) == (cast.cadre01, {"rows": 8})


def test_giving_up_leaves_the_register_alone(sent, client_as, cast):
    client = client_as(cast.cadre01)
    assert client.post(url("import_discard", sent)).url == url("import")
    assert not sent.rows.exists()
    assert not Resident.objects.exists()
    client.post(url("import_commit", sent))
    assert not Resident.objects.exists()


def test_the_form_offers_only_the_users_own_places(client_as, cast, town):
    def offered(user):
        return set(client_as(user).get(url("import")).context["form"].fields["place"].queryset)

    assert offered(cast.cadre01) == {town.village}
    assert offered(cast.town) == {town.town, *town.villages}
    assert offered(cast.school) == {town.town}


def test_a_file_cannot_be_sent_into_another_place(send, cast, town):
    response = send(cast.cadre01, simple({"姓名": "王伟", "身份证号": number(1)}), town.villages[1])
    assert response.status_code == 422
    assert not CensusImport.objects.exists()


PAGES = [
    ("import_detail", "get"),
    ("import_errors", "get"),
    ("import_commit", "post"),
    ("import_discard", "post"),
]


@pytest.mark.parametrize(("name", "method"), PAGES)
def test_imports_of_others_are_not_there_and_other_roles_are_refused(
    sent, client_as, cast, name, method, django_capture_on_commit_callbacks
):
    def status(user):
        return getattr(client_as(user), method)(url(name, sent)).status_code

    strangers = {
        user: status(getattr(cast, user)) for user in ("cadre02", "othertown", "othercadre", "school")
    }
    assert set(strangers.values()) == {404}
    others = {user: status(getattr(cast, user)) for user in ("county", "registrar", "vaccinator", "auditor")}
    assert set(others.values()) == {403}
    assert not Resident.objects.exists()
    sent.refresh_from_db()
    assert sent.state == "checked"


def test_a_school_sends_its_roster_and_sees_nothing_of_others(
    send, cast, town, school, client_as, campaign, today
):
    village = simple({"姓名": "王伟", "身份证号": number(1), "电话": "13800000001", "村": "曙光社区"})
    taken = service.take_in(
        content=village, file_name="村.xlsx", place=town.village, campaign=None, actor=cast.cadre01
    )
    service.check(taken, today=today)
    service.commit(taken, actor=cast.cadre01, now=timezone.now(), today=today)
    roster = simple(
        {"姓名": "王伟", "身份证号": number(1), "电话": "13900000009", "村": "曙光社区", "班级": "一年级1班"},
        {"姓名": "李娜", "身份证号": number(2), "电话": "13800000002", "村": "南山社区", "班级": "一年级1班"},
    )
    send(cast.school, roster, town.town)
    census = CensusImport.objects.get(organisation=school)
    page = client_as(cast.school).get(census.get_absolute_url()).content.decode()
    assert "与村(社区)名册不一致" in page
    assert "138****0001" not in page
    service.commit(census, actor=cast.school, now=timezone.now(), today=today)
    assert Resident.objects.get(name="李娜").organisation == school
    assert Resident.objects.get(name="王伟").organisation is None


def test_pages_need_few_queries_however_many_rows(send, cast, town, campaign, client_as):
    def queries(people):
        send(cast.cadre01, simple(*people), town.village)
        census = CensusImport.objects.order_by("pk").last()
        client = client_as(cast.cadre01)
        with CaptureQueriesContext(connection) as detail:
            client.get(census.get_absolute_url())
        with CaptureQueriesContext(connection) as overview:
            client.get(url("import"))
        return len(detail), len(overview)

    few = queries([{"姓名": "王伟", "身份证号": number(1)}])
    many = queries([{"姓名": "王伟", "身份证号": number(n)} for n in range(1, 60)])
    assert few == many
    assert max(many) <= 20


def test_two_who_press_at_once_start_one_job(sent, cast):
    stale = CensusImport.objects.get()
    start = {"kind": "census.commit", "word": "导入", "by": cast.cadre01, "user_id": cast.cadre01.pk}
    first = set_going(CensusImport.objects.get(), commit_census, **start)
    with pytest.raises(RuleBroken):
        set_going(stale, commit_census, **start)
    sent.refresh_from_db()
    assert sent.job == first
    assert list(Job.objects.filter(kind="census.commit")) == [first]
