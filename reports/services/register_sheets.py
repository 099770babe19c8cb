"""What villages, schools and employers hand in, as the sheets that go to the county: pupils (§7.3), plans (S25)."""

from datetime import date

from campaigns.models import Campaign
from core.phones import mask
from core.xlsx import Column, Sheet
from places.choices import OrganisationKind
from places.models import Organisation, Place
from places.querysets import code_range
from residents.choices import SubmissionKind, SubmissionState
from residents.models import Consent, RosterEntry, Submission, SubmissionStep
from residents.person_columns import BIRTH, NAME, NUMBER, SEX
from residents.services.roster_reads import SUMMARY, enrolment_of, school_summary, with_people
from residents.services.sticker_sheets import by_village, counts_sheet, shop_lines, shops_sheet

_PUPILS = [
    Column("serial", "序号", width=6, format="serial"),
    Column("school", "学校", width=18),
    Column("grade", "年级", width=9),
    Column("class", "班级", width=7),
    Column("member_no", "学号", width=12),
    NAME,
    SEX,
    BIRTH,
    NUMBER,
    Column("home", "居住地(县、乡、村)", width=24),
    Column("guardian", "监护人姓名", width=11),
    Column("relation", "监护人关系", width=11),
    Column("guardian_phone", "监护人电话", width=14),
    Column("health", "健康状况", width=16),
    Column("consent", "是否同意", width=9),
    Column("present", "监护人到场", width=11),
    Column("first", "第一剂", group="接种日期", width=12, format="date"),
    Column("second", "第二剂", group="接种日期", width=12, format="date"),
    Column("reason", "未接种原因", width=16),
]
_PLAN = [
    Column("sender", "村(单位)", width=18),
    Column("state", "状态", width=12),
    Column("from", "开始日期", width=12, format="date"),
    Column("to", "结束日期", width=12, format="date"),
    Column("cohort", "人群", width=16),
    Column("dose", "剂次", width=6, format="serial"),
    Column("people", "计划人数", width=10, format="int", total="sum"),
    Column("site", "接种点", width=24),
    Column("note", "备注", width=20),
    Column("at", "上报时间", width=17, format="datetime"),
]


def school_sheets(
    *, place: Place, campaign: Campaign, day: date, school: Organisation | None = None, **heads
) -> list[Sheet]:
    """学校摸底登记表 of the schools of a place (or of one ``school``), and its 汇总 by school, grade and class: each figure's
    names are on the first."""
    schools = Organisation.objects.inside({place.prefix}).filter(kind=OrganisationKind.SCHOOL, is_active=True)
    if school is not None:
        schools = [school]
    name = str(school or f"{place.name}学校")
    entries = RosterEntry.objects.current().filter(organisation__in=schools)
    pupils = with_people(entries, campaign).order_by("organisation__name", "grade", "class_no", "pk")
    consents = dict(
        Consent.objects.current()
        .filter(enrolment__campaign=campaign, enrolment__resident__in=entries.values("resident"))
        .order_by("signed_at")
        .values_list("enrolment__resident", "given")
    )
    rows = [_pupil(entry, consents) | {"serial": n} for n, entry in enumerate(pupils, start=1)]
    columns = [
        Column("name", "学校", width=20),
        Column("part", "年级班级", width=14),
        *(Column(key, word, width=11, format="int", total="sum") for key, word in SUMMARY),
    ]
    summary = school_summary([school.pk for school in schools], campaign)
    heads |= {"unit": "人", "freeze_columns": 2}
    return [
        Sheet("学生名册", _PUPILS, rows, title=f"{name}疫苗接种摸底登记表", **heads),
        Sheet("汇总", columns, summary, title=f"{name}疫苗接种摸底汇总表", **heads),
    ]


def _pupil(entry: RosterEntry, consents: dict[int, bool]) -> dict:
    person, enrolment = entry.resident, enrolment_of(entry)
    document = person.primary_identifier
    phone = entry.guardian_phone or person.phone
    second = enrolment and enrolment.doses_done >= 2
    return {
        "school": entry.organisation.name,
        "part": entry.part_word or "未分班",
        "grade": entry.get_grade_display() if entry.grade else "",
        "class": entry.class_no,
        "member_no": entry.member_no,
        "name": person.name,
        "sex": person.get_sex_display(),
        "birth": person.birth_date,
        "number": document.masked if document else "",
        "home": entry.home_county or f"{person.village}{person.group_word}",
        "guardian": entry.guardian_name or person.guardian_name,
        "relation": entry.get_guardian_relation_display(),
        "guardian_phone": mask(phone) if phone else "",
        "health": person.conditions,
        "consent": {True: "同意", False: "不同意"}.get(consents.get(person.pk), ""),
        "first": enrolment.first_dose_on if enrolment else None,
        "second": enrolment.last_dose_on if second else None,
        "reason": person.get_not_vaccinated_reason_display(),
    }


def plan_sheets(*, place: Place, campaign: Campaign, day: date, **heads) -> list[Sheet]:
    """接种计划表: every line of the plans that were handed in, as they were handed in, with a sum by sender."""
    title = f"{place.name}{campaign.name.removesuffix('接种')}接种计划表"
    rows = _plan_lines(place=place, campaign=campaign)
    return [Sheet("接种计划", _PLAN, rows, title=title, unit="人", freeze_columns=1, **heads)]


def _plan_lines(*, place: Place, campaign: Campaign) -> list[dict]:
    """The lines of the plans handed in by villages and units of ``place``."""
    plans = (
        Submission.objects.filter(
            code_range("place__code", place.prefix),
            call__campaign=campaign,
            call__kind=SubmissionKind.PLAN,
            state__in=(SubmissionState.SUBMITTED, SubmissionState.ACCEPTED),
            call__closed_at__isnull=True,
        )
        .select_related("place", "organisation", "call")
        .order_by("place__code", "organisation__name")
    )
    told = SubmissionStep.objects.filter(submission__in=plans, state=SubmissionState.SUBMITTED).order_by(
        "at", "pk"
    )
    last = {step.submission_id: step for step in told}
    return [
        {
            **line,
            "from": date.fromisoformat(line["from"]),
            "to": date.fromisoformat(line["to"]),
            "sender": str(plan.sender),
            "state": plan.get_state_display() + ("(逾期)" if plan.is_late else ""),
            "at": last[plan.pk].at,
            "address": plan.get_absolute_url(),
        }
        for plan in plans
        for line in last[plan.pk].data["plan"]
    ]


def sticker_pages(*, place: Place, **heads) -> list[Sheet]:
    """安心便签 by village and type, then shop by shop, as they stand at this moment."""
    shops = Organisation.objects.inside({place.prefix})
    return [
        counts_sheet(by_village(shops), f"{place.name}安心便签发放统计", **heads),
        shops_sheet(shop_lines(shops), f"{place.name}安心便签商户明细", **heads),
    ]
