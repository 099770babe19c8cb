"""Who asks for a place: locked and looked at before the slot is locked, because everybody who wants a place waits for that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, prefetch_related_objects

from appointments.models import Booking, ClinicSession
from core.errors import Gone
from core.kept import Hole, locked_and_read
from core.locks import lock, lock_and_read
from residents.models import Enrolment
from residents.services.enrolments import Outlook, facts_there, outlook, outlook_of_facts, read_facts


@dataclass(frozen=True)
class Asking:
    """People who ask for places, locked. ``firsts``: what an earlier copy of the form has booked, by its key; ``views``: how
    they stand on the day of the session, of those who have nothing by their key and are in its campaign; ``booked``: what they
    have by now, by enrolment and dose number."""

    people: dict[int, Enrolment]
    firsts: dict[UUID, Booking]
    views: dict[int, Outlook]
    booked: dict[tuple[int, int], Booking]


def look_at(keyed: Sequence[tuple[Enrolment, UUID]], session: ClinicSession) -> Asking:
    """Lock and read people who ask for places of ``session``, each with the key of the request."""
    if len(keyed) == 1:
        [(enrolment, key)] = keyed
        return _one(enrolment.pk, key, session)
    people = {row.pk: row for row in lock(Enrolment, [enrolment.pk for enrolment, _ in keyed])}
    prefetch_related_objects(list(people.values()), "resident")
    firsts = {row.key: row for row in Booking.objects.filter(key__in=[key for _, key in keyed])}
    wanted = [enrolment.pk for enrolment, key in keyed if key not in firsts]
    views = outlook(wanted, campaign=session.campaign, on=session.on) if wanted else {}
    return Asking(people, firsts, views, booked_doses(wanted))


# What is judged and written of one person; anything else, such as the name of a village, is read when it is asked for.
_ASKED = (
    *("resident", "campaign", "unit_code"),
    *(f"campaign__{name}" for name in ("stamp", "disease", "season", "cohort", "target_age_ref_date")),
    *(f"resident__{name}" for name in ("uid", "name", "birth_date", "sex", "residence", "school_class")),
    *(f"resident__{name}" for name in ("organisation__kind", "village_code", "removed_on")),
)
_ONE = locked_and_read(
    lambda: (
        Enrolment.objects.select_related("campaign", "resident__organisation")
        .only(*_ASKED)
        .annotate(
            is_repeated=Exists(Booking.objects.filter(key=Hole("key"))),
            is_booked=Exists(Booking.objects.active().filter(enrolment=OuterRef("pk"))),
            **facts_there(),
        )
    ),
    "pk",
)


def _one(pk: int, key: UUID, session: ClinicSession) -> Asking:
    """One person in one question, where most have no dose, no hold, no group and no place."""
    row = lock_and_read(_ONE, Enrolment, pk=pk, key=key)
    if row is None:
        raise Gone
    if row.is_repeated:
        return Asking({pk: row}, {key: Booking.objects.get(key=key)}, {}, {})
    views = {}
    if row.campaign_id == session.campaign_id:
        read_facts(row, groups=row.has_groups, records=row.has_records, holds=row.has_holds)
        views[pk] = outlook_of_facts(row, on=session.on)
    return Asking({pk: row}, {}, views, booked_doses([pk]) if row.is_booked else {})


def booked_doses(enrolment_ids: Iterable[int]) -> dict[tuple[int, int], Booking]:
    """Bookings still to come of these people, by enrolment and dose number."""
    active = Booking.objects.filter(enrolment__in=enrolment_ids).active().select_related("slot__session")
    return {(booking.enrolment_id, booking.dose_number): booking for booking in active}
