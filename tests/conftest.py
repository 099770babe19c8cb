"""The fixed cast and ground of the suite, from the same data files as the demo."""

import gc
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations
from django.db.backends.sqlite3.base import DatabaseOperations as SqliteOperations
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import RoleAssignment, User
from campaigns.services.setup import load_reference_data, open_covid_campaign
from inventory.models import Vaccine
from places.choices import OrganisationKind
from places.models import Organisation, Place, Site
from places.services.divisions import import_divisions
from residents.services.tags import load_default_tags
from tests.midday import work_at_midday
from tests.migrated import MigratedCopy
from tests.once import reaches_database
from tests.walks import draw_the_same

PASSWORD = "Vax-Test-2026"
HASHED = make_password(PASSWORD)


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--only-database", action="store_true", help="leave out tests that reach no database (tests/once.py)"
    )


def pytest_collection_modifyitems(config, items) -> None:
    if config.getoption("--only-database"):
        left_out = [item for item in items if not reaches_database(item)]
        items[:] = [item for item in items if reaches_database(item)]
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session) -> None:
    draw_the_same()
    if not all(item.get_closest_marker("e2e") for item in session.items):
        work_at_midday()
    # What was imported stays for good: the garbage collector need not look at it again and again (an eighth of all CPU
    # seconds).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# Two towns of the real list: 迎泽街道 (ours) and 蓝天街道 (the neighbour), three villages each.
DIVISIONS = [
    {"code": "150000000000", "name": "内蒙古自治区", "level": "province"},
    {"code": "150600000000", "name": "鄂尔多斯市", "level": "city"},
    {"code": "150622000000", "name": "准格尔旗", "level": "county"},
    {"code": "150622002000", "name": "迎泽街道", "level": "township"},
    {"code": "150622002001", "name": "曙光社区", "level": "village"},
    {"code": "150622002002", "name": "南山社区", "level": "village"},
    {"code": "150622002200", "name": "巴汉图村委会", "level": "village"},
    {"code": "150622003000", "name": "蓝天街道", "level": "township"},
    {"code": "150622003001", "name": "铁北社区", "level": "village"},
    {"code": "150622003002", "name": "阳光社区", "level": "village"},
]


def _flush_with_append_only(flush):
    """Cleaning up after a test that commits must empty the append-only tables too: triggers step aside for it."""

    def sql_flush(self, *args, **kwargs):
        statements = flush(self, *args, **kwargs)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f"DROP TRIGGER {name};" for name, _ in triggers]
        return [*dropped, *statements, *(f"{sql};" for _, sql in triggers)]

    return sql_flush


SqliteOperations.sql_flush = _flush_with_append_only(SqliteOperations.sql_flush)


def _flush_what_was_written(flush):
    """PostgreSQL takes up to half a second to truncate all tables; a test writes to some of them, a few rows each."""

    def sql_flush(self, style, tables, *, reset_sequences=False, **kwargs):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            (may_leave_out_checks,) = cursor.fetchone()
            if reset_sequences or not may_leave_out_checks or not tables:
                return flush(self, style, tables, reset_sequences=reset_sequences, **kwargs)
            cursor.execute(
                " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
            )
            written = [table for (table,) in cursor.fetchall()]
        # As a replica it asks neither foreign keys nor the triggers that keep rows from being deleted.
        return ["SET LOCAL session_replication_role = replica;", *(f"DELETE FROM {t};" for t in written)]

    return sql_flush


PostgresqlOperations.sql_flush = _flush_what_was_written(PostgresqlOperations.sql_flush)


@dataclass
class Town:
    """The ground: our township with its villages, the neighbour with its own."""

    county: Place
    town: Place
    villages: list[Place]
    other_town: Place
    other_villages: list[Place] = field(default_factory=list)

    @property
    def village(self) -> Place:
        return self.villages[0]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def town(db, today) -> Town:
    import_divisions(DIVISIONS, actor=None, today=today)
    places = {place.code: place for place in Place.objects.select_related("parent__parent__parent__parent")}
    return Town(
        county=places["150622000000"],
        town=places["150622002000"],
        villages=[places[f"150622002{n}"] for n in ("001", "002", "200")],
        other_town=places["150622003000"],
        other_villages=[places[f"150622003{n}"] for n in ("001", "002")],
    )


@pytest.fixture
def site(town) -> Site:
    return Site.objects.create(
        code="yz-wsy", name="迎泽街道卫生院接种点", place=town.town, address="迎泽街1号"
    )


@pytest.fixture
def other_site(town) -> Site:
    return Site.objects.create(code="lt-wsy", name="蓝天街道卫生院接种点", place=town.other_town)


@pytest.fixture
def school(town) -> Organisation:
    return Organisation.objects.create(name="迎泽小学", kind=OrganisationKind.SCHOOL, place=town.village)


@pytest.fixture
def employer(town) -> Organisation:
    return Organisation.objects.create(
        name="迎泽建材厂", kind=OrganisationKind.ENTERPRISE, place=town.village
    )


@pytest.fixture(scope="session")
def migrated_copy(request) -> MigratedCopy | None:
    """On SQLite, where a file can be copied and pytest keeps a cache."""
    cache = getattr(request.config, "cache", None)
    if connection.vendor != "sqlite" or cache is None:
        return None
    copy = MigratedCopy(cache.mkdir("migrated"), connection)
    copy.offer()
    return copy


@pytest.fixture(scope="session")
def django_db_setup(migrated_copy, django_db_setup, django_db_blocker):
    """Vaccines and schedules stand in the database once, not once a test: they come with every installation."""
    with django_db_blocker.unblock():
        if migrated_copy:
            migrated_copy.keep()
        load_reference_data()


@pytest.fixture
def reference(db) -> None:
    """The reference data also after a test that commits, which leaves every table empty."""
    if not Vaccine.objects.exists():
        load_reference_data()
        load_default_tags()  # they come with a migration


@pytest.fixture
def campaign(town, reference, today):
    """A county campaign for everyone of 18 and older, running since 60 days."""
    return open_covid_campaign(
        actor=None,
        place=town.county,
        code="covid-2026",
        name="新冠疫苗接种",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=60),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )


@pytest.fixture
def cast(town, site, other_site, school, employer, today) -> SimpleNamespace:
    """One user of every role by the demo's names, passwords already changed (``PASSWORD``).

    Written straight into the tables: more than a thousand tests start with it, and the service has tests of its own.
    """
    since = today - timedelta(days=30)
    where = {
        "county": (Role.COUNTY, town.county),
        "town": (Role.TOWN, town.town),
        "cadre01": (Role.CADRE, town.villages[0]),
        "cadre02": (Role.CADRE, town.villages[1]),
        "school": (Role.SCHOOL, school),
        "employer": (Role.EMPLOYER, employer),
        "registrar": (Role.REGISTRAR, site),
        "screener": (Role.SCREENER, site),
        "vaccinator": (Role.VACCINATOR, site),
        "observer": (Role.OBSERVER, site),
        "stock": (Role.STOCK, site),
        "sysadmin": (Role.SYSADMIN, town.county),
        "secadmin": (Role.SECADMIN, town.county),
        "auditor": (Role.AUDITOR, town.county),
        "othertown": (Role.TOWN, town.other_town),
        "othercadre": (Role.CADRE, town.other_villages[0]),
    }
    users = User.objects.bulk_create(
        User(
            username=username,
            display_name=f"{Role(role).label}{username[-2:]}",
            password=HASHED,
            must_change_password=False,
        )
        for username, (role, _) in where.items()
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=role, since=since, **{place._meta.model_name: place})
        for user, (role, place) in zip(users, where.values(), strict=True)
    )
    return SimpleNamespace(**{user.username: user for user in users})


@pytest.fixture
def client_as():
    """``client_as(user)``: a logged-in client."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def on_postgresql() -> bool:
    return connection.vendor == "postgresql"
