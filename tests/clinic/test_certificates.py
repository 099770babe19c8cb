"""Certificates through services and pages: issued once, fallen with a voided dose, checked without the register."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import User
from clinic.certificate_rules import revocation_mark
from clinic.models import Certificate, SigningKey
from clinic.services import certificates
from core.models import AuditEvent
from residents.models import ResidentIdentifier, VaccinationRecord
from tests.factories.clinic import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def dosed(floor):
    """A visit under observation: one dose given here."""
    return floor.observed()


@pytest.fixture
def issue(floor):
    def make(visit, **given):
        values = {
            "resident": visit.enrolment.resident,
            "campaign": floor.campaign,
            "actor": floor.cast.vaccinator,
            "key": uuid4(),
            "now": floor.now,
        }
        return certificates.issue(**values | given)

    return make


def word(certificate, floor) -> str:
    return certificates.check(certificate.text, now=floor.now).code


@pytest.mark.requirement("S21")
def test_a_certificate_states_the_doses_and_checks_as_valid(floor, dosed, issue):
    certificate = issue(dosed)
    finding = certificates.check(certificate.text, now=floor.now)
    record = dosed.doses.get().record
    assert finding.code == "VALID"
    assert finding.content.name == dosed.enrolment.resident.name
    assert [(d.number, d.lot_no, d.given_on) for d in finding.content.doses] == [
        (1, record.lot_no, record.given_on)
    ]
    full = dosed.enrolment.resident.identifiers.get().number
    assert full not in str(finding.content)


def test_the_same_doses_are_certified_once(dosed, issue):
    first = issue(dosed)
    assert issue(dosed) == first
    assert Certificate.objects.count() == 1
    assert AuditEvent.objects.filter(action="certificate.issued").count() == 1


def test_a_voided_dose_revokes_by_itself_and_a_new_one_can_be_issued(floor, dosed, issue):
    old = issue(dosed)
    floor.correct(dosed.doses.get())
    assert word(old, floor) == "REVOKED"
    with refused("NO_DOSES"):
        issue(dosed)
    floor.dose(dosed)
    new = issue(dosed)
    assert (word(new, floor), word(old, floor)) == ("VALID", "REVOKED")
    assert revocation_mark(old.uid.bytes) in certificates.trust_list(floor.now)["revoked"]


def test_doubtful_doses_are_not_certified(dosed, issue):
    VaccinationRecord.objects.update(is_verified=False)
    with refused("NO_DOSES"):
        issue(dosed)


def test_a_person_without_any_document_is_not_certified(dosed, issue):
    ResidentIdentifier.objects.update(id_type="N0", no_document_reason="遗失", guarantor="村主任")
    with refused("NO_DOCUMENT"):
        issue(dosed)


def test_after_a_rotation_old_certificates_stand_and_new_ones_carry_the_new_key(floor, dosed, issue):
    old = issue(dosed)
    made = certificates.rotate_key(now=floor.now)
    other = floor.observed()
    new = issue(other)
    assert new.signing_key == made != old.signing_key
    assert {word(old, floor), word(new, floor)} == {"VALID"}
    assert SigningKey.objects.filter(is_signing=True).count() == 1


def test_a_leaked_key_takes_its_certificates_along(floor, dosed, issue):
    old = issue(dosed)
    with refused("REASON_MISSING"):
        certificates.rotate_key(now=floor.now, distrust=True)
    certificates.rotate_key(now=floor.now, distrust=True, reason="服务器被盗")
    assert word(old, floor) == "UNKNOWN_KEY"
    assert word(issue(dosed), floor) == "VALID", "a new certificate replaces the fallen one"


def test_revoking_by_hand_needs_a_reason_and_happens_once(floor, dosed, issue):
    certificate = issue(dosed)
    with refused("REASON_MISSING"):
        certificates.revoke(certificate=certificate, actor=floor.cast.town, reason=" ", now=floor.now)
    certificates.revoke(certificate=certificate, actor=floor.cast.town, reason="凭证遗失", now=floor.now)
    assert word(certificate, floor) == "REVOKED"
    with refused("REVOKED_ALREADY"):
        certificates.revoke(certificate=certificate, actor=floor.cast.town, reason="再次", now=floor.now)


def test_the_private_key_is_not_in_the_database_in_plain(floor, dosed, issue):
    issue(dosed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_pem FROM clinic_signingkey")
        assert "PRIVATE" not in cursor.fetchone()[0]


def test_the_public_lists_tell_nothing_about_anybody(client, floor, dosed, issue):
    certificate = issue(dosed)
    answer = client.get(reverse("verify:trust"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert dosed.enrolment.resident.name not in text
    assert str(certificate.uid) not in text
    assert [key["kid"] for key in answer.json()["keys"]] == [certificate.signing_key.kid]


def test_issue_print_and_check_through_the_pages(client_as, client, floor, dosed):
    person = dosed.enrolment.resident
    page = client_as(floor.cast.observer)
    address = reverse("clinic:certificate", args=[person.uid])
    assert "签发凭证" in page.get(address).content.decode()
    assert page.post(address, {"key": uuid4()}, follow=True).status_code == 200
    shown = page.get(address).content.decode()
    certificate = Certificate.objects.get()
    assert certificate.number in shown
    assert "<svg" in shown
    assert " style=" not in shown
    checked = client.post(reverse("verify:check"), {"text": certificate.text}).content.decode()
    assert "凭证有效" in checked
    assert person.name in checked
    assert "不是接种凭证" in client.post(reverse("verify:check"), {"text": "hello"}).content.decode()
    assert "请先扫码" in client.post(reverse("verify:check"), {"text": ""}).content.decode()


def test_checking_reads_keys_and_revocations_only(client, dosed, issue, django_assert_num_queries):
    certificate = issue(dosed)
    with django_assert_num_queries(3):  # keys, revocations, names of products
        client.post(reverse("verify:check"), {"text": certificate.text})


def test_a_certificate_of_another_township_is_not_there(client_as, cast, dosed, issue):
    certificate = issue(dosed)
    person = dosed.enrolment.resident
    other = client_as(User.objects.get(username="othertown"))
    assert other.get(reverse("clinic:certificate", args=[person.uid])).status_code == 404
    assert (
        other.post(reverse("clinic:certificate_revoke", args=[certificate.uid]), {"reason": "x"}).status_code
        == 404
    )


def test_rotating_by_command(dosed, issue, floor, capsys):
    issue(dosed)
    call_command("rotate_certificate_key")
    assert "已启用" in capsys.readouterr().out
    assert SigningKey.objects.count() == 2


def test_an_old_list_does_not_know_todays_revocation(floor, dosed, issue):
    """What the offline page can and cannot know: it says how old its list is."""
    before = certificates.trust_list(floor.now - timedelta(days=1))
    certificates.revoke(certificate=issue(dosed), actor=floor.cast.town, reason="遗失", now=floor.now)
    after = certificates.trust_list(floor.now)
    assert (len(before["revoked"]), len(after["revoked"])) == (0, 1)
