"""A village's evening: the cadre finds the session, books the due, moves one, hands in the list; the site sees it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.models import Booking
from residents.models import Enrolment
from tests.factories.appointments import make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def hidden(page: str, name: str) -> str:
    """The value of a hidden field, as the browser would send it."""
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


@pytest.mark.requirement("S41", "S42")
def test_a_cadre_books_the_village_and_hands_in_the_list(client_as, cast, town, campaign, site, today):
    on = today + timedelta(days=2)
    session = make_session(campaign, site, on, places=2)
    for name in ("王一", "王二", "王三"):
        make_enrolled(town.village, campaign, today, name=name)
    cadre = client_as(cast.cadre01)

    listed = cadre.get(reverse("appointments:list")).content.decode()
    assert session.get_absolute_url() in listed
    opened = cadre.get(session.get_absolute_url()).content.decode()
    address = reverse("appointments:book", args=[session.uid])
    assert address in opened

    page = cadre.get(address).content.decode()
    everybody = re.findall(r'name="people" value="(\d+)"', page)
    assert len(everybody) == 3
    first, second, _ = session.slots.all()
    answer = cadre.post(
        address, {"key": hidden(page, "key"), "slot": first.pk, "people": everybody}
    ).content.decode()
    assert "约上 2 人,1 人没有约上" in answer
    assert "09:00–09:30(余2)" in answer  # where there is still room
    left = re.findall(r'name="people" value="(\d+)"', answer)
    assert left == everybody[2:]
    cadre.post(address, {"key": hidden(answer, "key"), "slot": second.pk, "people": left})
    assert Booking.objects.count() == 3
    assert not re.findall(r'name="people" value="(\d+)"', cadre.get(address).content.decode())

    booking = Booking.objects.get(enrolment=Enrolment.objects.get(resident__name="王一"))
    cadre.post(
        reverse("appointments:booking_move", args=[booking.uid]), {"key": uuid.uuid4(), "slot": second.pk}
    )
    day = {"on": on.isoformat()}
    roster = cadre.get(reverse("appointments:roster"), day).content.decode()
    assert "上报名单" in roster
    cadre.post(reverse("appointments:submit", args=[session.uid]), {"place": town.village.code})

    office = client_as(cast.town).get(reverse("appointments:roster"), day).content.decode()
    assert "已上报" in office
    assert office.index("王二") < office.index("王一")  # 08:30 before 09:00
    site_page = client_as(cast.registrar).get(session.get_absolute_url()).content.decode()
    assert "王三" in site_page
