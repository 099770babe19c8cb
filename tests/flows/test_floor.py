"""The clinic day as sentences: nurses take one person from check-in to release, each in the own browser."""

from datetime import timedelta

import pytest

from clinic.models import Dose, Visit
from clinic.services.verify import floor_problems
from inventory.models import StockLevel
from residents.models import VaccinationRecord
from tests.clinic.conftest import floor  # noqa: F401 - the fixture
from tests.clinic.test_views_floor import ask, at, dose_data, screen_data, sign_data, text_of, url  # noqa: F401
from tests.factories.appointments import make_booking, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S57")
def test_nurses_take_a_person_from_check_in_to_release(floor, at):  # noqa: F811
    enrolment = floor.person(name="钱进")
    session = make_session(floor.campaign, floor.site, floor.today)
    make_booking(enrolment, session.slots.first())
    number = enrolment.resident.identifiers.get().number

    # The registrar scans the card and presses Enter.
    assert "登记到场,发排队号" in text_of(ask(at("registrar"), number))
    done = at("registrar").post(url("check_in", enrolment.resident.uid), follow=True)
    assert "钱进 已登记,排队号 1" in text_of(done)
    visit = Visit.objects.get()

    # The doctor calls number 1, asks, measures.
    assert ask(at("screener"), "1").redirect_chain[-1][0] == visit.get_absolute_url()
    passed = at("screener").post(url("screen", visit.uid), screen_data(floor, visit), follow=True)
    assert "预检结论:可接种" in text_of(passed)

    # The person reads and signs on the screen.
    signed = at("registrar").post(url("consent", visit.uid), sign_data(signer_name="钱进"), follow=True)
    assert "已同意,请到接种台" in text_of(signed)

    # The vaccinator checks three and seven, the person verifies, the needle.
    given = at("vaccinator").post(url("dose", visit.uid), dose_data(floor, visit), follow=True)
    assert "已接种 第1剂" in text_of(given)
    assert (Dose.objects.count(), VaccinationRecord.objects.count(), StockLevel.objects.get().vials) == (
        1,
        1,
        49,
    )

    # The observer cannot let go before the time, and lets go after it.
    assert "请继续留观" in text_of(at("observer").post(url("release", visit.uid)), 422)
    Visit.objects.update(release_due=floor.now - timedelta(seconds=1))
    assert "钱进 已离场" in text_of(at("observer").post(url("release", visit.uid), follow=True))

    # The desk now answers: already done; the story of the person is complete.
    assert "今天已接种" in text_of(ask(at("registrar"), number))
    assert list(floor_problems()) == []
    visit.refresh_from_db()
    assert (visit.stage, visit.booking.state) == ("left", "done")
