"""Texts for the people: to paste into a WeChat group, or one by one as text messages (S15, S43).

A group text names people only as far as neighbours recognise them (王*强); no numbers stand in it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from appointments.models import Booking, ClinicSession
from core import names
from core.dates import day_zh

BRING = "请带本人身份证(孩子带户口簿和预防接种证,由监护人陪同并当场签字),戴好口罩,备好健康码,按时段到场"
UNWELL = "发热或身体不适的请先不来,并告诉村(社区)。疫苗免费、自愿接种"


def group_text(session: ClinicSession, sender: str, bookings: Sequence[Booking]) -> str:
    """The notice of one village or unit for ``session``: by slot, with masked names."""
    lines = [f"【接种通知】{sender}:{day_zh(session.on)},{_where(session)},共 {len(bookings)} 人,请按时段到:"]
    for slot, mine in groupby(sorted(bookings, key=_by_slot), key=lambda booking: booking.slot):
        people = [names.mask_name(booking.enrolment.resident.name) for booking in mine]
        lines.append(f"{slot}({len(people)}人):{'、'.join(people)}")
    return "\n".join([*lines, f"{BRING}。{UNWELL}。{_call(session)}"])


def personal_text(booking: Booking) -> str:
    """The message to one person who is booked."""
    session, name = booking.slot.session, booking.enrolment.resident.name
    when = f"{day_zh(session.on)} {booking.slot}"
    return f"【接种通知】{name}:您约在{when}到{_where(session)}接种第{booking.dose_number}剂。{BRING}。{UNWELL}。{_call(session)}"


def called_off_group_text(session: ClinicSession, sender: str, bookings: Sequence[Booking], why: str) -> str:
    """The notice of one village that the day is off; who has a new place is told when."""
    lines = [
        f"【改期通知】{sender}:原定{day_zh(session.on)}在{session.site}的接种取消({why}),请以下各位不要前往:"
    ]
    for booking in sorted(bookings, key=_by_slot):
        lines.append(f"{names.mask_name(booking.enrolment.resident.name)} {_new_time(booking)}")
    return "\n".join([*lines, f"没有另约的,请与村(社区)联系改约。{_call(session)}"])


def called_off_text(booking: Booking) -> str:
    """The message to one person whose day is off."""
    session, name = booking.slot.session, booking.enrolment.resident.name
    when = f"{day_zh(session.on)} {booking.slot}"
    return f"【改期通知】{name}:您约在{when}到{session.site}的接种取消,请不要前往。{_new_time(booking)}。{_call(session)}"


def message_rows(bookings: Iterable[Booking], text) -> list[list[str]]:
    """Rows of the SMS file: phone, name, message; who has no phone is left out."""
    heads = ["手机号", "姓名", "短信内容"]
    found = [(booking.enrolment.resident, text(booking)) for booking in bookings]
    return [heads] + [[person.phone, person.name, words] for person, words in found if person.phone]


def _by_slot(booking: Booking) -> tuple:
    return booking.slot.starts_at, booking.enrolment.resident.group_no, booking.pk


def _where(session: ClinicSession) -> str:
    site = session.site
    return f"{site}({site.address})" if site.address else str(site)


def _call(session: ClinicSession) -> str:
    return f"咨询电话 {session.site.phone}。" if session.site.phone else ""


def _new_time(booking: Booking) -> str:
    new = getattr(booking, "moved_to", None)
    if new is None:
        return "可由村(社区)另约"
    day = new.slot.session
    return f"已改到{day_zh(day.on)} {new.slot} {day.site}"
