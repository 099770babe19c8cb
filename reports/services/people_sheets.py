"""Lists of people as sheets: the village register, who is still to visit, the elderly, 零消号."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from campaigns.models import Campaign
from core.dates import add_months, age_on
from core.phones import mask
from core.xlsx import Column, Sheet
from places.choices import Level
from places.models import Place
from places.querysets import code_range
from reports import funnel
from reports.choices import ReportKind
from reports.register_columns import OPEN_PARTS
from reports.registers import REGISTERS
from residents.choices import PhoneOwner
from residents.fields import FIELDS
from residents.models import Enrolment, Resident, VaccinationRecord
from residents.person_columns import AGE, GROUP, NAME, NUMBER, PHONE, SEX, VILLAGE
from residents.responsibility import DutyBook
from residents.rounds import Told, told
from residents.wording import status_word

NOBODY = "未落实包保人"
NO_REASON = "未登记原因"
_UNTOLD = Told(0, None, None)
_WHO = [
    VILLAGE,
    GROUP,
    NAME,
    NUMBER,
    SEX,
    AGE,
    PHONE,
    Column("phone_owner", "电话机主", width=9),
]
_DOSES = [
    Column("first", "首剂", group="接种日期", width=12, format="date"),
    Column("complete", "全程", group="接种日期", width=12, format="date"),
    Column("booster", "加强", group="接种日期", width=12, format="date"),
]


def census_sheets(
    *, place: Place, campaign: Campaign, day: date, group: str | None = None, **heads
) -> list[Sheet]:
    """The 摸排登记表 of a place, or of one 组 of a village (domain §7.1), in the layout that an import takes back.
    Full document numbers."""
    people = in_group(registered(place, campaign), group)
    columns = [
        Column(f.key, f.title, group=f.group, width=f.width, format=f.format, choices=f.choices)
        for f in FIELDS
    ]
    title = f"{where(place, group)}疫苗接种摸排登记表"
    return [Sheet("摸排登记表", columns, _register(people, day), title=title, unit="人", **heads)]


def registered(place: Place, campaign: Campaign):
    """The live people of a place with everything a line of the census form says, in the order of the form."""
    records = VaccinationRecord.objects.counted().filter(disease=campaign.disease, season=campaign.season)
    return (
        Resident.objects.live()
        .filter(code_range("village_code", place.prefix))
        .select_related("village", "household", "organisation")
        .prefetch_related(
            "identifiers", "priority_groups", "tags", Prefetch("records", records.select_related("vaccine"))
        )
        .order_by("village_code", "group_no", "household__number", "pk")
    )


def in_group(people, group: str | None, column: str = "group_no"):
    """Those of one 组; "" means who is in none, None everybody."""
    return people if group is None else people.filter(**{column: group})


def where(place: Place, group: str | None) -> str:
    """巴汉图村委会 3组, as titles say it."""
    return place.name if group is None else f"{place.name} {group_title(group)} "


def group_title(group: str) -> str:
    """3组; a name stays as it is."""
    return f"{group}组" if group.isdigit() else group or "未分组"


def _register(people: Iterable[Resident], day: date) -> list[dict]:
    return [
        {field.key: field.show(person) for field in FIELDS}
        | {
            "serial": number,
            "age": age_on(person.birth_date, day),
            "vaccinated": "是" if person.records.all() else "否",
        }
        for number, person in enumerate(people, start=1)
    ]


def _targets(place: Place, campaign: Campaign, group: str | None = None):
    """Target persons of ``place``, or of one 组; their figures are those of ``metrics.people_of``."""
    people = (
        Enrolment.objects.filter(code_range("unit_code", place.prefix), campaign=campaign)
        .on_target()
        .select_related("resident__village")
        .prefetch_related("resident__identifiers", "resident__tags")
        .order_by("unit_code", "resident__group_no", "pk")
    )
    return in_group(people, group, "resident__group_no")


def _who(enrolment: Enrolment, day: date, book: DutyBook, told: Mapping[int, Told]) -> dict:
    person, visited = enrolment.resident, told.get(enrolment.resident_id, _UNTOLD)
    document = person.primary_identifier
    return {
        "code": enrolment.unit_code,  # for the order; no column of its own
        "village": person.village.name,
        "group": person.group_no,
        "name": person.name,
        "number": document.masked if document else "",
        "sex": person.get_sex_display(),
        "age": age_on(person.birth_date, day),
        "phone": mask(person.phone) if person.phone else "",
        "phone_owner": person.get_phone_owner_display() if person.phone else "",
        "responsible": book.name(person) or NOBODY,
        "reason": person.get_not_vaccinated_reason_display() or NO_REASON,
        "conditions": person.conditions,
        "needs": person.needs,
        "address": person.address,
        "status": str(status_word(enrolment, day)),
        "first": enrolment.first_dose_on,
        "complete": enrolment.primary_complete_on,
        "booster": enrolment.booster_on,
        "visits": visited.visits or None,
        "visited": timezone.localdate(visited.last.at) if visited.last else None,
        "visitor": str(visited.last.by or "") if visited.last else "",
        "promised": visited.last.promised_on if visited.last else None,
        "car": f"{visited.lift.on:%m-%d} {visited.lift.get_state_display()}" if visited.lift else "",
    }


def unvaccinated_sheets(
    *, place: Place, campaign: Campaign, day: date, group: str | None = None, **heads
) -> list[Sheet]:
    """Target persons without a first dose at the end of ``day``, by responsible person, and a count by reason."""
    missing = [enrolment for enrolment in _targets(place, campaign, group) if not _by(enrolment, day)]
    book, visits = DutyBook(enrolment.resident for enrolment in missing), told(place.prefix, until=day)
    rows = [_who(enrolment, day, book, visits) for enrolment in missing]
    rows.sort(key=lambda row: (row["code"], row["responsible"] == NOBODY, row["responsible"], row["group"]))
    columns = [
        Column("responsible", "包保人", width=14),
        *_WHO,
        Column("reason", "未接种原因", width=18),
        Column("status", "状态", width=18),
        Column("conditions", "慢病/自述禁忌", width=18),
        Column("address", "现住址", width=24),
        Column("visited", "走访日期", width=12, format="date"),
        Column("promised", "承诺接种日", width=12, format="date"),
    ]
    title = f"{where(place, group)}未接种人员名单"
    people = Sheet("未接种名单", columns, rows, title=title, unit="人", freeze_columns=4, **heads)
    table = REGISTERS[ReportKind.UNVACCINATED].tally(campaign, place, day, by_who=True, group=group)
    title = f"{where(place, group)}未接种原因汇总"
    return [people, table.sheet("原因汇总", title, unit="人", **heads)]


def _by(enrolment: Enrolment, day: date) -> bool:
    return enrolment.first_dose_on is not None and enrolment.first_dose_on <= day


def elderly_sheets(
    *, place: Place, campaign: Campaign, day: date, group: str | None = None, **heads
) -> list[Sheet]:
    """老年人台账 of those of 60 and over, and of 80 and over (domain §7.7), with the columns a visitor fills in.

    Ages are those of the campaign's reference day, as in the daily report.
    """
    columns = [
        *_WHO,
        Column("age_ref", "基准日年龄", width=7, format="serial"),
        *_DOSES,
        Column("status", "状态", width=20),
        Column("reason", "未接种原因", width=12),
        Column("conditions", "慢病/自述禁忌", width=11),
        Column("alone", "是否独居", width=6),
        Column("needs", "特殊需要(失能等)", width=10),
        Column("child", "子女联系电话", width=14),
        Column("responsible", "包保人", width=14),
        *(
            Column(key, title, group="走访", width=11, format=format)
            for key, title, format in (
                ("visits", "次数", "int"),
                ("visited", "日期", "date"),
                ("visitor", "走访人", "text"),
                ("promised", "承诺接种日", "date"),
                ("car", "车辆接送", "text"),
            )
        ),
    ]
    ref = campaign.target_age_ref_date
    of_age = _targets(place, campaign, group).filter(resident__birth_date__lte=add_months(ref, -12 * 60))
    old = list(of_age.prefetch_related("resident__tags"))
    book, visits = DutyBook(enrolment.resident for enrolment in old), told(place.prefix, until=day)
    rows = [
        _who(enrolment, day, book, visits)
        | {"age_ref": age_on(enrolment.resident.birth_date, ref)}
        | _family(enrolment.resident)
        for enrolment in old
    ]
    for row in rows:
        if row["first"]:
            row["reason"] = ""
    sheets = []
    for age in (60, 80):
        some = [row for row in rows if row["age_ref"] >= age]
        title = f"{where(place, group)}{age}岁及以上老年人接种台账"
        sheets.append(
            Sheet(f"{age}岁及以上", columns, some, title=title, unit="人", freeze_columns=3, **heads)
        )
    table = REGISTERS[ReportKind.ELDERLY].tally(campaign, place, day, by_who=group is not None, group=group)
    title = f"{where(place, group)}老年人接种情况汇总"
    return [*sheets, table.sheet("汇总", title, unit="人", **heads)]


def _family(person: Resident) -> dict:
    """Alone or not, and the telephone of a son or daughter."""
    alone = any(tag.code == "alone" for tag in person.tags.all())
    child = person.phone if person.phone_owner == PhoneOwner.CHILD else ""
    return {
        "alone": "是" if alone else "",
        "child": mask(child) if child else "",
    }


def zero_sheets(
    *, place: Place, campaign: Campaign, day: date, group: str | None = None, **heads
) -> list[Sheet]:
    """零消号清单 (S109, S117): everybody whom somebody must still see to, with what to do next, and how many are left."""
    register = REGISTERS[ReportKind.ZERO]
    people = funnel.people(campaign, {place.prefix}, day).filter(part__in=list(OPEN_PARTS))
    people = in_group(people, group, "resident__group_no").select_related("resident__village")
    people = people.prefetch_related("resident__identifiers", "resident__tags")
    found = list(people.order_by("resident__village_code", "resident__group_no", "pk"))
    book, visits = DutyBook(enrolment.resident for enrolment in found), told(place.prefix, until=day)
    rows = [
        _who(enrolment, day, book, visits)
        | {"part": OPEN_PARTS[enrolment.part][0], "next": OPEN_PARTS[enrolment.part][2]}
        for enrolment in found
    ]
    columns = [
        *_WHO,
        Column("responsible", "包保人", width=12),
        Column("part", "情况", width=15),
        Column("status", "状态", width=18),
        Column("reason", "未接种原因", width=16),
        Column("conditions", "慢病/自述禁忌", width=18),
        Column("next", "下一步", width=20),
        Column("done", "消号日期和结果", width=18),
    ]
    title = f"{where(place, group)}零消号清单"
    table = register.tally(
        campaign, place, day, by_who=group is not None or place.level == Level.VILLAGE, group=group
    )
    summary = table.sheet("汇总", f"{where(place, group)}零消号汇总", unit="人", tint=_is_zero, **heads)
    return [summary, Sheet("名单", columns, rows, title=title, unit="人", freeze_columns=3, **heads)]


def _is_zero(row: dict) -> str | None:
    return "good" if row["all"] and not row["open"] else None
