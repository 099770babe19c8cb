"""Booking slips: whose, how many, and that the desk reads the code."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.services import bookings
from core.models import AuditEvent
from tests.factories.appointments import make_booking, make_session
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S43")
def test_slips_are_printed_for_one_and_for_a_list_and_the_desk_reads_them(
    client_as, cast, town, campaign, site, today, django_assert_max_num_queries
):
    session = make_session(campaign, site, today, places=10)
    rows = [
        make_booking(make_enrolled(town.village, campaign, today), session.slots.first()) for _ in range(9)
    ]
    other = make_booking(make_enrolled(town.villages[1], campaign, today), session.slots.first())
    cadre, office = client_as(cast.cadre01), client_as(cast.town)
    page = reverse("appointments:slips") + f"?on={today}"
    for client, slips, sheets in ((cadre, 9, 1), (office, 10, 2)):
        with django_assert_max_num_queries(20):
            text = client.get(page).content.decode()
        assert text.count("<article") == slips and text.count("<section") == sheets
        assert text.count('class="qr"') == slips
    assert AuditEvent.objects.filter(action="roster.slips_printed").count() == 2
    assert cadre.get(page + "&session=" + str(uuid4())).status_code == 404
    one = reverse("appointments:slip", args=[rows[0].uid])
    text = cadre.get(one).content.decode()
    assert "slips_roll.css" in text and rows[0].enrolment.resident.name in text
    assert cadre.get(reverse("appointments:slip", args=[other.uid])).status_code == 404
    bookings.cancel(booking=rows[0], actor=cast.cadre01, reason="外出", now=timezone.now())
    assert cadre.get(one).status_code == 404, "a slip of a cancelled place sends somebody for nothing"
    scanned = client_as(cast.registrar).post(
        reverse("clinic:floor"), {"q": str(rows[1].uid.int)}, follow=True
    )
    assert rows[1].enrolment.resident.name in scanned.content.decode()
