"""Closing a day: count, then a second signature. Doses on people are told by the room above (``clinic``).

The clinic is never stopped by a close: a dose that comes while somebody counts only means that the count is taken again.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone

from core import audit
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from inventory.choices import CloseState, DocumentKind, Part
from inventory.closing import closed_until, day_lines
from inventory.closing_rules import Count, Given, LotDay, days_owed
from inventory.models import CloseLine, DayClose, StockLevel, StockMovement
from inventory.services.documents import Draft, Line, write_document
from inventory.services.posting import locked_levels
from places.models import Site


@deed()
def count_day(
    *,
    site: Site,
    on: date,
    given: Collection[Given],
    counts: Mapping[int, Count],
    actor,
    key: UUID,
    now: datetime,
) -> DayClose:
    """The keeper's half of the close of ``on``: the equation as it stands, and what was counted, by lot id.

    ``given``: the doses on people of the days since the last close. A repeat of ``key`` returns the first. Raises
    RuleBroken NOT_YET, EARLIER_OPEN, CLOSED_ALREADY, NOTHING, LEFT_OPEN, COUNT_MISSING, UNEXPLAINED.
    """
    lock_site(site)
    if row := DayClose.objects.filter(key=key).first():
        return same(row, site_id=site.pk, on=on)
    check_day(site, on, timezone.localdate(now))
    lines = day_lines(site, on, given)
    for line in lines:
        said = counts.get(line.lot.pk, Count())
        line.count = said if line.is_countable else Count(reason=said.reason)
    check_lines(lines)
    close = DayClose.objects.create(
        key=key, site=site, on=on, since=closed_until(site), counted_at=now, counted_by=actor
    )
    CloseLine.objects.bulk_create(_line(close, line) for line in lines)
    audit.record("close.tallied", actor=actor, target=close, place_code=site.place.code, data={"on": f"{on}"})
    return close


@deed()
def sign_day(*, close: DayClose, given: Collection[Given], actor, now: datetime) -> DayClose:
    """The second half: somebody else has looked at the count. The day is closed under a number of its own.

    Raises RuleBroken NOT_WAITING, SAME_PERSON, and MOVED when something moved since the count.
    """
    lock_site(close.site)
    close = DayClose.objects.select_related("site__place").get(pk=close.pk)
    if close.state == CloseState.CLOSED and close.closed_by == actor:
        return close
    if close.state != CloseState.COUNTED:
        raise RuleBroken(
            "NOT_WAITING", f"这次清点{close.get_state_display()},不用再复核。请回到日结页看最新情况。"
        )
    if actor is not None and actor == close.counted_by:
        raise RuleBroken("SAME_PERSON", "清点和复核必须是两个人。请让另一位同事用自己的帐号登录复核。")
    if _said(close.lines.all()) != _said(
        _line(close, line) for line in day_lines(close.site, close.on, given)
    ):
        raise RuleBroken(
            "MOVED", "清点以后又有出入库或接种记录变动,数字已经不同。请让清点人撤回,重新清点后再复核。"
        )
    close.document = write_document(_paper(close), actor=actor, key=uuid5(close.key, "close"), now=now)
    close.state, close.closed_by, close.closed_at = CloseState.CLOSED, actor, now
    close.save(update_fields=["document", "state", "closed_by", "closed_at"])
    data = {"on": f"{close.on}", "no": close.document.no}
    audit.record(
        "close.countersigned", actor=actor, target=close, place_code=close.site.place.code, data=data
    )
    return close


@deed()
def withdraw_count(*, close: DayClose, actor) -> DayClose:
    """Take the count back before it is signed, to count again. Raises RuleBroken NOT_WAITING."""
    lock_site(close.site)
    close = DayClose.objects.select_related("site__place").get(pk=close.pk)
    if close.state == CloseState.WITHDRAWN:
        return close
    if close.state != CloseState.COUNTED:
        raise RuleBroken("NOT_WAITING", "这一天已经日结,不能撤回。以后的更正会在下一次日结中列出。")
    close.state = CloseState.WITHDRAWN
    close.save(update_fields=["state"])
    audit.record("close.withdrawn", actor=actor, target=close, place_code=close.site.place.code, data={})
    return close


def lock_site(site: Site) -> None:
    """Hold every level of ``site``: no dose and no paper moves while a close looks."""
    locked_levels(set(StockLevel.objects.filter(site=site).values_list("site", "lot")))


def check_day(site: Site, on: date, today: date) -> None:
    """Refuse a day that cannot be closed now: a coming one, a closed one, one with an open day before it."""
    if on > today:
        raise RuleBroken("NOT_YET", "还没到这一天,不能日结。")
    if DayClose.objects.filter(site=site, on=on, state=CloseState.CLOSED).exists():
        raise RuleBroken("CLOSED_ALREADY", f"{on} 已经日结。之后的更正会在下一次日结中列出。")
    if DayClose.objects.filter(site=site, state=CloseState.COUNTED).exists():
        raise RuleBroken("WAITING", "还有一次清点在等复核。请先请同事复核,或撤回那一次,再清点。")
    until = closed_until(site)
    if until is not None and on < until:
        raise RuleBroken("LATER_CLOSED", f"{until} 已经日结,它以前的日子都已包含在内。")
    moved = StockMovement.objects.filter(site=site, on__lt=on)
    moved = moved.filter(on__gt=until) if until else moved.none()
    if owed := days_owed(moved.order_by().values_list("on", flat=True).distinct(), until, on):
        raise RuleBroken("EARLIER_OPEN", f"{owed[0]} 还没有日结。请按日期先后,先结 {owed[0]}。")


def check_lines(lines: Collection[LotDay]) -> None:
    """Refuse what must be done before the close, naming the lots."""
    if not lines:
        raise RuleBroken("NOTHING", "这个接种点还没有疫苗出入库,不用日结。")
    if left := [f"批号 {line.lot} 余 {line.open_left} 剂" for line in lines if line.must_be_wasted]:
        raise RuleBroken(
            "LEFT_OPEN",
            f"已开启的疫苗还有剩余:{'、'.join(left)}。开启的疫苗不能过夜,请先点“剩余作损耗”再清点。",
        )
    if missing := [str(line.lot) for line in lines if line.is_countable and line.count.vials is None]:
        raise RuleBroken("COUNT_MISSING", f"还没有填实点数:批号 {'、'.join(missing)}。没有的请填 0。")
    if off := [str(line.lot) for line in lines if line.is_off and not line.count.reason.strip()]:
        raise RuleBroken(
            "UNEXPLAINED",
            f"批号 {'、'.join(off)} 对不上,也没有说明。请先核对(补登、更正或盘点);确实查不清的,写明情况再提交。",
        )


def _line(close: DayClose, line: LotDay) -> CloseLine:
    book = line.equation
    return CloseLine(
        close=close,
        lot=line.lot,
        through=line.through,
        opening_vials=book.opening.vials,
        opening_doses=book.opening.doses,
        closing_vials=book.closing.vials,
        closing_doses=book.closing.doses,
        parts={part: list(amount) for part, amount in book.parts.items()},
        used=line.match.used,
        given=line.match.given,
        late=line.match.late,
        counted_vials=line.count.vials,
        reason=line.count.reason.strip()[:200],
    )


def _said(lines) -> set[tuple]:
    """What must not have changed between the two signatures."""
    return {
        (line.lot_id, line.through, line.closing_vials, line.closing_doses, line.used, line.given)
        for line in lines
    }


def _paper(close: DayClose) -> Draft:
    """The numbered document: what was used, by lot. It moves nothing; the doses did."""
    lines = []
    for line in close.lines.select_related("lot__presentation").filter(used__gt=0):
        vials, doses = line.parts.get(Part.USED, (0, 0))
        rest = doses - vials * line.lot.presentation.doses_per_vial
        lines.append(Line(line.lot, vials=vials, open_doses=rest))
    words = f"{close.on} 日清日结"
    return Draft(DocumentKind.CLOSE, close.site, tuple(lines), second_by=close.counted_by, note=words)
