"""No page of the register asks the database more often because there is more to show."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from inventory.models import Vaccine
from places.choices import OrganisationKind
from places.models import Organisation
from residents.models import (
    CensusImport,
    CensusRow,
    Household,
    ResidentIdentifier,
    RosterEntry,
    Sticker,
)
from residents.services import (
    duties,
    lifts,
    moves,
    outreach,
    proofs,
    publicity,
    records,
    rosters,
    tags,
)
from residents.services.merging import merge
from residents.services.pair_marks import mark_pair
from residents.services.reconciling import say
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db
_NUMBERS = count(1)
PAGES = (
    "list",
    "moves",
    "counting",
    "duplicates",
    "rosters",
    "schools",
    "school_days",
    "elsewhere",
    "stickers",
    "reconciliations",
    "submissions",
    "outreach",
    "round_sheet",
    "duty",
    "duty_people",
    "lifts",
    "publicity",
    "groups",
    "households",
    "tags",
    "doubtful",
    "import",
    "import_headers",
    "reviews",
    "base",
)


@pytest.fixture
def world(town, school, campaign, cast, today):
    """``world()`` adds one more of everything; the first call gives the pages of single things."""

    def person(name="王一"):
        house = Household.objects.create(village=town.village, number=f"{next(_NUMBERS):04}")
        return make_enrolled(town.village, campaign, today, name=name, household=house).resident

    def more():
        now, n = timezone.now(), next(_NUMBERS)
        one, other, third, fourth = person("赵小明"), person("赵小明"), person(f"甲{n}"), person(f"乙{n}")
        enrolment = one.enrolments.get()
        act = {"actor": cast.town, "key": uuid4()}
        ask = {"actor": cast.cadre01, "now": now, "today": today}
        moves.propose(resident=third, kind="removal", removal="moved_out", on=today, key=uuid4(), **ask)
        there = {"to_place": town.villages[1], "reason": "check"}
        moves.propose(resident=fourth, kind="move", on=today, key=uuid4(), **there, **ask)
        head = duties.assign(
            level="head", village=town.village, since=today, name=f"组长{n}", **act | {"key": uuid4()}
        )
        duties.charge(duty=head, residents=[one, other], actor=cast.town, today=today)
        outreach.log(
            resident=one, by=cast.cadre01, kind="visit", met=True, key=uuid4(), now=now, next_on=today
        )
        lifts.ask(
            resident=one,
            actor=cast.cadre01,
            on=today + timedelta(days=1),
            pick_up="村口",
            agreed_by=one.name,
            agreed_on=today,
            key=uuid4(),
            today=today,
        )
        publicity.record(
            place=town.village, day=today, counts={"banner": 3}, actor=cast.cadre01, key=uuid4(), now=now
        )
        dose = records.note_dose(
            enrolment=enrolment,
            vaccine=Vaccine.objects.get(code="CV-SV"),
            given_on=today - timedelta(days=40),
            actor=cast.town,
            today=today,
            source="elsewhere",
            is_verified=False,
        )
        picture = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0 picture")
        proofs.add_proof(record=dose, upload=picture, actor=cast.town, now=now)
        one.tags.add(tags.add_tag(actor=cast.town, place=town.town, kind="tag", name=f"词{n}"))
        for organisation in (
            school,
            Organisation.objects.create(name=f"小学{n}", kind=OrganisationKind.SCHOOL, place=town.village),
        ):
            rosters.add_to_roster(organisation=organisation, resident=one, actor=None, today=today)
        entry = RosterEntry.objects.get(organisation=school, resident=one)
        RosterEntry.objects.filter(resident=one).update(home_county="东胜区", grade=1, class_no="2")
        said = {"is_vaccinated": True, "given_on": today, "place_name": "县医院", "actor": cast.school}
        say(entry=entry, campaign=campaign, dose_number=1, now=now, **said)
        shop = Organisation.objects.create(name=f"店{n}", kind=OrganisationKind.SHOP, place=town.village)
        rosters.add_to_roster(organisation=shop, resident=other, actor=None, today=today)
        Sticker.objects.get_or_create(
            organisation=shop, campaign=campaign, defaults={"granted_on": today, "staff": 1}
        )
        census = CensusImport.objects.create(
            place=town.village,
            campaign=campaign,
            file_name="摸排.xlsx",
            file_sha256="0" * 64,
            created_by=cast.cadre01,
            state="committed",
        )
        CensusRow.objects.create(census=census, number=n, state="review", resident=one, cells="{}")
        mark_pair(one=one, other=other, verdict="maybe", reason="", actor=cast.cadre01, now=now)
        kept, absorbed = person(f"丙{n}"), person(f"丙{n}")
        done = merge(
            kept=kept, absorbed=absorbed, choices={}, actor=None, reason="两次", key=uuid4(), now=now
        )
        return {
            "detail": [one.uid],
            "household": [one.household_id],
            "merge_detail": [done.uid],
            "pair": [one.uid, other.uid],
            "merge": [one.uid, other.uid],
            "roster": [school.pk],
            "roster_print": [school.pk],
            "school_summary": [school.pk],
            "reconcile": [school.pk],
            "import_detail": [census.uid],
            "import_undo": [census.uid],
        }

    return more


def questions(client, pages) -> dict[str, int]:
    """Page → how many questions it asked; every page is asked for once before, so that nothing is seen first."""
    asked = {}
    for name, args in pages.items():
        address = reverse(f"residents:{name}", args=args)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200, name
        asked[name] = len(queries)
    return asked


def test_more_rows_are_not_more_questions(world, town, campaign, cast, client_as, today):
    first = world()
    for _ in range(2):
        world()
    pages = first | {name: [] for name in PAGES}
    few = questions(client_as(cast.town), pages)
    for _ in range(7):
        world()
    many = questions(client_as(cast.town), pages)
    assert many == few
    assert {name: number for name, number in many.items() if number > 20} == {}
    trail = "".join(map(str, AuditEvent.objects.values_list("action", "target", "data")))
    numbers = [row.number for row in ResidentIdentifier.objects.all()]
    assert len(numbers) > 50 and not any(number in trail for number in numbers)
