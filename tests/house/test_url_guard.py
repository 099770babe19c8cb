"""Every address is guarded: it has a row in the access matrix, and the cast gets exactly the answers of the row."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import DeviceReset, RoleAssignment
from accounts.services.accounts import create_account
from appointments.models import RosterSubmission
from campaigns.models import Phase
from campaigns.services import groups
from campaigns.services.setup import open_covid_campaign
from clinic.models import AdverseEvent, Correction, ReactionGroup
from clinic.services import certificates
from core.models import Job
from inventory.models import DayClose, StockTake, Vaccine
from inventory.services import consignments, disposals, recalls, trace
from inventory.services.consignments import Consignment
from places.choices import OrganisationKind
from places.models import Organisation, Site
from reports.models import ReportFile
from reports.services import hearings, meetings
from reports.services.bulletins import writing
from residents.models import CensusImport, CensusRow, ExportRequest, Household, RosterEntry, Sticker
from residents.services import (
    calls,
    duties,
    hold_proofs,
    lifts,
    moves,
    person_requests,
    proofs,
    publicity,
    records,
    submissions,
    tags,
)
from residents.services.enrolments import enrol
from residents.services.holds import place_hold
from residents.services.merging import merge
from tests.access_matrix import EXEMPT, ROLES, ROWS, Row
from tests.factories.appointments import make_booking, make_session
from tests.factories.clinic import Floor, certify
from tests.factories.cold import make_device, read
from tests.factories.duty import make_meeting
from tests.factories.filed import of_reports
from tests.factories.people import make_enrolled, make_resident
from tests.factories.planning import make_clear_out, make_plan
from tests.factories.schedules import of_schedules
from tests.factories.stock import make_lot, receive, receive_supply
from tests.house.privacy import Watch
from tests.workbooks import faults, is_workbook
from vaxcampaign import urls


def _names(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or f"unnamed:{entry.pattern}")
        else:
            yield from _names(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


ALL_NAMES = sorted(set(_names(get_resolver())))


def test_every_address_has_a_row_or_a_reason():
    missing = [name for name in ALL_NAMES if name not in ROWS and name not in EXEMPT]
    assert not missing, f"tests/access_matrix.py needs a row for: {missing}"


def test_no_row_without_an_address():
    assert sorted((set(ROWS) | set(EXEMPT)) - set(ALL_NAMES)) == []
    assert not set(ROWS) & set(EXEMPT)


def test_exemptions_say_why():
    assert all(len(reason) > 30 for reason in EXEMPT.values())


def test_rows_name_known_roles():
    for name, row in ROWS.items():
        may, hidden = set(row.may.split()), set(row.hidden.split())
        assert may | hidden <= set(ROLES), name
        assert not may & hidden, name


def _of_cold_chain(cast, site):
    """A device, a reading out of range with what it opened, and a logger file."""
    device = make_device(site)
    now = timezone.now()
    reading = read(device, 9, at=now, action="关门", actor=cast.vaccinator)
    file = device.files.create(name="log.csv", added=0, repeated=0, at=now)
    return {
        "device": [device.uid],
        "reading": [reading.key],
        "logger_file": [file.uid],
        "excursion": [device.excursions.get().uid],
    }


def _of_codes(lot, movement):
    """A receipt with one trace code."""
    (span,) = trace.register_range(
        document=movement.document,
        lot=lot,
        first="81123450000000011111",
        last="",
        actor=None,
        now=timezone.now(),
    )
    return {"receipt": [movement.document.uid], "span": [span.uid], "traced": [lot.pk]}


def _of_duties(cast, town, campaign, today):
    """A duty, a ride, a figure, a household, an own tag, a doubtful dose with its proof: in cadre01's village."""
    person = make_resident(
        town.village, household=Household.objects.create(village=town.village, number="0001")
    )
    enrol(residents=[person], campaign=campaign, actor=None, today=today)
    duty = duties.assign(
        actor=cast.town, level="leader", village=town.village, since=today, key=uuid4(), name="刘建军"
    )
    lift = lifts.ask(
        resident=person,
        actor=cast.cadre01,
        on=today,
        pick_up="村口",
        agreed_by=person.name,
        agreed_on=today,
        key=uuid4(),
        today=today,
    )
    (figure,) = publicity.record(
        place=town.village,
        day=today,
        counts={"banner": 3},
        actor=cast.cadre01,
        key=uuid4(),
        now=timezone.now(),
    )
    dose = records.note_dose(
        enrolment=person.enrolments.get(),
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=40),
        actor=cast.town,
        today=today,
        source="elsewhere",
        is_verified=False,
    )
    picture = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0 picture")
    proof = proofs.add_proof(record=dose, upload=picture, actor=cast.town, now=timezone.now())
    told = {"enrolment": person.enrolments.get(), "kind": "self", "reason": "对青霉素过敏", "by": cast.town}
    hold = place_hold(now=timezone.now(), **told)
    picture.seek(0)
    paper = hold_proofs.add_proof(hold=hold, upload=picture, actor=cast.town, now=timezone.now())
    return {
        "duty": [duty.uid],
        "lift": [lift.uid],
        "publicity": [figure.uid],
        "household": [person.household_id],
        "tag": [tags.add_tag(actor=cast.town, place=town.town, kind="tag", name="退役军人").pk],
        "doubt": [dose.uid],
        "proof": [proof.uid],
        "hold": [hold.pk],
        "hold_proof": [paper.uid],
    }


def _papers(cast, town, site, lot):
    """A receipt, a delivery that left us and one that comes to us, a disposal asked for, a recall."""
    second = Site.objects.create(code="yz-2", name="第二接种点", place=town.town)
    other = make_lot()
    receive(second, other, 5)
    given = {"actor": cast.stock, "now": timezone.now()}

    def send(where, what, to):
        one = Consignment("transfer", where, ((what, 1),), other_site=to)
        return [consignments.send(one, key=uuid4(), actor=None, now=timezone.now()).uid]

    plan = disposals.plan_disposal(site=site, goods=[(lot, 1, "broken")], note="焚烧", key=uuid4(), **given)
    order = {"place": town.town, "reason": "待查", "authority": "", "paper_no": "", "rest": "keep"}
    return {
        "paper": [site.documents.get(kind="receipt").uid],
        "sent": send(site, lot, second),
        "coming": send(second, other, site),
        "plan": [plan.uid],
        "recall": [recalls.recall(lot=make_lot(), key=uuid4(), **given, **order).uid],
    }


def _counted(model, site, **fields):
    return model.objects.create(key=uuid4(), site=site, **fields)


@pytest.fixture
def things(cast, campaign, town, site, school, today):
    """What goes into the addresses: one of each, all of our township (and not of the neighbour's)."""
    ours = open_covid_campaign(
        actor=None,
        place=town.town,
        code="yz-2026",
        name="迎泽街道专项",
        starts_on=today - timedelta(days=90),  # older: nobody works in it unless asked
        ends_on=today + timedelta(days=30),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )
    Phase.objects.create(
        campaign=ours, order=1, name="第一阶段", starts_on=today, ends_on=today, cohort={}, is_open=False
    )
    spare, _ = create_account(
        actor=None,
        username="spare",
        display_name="备用",
        phone="",
        role=Role.CADRE,
        where=town.villages[2],
        since=today,
    )
    certificate = certify(spare)
    lot = make_lot()
    receive(site, lot, 20, actor=cast.stock)
    papers = _papers(cast, town, site, lot)
    enrolment = make_enrolled(town.village, campaign, today)
    resident = enrolment.resident
    move = moves.propose(
        resident=resident,
        kind="removal",
        removal="moved_out",
        on=today,
        actor=cast.cadre01,
        key=uuid4(),
        now=timezone.now(),
        today=today,
    )
    session = make_session(campaign, site, today + timedelta(days=1))
    slot = session.slots.first()
    ended = make_session(
        campaign, site, today + timedelta(days=2)
    )  # its deeds are refused by the rule, not the door
    ended.state = "closed"
    ended.save(update_fields=["state"])
    booking = make_booking(enrolment, slot)
    census = CensusImport.objects.create(
        place=town.village,
        campaign=campaign,
        file_name="摸排.xlsx",
        file_sha256="0" * 64,
        created_by=cast.cadre01,
        state="checked",
    )
    review = CensusRow.objects.create(census=census, number=2, state="review", resident=resident, cells="{}")
    roster = RosterSubmission.objects.create(
        session=session,
        place=town.village,
        people=1,
        submitted_at=timezone.now(),
        submitted_by=cast.cadre01,
        is_late=True,
    )
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.observed()
    reaction = AdverseEvent.objects.create(
        key=uuid4(),
        dose=visit.doses.get(),
        onset_at=floor.now,
        symptoms="局部红肿",
        reported_at=floor.now,
        reported_by=cast.observer,
        report_due=floor.now + timedelta(hours=48),
    )
    cluster = ReactionGroup.objects.create(basis="site", site=site, lot=floor.lot, opened_at=floor.now)
    AdverseEvent.objects.filter(pk=reaction.pk).update(group=cluster)
    correction = Correction.objects.create(
        key=uuid4(),
        dose=reaction.dose,
        kind="details",
        body_site="right_arm",
        reason="左右记反",
        proposed_at=timezone.now(),
        proposed_by=spare,
    )
    voucher = certificates.issue(
        resident=visit.enrolment.resident,
        campaign=campaign,
        actor=cast.vaccinator,
        key=uuid4(),
        now=floor.now,
    )
    call = calls.ask(
        actor=cast.town,
        campaign=campaign,
        place=town.town,
        kind="plan",
        due_at=timezone.now() + timedelta(days=3),
        now=timezone.now(),
        key=uuid4(),
    )
    submission = submissions.draft(actor=cast.cadre01, call=call, sender=town.village)
    group = groups.open_group(
        actor=cast.town, campaign=campaign, place=town.village, kind="village", name="曙光社区工作组"
    )
    member = groups.add_member(
        actor=cast.town, group=group, key=uuid4(), today=today, role="6member", name="王强"
    )
    file = ReportFile.objects.create(
        kind="daily",
        campaign=campaign,
        place=town.town,
        day=today,
        cut_off=floor.now,
        file_name="日报.xlsx",
        stored_as="nowhere.xlsx",
        sha256="0" * 64,
        size=1,
    )
    pair = [make_enrolled(town.village, campaign, today, name="赵小明").resident for _ in range(2)]
    twins = [make_enrolled(town.village, campaign, today).resident for _ in range(2)]
    merged = merge(
        kept=twins[0],
        absorbed=twins[1],
        choices={},
        actor=None,
        reason="登记了两次",
        key=uuid4(),
        now=timezone.now(),
    )
    pupil = RosterEntry.objects.create(
        organisation=school, resident=make_enrolled(town.villages[1], campaign, today).resident, since=today
    )
    shop = Organisation.objects.create(name="小店", kind=OrganisationKind.SHOP, place=town.village)
    sticker = Sticker.objects.create(organisation=shop, campaign=campaign, granted_on=today, staff=1)
    syringes = receive_supply(site, 5)
    push = make_clear_out(ours, town.town, site)
    made = _of_duties(cast, town, campaign, today) | _of_cold_chain(cast, site)
    made |= papers | of_reports(ours, town.town)
    made |= _of_codes(lot, site.movements.get(lot=lot, kind="receipt"))
    return made | {
        "campaign_group": [ours.code, "K5"],
        "": [],
        "pair": [person.uid for person in pair],
        "merge": [merged.uid],
        "pupil": [school.pk, pupil.uid],
        "sticker": [sticker.uid],
        "job": [Job.objects.create(kind="x", title="导出", created_by=cast.town).uid],
        "account": [spare.pk],
        "role": [spare.pk, spare.assignments.get().pk],
        **_waiting(cast, town, spare, today),
        "certificate": [spare.pk, certificate.pk],
        "voucher": [voucher.uid],
        "site": [site.pk],
        "organisation": [school.pk],
        "campaign": [ours.code],
        "call": [call.uid],
        "submission": [submission.uid],
        "group": [group.uid],
        "member": [group.uid, member.pk],
        "gone_member": [group.uid, 0],
        "phase": [ours.code, 1],
        "campaign_text": [ours.code, 0],
        "consent_text": [ours.code, "adult"],
        "move": [move.uid],
        "resident": [resident.uid],
        "identifier": [resident.uid, resident.identifiers.get().pk],
        "session": [session.uid],
        "slot": [session.uid, slot.pk],
        "post": [ended.uid, ended.staff.create(duty="patrol", name="赵四").pk],
        "stop": [
            ended.uid,
            ended.stops.create(
                place=town.village, where="村口", starts_at=slot.starts_at, ends_at=slot.ends_at
            ).pk,
        ],
        "release": [
            session.uid,
            session.releases.create(at=timezone.now(), percent=100, made_at=timezone.now()).pk,
        ],
        "booking": [booking.uid],
        "roster": [roster.pk],
        "census": [census.uid],
        "review": [review.pk],
        "level": [site.levels.get(lot=lot).pk],
        "allocation": [make_plan(ours, town.town, site).uid],
        "stock_day": [site.pk, today.isoformat()],
        "close": [_counted(DayClose, site, on=today - timedelta(days=1), counted_at=timezone.now()).uid],
        "take": [_counted(StockTake, site, started_at=timezone.now()).uid],
        "clear_out": [push.uid],
        "clear_out_site": [push.uid, site.pk],
        "supply": [site.pk, syringes.lot_id],
        "supply_move": [syringes.uid],
        "visit": [visit.uid],
        "case": [reaction.uid],
        "dose": [reaction.dose.uid],
        "dose_lot": [reaction.dose.uid, "lot"],
        "correction": [correction.uid],
        "card": ["shock"],
        "reaction_group": [cluster.uid],
        "case_card": [reaction.uid, "shock"],
        "file": [file.uid],
        "request": [_request(cast, resident).uid],
        "export_request": [_export_request(cast, town).uid],
        "bulletin": [_bulletin(town, campaign, today).uid],
        **_of_the_book(town, campaign, today),
        "sheet_kind": ["elderly"],
        **of_schedules(campaign, town.town, cast.town),
    }


def _waiting(cast, town, spare, today):
    """A role and a lost device of our town that wait for the security administrator."""
    role = RoleAssignment.objects.create(
        user=cast.cadre02, role=Role.CADRE, place=town.villages[2], since=today, state="waiting"
    )
    reset = DeviceReset.objects.create(
        user=spare, reason="遗失", asked_by=cast.sysadmin, asked_at=timezone.now(), state="waiting"
    )
    return {"waiting_role": [role.pk], "waiting_reset": [reset.pk]}


def _export_request(cast, town):
    """A long list that a village waits for."""
    about = {
        "title": "导出居民名单",
        "kind": "residents.export",
        "task": "none",
        "asked": "{}",
        "people": 9000,
    }
    return ExportRequest.objects.create(
        by=cast.cadre01, at=timezone.now(), state="waiting", place_code=town.village.code, **about
    )


def _request(cast, resident):
    """Somebody asks for the own data."""
    asked = {"kind": "access", "asker": "本人", "words": "查阅", "key": uuid4()}
    return person_requests.take_down(resident=resident, actor=cast.cadre01, now=timezone.now(), **asked)


def _bulletin(town, campaign, today):
    """A daily text of our town."""
    about = {"kind": "daily", "campaign": campaign, "place": town.town, "day": today}
    return writing.write_bulletin(**about, actor=None, key=uuid4(), now=timezone.now())


def _of_the_book(town, campaign, today):
    """A hearing, a meeting and what it asked for, of our town."""
    book = {"place": town.town, "actor": None, "now": timezone.now()}
    about = {"campaign": campaign, "day": today, "words": {"heard_by": "苏和"}}
    hearing = hearings.hear(**about, key=uuid4(), **book)
    meeting = make_meeting(town.town, today)
    row = meetings.follow_up(
        meeting=meeting, what="排车", who="王五", due_on=today, actor=None, key=uuid4(), now=timezone.now()
    )
    return {
        "duty_day": [today.isoformat()],
        "hearing": [hearing.uid],
        "meeting": [meeting.uid],
        "follow_up": [row.uid],
    }


def _ask(client, row: Row, address: str, watch=lambda answer: None):
    """One answer; what the request did is taken back, so that every address is asked on the same ground."""
    with transaction.atomic():
        answer = getattr(client, row.method)(address)
        watch(answer)
        transaction.set_rollback(True)
    return answer


# Logging out comes last: nobody is logged in after it.
NAMES = sorted(ROWS, key=lambda name: (name == "logout", name))


@pytest.fixture
def plain_refusals(monkeypatch):
    """Two thousand refusals without their pages, whose frame costs more than the refusal."""
    for status in (403, 404):
        monkeypatch.setattr(
            urls, f"handler{status}", lambda request, exception, status=status: HttpResponse(status=status)
        )


@pytest.mark.parametrize("role", ROLES)
def test_cast_gets_the_answers_of_the_rows(role, plain_refusals, things, cast, client_as):
    """And no page of theirs tells a whole number, or shows one person without recording it (``tests/house/privacy.py``)."""
    client, watch, got = client_as(getattr(cast, role)), Watch(getattr(cast, role)), {}
    wrong = {}
    for name in NAMES:
        made = ROWS[name].made
        address = reverse(name, args=things[made])
        look = partial(watch.look, name, made, address)
        answer = _ask(client, ROWS[name], address, look)
        got[name] = answer.status_code
        # The office gets nearly every workbook: each is one that it can forward without touching.
        if role == "town" and is_workbook(answer):
            wrong[name] = faults(answer.content, is_form=name == "residents:template")
    assert got == {name: ROWS[name].status(role) for name in NAMES}
    assert (watch.with_number, watch.with_phone, watch.unseen) == (set(), set(), set())
    assert not any(wrong.values()), wrong
    assert role != "town" or len(wrong) > 20


def test_who_is_not_logged_in_is_sent_to_the_log_in(things):
    for name in NAMES:
        answer = _ask(Client(), ROWS[name], reverse(name, args=things[ROWS[name].made]))
        assert answer.status_code == ROWS[name].anonymous, name
        if ROWS[name].anonymous == 302 and name != "logout":
            assert answer.url.startswith(reverse("login")), name


def _kept_out(row: Row) -> list[str]:
    """Everybody for whom the row hides something, and one of those without the right."""
    others = [role for role in ROLES if role not in f"{row.hidden} {row.may}".split() and row.others == 403]
    return row.hidden.split() + others[:1]


def test_no_other_method_opens_what_is_hidden(plain_refusals, things, cast, client_as):
    """A row is played with one method; a page's POST and a deed's GET are closed to the same people."""
    clients = {role: client_as(getattr(cast, role)) for role in ROLES}
    opened = []
    for name, row in ROWS.items():
        address, other = reverse(name, args=things[row.made]), "post" if row.method == "get" else "get"
        for role in _kept_out(row):
            status = getattr(clients[role], other)(address).status_code
            if status not in (403, 404, 405):
                opened.append((name, role, other, status))
    assert opened == []
