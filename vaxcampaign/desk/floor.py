"""The clinic: who waits at which step of today's floor, and what must not wait (reactions, corrections, closed doors)."""

from collections.abc import Callable

from django.db.models import Count, QuerySet

from appointments.choices import BookingState, SessionState
from appointments.models import ClinicSession
from clinic.choices import Stage
from clinic.models import AdverseEvent, Correction, Visit
from places.models import Organisation
from residents import doctors
from residents.services import reconciling
from vaxcampaign.desk.cards import Card, Moment, counted, link, todo
from vaxcampaign.desk.closing import signing_cards, to_sign
from vaxcampaign.desk.common import bookings


def unopened(moment: Moment):
    """Today's sessions the user prepares where nobody can be checked in yet."""
    mine = ClinicSession.objects.prepared_by(moment.user)
    return mine.filter(on=moment.today, state=SessionState.OPEN, started_at=None)


def shut_doors(number: int) -> list[Card]:
    where = link("appointments:list", when="today")
    return [Card("今天还没开场的场次", number, where, "stop", "先做开场检查")] if number else []


def corrections(number: int) -> list[Card]:
    """Doses somebody says were recorded wrongly: nothing moves before a second person agrees."""
    where = link("clinic:corrections", state="proposed")
    return [Card("接种更正等我确认", number, where, "stop")] if number else []


def to_confirm(moment: Moment):
    return Correction.objects.confirmable_by(moment.user)


def open_reactions(moment: Moment) -> dict[str, QuerySet]:
    """Cases of reactions by what has to be done about them."""
    mine = AdverseEvent.objects.visible_to(moment.user)
    return {
        "open": mine.open(),
        "unseen": mine.unseen(),
        "cards": mine.card_due(),
        "late_cards": mine.card_due().filter(report_due__lt=moment.now),
        "clusters": mine.in_groups_to_judge(),
    }


def urgent(waiting: dict[str, int]) -> list[Card]:
    """What must not wait about reactions; a card only while there is something (S24, S105)."""
    where = "clinic:aefi"
    found = []
    if waiting["clusters"]:
        found.append(
            Card("可能的群体性反应(例)", waiting["clusters"], link(where, todo="group"), "stop", "请马上判断")
        )
    if waiting["unseen"]:
        found.append(Card("新的异常反应,还没知悉", waiting["unseen"], link(where, todo="unseen"), "stop"))
    if waiting["cards"]:
        late = waiting["late_cards"]
        hint = f"其中 {late} 例已超时" if late else ""
        found.append(
            Card(
                "个案卡待上报",
                waiting["cards"],
                link(where, card_state="due"),
                "stop" if late else "due",
                hint,
            )
        )
    return found


def _steps(*steps: tuple[str, set[Stage]]) -> Callable[[Moment], list[Card]]:
    """The people of a step of the floor: first who waits at my step, then the whole of today's site."""

    def cards(moment: Moment) -> list[Card]:
        visits = Visit.objects.visible_to(moment.user).filter(on=moment.today).order_by()
        at = dict(visits.values_list("stage").annotate(Count("pk")))
        expected = dict(
            bookings(moment, moment.today)
            .order_by()
            .values_list("state")
            .annotate(Count("pk", distinct=True))
        )
        mine = []
        for word, stages in steps:
            number = sum(at.get(stage, 0) for stage in stages)
            where = link("clinic:board") if Stage.OBSERVING in stages else link("clinic:floor")
            mine.append(Card(word, number, where, todo(number)))
        return [
            *mine,
            Card("今天预约、还没到", expected.get(BookingState.BOOKED, 0), link("clinic:floor")),
            Card("今天到场", sum(at.values()), link("clinic:floor")),
            Card("今天已离场", at.get(Stage.LEFT, 0), link("clinic:floor")),
        ]

    return cards


def registrar_cards(moment: Moment) -> list[Card]:
    """The floor's own work, and what the schools' lists say otherwise (S33)."""
    mine = Organisation.objects.reached_by(moment.user, "members.check")
    number = reconciling.waiting(mine, moment.campaign)
    found = counted(moment, unopened=unopened(moment), **to_sign(moment))
    steps = _steps(("待预检", {Stage.CHECKED_IN}), ("待知情同意", {Stage.PASSED}))
    lists = Card("学校名单待核实", number, link("residents:reconciliations"), todo(number))
    return [*shut_doors(found["unopened"]), *steps(moment), lists, *signing_cards(found)]


def screener_cards(moment: Moment) -> list[Card]:
    """The doctor's own step, and who waits for a judgement before the day (S109)."""
    cards = _steps(("等待预检", {Stage.CHECKED_IN}))(moment)
    rows = doctors.waiting(moment.user, moment.campaign, moment.today)
    steps = {step: doctors.of_step(rows, step, moment.today) for step, _ in doctors.STEPS}
    found = counted(
        moment, unopened=unopened(moment), to_confirm=to_confirm(moment), **to_sign(moment), **steps
    )
    asked = [
        Card(word, found[step], link("residents:doctors", step=step), todo(found[step]))
        for step, word in doctors.STEPS
    ]
    return [
        *corrections(found["to_confirm"]),
        *shut_doors(found["unopened"]),
        *cards,
        *asked,
        *signing_cards(found),
    ]


def vaccinator_cards(moment: Moment) -> list[Card]:
    steps = _steps(("等待接种", {Stage.PASSED, Stage.CONSENTED}))
    found = counted(moment, to_confirm=to_confirm(moment), **to_sign(moment))
    return [*corrections(found["to_confirm"]), *steps(moment), *signing_cards(found)]


def observer_cards(moment: Moment) -> list[Card]:
    """The observation nurse: who sits here, and which cases wait for their card."""
    waiting = counted(moment, **open_reactions(moment), **to_sign(moment))
    found = signing_cards(waiting) + [card for card in urgent(waiting) if "知悉" not in card.word]
    return _steps(("留观中", {Stage.OBSERVING}))(moment) + found
