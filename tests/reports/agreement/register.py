"""漏斗, 各阶段, 未接种, 老年人, 零消号, 下周安排, 第二剂, 预约花名册, schools and stickers, against the independent SQL."""

from collections import Counter
from datetime import datetime

from appointments.second_doses import board, waiting
from places.models import Organisation
from reports import funnel, phases
from reports.choices import ReportKind
from reports.registers import REGISTERS
from reports.services.exports import sheets_of
from residents.services.roster_reads import SUMMARY, school_summary
from residents.services.school_days import FIGURES, school_days
from residents.services.sticker_sheets import shop_lines
from residents.services.stickers import counts
from tests.reports.agreement.pairs import Pairs, told_by
from tests.reports.independent import register, schools, week, work
from tests.reports.independent.asking import Asked


def counted(place, asked: Asked) -> Pairs:
    """The registers by village, and by who answers for the people; every number is its list of names."""
    asks = {
        ReportKind.UNVACCINATED: register.unvaccinated,
        ReportKind.ZERO: register.zero,
    }
    pairs = {}
    for kind, ask in asks.items():
        for by_who in (False, True):
            table = REGISTERS[kind].tally(asked.campaign, place, asked.day, by_who=by_who)
            pairs[f"{kind.label} {'按包保人' if by_who else '按村'}"] = (
                _lines(table),
                ask(asked, by_who=by_who),
            )
    for kind, ask in ((ReportKind.ELDERLY, register.elders), (ReportKind.WEEK_PLAN, week.villages)):
        table = REGISTERS[kind].tally(asked.campaign, place, asked.day, by_who=False)
        pairs[kind.label] = _lines(table), ask(asked)
    return pairs


def _lines(table) -> dict:
    found: dict = {}
    for line in table.lines:
        key = (line.place.code, line.who_word) if table.by_who else line.place.code
        found.setdefault(key, Counter()).update(line.numbers)  # two duties of one name stand in two lines
    return told_by(found)


def listed(place, asked: Asked, now: datetime) -> Pairs:
    """The lists behind the registers have as many rows as their numbers say; 摸排登记表 everybody of the register."""
    asking = {"place": place, "campaign": asked.campaign, "day": asked.day, "now": now}
    sheets = {
        sheet.name if kind != ReportKind.ZERO else f"零消号{sheet.name}": len(list(sheet.rows))
        for kind in (ReportKind.UNVACCINATED, ReportKind.ELDERLY, ReportKind.ZERO, ReportKind.CENSUS)
        for sheet in sheets_of(kind, **asking)
        if "汇总" not in sheet.name
    }
    old = register.elders(asked).values()
    return {
        "名单的行": (
            sheets,
            {
                "未接种名单": sum(n["people"] for n in register.unvaccinated(asked, by_who=False).values()),
                "60岁及以上": sum(n.get("due_60", 0) for n in old),
                "80岁及以上": sum(n.get("due_80", 0) for n in old),
                "零消号名单": sum(n.get("open", 0) for n in register.zero(asked, by_who=False).values()),
                "摸排登记表": work.registered(asked),
            },
        )
    }


def steps(place, asked: Asked) -> Pairs:
    """漏斗 by village; the phases of the campaign."""
    lines, _ = funnel.lines(asked.campaign, place, asked.day)
    mine = {line.place.code: {step.code: n for step, n in line.cells} for line in lines}
    found = phases.lines(asked.campaign, {place.prefix}, asked.day)
    of_phases = {line.phase.order: line.numbers | {"daily": line.daily} for line in found}
    return {
        "漏斗": (told_by(mine), register.funnel(asked)),
        "各阶段": (told_by(of_phases), told_by(register.phases(asked))),
    }


def booked(place, asked: Asked, office, now: datetime) -> Pairs:
    """下周场次, 第二剂到期, 预约花名册."""
    asking = {"place": place, "campaign": asked.campaign, "day": asked.day, "now": now}
    plan = sheets_of(ReportKind.WEEK_PLAN, **asking)[0]
    villages, _ = board(waiting(office, asked.campaign, asked.day), asked.day)
    people, slots = sheets_of(ReportKind.ROSTER, **asking)
    there = week.rosters(asked)
    return {
        "下周场次": (
            sorted((row["places"], row["booked"]) for row in plan.rows),
            sorted(week.sessions(asked).values()),
        ),
        "第二剂到期": (
            told_by({one.village: dict(one.numbers) | {"unbooked": one.unbooked} for one in villages}),
            week.second(asked),
        ),
        "预约花名册": (
            (len(list(people.rows)), sum(row["people"] for row in slots.rows)),
            (sum(there.values()),) * 2,
        ),
    }


def rolled(place, asked: Asked) -> Pairs:
    """学校 × 年级 × 班, 学校每日, 安心便签 and the staff of the shops."""
    here = Organisation.objects.inside({place.prefix})
    found = list(here.filter(kind="school", is_active=True).order_by("name", "pk"))
    classes = {
        (row["name"], row["grade"], row["class_no"]): {key: row[key] for key, _ in SUMMARY}
        for row in school_summary([one.pk for one in found], asked.campaign)
    }
    of_days = {
        row["school"].name: {key: row[key] for key, _ in FIGURES}
        for row in school_days(found, asked.campaign, asked.day)
    }
    shown = {(row["place_name"], row["shop_type"]): _pair(row) for row in counts(here)}
    staff = {
        (line["shop"].place.name, line["shop"].name): {
            name: getattr(line["staff"], name) for name in ("people", "done", "excused", "missing")
        }
        for line in shop_lines(here)
    }
    return {
        "学校年级班": (told_by(classes), schools.classes(asked)),
        "学校每日": (told_by(of_days), schools.days(asked)),
        "安心便签": (told_by(shown), schools.stickers(asked)),
        "商户员工": (told_by(staff), schools.staff(asked)),
    }


def _pair(row: dict) -> dict[str, int]:
    return {name: row[name] for name in ("shops", "shown")}
