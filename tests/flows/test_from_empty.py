"""A real township begins with an empty installation: everything up to the first booking is done in the browser."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from appointments.models import Booking, ClinicSession
from campaigns.models import Campaign
from core.models import Job
from places.models import Place, Site
from residents.models import Enrolment, Resident
from tests.factories.residents import typed

pytestmark = pytest.mark.django_db
TOWN = "150622200000"
NEW_PASSWORD = "Nuanshui-2026-x"


def _first_login(username: str, password: str) -> Client:
    """Log in with the first password and choose another one, as everybody must."""
    client = Client()
    client.post(reverse("login"), {"username": username, "password": password})
    assert client.get("/").url == reverse("password_change")
    client.post(reverse("password_change"), {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert client.get("/").status_code == 200
    return client


def _hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def _account(manager: Client, username: str, role: str, where) -> str:
    """Open an account through the page; returns its first password."""
    form = {
        "username": username,
        "display_name": username,
        "phone": "",
        "role": role,
        "where": f"{where._meta.model_name}:{where.pk}",
        "since": timezone.localdate().isoformat(),
    }
    return manager.post(reverse("accounts:add"), form).context["password"]


def _register(client: Client, village: Place, born: date, **person: str) -> None:
    form = {"village": village.pk, "residence": "local", "phone_owner": "self", "sex": "", "birth_date": ""}
    page = client.get(reverse("residents:add")).content.decode()
    answer = client.post(
        reverse("residents:add"), form | typed(born, **person) | {"key": _hidden(page, "key")}, follow=True
    )
    assert answer.status_code == 200


@pytest.mark.requirement("S54")
def test_from_the_first_administrator_to_the_first_booking(capsys, today, django_capture_on_commit_callbacks):
    call_command("create_first_admin", json=True, username="admin", name="王管理", place=TOWN)
    admin = _first_login("admin", json.loads(capsys.readouterr().out)["password"])
    town = Place.objects.get(code=TOWN)
    village = Place.objects.villages().filter(parent=town).first()

    # The administrator opens the office's account; the office does the rest.
    office = _first_login("office", _account(admin, "office", "town", town))
    assert "没有接种点就不能" in office.get(reverse("places:sites")).content.decode()
    assert "请点“新建接种活动”" in office.get(reverse("campaigns:list")).content.decode()
    site = {
        "name": "卫生院接种点",
        "kind": "fixed",
        "place": town.pk,
        "address": "府前街8号",
        "code_scan": "offered",
    }
    office.post(reverse("places:site_add"), site)
    clinic = Site.objects.get(name="卫生院接种点")
    cadre = _first_login("cadre", _account(office, "cadre", "cadre", village))
    _account(office, "nurse", "vaccinator", clinic)
    nurse = User.objects.get(username="nurse")
    office.post(
        reverse("accounts:certificate_add", args=[nurse.pk]),
        {"kind": "vaccinator", "cert_no": "1", "valid_to": today + timedelta(days=300)},
    )

    # One person is on the register before there is a campaign, one comes after.
    _register(cadre, village, date(1960, 5, 1))
    assert not Enrolment.objects.exists()
    add = reverse("campaign:add")
    assert "新型冠状病毒感染" in office.get(add).content.decode()
    page = office.get(add, {"disease": "COVID"})
    form = page.context["form"]
    sent = {field.html_name: field.value() or "" for field in form if field.value() is not None}
    sent |= {"name": "新冠疫苗接种", "ends_on": today + timedelta(days=60), "age_min": 18}
    sent |= {"products": ["CV-BJ", "CV-SV"], "phase-TOTAL_FORMS": 0, "phase-INITIAL_FORMS": 0}
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(f"{add}?disease=COVID", sent)
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    job = Job.objects.get(kind="campaign.enrol")
    assert answer.url == job.get_absolute_url()
    assert (job.state, job.result["people"]) == ("done", 1)
    campaign = Campaign.objects.get()
    assert (campaign.place, campaign.cohort, campaign.state) == (town, {"age_min": 18}, "running")
    _register(cadre, village, date(1975, 5, 1), name="王卫东", phone="13912345678")
    assert set(campaign.enrolments.values_list("resident", "status")) == {
        (resident.pk, "open") for resident in Resident.objects.all()
    }

    # The office plans a day, the cadre books both.
    page = office.get(reverse("appointments:add"))
    sent = {f.html_name: f.value() for f in page.context["form"] if f.value() not in (None, "", False)}
    sent |= {"site": clinic.pk, "on": today + timedelta(days=2), "kind": "open", "open_now": "on"}
    answer = office.post(reverse("appointments:add"), sent)
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    session = ClinicSession.objects.get()
    book = reverse("appointments:book", args=[session.uid])
    office.post(reverse("appointments:let_first", args=[session.uid]), {"reason": "第2剂三周后加开"})
    page = cadre.get(book).content.decode()
    people = re.findall(r'name="people" value="(\d+)"', page)
    assert len(people) == 2
    cadre.post(book, {"key": _hidden(page, "key"), "slot": session.slots.first().pk, "people": people})
    assert Booking.objects.active().count() == 2
