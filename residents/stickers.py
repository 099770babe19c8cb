"""Whether a shop may show its 安心便签. Pure (S80)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """The staff of a shop in numbers. ``done``: primary course complete. ``excused``: not done and not to be: a doctor's
    contraindication, or outside the ages of the campaign; they are named apart and do not keep the others from the sticker.
    ``unchecked``: not yet confirmed as belonging there."""

    people: int = 0
    done: int = 0
    excused: int = 0
    unchecked: int = 0

    @property
    def missing(self) -> int:
        """Who still has to be vaccinated."""
        return self.people - self.done - self.excused


def verdict(staff: Staff, *, shown: bool) -> str:
    """ "" when the shop may show the sticker, else why not, in numbers only.

    A sticker is first given to a roster that was checked to the last person; one that is ``shown`` already stays when
    somebody who is vaccinated comes new, and goes the day somebody unvaccinated does. What a person says of the own health
    excuses nobody; nor does a deferral, which ends.
    """
    if not staff.people:
        return "名册上没有在岗员工"
    if staff.missing:
        return f"有 {staff.missing} 名员工还没有全程接种"
    if not staff.done:
        return "没有一名员工完成接种"
    if staff.unchecked and not shown:
        return f"名册有 {staff.unchecked} 人待核对"
    return ""
