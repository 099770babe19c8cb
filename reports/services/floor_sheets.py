"""What lies and happens at the sites, as sheets: bookings of a day, stock, adverse events."""

from datetime import date, datetime

from appointments.choices import SessionState
from appointments.listing import Roster, village_grid, village_names
from appointments.models import Booking, ClinicSession, Slot
from appointments.sheets import roster_sheets
from campaigns.models import Campaign
from clinic.choices import AefiClass
from clinic.models import AdverseEvent
from core.dates import age_on
from core.names import mask_name
from core.xlsx import Column, Sheet
from inventory.models import StockLevel
from places.models import Place
from places.querysets import code_range
from reports.days import day_bounds


def booking_sheets(
    *, place: Place, campaign: Campaign, day: date, now: datetime, filled_by: str
) -> list[Sheet]:
    """The booked people of ``place`` who come on ``day``, by session, slot and village (domain §7.4, S42)."""
    sessions = ClinicSession.objects.filter(campaign=campaign, on=day).exclude(state=SessionState.CANCELLED)
    rows = list(
        Booking.objects.taking_place()
        .filter(code_range("village_code", place.prefix), slot__session__in=sessions)
        .with_people()
        .order_by("slot__starts_at", "village_code", "enrolment__resident__group_no", "pk")
    )
    for row in rows:
        row.phone_shown = row.enrolment.resident.phone
    names = village_names(row.village_code for row in rows)
    found = []
    for session in sessions.select_related("site").order_by("site__code", "starts_at", "pk"):
        mine = [row for row in rows if row.slot.session_id == session.pk]
        slots = Slot.objects.filter(session=session).order_by("starts_at")
        grid = village_grid(slots, [(row.slot_id, row.village_code) for row in mine], names)
        if mine:
            found.append(Roster(session, mine, grid))
    return roster_sheets(found, on=day, filled_by=filled_by, now=now)


def stock_sheets(*, place: Place, day: date, **heads) -> list[Sheet]:
    """What the sites of ``place`` hold now, by lot, the first to expire first."""
    columns = [
        Column("site", "接种点", width=22),
        Column("vaccine", "疫苗", width=20),
        Column("maker", "生产企业", width=12),
        Column("per_vial", "规格(剂/支)", width=9, format="int"),
        Column("lot", "批号", width=14),
        Column("expires", "有效期至", width=12, format="date"),
        Column("left", "剩余天数", width=9, format="int"),
        Column("vials", "整支", group="结存", width=9, format="int", total="sum"),
        Column("opened", "已开启(剂)", group="结存", width=10, format="int", total="sum"),
        Column("doses", "合计(剂)", group="结存", width=10, format="int", total="sum"),
        Column("state", "状态", width=22),
    ]
    levels = (
        StockLevel.objects.filter(code_range("site__place__code", place.prefix))
        .in_stock()
        .with_doses()
        .fefo()
        .select_related("site", "lot__presentation__vaccine")
    )
    rows = [_level(level, day) for level in sorted(levels, key=lambda level: level.site.code)]
    tint = {"已过期": "bad", "可用": None}
    return [
        Sheet(
            "库存表",
            columns,
            rows,
            title=f"{place.name}疫苗库存表",
            unit="支、剂(见表头)",
            highlight=lambda row: tint.get(row["state"], "warn"),
            **heads,
        )
    ]


def _level(level: StockLevel, day: date) -> dict:
    lot, vaccine = level.lot, level.lot.presentation.vaccine
    left = (lot.expires_on - day).days
    if lot.state != "usable" or level.held_reason:
        reason = level.held_reason or lot.state_reason
        state = f"{lot.get_state_display() if lot.state != 'usable' else '隔离'}:{reason}".rstrip(":")
    else:
        state = "已过期" if left < 0 else "可用"
    return {
        "site": level.site.name,
        "vaccine": vaccine.name,
        "maker": vaccine.manufacturer,
        "per_vial": lot.presentation.doses_per_vial,
        "lot": lot.lot_no,
        "expires": lot.expires_on,
        "left": left,
        "vials": level.vials,
        "opened": level.open_doses,
        "doses": level.doses,
        "state": state,
        "site_pk": level.site_id,
        "lot_pk": level.lot_id,
    }


def aefi_sheets(*, place: Place, campaign: Campaign, day: date, **heads) -> list[Sheet]:
    """Adverse events after doses of ``campaign`` at the sites of ``place``, reported until ``day``: cases and counts.

    A name is masked: the case itself stays with the clinic.
    """
    events = (
        AdverseEvent.objects.filter(
            code_range("dose__site__place__code", place.prefix),
            dose__visit__enrolment__campaign=campaign,
            reported_at__lt=day_bounds(day)[1],
        )
        .select_related("dose__site", "dose__lot", "dose__record__vaccine", "dose__record__resident")
        .order_by("reported_at", "pk")
    )
    cases = [_case(event, number) for number, event in enumerate(events, start=1)]
    columns = [
        Column("no", "序号", width=6, format="serial"),
        Column("site", "接种点", width=20),
        Column("name", "姓名", width=9),
        Column("sex", "性别", width=6),
        Column("age", "年龄", width=6, format="serial"),
        Column("vaccine", "疫苗", width=16),
        Column("lot", "批号", width=14),
        Column("dose", "剂次", width=6, format="serial"),
        Column("given", "接种时间", width=17, format="datetime"),
        Column("onset", "发生时间", width=17, format="datetime"),
        Column("symptoms", "表现", width=30),
        Column("serious", "严重", width=6),
        Column("class", "初步分类", width=14),
        Column("outcome", "转归", width=9),
        Column("reported", "报告时间", width=17, format="datetime"),
        Column("closed", "结案时间", width=17, format="datetime"),
    ]
    title = f"{place.name}疑似预防接种异常反应"
    list_sheet = Sheet(
        "个案", columns, cases, title=f"{title}个案", unit="例", highlight=_tint, freeze_columns=3, **heads
    )
    return [list_sheet, _classes(cases, f"{title}统计", heads)]


def _tint(row: dict) -> str | None:
    return "bad" if row["serious"] == "是" else None


def _case(event: AdverseEvent, number: int) -> dict:
    dose, record = event.dose, event.dose.record
    return {
        "no": number,
        "site": dose.site.name,
        "name": mask_name(record.resident.name),
        "sex": record.resident.get_sex_display(),
        "age": age_on(record.resident.birth_date, record.given_on),
        "vaccine": record.vaccine.short_name,
        "lot": dose.lot.lot_no,
        "dose": record.dose_number,
        "given": dose.given_at,
        "onset": event.onset_at,
        "symptoms": event.symptoms,
        "serious": "是" if event.is_serious else "否",
        "class": event.get_first_class_display(),
        "outcome": event.get_outcome_display(),
        "reported": event.reported_at,
        "closed": event.closed_at,
        "uid": event.uid,
    }


def _classes(cases: list[dict], title: str, heads: dict) -> Sheet:
    columns = [
        Column("class", "初步分类", width=20),
        Column("cases", "例数", width=10, format="int", total="sum"),
        Column("serious", "其中严重", width=10, format="int", total="sum"),
    ]
    rows = []
    for code, label in AefiClass.choices:
        mine = [case for case in cases if case["class"] == label]
        rows.append(
            {
                "class": label,
                "code": code,
                "cases": len(mine),
                "serious": sum(case["serious"] == "是" for case in mine),
            }
        )
    return Sheet("分类统计", columns, rows, title=title, unit="例", portrait=True, **heads)
