"""就近接种 (S116): guests are served and counted here, told to their home, and their register stays shut."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clinic.models import Correction, Dose, Visit
from clinic.services import corrections, guests
from clinic.services.verify import floor_problems
from core.models import AuditEvent
from inventory.services.verify import ledger_problems
from places.models import Site
from residents.models import Enrolment
from residents.services.enrolments import drift
from tests.factories.appointments import make_session
from tests.factories.clinic import refused
from tests.factories.people import make_enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S116")]
FLOOR = reverse("clinic:floor")


@pytest.fixture
def at(floor, client_as):
    return lambda username: client_as(getattr(floor.cast, username))


@pytest.fixture
def guest(floor, town):
    """Somebody of the neighbour's first village."""
    return make_enrolled(
        town.other_villages[0], floor.campaign, floor.today, name="隔壁老王", phone="13900005678"
    )


def number_of(enrolment) -> str:
    return enrolment.resident.identifiers.get().number


def shown(client, name, status=200, **query) -> str:
    response = client.get(reverse(f"clinic:{name}"), query)
    assert response.status_code == status
    return response.content.decode()


def test_a_guest_is_found_by_the_whole_document_and_by_nothing_less(floor, at, guest):
    registrar, page = at("registrar"), f"{FLOOR}?person={guest.resident.uid}"
    check_in = reverse("clinic:check_in", args=[guest.resident.uid])
    for typed in ("隔壁老王", number_of(guest)[-4:], "13900005678"):
        assert "没有查到" in registrar.post(FLOOR, {"q": typed}, follow=True).content.decode()
    assert registrar.get(page).status_code == registrar.post(check_in, {"note": "x"}).status_code == 404
    assert "没有查到" in at("vaccinator").post(FLOOR, {"q": number_of(guest)}, follow=True).content.decode()

    found = registrar.post(FLOOR, {"q": number_of(guest)}, follow=True).content.decode()
    assert "外镇:蓝天街道" in found and "按外镇群众登记" in found and number_of(guest) not in found
    seen = AuditEvent.objects.filter(subject=str(guest.resident.uid), action="resident.viewed").get()
    assert seen.data["purpose"] == "外镇群众就近接种"
    assert at("registrar").get(page).status_code == 404, "another window has scanned nothing"
    register = registrar.get(reverse("residents:detail", args=[guest.resident.uid]))
    assert register.status_code in (403, 404)
    done = registrar.post(check_in, {"note": "外镇群众就近接种", "key": uuid4()}, follow=True)
    assert "排队号 1" in done.content.decode()
    assert Visit.objects.get().guest_from.name == "蓝天街道"


def test_a_guest_who_was_let_in_is_found_at_every_desk(floor, at, guest):
    visit = floor.ready(guest)
    for typed in (number_of(guest), "隔壁老王"):
        for desk in ("vaccinator", "screener", "registrar"):
            answer = at(desk).post(FLOOR, {"q": typed})
            assert answer.status_code == 302 and answer.url == visit.get_absolute_url(), (typed, desk)


def test_who_types_numbers_to_see_whose_they_are_is_stopped(floor, at, guest, monkeypatch, town):
    monkeypatch.setattr(guests, "MOST_LOOKS", 2)
    registrar = at("registrar")

    def look(number):
        return registrar.post(FLOOR, {"q": number}, follow=True).content.decode()

    assert "隔壁老王" in look(number_of(guest))
    floor.check_in(guest)  # a look for somebody who comes in is none too many
    look("11010119900307001X")
    neighbours = [make_enrolled(town.other_villages[0], floor.campaign, floor.today) for _ in range(2)]
    assert neighbours[0].resident.name in look(number_of(neighbours[0]))
    page = look(number_of(neighbours[1]))
    assert "请核对证件原件" in page and neighbours[1].resident.name not in page
    tried = AuditEvent.objects.filter(actor=floor.cast.registrar, action__startswith="resident.guest_")
    assert sorted(tried.values_list("action", flat=True)) == [
        "resident.guest_found",
        "resident.guest_found",
        "resident.guest_missed",
    ]


def test_a_guest_counts_for_the_site_and_is_listed_for_the_home_township(floor, at, guest):
    visit = floor.observed(guest)
    event = floor.report(visit)
    guest.refresh_from_db()
    assert (guest.doses_done, Dose.objects.counted().filter(site=floor.site).count()) == (1, 1)
    assert "外镇群众" in shown(at("registrar"), "floor")
    here = shown(at("town"), "guests")
    assert "隔壁老王" in here and "蓝天街道" in here and "接种 1 人(其中第1剂 1 人),异常反应 1 例" in here
    assert "隔壁老王" not in shown(at("town"), "guests", show="away")
    for username in ("othertown", "othercadre"):
        away = shown(at(username), "guests", show="away")
        assert "隔壁老王" in away and floor.lot.lot_no in away and "头晕" in away
    assert "隔壁老王" not in shown(at("cadre01"), "guests", show="away")
    file = at("othertown").get(reverse("clinic:guests_file"), {"show": "away"})
    cells = [
        cell
        for row in load_workbook(BytesIO(file.content)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert "隔壁老王" in cells and "头晕、面色苍白(处置中)" in cells and number_of(guest) not in cells
    desk = at("othertown").get(reverse("desk")).content.decode()
    assert "本镇(村)居民在外镇接种" in desk

    home, case = at("othertown"), event.get_absolute_url()
    page = home.get(case)
    assert page.status_code == 200 and "这里只能看" in page.content.decode()
    for name in ("case_form", "case_paper", "case_file"):
        assert home.get(reverse(f"clinic:{name}", args=[event.uid])).status_code == 404
    certificate = at("registrar").get(reverse("clinic:certificate", args=[guest.resident.uid]))
    assert certificate.status_code == 200, "whoever gave the dose hands out the paper"


def test_who_is_at_home_is_no_guest(floor, guest, town):
    assert floor.check_in().guest_from is None
    of_county = Site.objects.create(code="zgr-jk", name="准格尔旗疾控中心", place=town.county)
    floor.cast.registrar.assignments.update(site=of_county)
    desk = type(floor.cast.registrar).objects.get(username="registrar")  # the roles are read once a log-in
    assert floor.check_in(guest, site=of_county, actor=desk).guest_from is None


def campaign_at_home(floor, guest):
    """The home township runs its own campaign against the same disease."""
    own = type(floor.campaign).objects.get(pk=floor.campaign.pk)
    rules, products = list(own.rules.all()), list(own.products.all())
    own.pk, own.code, own.place = None, "covid-lantian", guest.resident.village.parent
    own.save()
    own.rules.set(rules)
    own.products.set(products)
    return own


def test_nobody_is_at_two_sites_at_once_by_two_campaigns(floor, guest):
    floor.check_in(guest)
    at_home = Enrolment.objects.get(pk=guest.pk)
    at_home.pk, at_home.campaign = None, campaign_at_home(floor, guest)
    at_home.save()
    with refused("ON_FLOOR_ALREADY"):
        floor.check_in(at_home)


def test_the_home_townships_own_campaign_counts_too(floor, at, guest):
    own = campaign_at_home(floor, guest)
    Enrolment.objects.filter(pk=guest.pk).update(campaign=own)
    page = at("registrar").post(FLOOR, {"q": number_of(guest)}, follow=True).content.decode()
    assert "可登记" in page
    session = make_session(floor.campaign, floor.site, floor.today, started=False)
    with refused("SESSION_NOT_STARTED"):  # the doors of the site are shut for guests too
        floor.check_in(Enrolment.objects.get(pk=guest.pk))
    type(session).objects.filter(pk=session.pk).update(started_at=floor.now)
    visit = floor.check_in(Enrolment.objects.get(pk=guest.pk))
    assert visit.session == session
    visit.delete()
    Enrolment.objects.filter(pk=guest.pk).delete()
    page = at("registrar").post(FLOOR, {"q": number_of(guest)}, follow=True).content.decode()
    assert "请与蓝天街道联系" in page


def test_a_needle_that_went_into_a_guest_is_written_down_for_the_guest(floor, at, guest):
    """Wrong person, found by the queue number or, by who may look guests up, by the document (ADR 0010)."""
    Enrolment.objects.filter(pk=guest.pk).update(campaign=campaign_at_home(floor, guest))
    guest = Enrolment.objects.get(pk=guest.pk)
    wrong = floor.observed()
    dose = wrong.doses.get()
    address = reverse("clinic:correct_as", args=[dose.uid, "person"])
    posted = {"who": number_of(guest), "reason": "叫错号"}
    nurse = at("vaccinator").post(address, posted | {"key": uuid4()})
    assert nurse.status_code == 422 and "外镇群众请填当天的排队号" in nurse.content.decode()
    at("registrar").post(address, posted | {"key": uuid4()})
    row = Correction.objects.get()
    assert row.enrolment == guest
    corrections.decline(correction=row, actor=floor.cast.registrar, now=floor.now)
    visit = floor.ready(guest)
    at("vaccinator").post(address, posted | {"who": f"{visit.queue_no}号", "key": uuid4()})
    row = Correction.objects.waiting().get()
    row = corrections.confirm(correction=row, actor=floor.cast.screener, now=floor.now)
    guest.refresh_from_db()
    assert (guest.doses_done, row.replacement.visit) == (1, visit)
    assert Enrolment.objects.get(pk=wrong.enrolment_id).doses_done == 0
    assert [*floor_problems(), *ledger_problems(), *drift(today=floor.today)] == []

    # and the other way round: recorded for the guest, given to one of ours who still stands there
    floor.propose(row.replacement, "person", enrolment=wrong.enrolment)
    row = corrections.confirm(
        correction=Correction.objects.waiting().get(), actor=floor.cast.screener, now=floor.now
    )
    assert row.replacement.record.resident == wrong.enrolment.resident
