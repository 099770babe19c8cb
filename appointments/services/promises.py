"""A first dose is a promise of the second: who may make it, and when the office makes it all the same."""

from datetime import datetime

from appointments.models import ClinicSession
from appointments.sight import Lookout, town_of
from appointments.sight_words import sight_words
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from residents.models import Resident
from residents.services.enrolments import Outlook


class Promise:
    """The second doses behind the first doses of one deed of booking. Makes nothing wait until a first dose is asked for;
    then the township's first doses are booked one deed at a time, so that two villages cannot both take the last one."""

    def __init__(self, session: ClinicSession, products: frozenset[str], *, reason: str, now: datetime):
        self._session, self._products, self._now = session, products, now
        self.reason = reason.strip()[:120]
        self._lookout: Lookout | None = None
        self._made = 0

    def check(self, resident: Resident, view: Outlook) -> str:
        """Why a first dose of ``resident`` may be booked though its second is out of sight; "" when it is in sight.

        Raises RuleBroken SECOND_NOT_SEEN when it is not and nobody gives a reason. Slots are locked by the caller.
        """
        if self._lookout is None:
            # The last lock of the deed but the audit chain's: whoever waits here holds nothing a waiter before needs.
            alone(f"second:{self._session.campaign_id}:{town_of(self._session.site)}")
            self._lookout = Lookout.of(self._session, self._now)
        sight = self._lookout.sight(view, resident.village_code, self._products)
        if sight.room > self._made:
            self._made += 1
            return ""
        if not self.reason:
            raise RuleBroken(
                "SECOND_NOT_SEEN", f"{resident.name} 的第1剂没有约:{sight_words(sight)}", "second_reason"
            )
        return self.reason


@deed()
def let_first_doses(*, session: ClinicSession, actor, reason: str, now: datetime) -> None:
    """The office lets first doses of a whole session be booked though their second ones are out of sight.

    The last reason stands. Raises RuleBroken: REASON_MISSING, SESSION_STATE.
    """
    reason = reason.strip()[:120]
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明第2剂怎么安排(哪天的场次、哪里来的疫苗)。", "reason")
    if not ClinicSession.objects.filter(pk=session.pk, state__in=("planned", "open")).update(
        second_reason=reason, second_by=actor, second_at=now
    ):
        raise RuleBroken("SESSION_STATE", "这一场已经结束或取消,不用放行。")
    session.refresh_from_db()
    audit.record(
        "session.first_doses_let",
        actor=actor,
        target=session,
        place_code=session.site.place.code,
        data={"reason": reason},
    )
