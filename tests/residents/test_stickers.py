"""安心便签: given when all are vaccinated, gone the day somebody unvaccinated starts to work, never by hand (S80)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.models import AuditEvent
from inventory.models import Vaccine
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from places.services import organisations
from residents.models import RosterEntry, Sticker
from residents.services import holds, records, rosters, stickers
from residents.services.merging import merge
from residents.services.unmerging import unmerge
from residents.stickers import Staff, verdict
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.requirement("S80")


@pytest.mark.parametrize(
    ("staff", "shown", "why"),
    [
        (Staff(3, 3, 0, 0), False, ""),
        (Staff(3, 2, 1, 0), False, ""),
        (Staff(0, 0, 0, 0), True, "没有在岗员工"),
        (Staff(3, 2, 0, 0), True, "有 1 名员工还没有全程接种"),
        (Staff(2, 0, 2, 0), False, "没有一名员工完成接种"),
        (Staff(3, 3, 0, 1), False, "待核对"),
        (Staff(3, 3, 0, 1), True, ""),
    ],
)
def test_the_rule(staff, shown, why):
    answer = verdict(staff, shown=shown)
    assert (why in answer) if why else answer == ""


@pytest.fixture
def shop(town):
    return Organisation.objects.create(
        name="老王饭店", kind=OrganisationKind.SHOP, shop_type=ShopType.RESTAURANT, place=town.village
    )


def employ(shop, enrolment, today):
    return rosters.add_to_roster(organisation=shop, resident=enrolment.resident, actor=None, today=today)


def vaccinate(enrolment, today, days_ago=60):
    """One dose of the one-dose vaccine: complete."""
    return records.note_dose(
        enrolment=enrolment,
        vaccine=Vaccine.objects.get(code="CV-KX"),
        given_on=today - timedelta(days=days_ago),
        actor=None,
        today=today,
    )


@pytest.mark.django_db
def test_a_sticker_comes_with_the_last_dose_and_goes_with_a_new_unvaccinated_colleague(
    town, shop, campaign, today
):
    first, second, third = (
        make_enrolled(town.village, campaign, today, name=n) for n in ("甲一", "乙二", "丙三")
    )
    employ(shop, first, today)
    employ(shop, second, today)
    vaccinate(first, today)
    vaccinate(second, today)
    assert not Sticker.objects.exists()  # nobody has said that these two are all
    rosters.confirm_roster(organisation=shop, actor=None, now=timezone.now())
    sticker = Sticker.objects.get()
    assert (sticker.granted_on, sticker.staff, sticker.revoked_on) == (today, 2, None)

    entry = employ(shop, third, today)
    sticker.refresh_from_db()
    assert (sticker.revoked_on, sticker.reason) == (today, "有 1 名员工还没有全程接种")

    vaccinate(third, today)
    assert Sticker.objects.count() == 1  # the newcomer is not confirmed yet
    rosters.confirm_roster(organisation=shop, actor=None, now=timezone.now())
    again = Sticker.objects.get(revoked_on=None)
    rosters.leave_roster(entry=entry, on=today, reason="离职", actor=None, today=today)
    again.refresh_from_db()
    assert again.revoked_on is None
    actions = AuditEvent.objects.filter(action__startswith="sticker.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "sticker.granted",
        "sticker.revoked",
        "sticker.granted",
    ]


@pytest.mark.django_db
def test_a_vaccinated_newcomer_leaves_it_and_a_voided_dose_takes_it(town, shop, campaign, today):
    first, second = (make_enrolled(town.village, campaign, today, name=n) for n in ("甲一", "乙二"))
    employ(shop, first, today)
    vaccinate(first, today)
    rosters.confirm_roster(organisation=shop, actor=None, now=timezone.now())
    dose = vaccinate(second, today)
    employ(shop, second, today)
    assert Sticker.objects.get().revoked_on is None
    records.void_record(record=dose, actor=None, reason="录错人", now=timezone.now())
    assert Sticker.objects.get().revoked_on == today


@pytest.mark.django_db
def test_a_doctors_contraindication_excuses_what_people_say_of_themselves_does_not(
    town, shop, campaign, today
):
    done, ill = (make_enrolled(town.village, campaign, today, name=n) for n in ("甲一", "乙二"))
    vaccinate(done, today)
    employ(shop, done, today)
    employ(shop, ill, today)
    rosters.confirm_roster(organisation=shop, actor=None, now=timezone.now())
    holds.place_hold(enrolment=ill, kind="self", reason="说是过敏", by=None, now=timezone.now())
    assert not Sticker.objects.exists()
    hold = holds.place_hold(enrolment=ill, kind="contra", reason="严重过敏史", by=None, now=timezone.now())
    sticker = Sticker.objects.get()
    assert (sticker.staff, sticker.excused) == (2, 1)
    holds.lift_hold(hold=hold, actor=None, reason="鉴定更正", now=timezone.now())
    sticker.refresh_from_db()
    assert sticker.revoked_on == today


@pytest.mark.django_db
def test_a_closed_shop_and_time_itself_are_seen_at_night(town, shop, campaign, today):
    person = make_enrolled(town.village, campaign, today)
    vaccinate(person, today)
    employ(shop, person, today)
    rosters.confirm_roster(organisation=shop, actor=None, now=timezone.now())
    assert stickers.refresh_all(today=today) == 0
    organisations.close_organisation(actor=None, organisation=shop, reason="停业")
    assert stickers.refresh_all(today=today + timedelta(days=1)) == 1
    assert Sticker.objects.get().reason == "商户已停用"


@pytest.mark.django_db
def test_only_shops_get_one_and_counts_are_per_village_and_type(town, shop, employer, campaign, today):
    person = make_enrolled(town.village, campaign, today)
    vaccinate(person, today)
    for organisation in (shop, employer):
        employ(organisation, person, today)
        rosters.confirm_roster(organisation=organisation, actor=None, now=timezone.now())
    Organisation.objects.create(
        name="二店", kind=OrganisationKind.SHOP, shop_type=ShopType.RESTAURANT, place=town.village
    )
    assert Sticker.objects.get().organisation == shop
    (row,) = stickers.counts(Organisation.objects.inside({town.town.prefix}))
    assert (row["place_name"], row["shop_type"], row["shops"], row["shown"]) == (
        "曙光社区",
        "restaurant",
        2,
        1,
    )


@pytest.mark.django_db
def test_a_dose_of_somebody_without_a_shop_costs_one_query(town, campaign, today, django_assert_num_queries):
    person = make_enrolled(town.village, campaign, today)
    with django_assert_num_queries(1):
        assert stickers.follow([person.resident_id], today=today) == 0
    assert not RosterEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.requirement("S80")
def test_a_merge_gives_the_sticker_at_once_and_taking_it_apart_takes_it(shop, town, campaign, cast, today):
    kept = make_enrolled(town.village, campaign, today, name="王建国", phone="13812345678")
    twice = make_enrolled(town.villages[1], campaign, today, name="王建国")
    vaccinate(kept, today)
    for record in (kept, twice):
        employ(shop, record, today)
    rosters.confirm_roster(organisation=shop, actor=cast.town, now=timezone.now())
    assert not Sticker.objects.exists()  # the second record of the same man has no dose
    row = merge(
        kept=kept.resident,
        absorbed=twice.resident,
        choices={},
        actor=cast.town,
        reason="同一人登记了两次",
        key=uuid4(),
        now=timezone.now(),
    )
    assert (Sticker.objects.get().staff, Sticker.objects.get().revoked_on) == (1, None)
    unmerge(merge=row, actor=cast.town, reason="是两个人", now=timezone.now())
    assert Sticker.objects.get().revoked_on == today
