"""The account of a filed report (domain §7.5, S113): 本次累计 = 上次累计 + 新增 + 补录 − 作废 ± 转入转出, from what counted then and now.

Each dose and each person is one item. What counted is asked at the moment of filing and kept by whoever asks; the heads
follow from the facts of the items that came or went.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from tests.reports.independent.asking import COUNTED, GIVEN, Asked, as_day, rows, stored

Items = Mapping[tuple, tuple]  # ("dose", record) or (figure, enrolment) → (figure, unit, day)
_NUMBER = """CASE WHEN n > need + 1 THEN 'booster_2' WHEN n = need + 1 THEN 'booster_1' WHEN n >= 3 THEN 'dose_3'
    WHEN n = 2 THEN 'dose_2' ELSE 'dose_1' END"""
_STATES = {"first_people": "n = 1", "complete_people": "n = need", "booster_people": "n = need + 1"}


def standing(asked: Asked) -> dict[tuple, tuple]:
    """Everything that counts in the units of the place now."""
    of_doses = f"""WITH {GIVEN}, {COUNTED} SELECT given.id, {_NUMBER}, unit, given_on FROM given
        JOIN counted ON counted.resident_id = given.resident_id"""
    found = {("dose", pk): (name, unit, as_day(on)) for pk, name, unit, on in rows(of_doses, asked)}
    people = f"WITH {COUNTED} SELECT enrolment_id, unit FROM counted WHERE on_target"
    found |= {("target", pk): ("target", unit, asked.day) for pk, unit in rows(people, asked)}
    for name, when in _STATES.items():
        sql = f"""WITH {GIVEN}, {COUNTED} SELECT enrolment_id, unit, given_on FROM given
            JOIN counted ON counted.resident_id = given.resident_id WHERE on_target AND {when}"""
        found |= {(name, pk): (name, unit, as_day(on)) for pk, unit, on in rows(sql, asked)}
    return found


class _Since:
    """What was recorded and voided after the last report, up to this one."""

    def __init__(self, asked: Asked, last: datetime, now: datetime):
        sql = """SELECT r.id, e.id, r.recorded_at > %(last)s, r.voided_at IS NOT NULL FROM residents_vaccinationrecord r
                LEFT JOIN residents_enrolment e ON e.resident_id = r.resident_id AND e.campaign_id = %(campaign)s
            WHERE r.disease = %(disease)s AND r.season = %(season)s AND (
                (r.recorded_at > %(last)s AND r.recorded_at <= %(now)s)
                OR (r.voided_at > %(last)s AND r.voided_at <= %(now)s))"""
        told = rows(sql, asked, last=stored(last), now=stored(now))
        self.new = {pk for pk, _, is_new, _ in told if is_new}
        self.voided = {pk for pk, _, _, is_void in told if is_void}
        self.got_new = {person for _, person, is_new, _ in told if is_new}
        self.got_void = {person for _, person, is_new, is_void in told if is_void and not is_new}
        newcomers = """SELECT e.id FROM residents_enrolment e JOIN residents_resident p ON p.id = e.resident_id
            WHERE e.campaign_id = %(campaign)s AND p.created_at > %(last)s"""
        self.registered = {pk for (pk,) in rows(newcomers, asked, last=stored(last))}
        gone = f"""WITH {COUNTED} SELECT enrolment_id FROM counted WHERE on_target"""
        self.on_target = {pk for (pk,) in rows(gone, asked)}


def account(
    before: Items, after: Items, *, asked: Asked, now: datetime, last: tuple[date, datetime] | None
) -> dict[tuple[str, str], Counter]:
    """{(unit, figure): Counter(previous, new, late, voided, adjusted, total)}. ``last``: day and cut-off of the report before;
    of the first report everything before its day is what it starts from."""
    found: dict[tuple[str, str], Counter] = {}

    def put(item: tuple, head: str, sign: int) -> None:
        name, unit, _ = item
        found.setdefault((unit, name), Counter())[head] += sign

    for item in after.values():
        put(item, "total", +1)
    if last is None:
        for (kind, _), item in after.items():
            put(item, "previous" if kind == "target" or item[2] < asked.day else "new", +1)
        return found
    for item in before.values():
        put(item, "previous", +1)
    since = _Since(asked, last[1], now)
    for key in before.keys() | after.keys():
        was, is_ = before.get(key), after.get(key)
        if was and is_ and was[:2] != is_[:2]:
            put(was, "adjusted", -1)
            put(is_, "adjusted", +1)
        elif is_ and not was:
            put(is_, _came(key, is_[2], since, asked.day, last[0]), +1)
        elif was and not is_:
            is_void = key[1] in (since.voided if key[0] == "dose" else since.got_void & since.on_target)
            put(was, "voided" if is_void else "adjusted", +1 if is_void else -1)
    return found


def _came(key: tuple, on: date, since: _Since, day: date, reported: date) -> str:
    """新增: recorded since and given on a day that was not yet reported; 补录: on one that was; else it moved in."""
    kind, pk = key
    if kind == "target":
        return "new" if pk in since.registered else "adjusted"
    if pk not in (since.new if kind == "dose" else since.got_new):
        return "adjusted"
    return "late" if on <= reported and on < day else "new"
