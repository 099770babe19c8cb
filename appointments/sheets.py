"""The lists of a day as a workbook (domain.md §7.4)."""

from collections.abc import Iterable
from datetime import date, datetime

from appointments.listing import Roster
from core.dates import age_on, day_zh
from core.xlsx import Column, Sheet
from residents.person_columns import AGE, GROUP, NAME, SERIAL, SEX

_PEOPLE = [
    SERIAL,
    Column("site", "接种点", width=20),
    Column("slot", "预约时段", width=13),
    Column("village", "社区(村)", width=14),
    GROUP,
    NAME,
    SEX,
    AGE,
    Column("number", "证件号", width=21),
    Column("phone", "电话", width=14),
    Column("dose", "剂次", width=6, format="serial"),
    Column("vaccine", "上一剂疫苗", width=16),
    Column("needs", "特殊需要", width=12),
    Column("late", "补报原因", width=12),
    Column("leader", "带队人", width=10),
    Column("car", "车辆", width=10),
    Column("sign", "签到", width=10),
]
_GRID = [
    Column("on", "接种时间", width=16),
    Column("site", "接种点", width=22),
    Column("slot", "预约时段", width=14),
    Column("village", "社区(村)", width=16),
    Column("people", "接种人数", width=10, format="int", total="sum"),
]
SIGN_OFF = [
    "村(社区)负责人:                带队人:                车辆:                联系电话:",
    "接种点接收人:                镇办审核:                日期:",
]


def roster_sheets(rosters: Iterable[Roster], *, on: date, filled_by: str, now: datetime) -> list[Sheet]:
    """Two sheets: the people, and 接种时间/预约时段/社区(村)/接种人数 (S42). ID numbers stay masked."""
    rosters = list(rosters)
    heads = {"cut_off": f"{now:%Y-%m-%d %H:%M}", "filled_by": filled_by, "footer_lines": SIGN_OFF}
    title = f"{on.year}年{day_zh(on)} 预约名单"
    return [
        Sheet("名单", _PEOPLE, _people(rosters), title=title, unit="人", freeze_columns=6, **heads),
        Sheet(
            "时段表", _GRID, _grid(rosters, on), title=f"{title}(分时段)", unit="人", portrait=True, **heads
        ),
    ]


def _people(rosters: list[Roster]) -> list[dict]:
    rows = []
    for roster in rosters:
        for booking in roster.bookings:
            enrolment, resident = booking.enrolment, booking.enrolment.resident
            rows.append(
                {
                    "no": len(rows) + 1,
                    "site": str(roster.session.site),
                    "slot": str(booking.slot),
                    "village": resident.village.name,
                    "group": resident.group_no,
                    "name": resident.name,
                    "sex": resident.get_sex_display(),
                    "age": age_on(resident.birth_date, roster.session.on),
                    "number": str(resident.primary_identifier or ""),
                    "phone": booking.phone_shown,
                    "dose": booking.dose_number,
                    "vaccine": enrolment.last_product.short_name if enrolment.last_product else "",
                    "needs": resident.needs,
                    "late": booking.late_reason,
                }
            )
    return rows


def _grid(rosters: list[Roster], on: date) -> list[dict]:
    return [
        {
            "on": day_zh(on),
            "site": str(roster.session.site),
            "slot": str(slot),
            "village": name,
            "people": numbers[at],
        }
        for roster in rosters
        for at, slot in enumerate(roster.grid.slots)
        for name, numbers, _ in roster.grid.rows
        if numbers[at]
    ]
