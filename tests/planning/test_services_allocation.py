"""From the registers to signed documents: what is proposed, adjusted, approved and sent."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import RuleBroken
from inventory.models import DocumentLine, StockDocument, StockLevel, SupplyMovement, Vaccine
from inventory.services.supplies import waste_supply
from inventory.services.verify import ledger_problems
from inventory.services.verify_supplies import supply_problems
from places.models import Site
from planning.models import AllocationPlan
from planning.services import allocation, sending
from residents.services import records
from tests.factories.appointments import make_session
from tests.factories.clinic import lot_of
from tests.factories.people import make_enrolled
from tests.factories.planning import make_plan
from tests.factories.stock import receive, receive_supply

pytestmark = pytest.mark.django_db


def by():
    return {"actor": None, "now": timezone.now()}


@pytest.fixture
def team(town):
    return Site.objects.create(code="yz-ld", name="迎泽流动接种队", kind="mobile", place=town.town)


@pytest.fixture
def township(town, site, team, campaign, today):
    """Three people who have begun and are due, one who will be due after the period, six who have not begun; a day at the
    clinic (six places) and one of the mobile team (three places)."""
    for n in range(4):
        row = make_enrolled(town.village, campaign, today)
        given = today - timedelta(days=40 if n < 3 else 5)
        vaccine = Vaccine.objects.get(code="CV-SV")
        records.note_dose(
            enrolment=row, vaccine=vaccine, given_on=given, actor=None, today=today, source="elsewhere"
        )
    for _ in range(6):
        make_enrolled(town.village, campaign, today)
    for place, places in ((site, 2), (team, 1)):  # three slots each
        make_session(campaign, place, today + timedelta(days=3), places=places)
    lot = lot_of("CV-SV")
    receive(site, lot, 40)
    receive_supply(site, 30)
    return lot


@pytest.fixture
def plan(township, campaign, town, site):
    return make_plan(campaign, town.town, site)


def share_of(plan, site):
    return plan.shares.get(site=site)


def vials(plan, site):
    return share_of(plan, site).lines.get(lot__isnull=False)


@pytest.mark.requirement("S14")
@pytest.mark.requirement("S37")
def test_a_proposal_follows_registers_sessions_and_stock(plan, site, team, township):
    facts = {one.site_id: one.facts for one in plan.shares.all()}
    assert sum(sum(fact["seconds"].values()) for fact in facts.values()) == 3
    assert sum(fact["firsts"] for fact in facts.values()) == 6
    assert (facts[site.pk]["places"], facts[team.pk]["places"]) == (6, 3)
    assert (facts[site.pk]["people"], facts[team.pk]["people"]) == (6, 3)
    assert (vials(plan, site).quantity, vials(plan, team).quantity) == (7, 4)  # 1.05, whole vials
    syringes = share_of(plan, team).lines.get(supply_lot__isnull=False)
    assert syringes.quantity == 4  # 3.3
    assert plan.facts["owed_later"] == {"CV-SV": 1}
    assert plan.facts["kept"] == {str(township.pk): 2}
    assert StockLevel.objects.get().vials == 40  # nothing has moved


def test_a_due_booster_has_its_place_and_its_vial(township, campaign, town, site, today, client_as, cast):
    row = make_enrolled(town.village, campaign, today)
    vaccine = Vaccine.objects.get(code="CV-SV")
    for ago in (400, 370):
        given = {"given_on": today - timedelta(days=ago), "today": today, "source": "elsewhere"}
        records.note_dose(enrolment=row, vaccine=vaccine, actor=None, **given)
    plan = make_plan(campaign, town.town, site)
    facts = [one.facts for one in plan.shares.all()]
    assert sum(fact["boosters"] for fact in facts) == sum(fact["serve_boosters"] for fact in facts) == 1
    assert sum(fact["people"] for fact in facts) == 9  # all places; one who has not begun waits
    assert "应种加强针 1 人" in client_as(cast.town).get(plan.get_absolute_url()).content.decode()


@pytest.mark.requirement("S22")
def test_an_approved_plan_is_sent_on_documents_and_once(plan, site, team, township):
    with pytest.raises(RuleBroken, match="待审"):
        sending.send_plan(plan=plan, **by())
    allocation.approve_plan(plan=plan, **by())
    sending.send_plan(plan=plan, **by())
    document = StockDocument.objects.get(other_site=team)
    assert (document.kind, document.note) == ("transfer", f"按{plan}")
    assert share_of(plan, team).document == document
    assert share_of(plan, site).document is None  # what stays does not move
    assert StockLevel.objects.get(site=site).vials == 36
    assert DocumentLine.objects.get(document=document).transit == 4
    assert SupplyMovement.objects.get(site=team).balance == 4
    with pytest.raises(RuleBroken, match="已发出"):
        sending.send_plan(plan=plan, **by())
    assert [*ledger_problems(), *supply_problems()] == []


def test_what_is_under_way_is_not_sent_again(plan, campaign, town, site, team):
    allocation.approve_plan(plan=plan, **by())
    sending.send_plan(plan=plan, **by())
    again = make_plan(campaign, town.town, site)
    facts = share_of(again, team).facts
    assert (facts["transit"], facts["bring"]) == (4, 0)
    assert vials(again, team).quantity == 0
    assert str(again).endswith("-002")


def test_the_office_decides_otherwise_with_a_reason_and_never_more_than_there_is(plan, site, team):
    line = vials(plan, team)
    for quantities, reason, refused in (({line.pk: 6}, " ", "理由"), ({line.pk: 34}, "多备", "可用 40 支")):
        with pytest.raises(RuleBroken, match=refused):
            allocation.adjust_plan(plan=plan, quantities=quantities, reason=reason, **by())
    allocation.adjust_plan(plan=plan, quantities={line.pk: 6}, reason="再去两个组", **by())
    line.refresh_from_db()
    assert (line.proposed, line.quantity, line.is_adjusted) == (4, 6, True)
    allocation.approve_plan(plan=plan, **by())
    waste_supply(
        site=site,
        lot=SupplyMovement.objects.get().lot,
        quantity=28,
        reason="受潮",
        key=uuid4(),
        **by(),
    )
    with pytest.raises(RuleBroken, match="注射器"):
        sending.send_plan(plan=plan, **by())
    assert not StockDocument.objects.filter(other_site=team).exists()  # all or nothing
    assert AllocationPlan.objects.get().is_approved
    allocation.drop_plan(plan=plan, reason="注射器不够,重做", **by())
    assert StockLevel.objects.get(site=site).vials == 40


def test_a_county_shares_out_to_townships(township, campaign, town, site, other_site, today):
    store = Site.objects.create(code="qjk", name="旗疾控疫苗库", kind="store", place=town.county)
    receive(store, lot_of("CV-BJ"), 50)
    make_enrolled(town.other_villages[0], campaign, today)
    make_session(campaign, other_site, today + timedelta(days=2), places=1)
    plan = make_plan(campaign, town.county, store)
    assert {one.site for one in plan.shares.all()} == {site, other_site}
    ours, theirs = share_of(plan, site).facts, share_of(plan, other_site).facts
    assert (ours["places"], ours["at_hand_total"], ours["bring"]) == (9, 40, 0)
    assert (theirs["firsts"], theirs["places"], theirs["bring"]) == (1, 3, 1)
    assert vials(plan, other_site).quantity == 2


@pytest.mark.parametrize(
    ("days", "refused"), [((-1, 3), "已经过去"), ((3, 1), "早于"), ((1, 80), "最多 60 天")]
)
def test_periods_that_make_no_sense(days, refused, campaign, town, site, today):
    since, until = (today + timedelta(days=n) for n in days)
    with pytest.raises(RuleBroken, match=refused):
        make_plan(campaign, town.town, site, since=since, until=until)
