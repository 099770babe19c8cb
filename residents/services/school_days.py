"""学校每日统计: what each school has reached at the end of a day, for education and health (S36). Reads only."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, F, Q

from campaigns.models import Campaign
from core.xlsx import Column, Sheet, build
from places.models import Organisation
from residents.models import RosterEntry, VaccinationRecord
from residents.services.roster_reads import in_campaign

# Pupils are those on the roster now; doses are counted wherever they were given.
FIGURES = (
    ("people", "在册"),
    ("target", "应种"),
    ("today_1", "当日第1剂"),
    ("today_2", "当日第2剂"),
    ("today_more", "当日其他剂次"),
    ("until_1", "累计第1剂"),
    ("until_2", "累计第2剂"),
    ("left", "应种未种"),
)


def school_days(schools: Sequence[Organisation], campaign: Campaign | None, day: date) -> list[dict]:
    """Lines {school, <keys of FIGURES>} in the order of ``schools``, as they stood at the end of ``day``; two queries."""
    entries = RosterEntry.objects.current().filter(organisation__in=schools).order_by()
    begun = Q(mine__first_dose_on__lte=day)
    pupils = in_campaign(entries, campaign).values("organisation")
    pupils = pupils.annotate(
        people=Count("pk"),
        target=Count("pk", Q(mine__is_target=True)),
        left=Count("pk", Q(mine__is_target=True) & ~begun),
    )
    found = {row.pop("organisation"): row for row in pupils}
    for row in _doses(schools, campaign, day):
        found.get(row.pop("organisation"), {}).update(row)
    nothing = dict.fromkeys((key for key, _ in FIGURES), 0)
    return [nothing | found.get(school.pk, {}) | {"school": school} for school in schools]


def _doses(schools: Sequence[Organisation], campaign: Campaign | None, day: date):
    given = VaccinationRecord.objects.counted().filter(
        disease=campaign.disease if campaign else "",
        season=campaign.season if campaign else "",
        given_on__lte=day,
        resident__roster_entries__in=RosterEntry.objects.current().filter(organisation__in=schools),
    )
    rows = given.order_by().values(organisation=F("resident__roster_entries__organisation"))
    today = Q(given_on=day)
    return rows.annotate(
        today_1=Count("pk", today & Q(dose_number=1)),
        today_2=Count("pk", today & Q(dose_number=2)),
        today_more=Count("pk", today & Q(dose_number__gt=2)),
        until_1=Count("pk", Q(dose_number=1)),
        until_2=Count("pk", Q(dose_number=2)),
    )


def sums(lines: Sequence[dict]) -> dict[str, int]:
    """The line 合计."""
    return {key: sum(line[key] for line in lines) for key, _ in FIGURES}


def days_book(lines: Sequence[dict], day: date, where: str) -> bytes:
    """The sheet that goes to the education bureau and to the health office."""
    columns = [Column("school", "学校", width=24)]
    columns += [Column(key, word, width=11, format="int", total="sum") for key, word in FIGURES]
    sheet = Sheet(
        "学校每日统计",
        columns,
        [line | {"school": str(line["school"])} for line in lines],
        title=f"{where}学校疫苗接种每日统计表",
        unit="人、剂",
        cut_off=str(day),
        filled_by=where,
        footer_lines=["报:教育局、卫生健康委", "填表人:            负责人:            (盖章)"],
        freeze_columns=1,
    )
    return build([sheet])
