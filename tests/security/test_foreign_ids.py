"""Ids of others in what a form sends: another village's, township's or school's rows are neither found nor written."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.services.setup import open_covid_campaign
from core.models import AuditEvent
from inventory.models import Vaccine
from places.choices import OrganisationKind
from places.models import Organisation
from residents import models
from residents.choices import Residence
from residents.models import HeaderMemory, Resident, RosterEntry, Tag
from residents.services import calls, census, duties, rosters, submissions
from residents.services.reconciling import lines, say
from tests.factories.people import make_enrolled, make_resident
from tests.residents.census_files import number, simple

pytestmark = pytest.mark.django_db


def at(name, *args) -> str:
    return reverse(f"residents:{name}", args=args)


@pytest.fixture
def ours(town, campaign, today) -> Resident:
    return make_enrolled(town.village, campaign, today, name="王一").resident


@pytest.fixture
def theirs(town, campaign, today) -> Resident:
    """In the neighbouring township."""
    return make_enrolled(town.other_villages[0], campaign, today, name="钱多").resident


@pytest.fixture
def beside(town, campaign, today) -> Resident:
    """In our township, in the village of another cadre."""
    return make_enrolled(town.villages[1], campaign, today, name="孙三").resident


def told() -> dict:
    """How many rows there are, and where everybody stands: what must be the same afterwards. Looks and guesses are
    recorded."""
    counts = {name: getattr(models, name).objects.count() for name in models.__all__}
    people = Resident.objects.order_by("pk")
    columns = people.values_list("pk", "village", "organisation", "name", "removed_on", "merged_into")
    told = AuditEvent.objects.exclude(action__endswith="viewed").exclude(action="resident.name_missed")
    return counts | {"people": list(columns), "deeds": told.count()}


@pytest.fixture
def refused(client_as):
    """``refused(user, address, form)``: the answer is a refusal, and nothing was written."""

    def send(user, address, form):
        before = told()
        answer = client_as(user).post(address, {"key": uuid4(), **form})
        assert answer.status_code in (403, 404, 422), (address, answer.status_code)
        assert told() == before
        return answer.content.decode()

    return send


def person(village, **more) -> dict:
    return {
        "id_type": "01",
        "number": number(1),
        "name": "新来",
        "sex": "",
        "birth_date": "1980-05-01",
        "village": village.pk,
        "residence": Residence.LOCAL_RESIDENT,
        "phone_owner": "self",
        "not_vaccinated_reason": "",
        "confirmed": "1",
    } | more


def test_of_another_village_or_township_in_forms_about_a_person(
    town, ours, theirs, beside, cast, refused, client_as, today
):
    factory = Organisation.objects.create(
        name="蓝天厂", kind=OrganisationKind.ENTERPRISE, place=town.other_villages[0]
    )
    word = Tag.objects.create(kind="tag", code="lt-1", name="蓝天的词", place=town.other_town)
    for village in (town.villages[1], town.other_villages[0], town.town):
        assert "village" in refused(cast.cadre01, at("add"), person(village))
        refused(cast.cadre01, at("grid_save"), {"village": village.pk, "typed_by": "cadre01", "name": "新来"})
    refused(cast.cadre01, at("add"), person(town.village, organisation=factory.pk))
    refused(cast.cadre01, at("add"), person(town.village, tags=[word.pk]))
    refused(cast.cadre01, at("import"), {"place": town.villages[1].pk, "file": _file()})
    refused(cast.town, at("import"), {"place": town.other_town.pk, "file": _file()})
    refused(cast.cadre01, at("export_full"), {"village": town.villages[1].pk, "purpose": "核对名册"})
    move = {
        "to_place": town.villages[2].pk,
        "on": today,
        "reason": "check",
        "residence": Residence.LOCAL_RESIDENT,
    }
    refused(cast.cadre01, at("move_propose", beside.uid), move)
    refused(cast.cadre01, at("claim"), {"village": town.villages[1].pk, "name": theirs.name})
    added = client_as(cast.cadre01).post(at("add"), person(town.village))
    assert added.status_code == 302  # only what was another's was wrong
    refused(cast.town, at("settle", ours.uid), {"unit": town.other_villages[0].code, "reason": "当面核实"})


def _file():
    return SimpleUploadedFile("名单.xlsx", simple({"姓名": "王伟"}))


@pytest.mark.parametrize("name", ["merge", "pair"])
def test_two_records_of_which_one_is_another_townships(ours, theirs, cast, refused, name):
    form = {"reason": "同一个人", "verdict": "maybe"}
    refused(cast.town, at(name, ours.uid, theirs.uid), form)
    refused(cast.town, at(name, theirs.uid, ours.uid), form)


def test_a_number_of_another_person_is_not_revealed(ours, beside, cast, refused):
    address = at("reveal", ours.uid, beside.identifiers.get().pk)
    page = refused(cast.cadre01, address, {"purpose": "核对证件"})
    assert beside.identifiers.get().number not in page


def test_of_another_village_in_duties_and_publicity(town, ours, beside, cast, refused, client_as, today):
    given = {"level": "head", "since": today, "key": uuid4()}
    there = duties.assign(actor=cast.cadre02, village=town.villages[1], name="孙组长", **given)
    here = duties.assign(actor=cast.cadre01, village=town.village, name="王组长", **given | {"key": uuid4()})
    refused(cast.cadre01, at("duty_assign"), {"level": "head", "village": town.villages[1].pk, "name": "某"})
    holder = {"level": "head", "village": town.village.pk, "holder": cast.othercadre.pk, "since": today}
    refused(cast.cadre01, at("duty_assign"), holder)
    refused(cast.cadre01, at("duty_from_census"), {"village": town.villages[1].code})
    refused(cast.cadre01, at("publicity"), {"village": town.villages[1].pk, "day": today, "banner": 3})
    people, before = at("duty_people"), told()
    for form in ({"duty": there.pk, "who": [ours.uid]}, {"duty": here.pk, "who": [beside.uid]}):
        assert client_as(cast.cadre01).post(people, form).status_code == 302
        assert (
            client_as(cast.cadre01).post(f"{people}?village={town.villages[1].code}", form).status_code == 302
        )
    assert told() == before


def test_of_another_roster(town, school, employer, ours, theirs, beside, campaign, cast, refused, today):
    rosters.add_to_roster(organisation=employer, resident=beside, actor=None, today=today)
    entry = RosterEntry.objects.get()
    for name in ("member_edit", "member_leave", "reconcile_claim", "reconcile_settle"):
        form = {"on": today, "reason": "转学", "settlement": "kept", "note": "核对过"}
        refused(cast.school, at(name, school.pk, entry.uid), form)
        refused(cast.school, at(name, employer.pk, entry.uid), form)
    join = {"id_type": "01", "number": theirs.identifiers.get().number, "name": theirs.name, "since": today}
    assert "别的乡镇" in refused(cast.school, at("member_add", school.pk), join)
    guess = join | {"number": beside.identifiers.get().number, "name": "猜的"}
    assert beside.name not in refused(cast.school, at("member_add", school.pk), guess)


def test_pupils_of_another_school_are_not_pushed(town, school, cast, client_as, today):
    other = Organisation.objects.create(name="南山小学", kind=OrganisationKind.SCHOOL, place=town.villages[1])
    pupil = make_resident(town.villages[1])
    rosters.add_to_roster(organisation=other, resident=pupil, actor=None, today=today)
    RosterEntry.objects.update(home_county="东胜区")
    client_as(cast.school).post(at("elsewhere_push"), {"county": "东胜区"})
    client_as(cast.othertown).post(at("elsewhere_push"), {"county": "东胜区"})
    assert RosterEntry.objects.get().pushed_at is None


def test_of_another_sender_in_submissions(
    town, ours, other_site, school, campaign, cast, refused, client_as, today
):
    now = timezone.now()
    ask = {"campaign": campaign, "due_at": now + timedelta(days=2), "now": now, "kind": "plan"}
    call = calls.ask(actor=cast.town, place=town.town, key=uuid4(), **ask)
    strange = calls.ask(actor=cast.othertown, place=town.other_town, key=uuid4(), **ask)
    for form in (
        {"call": call.uid, "place": town.villages[1].code},
        {"call": call.uid, "organisation": school.pk},
        {"call": strange.uid, "place": town.village.code},
        {"call": "x", "place": town.village.code},
        {"call": call.uid, "organisation": "²"},
    ):
        refused(cast.cadre01, at("submission_open"), form)
    row = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
    plan = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-people": 9, "form-0-cohort": "全部"}
    plan |= {"form-0-from_on": today, "form-0-to_on": today, "form-0-site": other_site.pk}
    refused(cast.cadre01, at("submission_plan", row.uid), plan)
    theirs = open_covid_campaign(
        actor=None,
        place=town.other_town,
        code="lt-2026",
        name="蓝天",
        starts_on=today,
        ends_on=today,
        target_age_ref_date=today,
        cohort={},
    )
    forged = {"kind": "resident", "campaign": theirs.pk, "place": town.other_town.pk}
    assert client_as(cast.town).post(at("call_add"), forged).status_code in (404, 422)


def test_of_another_township_in_the_memory_of_headers(town, cast, refused):
    memory = HeaderMemory.objects.create(
        town=town.other_town, header="户", title="户", field="", set_by=cast.othertown
    )
    for user in (cast.town, cast.cadre01, cast.employer, cast.school):
        refused(user, at("import_headers"), {"memory": memory.pk, "field": "name"})
        refused(user, at("import_headers"), {"memory": memory.pk, "field": "?"})


def test_a_sheet_is_not_given_to_another_townships_village(town, cast, client_as, today):
    content = simple({"姓名": "王伟", "身份证号": "x"})
    row = census.take_in(content=content, file_name="a.xlsx", place=town.town, campaign=None, actor=cast.town)
    census.check(row, today=today)
    assert row.questions["sheets"]
    page = at("import_answer", row.uid)
    client_as(cast.town).post(page, {"sheet-0": town.other_villages[0].code})
    row.refresh_from_db()
    assert row.sheets == {}


def test_what_a_school_says_of_its_pupil_is_not_settled_by_another_site(
    town, school, other_site, campaign, cast, refused, today
):
    pupil = make_enrolled(town.village, campaign, today).resident
    rosters.add_to_roster(organisation=school, resident=pupil, actor=None, today=today)
    entry = RosterEntry.objects.get()
    say(
        entry=entry,
        campaign=campaign,
        dose_number=1,
        is_vaccinated=True,
        given_on=today,
        place_name="县医院",
        actor=cast.school,
        now=timezone.now(),
    )
    form = {"settlement": "recorded", "vaccine": Vaccine.objects.get(code="CV-SV").pk, "note": "核对过"}
    for user in (cast.othertown, cast.employer, cast.cadre02, cast.othercadre):
        refused(user, at("reconcile_settle", school.pk, entry.uid), form)
    assert lines(school, campaign, 1)[0].is_open
