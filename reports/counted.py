"""What a report counts, one by one: each dose and each person with the unit and the metric where it stands (reads only)."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from campaigns.models import Campaign
from places.querysets import any_code_range
from reports import metrics
from reports.filing_rules import DOSE, Counted, Item, Key, dose_metric
from reports.metrics import BOOSTER, COMPLETE, FIRST
from reports.models import FiledChange, FiledReport
from residents.models import Enrolment
from residents.services.as_recorded import AsRecorded, as_recorded, moved_since

TARGET = "target"
_REACHED = {FIRST.code: "first_dose_on", COMPLETE.code: "primary_complete_on", BOOSTER.code: "booster_on"}
PEOPLE = tuple(_REACHED)
DOSES = tuple(metric.code for metric in metrics.DOSES)
ELDER_AGES = (60, 80)
_OF_ELDERS = (TARGET, FIRST.code, COMPLETE.code)


def elder_code(code: str, age: int) -> str:
    """The metric of those of ``code`` who are ``age`` or older on the campaign's reference day."""
    return f"{code}_{age}"


ELDERS = tuple(elder_code(code, age) for code in _OF_ELDERS for age in ELDER_AGES)


def counted_at(
    campaign: Campaign, prefixes: Collection[str], *, at: datetime, day: date, with_elders: bool
) -> dict[Key, Item]:
    """Everything that counts in the places, by the doses recorded at ``at``; people as the register is now.

    ``day``: the date under which the denominator stands, which has none of its own.
    """
    touched = moved_since(campaign, prefixes, at)
    quiet = Enrolment.objects.filter(any_code_range("unit_code", prefixes), campaign=campaign)
    quiet = quiet.exclude(pk__in=touched.values("pk"))
    found = dict(_doses(campaign, prefixes, touched))
    since = _born(campaign) if with_elders else {}
    columns = ("pk", "unit_code", "is_target", "resident__birth_date", *_REACHED.values())
    for pk, unit, is_target, born, *reached in quiet.filter(is_target=True).values_list(*columns):
        found.update(_person(pk, unit, is_target, born, reached, day, since))
    for row in as_recorded(campaign, prefixes, at):
        found.update(_as_stood(row, day, since))
    return found


def _born(campaign: Campaign) -> dict[int, date]:
    return {age: metrics.born_until(campaign, age) for age in ELDER_AGES}


def _doses(campaign: Campaign, prefixes, touched) -> Iterator[tuple[Key, Item]]:
    rows = metrics.doses_of(campaign, prefixes).exclude(resident__in=touched.values("resident"))
    columns = ("pk", "unit", "given_on", "dose_number", "complete_on", "booster_on")
    for pk, unit, on, number, complete_on, booster_on in rows.values_list(*columns):
        yield (DOSE, pk), Item(dose_metric(number, on, complete_on, booster_on), unit, on)


def _person(
    pk: int, unit: str, is_target: bool, born: date, reached, day: date, since: dict[int, date]
) -> Iterator[tuple[Key, Item]]:
    """The people figures in which one enrolment stands; nobody counts who is not on target."""
    if not is_target:
        return
    days = {TARGET: day} | {code: on for code, on in zip(PEOPLE, reached, strict=True) if on}
    for code, on in days.items():
        yield (code, pk), Item(code, unit, on)
    for age, until in since.items():
        for code in _OF_ELDERS if born <= until else ():
            if code in days:
                yield (elder_code(code, age), pk), Item(elder_code(code, age), unit, days[code])


def _as_stood(row: AsRecorded, day: date, since: dict[int, date]) -> Iterator[tuple[Key, Item]]:
    enrolment, columns = row.enrolment, row.columns
    reached = [columns[name] for name in _REACHED.values()]
    born = enrolment.resident.birth_date
    yield from _person(enrolment.pk, enrolment.unit_code, columns["is_target"], born, reached, day, since)
    for record, number in row.doses:
        metric = dose_metric(number, record.given_on, columns["primary_complete_on"], columns["booster_on"])
        yield (DOSE, record.pk), Item(metric, enrolment.unit_code, record.given_on)


def stood_in(report: FiledReport | None) -> Counted:
    """Everything that counted in a filed report, read from its chain; nothing before the first one."""
    if report is None:
        return {}
    rows = FiledChange.objects.standing(report)
    columns = ("metric", "place_code", "on", "record", "enrolment")
    return {
        (DOSE, record) if record else (metric, enrolment): Item(metric, unit, on)
        for metric, unit, on, record, enrolment in rows.values_list(*columns)
    }
