"""What the villages of the demo have handed in: most in time, one late, one returned, two not at all."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from campaigns.models import Campaign
from residents.choices import SubmissionKind
from residents.models import Submission, SubmissionCall
from residents.services import calls, submissions
from residents.services.submission_checks import people_of
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

LATE, RETURNED, WAITING, MISSING = 4, 5, (2, 6), (8, 9)  # by number of the village


def hand_in(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Calls of the last weeks and of the next days, and what came of them."""
    begun = now - timedelta(days=12)
    due = (now - timedelta(days=4)).replace(hour=18, minute=0, second=0, microsecond=0)
    resident = _ask(ground, campaign, SubmissionKind.RESIDENT, begun, due, "秋季摸底")
    inflow = _ask(ground, campaign, SubmissionKind.INFLOW, begun, now + timedelta(days=2), "秋季摸底")
    plan = _ask(ground, campaign, SubmissionKind.PLAN, begun, now + timedelta(days=5), "第一剂")
    school = _ask(ground, campaign, SubmissionKind.SCHOOL, begun, now + timedelta(days=3), "第一剂")
    _ask(ground, campaign, SubmissionKind.SECOND, begun, now + timedelta(days=24), "", "schools")
    for number, row in _villages(ground, resident):
        at = due + timedelta(hours=20) if number == LATE else due - timedelta(hours=30 - number)
        if not _submit(ground, row, f"cadre{number + 1:02d}", at):
            continue
        if number == RETURNED:
            submissions.give_back(
                actor=ground.users["town"], submission=row, comment="外出人员没写到县,请补齐。", now=now
            )
        elif number not in WAITING:
            submissions.accept(actor=ground.users["town"], submission=row, comment="", now=now)
    for number, row in _villages(ground, inflow):
        if number < 3:
            _submit(ground, row, f"cadre{number + 1:02d}", now - timedelta(hours=5))
    _plans(ground, plan, now)
    pupils = submissions.draft(actor=ground.users["school"], call=school, sender=ground.organisations[0])
    if _submit(ground, pupils, "school", now - timedelta(days=1)):
        submissions.accept(actor=ground.users["town"], submission=pupils, comment="", now=now)


def _ask(ground, campaign, kind, begun, due, stage, audience="") -> SubmissionCall:
    return calls.ask(
        actor=ground.users["town"],
        campaign=campaign,
        place=ground.town,
        kind=kind,
        audience=audience,
        stage=stage,
        due_at=due,
        note="逐户核对后上报。" if kind == SubmissionKind.RESIDENT else "",
        now=begun,
        key=key("call", kind, audience),
    )


def _villages(ground: Ground, call: SubmissionCall) -> Iterator[tuple[int, Submission]]:
    for number, village in enumerate(ground.villages[:12]):
        if number not in MISSING:
            actor = ground.users[f"cadre{number + 1:02d}"]
            yield number, submissions.draft(actor=actor, call=call, sender=village)


def _submit(ground: Ground, row: Submission, username: str, at: datetime) -> bool:
    """False for the empty register of a very small demo."""
    if not people_of(row).exists():
        return False
    submissions.submit(actor=ground.users[username], submission=row, remark="已逐户核对", now=at)
    return True


def _plans(ground: Ground, call: SubmissionCall, now: datetime) -> None:
    """The first villages have a plan; the very first one has handed it in."""
    today = now.date()
    for number, row in _villages(ground, call):
        if number > 1:
            break
        actor = ground.users[f"cadre{number + 1:02d}"]
        lines = [
            {
                "from_on": today + timedelta(days=7 * week),
                "to_on": today + timedelta(days=7 * week + 4),
                "cohort": cohort,
                "dose_number": dose,
                "people": people,
                "site": ground.site,
                "note": "村里出一辆面包车",
            }
            for week, (cohort, dose, people) in enumerate(
                (("18–59周岁", 1, 160), ("60周岁及以上", 1, 80), ("18–59周岁", 2, 150)), start=1
            )
        ]
        submissions.save_plan(actor=actor, submission=row, rows=lines)
        if number == 0:
            submissions.submit(actor=actor, submission=row, remark="", now=now)
