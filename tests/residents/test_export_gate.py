"""A list of many people is made after a second person has agreed, once, and not when that is long ago."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core import files
from core.errors import NotAllowed, RuleBroken
from core.handing_out import people_workbook
from core.models import AuditEvent, Job
from core.xlsx import Column, Sheet, build
from reports.models import ReportFile
from residents.models import ExportRequest
from residents.services import export_gate
from tests.factories.people import make_enrolled


@pytest.fixture
def people(town, campaign, today, settings, tmp_path):
    settings.MEDIA_ROOT, settings.EXPORT_FREE_PEOPLE = tmp_path / "files", 2
    return [make_enrolled(town.village, campaign, today).resident for _ in range(3)]


@pytest.fixture
def post(client_as, django_capture_on_commit_callbacks):
    def send(user, address, **form):
        with django_capture_on_commit_callbacks(execute=True):
            return client_as(user).post(address, form)

    return send


def asked(post, cast) -> ExportRequest:
    """A village asks for its list, which is too long, and says what for."""
    post(cast.cadre01, reverse("residents:export"))
    job = Job.objects.get(kind="residents.export")
    row = ExportRequest.objects.get()
    assert (job.result["next"], files.produced(job)) == (row.get_absolute_url(), None)
    assert "共 3 人,超过 2 人" in job.message
    assert "请写明用途" in post(cast.cadre01, row.get_absolute_url()).content.decode()
    post(cast.cadre01, row.get_absolute_url(), purpose="入户核对,用完删除")
    row.refresh_from_db()
    assert (row.state, row.purpose) == ("waiting", "入户核对,用完删除")
    return row


def test_a_long_list_waits_for_another_persons_word(people, post, cast, client_as):
    row = asked(post, cast)
    for user, status in [
        (cast.cadre01, 403),
        (cast.othertown, 404),
        (cast.cadre02, 404),
        (cast.screener, 403),
    ]:
        assert post(user, row.get_absolute_url(), yes="1").status_code == status
    desk = client_as(cast.town).get(reverse("desk")).content.decode()
    assert "等您批准的导出" in desk
    assert not Job.objects.exclude(pk=Job.objects.earliest("pk").pk).exists()
    post(cast.town, row.get_absolute_url(), yes="1")
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.job.created_by) == ("done", cast.town, cast.cadre01)
    assert files.produced(row.job) is not None
    where = reverse("job_file", args=[row.job.uid])
    assert [client_as(user).get(where).status_code for user in (cast.cadre01, cast.town)] == [200, 404]
    told = AuditEvent.objects.filter(action__startswith="export.").order_by("at", "pk")
    words = [(event.action, event.actor) for event in told]
    assert words == [
        ("export.needs_approval", cast.cadre01),
        ("export.requested", cast.cadre01),
        ("export.approved", cast.town),
    ]
    assert post(cast.town, row.get_absolute_url(), yes="1").status_code == 403  # over
    again = Job.objects.create(kind="residents.export", title="x", created_by=cast.cadre01)
    with pytest.raises(RuleBroken, match="已经用过"):
        export_gate.admit(3, approval=row.pk, job=again, now=timezone.now())


def test_nobody_agrees_with_himself_and_the_database_holds_it(people, post, cast):
    post(cast.town, reverse("residents:export"))
    row = ExportRequest.objects.get()
    export_gate.submit(row, purpose="全镇核对", actor=cast.town, now=timezone.now())
    with pytest.raises(NotAllowed):
        export_gate.approve(row, actor=cast.town, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.update(decided_by=cast.town)
    export_gate.refuse(row, actor=cast.county, reason="不需要全部", now=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.reason, row.job) == ("refused", "不需要全部", None)


def test_an_old_request_is_neither_decided_nor_used(people, post, cast, client_as):
    row = asked(post, cast)
    late = timezone.now() + timedelta(days=3, minutes=1)
    with pytest.raises(RuleBroken, match="已过期"):
        export_gate.approve(row, actor=cast.town, now=late)
    ExportRequest.objects.update(at=timezone.now() - timedelta(days=4))
    assert "已过期" in client_as(cast.town).get(reverse("residents:exports")).content.decode()
    assert "等您批准的导出" not in client_as(cast.town).get(reverse("desk")).content.decode()
    ExportRequest.objects.update(at=timezone.now())
    refused = post(cast.town, row.get_absolute_url(), no="1")
    assert "请写明不批准的原因" in refused.content.decode()


def test_reports_that_name_people_go_through_the_same_gate(people, post, cast, today):
    address = reverse("reports:sheet_produce", args=["unvaccinated"])
    post(cast.town, f"{address}?place={people[0].village_code}&day={today}")
    row = ExportRequest.objects.get()
    assert (row.kind, ReportFile.objects.count()) == ("report_sheets", 0)
    export_gate.submit(row, purpose="催种名单", actor=cast.town, now=timezone.now())
    post(cast.county, row.get_absolute_url(), yes="1")
    made = ReportFile.objects.get()
    assert (made.created_by, made.is_personal) == (cast.town, True)


def test_what_is_handed_out_at_once_may_not_be_long(cast, settings):
    settings.EXPORT_FREE_PEOPLE = 0
    sheets = [Sheet("名单", [Column("name", "姓名")], [{"name": "王伟"}] * rows) for rows in (5, 60)]
    assert people_workbook(build(sheets[:1]), "名单.xlsx", by=cast.town).status_code == 200
    with pytest.raises(RuleBroken, match="按村"):
        people_workbook(build(sheets), "名单.xlsx", by=cast.town)
