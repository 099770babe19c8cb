"""A working floor for tests: staff with certificates, a lot in stock, and people led step by step through services."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from accounts.models import StaffQualification
from campaigns.models import Campaign
from clinic.services import adverse_events, checklist, consenting, corrections, doses, screenings, visits
from clinic.services.screenings import questions_for
from core.errors import RuleBroken
from inventory.models import Lot, Presentation, Vaccine
from tests.factories.people import make_enrolled
from tests.factories.stock import make_lot, receive

SIGNATURE = "data:image/png;base64,iVBORw0KGgo="


def certify(user, *, valid_to=None) -> StaffQualification:
    """Give ``user`` a vaccinator's certificate, valid for a year unless said otherwise."""
    return StaffQualification.objects.create(
        user=user,
        kind="vaccinator",
        cert_no=f"YFJZ-{uuid4().hex[:8]}",
        valid_to=valid_to or timezone.localdate() + timedelta(days=365),
    )


def lot_of(code: str, *, doses_per_vial=1, **fields) -> Lot:
    """A lot of a vaccine of the reference data."""
    presentation, _ = Presentation.objects.get_or_create(
        vaccine=Vaccine.objects.get(code=code), doses_per_vial=doses_per_vial
    )
    return make_lot(presentation=presentation, **fields)


def _steady_now() -> datetime:
    """Now, but not in the last quarter of an hour of a day: what is told ten minutes later is still of today."""
    now = timezone.localtime()
    return min(now, now.replace(hour=23, minute=44, second=0, microsecond=0)).astimezone(UTC)


class Floor:
    """The staff of ``site`` at work. Each method is one step of one person, with good values unless told otherwise."""

    def __init__(self, *, site, campaign: Campaign, village, cast, now: datetime | None = None):
        self.site, self.campaign, self.village, self.cast = site, campaign, village, cast
        self.now = now or _steady_now()
        certify(cast.vaccinator)
        self.lot = lot_of("CV-SV")
        receive(site, self.lot, 50)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def person(self, **fields):
        """A new enrolled resident of the village."""
        return make_enrolled(self.village, self.campaign, self.today, **fields)

    def check_in(self, enrolment=None, **given):
        values = {
            "site": self.site,
            "actor": self.cast.registrar,
            "key": uuid4(),
            "now": self.now,
            "note": "镇办同意",
        }
        return visits.check_in(enrolment=enrolment or self.person(), **(values | given))

    def answers(self, enrolment, **bad) -> dict:
        """Good answers to every question this person is asked; ``Q3=True`` or ``Q10={"yes": True, "on": …}`` differ."""
        _, questions = questions_for(enrolment, self.today)
        asked = questions.asked(screenings.person_of(enrolment), self.today)
        good = {q.code: {"yes": not q.bad} for q in asked if q.kind == "yes_no"}
        return good | {code: v if isinstance(v, dict) else {"yes": v} for code, v in bad.items()}

    def screen(self, visit, *, bad: dict | None = None, **given):
        values = {
            "answers": self.answers(visit.enrolment, **(bad or {})),
            "celsius": Decimal("36.6"),
            "health_code_ok": True,
            "actor": self.cast.screener,
            "key": uuid4(),
            "now": self.now,
        }
        return screenings.screen(visit=visit, **(values | given))

    def sign(self, visit, **given):
        values = {
            "given": True,
            "signer_name": visit.enrolment.resident.name,
            "relation": "self",
            "channel": "tablet",
            "signature": SIGNATURE,
            "actor": self.cast.registrar,
            "key": uuid4(),
            "now": self.now,
        }
        return consenting.sign(visit=visit, **(values | given))

    def dose(self, visit, **given):
        values = {
            "lot": self.lot,
            "body_site": "left_arm",
            "checklist": checklist.ticked_by_nurse(checklist.items_of(visit.enrolment)),
            "recipient_confirmed": True,
            "actor": self.cast.vaccinator,
            "key": uuid4(),
            "now": self.now,
        }
        return doses.record_dose(visit=visit, **(values | given))

    def ready(self, enrolment=None):
        """A visit with everything done but the needle."""
        visit = self.check_in(enrolment)
        self.screen(visit)
        return self.sign(visit)

    def observed(self, enrolment=None):
        """A visit under observation, freshly read."""
        visit = self.ready(enrolment)
        self.dose(visit)
        visit.refresh_from_db()
        return visit

    def propose(self, dose, kind, **given):
        """The vaccinator finds a mistake five minutes later."""
        values = {
            "reason": "登记时看错",
            "actor": self.cast.vaccinator,
            "key": uuid4(),
            "now": self.now + timedelta(minutes=5),
        }
        return corrections.propose(dose=dose, kind=kind, **(values | given))

    def correct(self, dose, kind="not_given", **given):
        """The vaccinator proposes, the doctor confirms a minute later. Returns the correction."""
        row = self.propose(dose, kind, **given)
        now = given.get("now", self.now + timedelta(minutes=5)) + timedelta(minutes=1)
        return corrections.confirm(correction=row, actor=self.cast.screener, now=now)

    def report(self, visit, **given):
        """A reaction at once, reported ten minutes later."""
        values = {
            "dose": visit.doses.get(),
            "onset_at": self.now,
            "symptoms": "头晕、面色苍白",
            "is_serious": False,
            "actor": self.cast.observer,
            "key": uuid4(),
            "now": self.now + timedelta(minutes=10),
        }
        return adverse_events.report(**(values | given))


@contextmanager
def refused(code: str):
    """The block must raise RuleBroken with ``code`` and a sentence long enough to say what to do."""
    try:
        yield
    except RuleBroken as error:
        assert error.code == code, f"{error.code}: {error.message}"
        assert error.message.endswith("。") and len(error.message) > 10
    else:
        raise AssertionError(f"{code} was expected")
