"""Certificates: entered, renewed, dropped; expired ones are marked; the office is told before the needle is stopped."""

from datetime import timedelta

import pytest
from django.db.models import OuterRef
from django.urls import reverse

from accounts.choices import QualificationKind
from accounts.models import StaffQualification, User
from accounts.services.qualifications import drop_qualification, put_qualification
from clinic.services.access import certified_until, check_certificate
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent
from tests.factories.clinic import certify


def _put(cast, today, **values):
    given = {"kind": QualificationKind.VACCINATOR, "cert_no": "YF-1", "valid_to": today + timedelta(days=400)}
    return put_qualification(actor=cast.town, user=cast.vaccinator, today=today, **(given | values))


def check_needle(user, today):
    row = User.objects.annotate(ends=certified_until(OuterRef("pk"))).get(pk=user.pk)
    check_certificate(row.ends, today)


def test_an_entered_certificate_opens_the_needle(cast, today):
    with pytest.raises(RuleBroken, match="没有登记"):
        check_needle(cast.vaccinator, today)
    _put(cast, today, kind=QualificationKind.NURSE)
    with pytest.raises(RuleBroken, match="没有登记"):
        check_needle(cast.vaccinator, today)
    _put(cast, today)
    check_needle(cast.vaccinator, today)


def test_the_same_number_is_a_renewal(cast, today):
    first = _put(cast, today, valid_to=today)
    again = _put(cast, today, valid_to=today + timedelta(days=700))
    _put(cast, today, valid_to=today + timedelta(days=700))
    assert first.pk == again.pk
    assert StaffQualification.objects.get().valid_to == today + timedelta(days=700)
    events = AuditEvent.objects.filter(action="account.certificate_put").order_by("pk")
    assert [event.data["before"] for event in events] == [None, str(today)]


@pytest.mark.parametrize("days", [-1, 366 * 60])
def test_a_date_that_cannot_be_right_is_refused(cast, today, days):
    with pytest.raises(RuleBroken) as refused:
        _put(cast, today, valid_to=today + timedelta(days=days))
    assert refused.value.field == "valid_to"


def test_the_neighbour_enters_and_drops_nothing(cast, today):
    row = _put(cast, today)
    with pytest.raises(NotAllowed):
        drop_qualification(actor=cast.othertown, qualification=row, reason="x")
    with pytest.raises(NotAllowed):
        put_qualification(
            actor=cast.othertown,
            user=cast.vaccinator,
            kind=QualificationKind.NURSE,
            cert_no="2",
            valid_to=today,
            today=today,
        )
    assert StaffQualification.objects.count() == 1


def test_the_account_page_takes_marks_and_drops(client_as, cast, today):
    office, address = client_as(cast.town), cast.vaccinator.get_absolute_url()
    assert "不能登记接种" in office.get(address).content.decode()
    add = reverse("accounts:certificate_add", args=[cast.vaccinator.pk])
    form = {"kind": "vaccinator", "cert_no": "YF-2", "valid_to": today + timedelta(days=30)}
    page = office.post(add, form, follow=True).content.decode()
    assert "30 天内到期" in page
    assert "不能登记接种" not in page
    StaffQualification.objects.update(valid_to=today - timedelta(days=1))
    page = office.get(address).content.decode()
    assert "已过期" in page
    assert "不能登记接种" in page
    drop = reverse(
        "accounts:certificate_drop", args=[cast.vaccinator.pk, StaffQualification.objects.get().pk]
    )
    assert "YF-2" in office.get(drop).content.decode()
    office.post(drop, {"reason": "登记错误"})
    assert not StaffQualification.objects.exists()
    assert AuditEvent.objects.get(action="account.certificate_dropped").data["reason"] == "登记错误"


def test_a_certificate_of_somebody_else_is_not_found(client_as, cast, today):
    row = certify(cast.screener)
    drop = reverse("accounts:certificate_drop", args=[cast.vaccinator.pk, row.pk])
    assert client_as(cast.town).get(drop).status_code == 404


@pytest.mark.parametrize(("days", "told"), [(None, True), (30, True), (31, False)])
def test_the_desk_tells_the_office(client_as, cast, today, days, told):
    if days is not None:
        certify(cast.vaccinator, valid_to=today + timedelta(days=days))
    office = client_as(cast.town)
    assert ("接种员证书缺少或将到期" in office.get("/").content.decode()) == told
    listed = office.get(reverse("accounts:list"), {"certificate": "due"}).context["table"].rows
    assert [row.record for row in listed] == ([cast.vaccinator] if told else [])
    assert "证书缺少" not in client_as(cast.othertown).get("/").content.decode()
