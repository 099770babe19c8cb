"""The register's list: which filters it has, in which order it stands, what a line says. The page and the export of
the page use the same three functions, so they can never differ."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from core import phones
from core.dates import add_months, age_on
from places.querysets import code_range
from residents.choices import OF_HONG_KONG_MACAO_TAIWAN, OF_THE_MAINLAND, EnrolmentStatus, IdType
from residents.models import ResidentIdentifier
from residents.nationalities import CHINA
from residents.wording import status_word

# 周岁 bands of the usual reports (domain §2.1); both ends included, None is open.
AGE_BANDS = {
    "0-2": (0, 2),
    "3-11": (3, 11),
    "12-17": (12, 17),
    "18-59": (18, 59),
    "60+": (60, None),
    "60-69": (60, 69),
    "70-79": (70, 79),
    "80+": (80, None),
}
STATUSES = [
    ("due", "可接种"),
    ("overdue", "已超期"),
    ("waiting", "未到期"),
    ("hold", "暂缓"),
    ("contra", "禁忌"),
    ("review", "待核实"),
    ("complete", "已完成"),
    ("ineligible", "不在接种范围"),
    ("none", "未列入"),
]
PAPERS = [
    ("hmt", "港澳台居民"),
    ("foreign", "外国籍"),
    ("other", "没有身份证(用其他证件)"),
    ("none", "无证件"),
]
# The names of sortable columns → what the database orders by.
ORDERS = {
    "name": ("pinyin",),
    "age": ("birth_date",),
    "place": ("village_code", "group_no"),
    "status": ("current__status", "current__due_from"),
    "due": ("current__due_from",),
}


def with_current(residents: QuerySet, campaign) -> QuerySet:
    """Join each person's enrolment in ``campaign`` (or None) as ``current``; documents and village come along."""
    joined = Q(enrolments__campaign=campaign.pk if campaign else 0)
    return (
        residents.annotate(current=FilteredRelation("enrolments", condition=joined))
        .select_related("village", "current")
        .prefetch_related("identifiers")
    )


# What the page shows of a person; the rest of the columns would only be carried there and back.
_SHOWN = ["uid", "name", "sex", "birth_date", "group_no", "phone", "removed_on", "removal", "village__name"]


def for_page(residents: QuerySet, campaign) -> QuerySet:
    """As ``with_current``, with the columns of the page alone; the documents are asked for with ``numbers_of``."""
    return with_current(residents, campaign).prefetch_related(None).only(*_SHOWN)


def numbers_of(residents: Iterable) -> dict[int, str]:
    """The masked number of the main document of each, by the person's key."""
    papers = ResidentIdentifier.objects.filter(resident__in=[person.pk for person in residents])
    # The main one last, so that it stands.
    return dict(papers.order_by("is_primary", "-pk").values_list("resident", "masked"))


def current_of(resident):
    """The enrolment joined by ``with_current``; None for a person who is not in the campaign (Django then sets nothing)."""
    return getattr(resident, "current", None)


def narrow(residents: QuerySet, criteria: Mapping[str, str], today: date) -> QuerySet:
    """Keep the people who meet every criterion (plain texts, as the filter row sends them). Needs ``with_current``.

    Keys: village (code), group, grid, tag (id), residence, age (key of AGE_BANDS), status (of STATUSES), key_group, organisation (ids),
    reason, papers (of PAPERS), q, removed ("1": only removed people; otherwise only live ones).
    """
    residents = residents.filter(removed_on__isnull=criteria.get("removed") != "1")
    if code := criteria.get("village"):
        residents = residents.filter(code_range("village_code", code))
    for key, column in _EQUAL.items():
        if value := criteria.get(key):
            residents = residents.filter(**{column: value})
    if organisation := criteria.get("organisation"):
        residents = residents.on_roster_of(organisation)
    if band := AGE_BANDS.get(criteria.get("age", "")):
        residents = residents.filter(_of_age(*band, today))
    if status := criteria.get("status"):
        residents = residents.filter(_of_status(status, today))
    if papers := criteria.get("papers"):
        residents = residents.filter(_with_papers(papers))
    if text := criteria.get("q"):
        residents = residents.matching(text)
    return residents


_EQUAL = {
    "group": "group_no",
    "grid": "grid",
    "tag": "tags",
    "residence": "residence",
    "reason": "not_vaccinated_reason",
    "key_group": "priority_groups",
}


def _of_age(youngest: int, oldest: int | None, today: date) -> Q:
    query = Q(birth_date__lte=add_months(today, -12 * youngest))
    return query & Q(birth_date__gt=add_months(today, -12 * (oldest + 1))) if oldest is not None else query


def _with_papers(papers: str) -> Q:
    """By the documents a person has, whichever of them lists show (S52)."""
    if papers == "foreign":
        return ~Q(nationality=CHINA)
    has = ResidentIdentifier.objects.filter(resident=OuterRef("pk"))
    if papers == "hmt":
        return Q(Exists(has.filter(id_type__in=OF_HONG_KONG_MACAO_TAIWAN)))
    if papers == "none":
        return Q(Exists(has.filter(id_type=IdType.NONE)))
    return ~Q(Exists(has.filter(id_type__in=OF_THE_MAINLAND)))


def _of_status(status: str, today: date) -> Q:
    open_now = Q(current__status=EnrolmentStatus.OPEN) | Q(
        current__status=EnrolmentStatus.HOLD, current__hold_until__lte=today
    )
    on_hold = Q(current__status=EnrolmentStatus.HOLD) & (
        Q(current__hold_until__gt=today) | Q(current__hold_until__isnull=True)
    )
    late = Q(current__due_to__lt=today)
    return {
        "due": open_now & Q(current__due_from__lte=today),
        "overdue": open_now & Q(current__due_from__lte=today) & late,
        "waiting": open_now & Q(current__due_from__gt=today),
        "hold": on_hold,
        "none": Q(current__isnull=True),
    }.get(status, Q(current__status=status))


def ordered(residents: QuerySet, sort: str) -> QuerySet:
    """In the order of a column name ("due", "-due"); unknown names give the register's own order."""
    down, name = sort.startswith("-"), sort.removeprefix("-")
    fields = ORDERS.get(name, ("village_code",))
    # Where nothing is ever missing no word about it either: with it, SQLite would not read the rows in the order of an index.
    last = {field: True if field.startswith("current__") else None for field in fields}
    turned = [(F(f).desc if down else F(f).asc)(nulls_last=last[f]) for f in fields]
    return residents.order_by(*turned, "id")


def line(resident, today: date) -> dict[str, object]:
    """One line of the list in words; numbers and phones masked."""
    document = resident.primary_identifier
    status = status_word(current_of(resident), today)
    return {
        "name": resident.name,
        "number": document.masked if document else "",
        "sex": resident.get_sex_display(),
        "age": age_on(resident.birth_date, today),
        "village": resident.village.name,
        "group": resident.group_word,
        "residence": resident.get_residence_display(),
        "phone": phones.mask(resident.phone) if resident.phone else "",
        "status": str(status),
        "due": current.due_from if (current := current_of(resident)) else None,
        "reason": resident.get_not_vaccinated_reason_display(),
    }
