"""The county of the bench: 15 townships of 20 villages, a campaign, one user per reach; empty, or with everybody on it."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from bench import crowd, databases, doses
from bench.measure import say
from campaigns.models import Campaign
from campaigns.services.setup import load_reference_data, open_covid_campaign
from core import bulk, changes
from core.idnumbers import mask
from core.names import pinyin
from places.models import Place
from places.services.divisions import import_divisions
from reports.services import rollups
from residents.choices import EnrolmentStatus, RecordSource
from residents.models import Enrolment, Resident, ResidentIdentifier, VaccinationRecord

COUNTY, TOWNS, VILLAGES = "150622000000", 15, 20
TOWN, VILLAGE = "150622003000", "150622003005"
EMPTY, EVERYBODY, DOSED, SETTLED = "bench_empty", "bench_full", "bench_dosed", "bench_settled"
_CHUNK = 20_000


def divisions() -> list[dict[str, str]]:
    """The list of places, as the product's own import takes it."""
    rows = [
        {"code": "150000000000", "name": "内蒙古自治区", "level": "province"},
        {"code": "150600000000", "name": "鄂尔多斯市", "level": "city"},
        {"code": COUNTY, "name": "准格尔旗", "level": "county"},
    ]
    for town in range(1, TOWNS + 1):
        rows.append({"code": f"150622{town:03d}000", "name": f"第{town}镇", "level": "township"})
        for village in range(1, VILLAGES + 1):
            name = f"{town}镇{village}号村"
            rows.append({"code": f"150622{town:03d}{village:03d}", "name": name, "level": "village"})
    return rows


def use_empty() -> None:
    """Work in the register without people; made on first use."""
    if databases.exists(EMPTY):
        databases.use(EMPTY)
        call_command("migrate", verbosity=0)  # kept from an earlier run
        return
    databases.use(EMPTY)
    if connection.vendor == "postgresql":
        with databases._server() as cursor:
            cursor.execute(f'CREATE DATABASE "{EMPTY}"')
    call_command("migrate", verbosity=0)
    today = timezone.localdate()
    import_divisions(divisions(), actor=None, today=today)
    load_reference_data()
    places = {code: Place.objects.get(code=code) for code in (COUNTY, TOWN, VILLAGE)}
    open_covid_campaign(
        actor=None,
        place=places[COUNTY],
        code="covid-bench",
        name="新冠疫苗接种",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=60),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )
    for name, role, code in (
        ("county", Role.COUNTY, COUNTY),
        ("town", Role.TOWN, TOWN),
        ("cadre", Role.CADRE, VILLAGE),
    ):
        create_account(
            actor=None,
            username=name,
            display_name=name,
            phone="",
            role=role,
            where=places[code],
            since=today,
            password="Bench-2026-vax",
        )
    User.objects.update(must_change_password=False)


def use_full(count: int) -> None:
    """Work in the register of ``count`` people, all enrolled; made on first use."""
    _use_or_make(f"{EVERYBODY}_{count}", use_empty, lambda: _people(count))


def use_dosed(count: int) -> date:
    """Work in the register of ``count`` people, half of whom had two doses; made on first use. Returns its today: the day
    on which the register was made, which may have been kept since."""
    _use_or_make(f"{DOSED}_{count}", lambda: use_full(count), _doses)
    return _today(Campaign.objects.get())


def use_settled(count: int) -> None:
    """Work in the register of ``use_dosed`` with its finished days rolled up, and its doses told by a list, as nobody has
    seen a visit; made on first use."""
    _use_or_make(f"{SETTLED}_{count}", lambda: use_dosed(count), _settled)


def _settled() -> None:
    campaign = Campaign.objects.get()
    VaccinationRecord.objects.filter(dose=None).update(source=RecordSource.BACKFILL)
    rollups.fill_all(campaign=campaign, now=timezone.now())


def _today(campaign: Campaign) -> date:
    return campaign.target_age_ref_date


def _doses() -> None:
    campaign = Campaign.objects.get()
    with transaction.atomic():
        doses.give(campaign, _today(campaign))


def _use_or_make(name: str, use_source: Callable[[], object], fill: Callable[[], None]) -> None:
    if databases.exists(name):
        databases.use(name)
        call_command("migrate", verbosity=0)  # kept from an earlier run
        return
    use_source()
    databases.copy(databases.current(), f"{name}_new")
    databases.use(f"{name}_new")
    began = time.perf_counter()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # while filling; what is measured opens a connection of its own
            cursor.execute("PRAGMA cache_size=-1500000")
    fill()
    _settle()
    databases.rename(f"{name}_new", name)
    databases.use(name)
    say(f"{name} made in {time.perf_counter() - began:.0f} s")


def _settle() -> None:
    """As autovacuum leaves it; on SQLite the product gathers no statistics."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _people(count: int) -> None:
    campaign, today = Campaign.objects.get(), timezone.localdate()
    villages = list(Place.objects.filter(level="village").order_by("code").values_list("pk", "code"))
    everybody, at = crowd.people(count, seed=1), 0
    while chunk := list(islice(everybody, _CHUNK)):
        with transaction.atomic():
            # Villages one after the other, as registers grow: a chunk of neighbours has neighbouring keys.
            register(chunk, at, count, villages, campaign, today)
        at += len(chunk)


def register(chunk, at: int, count: int, villages, campaign: Campaign, today: date) -> None:
    """Put the people of ``chunk`` (numbers ``at`` … of ``count``) on the register, one village of ``villages`` (pk, code) after
    the other, and enrol them."""
    ids = bulk.reserve(Resident, len(chunk))
    residents, papers, enrolments = [], [], []
    adult_before = today.replace(year=today.year - 18)
    for n, (pk, person) in enumerate(zip(ids, chunk, strict=True), start=at):
        village_pk, code = villages[n * len(villages) // count]
        full, initials = pinyin(person.name)
        residents.append(
            (
                pk,
                person.name,
                full,
                initials,
                person.name[1:],
                person.sex,
                person.birth_date,
                village_pk,
                code,
                str(n % 12 + 1),
                person.phone,
                person.phone[-4:],
            )
        )
        number = person.number
        papers.append((pk, number, ResidentIdentifier.hash_of("01", number), mask(number), number[-4:]))
        adult = person.birth_date <= adult_before
        status = EnrolmentStatus.OPEN if adult else EnrolmentStatus.INELIGIBLE
        enrolments.append(
            (
                pk,
                campaign.pk,
                village_pk,
                code,
                "LOCAL",
                adult,
                status,
                1 if adult else None,
                today if adult else None,
            )
        )
    columns = "id name pinyin initials given sex birth_date village_id village_code group_no phone phone_tail"
    bulk.insert(Resident, columns.split(), residents)
    bulk.insert(ResidentIdentifier, ("resident_id", "number", "number_hash", "masked", "last4"), papers)
    columns = "resident_id campaign_id unit_id unit_code unit_rule is_target status next_dose due_from"
    bulk.insert(Enrolment, columns.split(), enrolments)
    changes.note_population({row[3] for row in enrolments}, today)
