"""Town and county: progress against target, today's and tomorrow's sessions, what lags or runs short."""

from datetime import timedelta

from django.db.models import QuerySet

from accounts.models import User
from accounts.services.qualifications import WARN_DAYS
from appointments.choices import SessionState
from appointments.models import ClinicSession
from places.models import Place
from residents import submission_board
from residents.models import Enrolment, ExportRequest, Move, PairMark, PersonRequest
from residents.models.export_request import VALID
from vaxcampaign.desk.cards import Card, Moment, counted, link, todo
from vaxcampaign.desk.closing import owed_cards, signing_cards, to_sign
from vaxcampaign.desk.cold import cold_cards, excursions
from vaxcampaign.desk.common import (
    guest_cards,
    guests,
    is_closed,
    lists_of_tomorrow,
    missing,
    missing_card,
    moves_card,
    open_reviews,
    reviews_card,
    second_card,
    seconds,
)
from vaxcampaign.desk.duty import duties, duty_cards
from vaxcampaign.desk.floor import (
    corrections,
    open_reactions,
    shut_doors,
    to_confirm,
    unopened,
    urgent,
)
from vaxcampaign.desk.reporting import (
    made_alone,
    made_alone_cards,
    progress_cards,
    ranking_cards,
    reporting,
    standing_cards,
)
from vaxcampaign.desk.stock import near, plan_cards, plans, shortage_cards


def office_cards(moment: Moment) -> list[Card]:
    """Town and county: progress against target, today's and tomorrow's sessions, what lags or runs short."""
    waiting = _waiting(moment)
    cards = [
        *standing_cards(moment),
        *progress_cards(moment, waiting),
        *duty_cards(moment, waiting),
        *ranking_cards(waiting),
        *made_alone_cards(moment, waiting["made_alone"]),
        Card("今天的场次", waiting["held_today"], link("appointments:list")),
        Card("明天的场次", waiting["held_tomorrow"], link("appointments:list")),
        *corrections(waiting["to_confirm"]),
        *owed_cards(moment),
        *signing_cards(waiting),
        second_card(waiting["second"]),
        *missing_card(waiting["missing"]),
        *shut_doors(waiting["unopened"]),
        *(_late_villages(moment, waiting) if waiting["held_tomorrow"] else []),
        Card("未结案的异常反应", waiting["open"], link("clinic:aefi"), todo(waiting["open"], "stop")),
        *urgent(waiting),
        *guest_cards(waiting),
        moves_card(waiting["moves"]),
    ]
    if waiting["requests"]:
        cards.append(Card("待答复的个人信息请求", waiting["requests"], link("residents:requests"), "due"))
    if waiting["exports"]:
        cards.append(Card("等您批准的导出", waiting["exports"], link("residents:exports"), "due"))
    if moment.user.can("residents.import"):
        cards.append(reviews_card(waiting["reviews"]))
    if moment.user.can("residents.merge"):
        pairs = waiting["pairs"]
        cards.append(Card("村里报的重复档案", pairs, link("residents:duplicates"), todo(pairs)))
    stock = [
        *cold_cards(moment, waiting["excursions"]),
        *shortage_cards(moment, waiting["near"]),
        *plan_cards(moment, waiting),
    ]
    return cards + _handed_in(moment) + stock + _certificates(waiting["untrained"])


def _sessions(moment: Moment) -> dict[str, QuerySet]:
    """Sessions held today and tomorrow, each once."""
    seen = ClinicSession.objects.visible_to(moment.user).exclude(state=SessionState.CANCELLED)
    days = {"held_today": moment.today, "held_tomorrow": moment.tomorrow}
    return {
        name: ClinicSession.objects.filter(pk__in=seen.filter(on=day).values("pk"))
        for name, day in days.items()
    }


def _waiting(moment: Moment) -> dict[str, int]:
    until = moment.today + timedelta(days=WARN_DAYS)
    untrained = User.objects.without_certificate(moment.user, today=moment.today, until=until)
    return counted(
        moment,
        untrained=User.objects.filter(pk__in=untrained.values("pk")),  # each account once
        **_village_lists(moment),
        **_sessions(moment),
        **reporting(moment),
        **duties(moment),
        **open_reactions(moment),
        **guests(moment),
        unopened=unopened(moment),
        reviews=open_reviews(moment),
        moves=Move.objects.awaiting(moment.user),
        pairs=PairMark.objects.waiting_for(moment.user),
        requests=PersonRequest.objects.visible_to(moment.user).filter(outcome=""),
        exports=ExportRequest.objects.to_decide(moment.user, moment.now - VALID),
        missing=missing(moment),
        second=seconds(moment) if moment.campaign else Enrolment.objects.none(),
        made_alone=made_alone(moment),
        to_confirm=to_confirm(moment),
        excursions=excursions(moment),
        near=near(moment),
        **plans(moment),
        **to_sign(moment),
    )


def _village_lists(moment: Moment) -> dict[str, QuerySet]:
    """Villages that have sent no list for tomorrow, and those whose late list nobody has let in."""
    villages = Place.objects.current().villages().inside(moment.user.scope("sessions.view").prefixes)
    sent = lists_of_tomorrow(moment).filter(organisation=None)
    held = lists_of_tomorrow(moment).filter(is_late=True, approved_by=None)
    return {
        "listless": villages.exclude(code__in=sent.values("place__code")),
        "held": villages.filter(code__in=held.values("place__code")),
    }


def _late_villages(moment: Moment, counts: dict[str, int]) -> list[Card]:
    late, where = is_closed(moment), link("appointments:roster")
    word = "明天没有上报名单的村(已过截止)" if late else "明天还没上报名单的村"
    return [
        Card(word, counts["listless"], where, todo(counts["listless"], "stop" if late else "due")),
        Card("逾期名单待批准的村", counts["held"], where, todo(counts["held"], "stop")),
    ]


def _handed_in(moment: Moment) -> list[Card]:
    """What waits to be accepted, and who has let a deadline pass."""
    if not moment.user.can("submissions.decide"):
        return []
    found = submission_board.waiting_and_overdue(moment.user, moment.campaign, moment.now)
    if found is None:
        return []
    waiting, late = found
    where = link("residents:submissions")
    return [
        Card("上报待接收", waiting, where, todo(waiting)),
        Card("逾期没有上报", late, where, todo(late, "stop")),
    ]


def _certificates(number: int) -> list[Card]:
    """A vaccinator without a valid certificate is stopped at the needle: say so before the day begins."""
    where = link("accounts:list", certificate="due")
    return [Card("接种员证书缺少或将到期", number, where, "stop")] if number else []
