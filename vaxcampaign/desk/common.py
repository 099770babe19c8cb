"""Cards that more than one kind of role has: second doses, who did not come, guests, moves, reviews, tomorrow's lists."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from appointments import second_doses
from appointments.choices import Band, BookingState
from appointments.models import Booking, RosterSubmission
from clinic.models import Visit
from places.querysets import any_code_range
from residents.models import CensusRow
from vaxcampaign.desk.cards import Card, Moment, link, todo


def seconds(moment: Moment) -> QuerySet:
    """Who should have had the next dose, or should within a week, and has no place yet."""
    rows = second_doses.waiting(moment.user, moment.campaign, moment.today)
    pressing = second_doses.in_band(Band.OVERDUE, moment.today) | second_doses.in_band(
        Band.CLOSING, moment.today
    )
    return rows.filter(pressing, booked_on=None)


def second_card(number: int) -> Card:
    where = link("appointments:second")
    return Card("第2剂该催的人", number, where, todo(number, "stop"), "逾期或 7 天内到期限,还没约")


def missing(moment: Moment) -> QuerySet:
    """Who was expected today at an hour that has passed, and has not come (S112)."""
    over = Q(state=BookingState.BOOKED, slot__ends_at__lte=timezone.localtime(moment.now).time())
    return bookings(moment, moment.today).filter(over | Q(state=BookingState.NO_SHOW))


def missing_card(number: int) -> list[Card]:
    where = link("appointments:list", when="today")
    return [Card("今天约了没来的人", number, where, "stop", "开场次,点“点名”")] if number else []


def bookings(moment: Moment, day):
    return Booking.objects.visible_to(moment.user).filter(slot__session__on=day)


def guests(moment: Moment) -> dict[str, QuerySet]:
    """Guests of the last week (S116): others at our sites, ours at the sites of others."""
    week = {"on__gt": moment.today - timedelta(days=7)}
    return {
        "guests_here": Visit.objects.guests_here(moment.user).filter(**week),
        "guests_away": Visit.objects.guests_away(moment.user).filter(**week),
    }


def guest_cards(counts: dict[str, int]) -> list[Card]:
    """Only while there are any: most townships have none."""
    words = {"guests_here": "外镇群众来接种(7 天)", "guests_away": "本镇(村)居民在外镇接种(7 天)"}
    return [
        Card(word, counts[name], link("clinic:guests", show=name.removeprefix("guests_")))
        for name, word in words.items()
        if counts[name]
    ]


def moves_card(number: int) -> Card:
    return Card("迁移、移出等我答复", number, link("residents:moves", show="mine"), todo(number))


def open_reviews(moment: Moment):
    return CensusRow.objects.open_reviews().visible_to(moment.user)


def reviews_card(number: int) -> Card:
    return Card("导入待核对", number, link("residents:reviews"), todo(number))


def lists_of_tomorrow(moment: Moment):
    """The lists for tomorrow that the villages and organisations of the user have handed in."""
    scope = moment.user.scope("rosters.view")
    mine = any_code_range("place__code", scope.prefixes) | Q(organisation__in=scope.organisations)
    return RosterSubmission.objects.filter(mine, session__on=moment.tomorrow)


def is_closed(moment: Moment) -> bool:
    return moment.cutoff is not None and moment.now >= moment.cutoff
