"""The ground of the demo: divisions, sites, organisations, people with accounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from accounts.choices import QualificationKind, Role
from accounts.models import StaffQualification, User
from accounts.rules import LINES, Policy
from accounts.services.accounts import create_account
from accounts.services.policies import put_policy
from places.choices import OrganisationKind, SiteKind
from places.models import Organisation, Place, Site
from places.services.divisions import import_divisions, read_divisions

DIVISIONS = Path(settings.BASE_DIR) / "places" / "data" / "divisions_150622.csv"
COUNTY, TOWN, OTHER_TOWN = "150622000000", "150622200000", "150622103000"

_NAMES = {
    "county": "县局 高敏",
    "town": "镇办 刘建军",
    "school": "教务 陈静",
    "employer": "人事 赵刚",
    "registrar": "登记 孙丽",
    "screener": "医生 周文",
    "vaccinator": "护士 吴霞",
    "observer": "护士 郑云",
    "stock": "库管 冯涛",
    "sysadmin": "系统 管理员",
    "secadmin": "安全 管理员",
    "auditor": "审计 员",
    "othertown": "邻镇 办公室",
    "othercadre": "邻镇 村干部",
}


# Everybody who tries the demo shares these accounts, at once, for months.
_LENIENT = {
    **{name: getattr(Policy(), name) for name in LINES},
    "one_session": False,
    "password_days": 0,
    "idle_minutes": 60,
    "floor_idle_minutes": 0,
}


@dataclass
class Ground:
    """What the story is told on."""

    county: Place
    town: Place
    villages: list[Place]
    other_town: Place
    other_villages: list[Place]
    site: Site
    temporary_site: Site
    organisations: list[Organisation]
    users: dict[str, User]


def lay(*, today: date) -> Ground:
    """Load the shipped division list, then sites, organisations and the demo accounts."""
    import_divisions(read_divisions(DIVISIONS), actor=None, today=today)
    places = {place.code: place for place in Place.objects.select_related("parent")}
    town, other = places[TOWN], places[OTHER_TOWN]
    villages = list(Place.objects.villages().filter(parent=town))
    other_villages = list(Place.objects.villages().filter(parent=other))
    site = Site.objects.create(
        code="nuanshui",
        name="暖水乡卫生院接种点",
        place=town,
        address="暖水乡府前街8号",
        phone="0477-1000001",
        opening="每天 8:00–17:30",
    )
    temporary = Site.objects.create(
        code="nuanshui-ls",
        name="暖水中学临时接种点",
        kind=SiteKind.TEMPORARY,
        place=town,
        address="暖水中学体育馆",
    )
    Site.objects.create(code="linzhen", name=f"{other.name}卫生院接种点", place=other)
    organisations = [
        Organisation.objects.create(name="暖水中心小学", kind=OrganisationKind.SCHOOL, place=villages[0]),
        Organisation.objects.create(name="暖水建材厂", kind=OrganisationKind.ENTERPRISE, place=villages[0]),
        Organisation.objects.create(name="暖水养老院", kind=OrganisationKind.CARE_HOME, place=villages[1]),
    ]
    where = {
        "county": (Role.COUNTY, places[COUNTY]),
        "town": (Role.TOWN, town),
        "school": (Role.SCHOOL, organisations[0]),
        "employer": (Role.EMPLOYER, organisations[1]),
        "registrar": (Role.REGISTRAR, site),
        "screener": (Role.SCREENER, site),
        "vaccinator": (Role.VACCINATOR, site),
        "observer": (Role.OBSERVER, site),
        "stock": (Role.STOCK, site),
        "sysadmin": (Role.SYSADMIN, places[COUNTY]),
        "secadmin": (Role.SECADMIN, places[COUNTY]),
        "auditor": (Role.AUDITOR, places[COUNTY]),
        "othertown": (Role.TOWN, other),
        "othercadre": (Role.CADRE, other_villages[0]),
    } | {f"cadre{n:02d}": (Role.CADRE, village) for n, village in enumerate(villages[:12], start=1)}
    users = {name: _user(name, role, place, today) for name, (role, place) in where.items()}
    _qualify(users, today)
    put_policy(actor=users["secadmin"], place=places[COUNTY], values=_LENIENT)
    return Ground(
        places[COUNTY], town, villages, other, other_villages, site, temporary, organisations, users
    )


def _user(username: str, role: str, where, today: date) -> User:
    user, _ = create_account(
        actor=None,
        username=username,
        display_name=_NAMES.get(username) or f"{where.name} 村干部",
        phone="",
        role=role,
        where=where,
        since=today - timedelta(days=60),
        password=settings.DEMO_PASSWORD,
    )
    user.must_change_password = False  # everybody who tries the demo shares these accounts
    user.save(update_fields=["must_change_password"])
    return user


def _qualify(users: dict[str, User], today: date) -> None:
    """Certificates without which the floor would rightly refuse to work."""
    for username, kind in (
        ("screener", QualificationKind.DOCTOR),
        ("vaccinator", QualificationKind.VACCINATOR),
        ("vaccinator", QualificationKind.NURSE),
        ("observer", QualificationKind.FIRST_AID),
    ):
        StaffQualification.objects.create(
            user=users[username],
            kind=kind,
            cert_no=f"DEMO-{username}-{kind}",
            valid_to=today + timedelta(days=400),
        )
