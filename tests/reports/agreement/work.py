"""The figures of the bulletins, publicity, key groups, the doctors' list and the plans, against the independent SQL."""

from datetime import datetime, timedelta

from appointments.choices import SessionKind
from campaigns.models import PriorityGroup
from places.models import Place
from reports.choices import ReportKind
from reports.services.bulletins.facts import facts_of
from reports.services.exports import sheets_of
from residents import doctors, ledgers
from residents.choices import NotVaccinatedReason, PublicityKind
from residents.models import PublicityCount
from residents.publicity_sheet import week_of, weekly
from tests.reports.agreement.pairs import Pairs, told
from tests.reports.independent import coverage, floor, work
from tests.reports.independent.asking import Asked, midnight

_SPELL = timedelta(days=6)
_REASONS = {word: code for code, word in NotVaccinatedReason.choices} | {"没有登记原因": ""}


def bulletin(place, asked: Asked, now: datetime) -> Pairs:
    """总结和简报: the facts that its sentences tell, of the week to the day. Counts that the daily report and the board tell
    beside them are compared there."""
    since, ahead = asked.day - _SPELL, (asked.day + timedelta(days=1), asked.day + timedelta(days=7))
    f = facts_of(campaign=asked.campaign, place=place, since=since, until=asked.day, ahead=ahead, now=now)
    pairs = {}
    for word, spell, days in (
        ("本期", f.spell, (since, asked.day)),
        ("上期", f.before, (since - timedelta(days=7), since - timedelta(days=1))),
    ):
        there = coverage.between(asked, *days).values()
        mine = {kind: spell[f"{kind}_people"] for kind in ("first", "complete", "booster")}
        mine["doses"] = sum(spell[code] for code in spell if not code.endswith("_people"))
        pairs[f"简报 {word}"] = mine, {kind: sum(n.get(kind, 0) for n in there) for kind in mine}
    waiting = dict(work.waiting(asked))
    overdue, soon = waiting.pop("overdue"), waiting.pop("due_soon")
    cases = floor.reactions(asked, start=midnight(since))[0]
    visits = work.visits(asked, since)
    kinds = dict(SessionKind.choices)
    words = dict(PublicityKind.choices)
    told_of: dict[str, int] = {}
    for (_, kind), n in work.publicity(asked, since).items():
        told_of[words[kind]] = told_of.get(words[kind], 0) + n
    return pairs | {
        "简报 名册": (f.registered, work.registered(asked)),
        "简报 未种原因": ({_REASONS[word]: n for word, n in f.reasons}, waiting),
        "简报 第二剂": ((f.overdue, f.due_soon), (overdue, soon)),
        "简报 本点接种": ((f.given_here, f.given_to_guests), floor.given_here(asked, start=midnight(since))),
        "简报 预检": (told(f.screened), floor.screened(asked, since)),
        "简报 异常反应": (f.reactions, cases),
        "简报 走访": (f.visits | {"rides": f.lifts}, visits),
        "简报 宣传": (dict(f.publicity), told_of),
        "简报 场次": (dict(f.sessions), {kinds[kind]: n for kind, n in work.sessions(asked, since).items()}),
        "简报 计划": (
            (f.planned, f.planned_next),
            (work.planned(asked, since, asked.day), work.planned(asked, *ahead)),
        ),
    }


def registers(place, asked: Asked, office, now: datetime) -> Pairs:
    """重点人群统计, 党员干部及家属, 医生鉴定清单, 宣传统计, 上报的接种计划."""
    groups, party = ledgers.key_groups(office, asked.campaign), ledgers.party(office, asked.campaign)
    codes = {str(group.pk): group.code for group in PriorityGroup.objects.filter(campaign=None)}
    steps = doctors.counts(doctors.waiting(office, asked.campaign, asked.day), asked.day)
    steps = {"said": steps["said"], "incoming": steps["incoming"], "not_yet": steps["later"]}
    monday, sunday = week_of(asked.day)
    villages = Place.objects.current().villages().inside({place.prefix})
    counts = PublicityCount.objects.filter(day__range=(monday, asked.day), superseded_by=None)
    said = weekly(villages, counts)
    mine = {(row["village"], kind): row[kind] for row in said for kind in PublicityKind.values}
    [plan] = sheets_of(ReportKind.PLAN, place=place, campaign=asked.campaign, day=asked.day, now=now)
    return {
        "重点人群": (_cells(groups, codes), work.groups(asked)),
        "党员干部及家属": (_cells(party, {}), work.leading(asked)),
        "医生鉴定": (steps, work.doctors(asked)),
        "宣传统计": (told(mine), work.publicity(asked, monday)),
        "接种计划": (sum(row["people"] for row in plan.rows), work.handed_in(asked)),
    }


def _cells(table, codes: dict) -> dict:
    return {
        (village.name, codes.get(key, key)): (cell.people, cell.done)
        for village, cells in table.rows
        for (key, _), cell in zip(table.columns, cells, strict=True)
        if cell.people
    }
