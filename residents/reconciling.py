"""Where a school and a vaccination site disagree about a pupil. Pure (S33)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says of one dose of one pupil."""

    is_vaccinated: bool
    given_on: date | None = None


def difference(school: Said | None, site: Said) -> str:
    """ "" when both say the same, else the sentence for the list. ``school`` is None while it has said nothing."""
    if school is None:
        return "学校还没有填"
    if school.is_vaccinated and not site.is_vaccinated:
        return "学校说已种,接种点没有记录"
    if site.is_vaccinated and not school.is_vaccinated:
        return "学校说未种,接种点有记录"
    if school.is_vaccinated and school.given_on != site.given_on:
        return "接种日期不一样"
    return ""
