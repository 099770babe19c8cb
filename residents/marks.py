"""What somebody has marked beside a name on a list of the unvaccinated that came back. Pure (S33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.dates import FIRST_DOSES, parse_loose_date
from core.text import clean
from residents.reconciling import Said, difference

_YES = {"是", "已", "已种", "已接种", "接种", "种了", "√", "✓", "✔", "1", "有", "Y", "y"}
_NO = {"否", "未", "未种", "未接种", "没种", "没有接种", "×", "✗", "✘", "X", "x", "0", "无", "N", "n"}
NO_DAY = "名单写了已接种,没有写日期。请补写日期,或逐人填报"


@dataclass(frozen=True)
class Mark:
    """What one row says: ``said`` is None where nothing is marked; ``problem`` says in words why it cannot be used as it is."""

    said: Said | None
    place_name: str = ""
    problem: str = ""


def read_mark(cells: Mapping[str, object], dose_number: int, *, today: date) -> Mark:
    """The mark of a row (cells by field of the census form) for one dose; a day alone means vaccinated."""
    word, place = clean(cells.get("vaccinated")), clean(cells.get(f"dose{dose_number}_place"))[:80]
    try:
        day = parse_loose_date(cells.get(f"dose{dose_number}_on", ""), today=today, since=FIRST_DOSES)
    except ValueError as error:
        return Mark(None, problem=str(error))
    if word and word not in _YES | _NO:
        return Mark(None, problem=f"看不懂“{word[:20]}”,请写“是”或“否”")
    if day and day > today:
        return Mark(None, problem="接种日期晚于今天")
    if word in _NO and day:
        return Mark(None, problem="写了未接种,又写了接种日期")
    if day or word in _YES:
        return Mark(Said(True, day), place)
    return Mark(Said(False)) if word else Mark(None)


def against(mark: Mark, site: Said) -> str:
    """Where a mark and the site's record differ, as ``difference`` says it. A day that the list leaves out is no difference."""
    if mark.said is None:
        return ""
    if mark.said.is_vaccinated and mark.said.given_on is None and site.is_vaccinated:
        return ""
    return difference(mark.said, site)
