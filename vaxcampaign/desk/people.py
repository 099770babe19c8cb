"""Village, school and employer: whom to bring, whom to book, what to look through and to hand in."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from appointments.models import Booking
from core.addresses import address
from residents import rounds, submission_board
from residents.choices import EnrolmentStatus, ImportState
from residents.models import CensusImport, Enrolment, Move, RosterEntry
from residents.services import roster_reads
from vaxcampaign.desk.cards import Card, Moment, counted, link, todo
from vaxcampaign.desk.common import (
    bookings,
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
from vaxcampaign.desk.duty import today_cards
from vaxcampaign.desk.reporting import standing_cards, unread_ranking
from vaxcampaign.desk.stock import push_cards, pushes


def people_cards(moment: Moment) -> list[Card]:
    """Village, school, employer: whom to bring, whom to book, what to look through."""
    if moment.campaign is None:
        return []
    today = moment.today
    mine = Enrolment.objects.filter(campaign=moment.campaign).visible_to(moment.user)
    ahead = Booking.objects.active().filter(enrolment=OuterRef("pk"), slot__session__on__gte=today)
    week = (today, today + timedelta(days=7))
    found = counted(
        moment,
        due=mine.due(today),
        overdue=mine.overdue(today),
        unbooked=mine.due(today).exclude(Exists(ahead)),
        tomorrow=bookings(moment, moment.tomorrow).active(),
        lists=lists_of_tomorrow(moment),
        hold=mine.filter(status=EnrolmentStatus.HOLD, hold_until__range=week),
        review=mine.filter(status=EnrolmentStatus.REVIEW),
        second=seconds(moment),
        missing=missing(moment),
        imports=CensusImport.objects.visible_to(moment.user).filter(state=ImportState.CHECKED),
        moves=Move.objects.awaiting(moment.user),
        reviews=open_reviews(moment),
        **guests(moment),
        **pushes(moment),
        **unread_ranking(moment),
    )

    def card(word: str, name: str, kind: str = "due", *, where: str = "") -> Card:
        return Card(word, found[name], where or link("residents:list", status=name), todo(found[name], kind))

    return [
        *standing_cards(moment),
        *today_cards(moment),
        card("可接种", "due"),
        card("已超期", "overdue", "stop"),
        card("可接种、还没预约", "unbooked", where=link("appointments:list")),
        second_card(found["second"]),
        *missing_card(found["missing"]),
        _tomorrow(moment, found["tomorrow"], found["lists"]),
        card("7 天内暂缓到期", "hold"),
        card("待核实", "review"),
        card("摸排文件待确认", "imports", where=link("residents:import")),
        *_round(moment),
        *_owed(moment),
        moves_card(found["moves"]),
        reviews_card(found["reviews"]),
        *guest_cards(found),
        *push_cards(found),
        *([card("没看的周排名", "ranking", where=link("reports:weekly"))] if found["ranking"] else []),
    ]


def _round(moment: Moment) -> list[Card]:
    """Whom to visit today, and whose promise has passed; for who goes from door to door."""
    if not moment.user.can("outreach.log"):
        return []
    counts = rounds.counts(moment.user, moment.campaign, moment.today)
    return [
        Card("今天要走访", counts["today"], link("residents:outreach", when="today"), todo(counts["today"])),
        Card(
            "承诺到期还没来",
            counts["promised"],
            link("residents:outreach", when="promised"),
            todo(counts["promised"], "stop"),
        ),
    ]


def _owed(moment: Moment) -> list[Card]:
    """Registers and plans to hand in; the hint is the nearest deadline."""
    cells = submission_board.owed_by(moment.user, moment.campaign, moment.now)
    missing = [cell for cell in cells if cell.is_missing]
    if not cells:
        return []
    late = any(cell.is_overdue for cell in missing)
    due = timezone.localtime(min((cell.call.due_at for cell in missing), default=moment.now))
    hint = f"最近的 {due:%m-%d %H:%M} 截止" if missing else ""
    kind = "stop" if late else todo(len(missing))
    return [Card("报表还没上报", len(missing), link("residents:submissions"), kind, hint)]


def _tomorrow(moment: Moment, booked: int, lists: int) -> Card:
    """Booking is not enough: who is not on a list that was handed in is not expected tomorrow (S41)."""
    missing = booked and not lists
    hint = "名单还没有上报" if missing else ""
    kind = ("stop" if is_closed(moment) else "due") if missing else ""
    return Card("明天已预约", booked, link("appointments:roster"), kind, hint)


def _rosters(moment: Moment) -> list[Card]:
    """School and employer: who on the own rosters waits for a look, and who is not vaccinated at all."""
    own = moment.user.scope("members.own").organisations
    entries = RosterEntry.objects.current().filter(organisation__in=own)
    found = roster_reads.totals(entries, moment.campaign)
    where = address("residents:rosters")
    if len(own) == 1 and where:
        where = reverse("residents:roster", args=own)
    return [
        Card("名册待核对", found["unchecked"], f"{where}?state=unchecked", todo(found["unchecked"])),
        Card("名册上未接种", found["none"], f"{where}?state=none", todo(found["none"])),
    ]


def organisation_cards(moment: Moment) -> list[Card]:
    return _rosters(moment) + people_cards(moment)
