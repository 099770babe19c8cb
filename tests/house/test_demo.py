"""The demo is built through the services, so every proof of the product holds on it."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from clinic.models import AdverseEvent, Visit
from core.models import AuditEvent
from inventory.models import Vaccine
from places.models import Place
from residents.models import Resident, ResidentIdentifier
from tests.reports.agreement import disagreements, disagreements_now
from vaxcampaign.demo.people import Crowd, VillagePlan

ACCOUNTS = {
    *("county", "town", "school", "employer", "registrar", "screener", "vaccinator", "observer", "stock"),
    *("sysadmin", "secadmin", "auditor", "othertown", "othercadre"),
    *(f"cadre{n:02d}" for n in range(1, 13)),
}


def run(command, *args) -> dict:
    """The JSON of one command; a command that finds problems exits and fails the test."""
    out = StringIO()
    call_command(command, *args, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_is_whole_and_every_proof_holds_on_it():
    made = run("load_demo", "--scale", "600")
    assert set(made["users"]) == ACCOUNTS == set(User.objects.values_list("username", flat=True))
    assert not User.objects.filter(must_change_password=True).exists()
    for command in (["verify_ledger"], ["verify_audit"], ["rebuild_enrolments", "--dry-run"]):
        run(*command)

    stages = set(Visit.objects.filter(on=timezone.localdate()).values_list("stage", flat=True))
    assert {
        "checked_in",
        "passed",
        "consented",
        "observing",
        "deferred",
        "contraindicated",
        "refused",
    } <= stages
    assert AdverseEvent.objects.filter(closed_at__isnull=True).count() == 1
    # No real person has these: cards of a region 99; of foreigners and compatriots C99…, H99… (masked from the third on).
    numbers = ResidentIdentifier.objects.values_list("masked", flat=True)
    assert all(re.match(r"99|[CH]9\*", number) for number in numbers)

    campaign, now = Campaign.objects.get(), timezone.now()
    town = Place.objects.get(code="150622200000")
    for place in (town, town.parent):
        for days in (0, 1, 10):
            day = timezone.localdate() - timedelta(days=days)
            assert disagreements(campaign=campaign, place=place, day=day, now=now) == []
    office = User.objects.get(username="town")
    assert disagreements_now(campaign=campaign, town=town, office=office, now=now) == []
    no_full_number_is_in_the_audit_trail()


@pytest.mark.django_db
def test_the_demo_refuses_a_database_that_is_in_use(cast):
    with pytest.raises(SystemExit) as stopped:
        call_command("load_demo", "--scale", "600", "--json", stdout=StringIO())
    assert stopped.value.code == 1
    assert not Resident.objects.exists()


@pytest.mark.django_db
def test_the_same_seed_draws_the_same_people(town, reference, today):
    vaccines = list(Vaccine.objects.filter(code__in=["CV-SV", "CV-BJ"]).order_by("code"))

    def people(seed):
        crowd = Crowd(seed, today, vaccines, 40)
        return [
            (p.name, p.documents[0].number, p.doses)
            for p in crowd.village(VillagePlan(town.village, 80, 0.6))
        ]

    assert people(7) == people(7) != people(8)
    numbers = [number for _, number, _ in people(7)]
    assert len(set(numbers)) == 80
    assert all(
        day <= today - timedelta(days=3) for *_, doses in people(7) for day in (d.given_on for d in doses)
    )


def no_full_number_is_in_the_audit_trail():
    numbers = {identifier.number for identifier in ResidentIdentifier.objects.all()}
    for event in AuditEvent.objects.iterator():
        text = json.dumps(event.data, ensure_ascii=False)
        assert not any(word in numbers for word in text.replace('"', " ").split()), text
