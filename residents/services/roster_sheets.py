"""Workbooks of rosters, schools and stickers."""

from collections.abc import Iterable, Sequence
from datetime import date

from core import phones
from core.dates import age_on
from core.xlsx import Column, Sheet, build
from places.models import Organisation
from residents.models import RosterEntry
from residents.services.roster_reads import SUMMARY, enrolment_of
from residents.wording import status_word

_WHO = [
    Column("name", "姓名", width=12),
    Column("sex", "性别", width=6),
    Column("age", "年龄", width=6, format="serial"),
    Column("number", "证件号码", width=22),
]
_DOSES = [
    Column("first", "首剂日期", width=12, format="date"),
    Column("complete", "全程日期", width=12, format="date"),
    Column("status", "接种状态", width=18),
    Column("reason", "未接种原因", width=16),
]
_GUARDIAN = [
    Column("guardian", "监护人", width=10),
    Column("relation", "关系", width=10),
    Column("guardian_phone", "监护人电话", width=16),
]
_SIGNS = "填报人:            负责人:            日期:            单位(盖章):"


def line(entry: RosterEntry, today: date, *, whole: bool = False) -> dict:
    """One person in words; numbers and phones masked unless ``whole`` (for the county that has to find the pupil)."""
    person, enrolment = entry.resident, enrolment_of(entry)
    document = person.primary_identifier
    phone = entry.guardian_phone or person.phone
    return {
        "part": entry.part_word or "未分班" if entry.organisation.is_school else entry.job,
        "member_no": entry.member_no,
        "name": person.name,
        "sex": person.get_sex_display(),
        "age": age_on(person.birth_date, today),
        "birth": person.birth_date,
        "number": (document.number if whole else document.masked) if document else "",
        "home": entry.home_county or f"{person.village}{person.group_word}",
        "phone": phones.mask(person.phone) if person.phone else "",
        "guardian": entry.guardian_name or person.guardian_name,
        "relation": entry.get_guardian_relation_display(),
        "guardian_phone": (phone if whole else phones.mask(phone)) if phone else "",
        "conditions": person.conditions,
        "since": entry.since,
        "checked": entry.confirmed_at,
        "first": enrolment.first_dose_on if enrolment else None,
        "complete": enrolment.primary_complete_on if enrolment else None,
        "status": str(status_word(enrolment, today)),
        "reason": person.get_not_vaccinated_reason_display(),
        "school": entry.organisation.name,
        "county": entry.home_county,
        "pushed": entry.pushed_at,
    }


def roster_book(organisation: Organisation, entries: Iterable[RosterEntry], today: date) -> bytes:
    """The roster of one organisation, people by class or job."""
    school = organisation.is_school
    columns = [
        Column("part", "年级班级" if school else "岗位(班组)", width=14),
        Column("member_no", "学号" if school else "工号", width=12),
        *_WHO,
        Column("home", "居住地", width=22),
        *(_GUARDIAN if school else [Column("phone", "联系电话", width=16)]),
        Column("since", "进入日期", width=12, format="date"),
        Column("conditions", "慢病/自述", width=16),
        *_DOSES,
        Column("checked", "核对时间", width=17, format="datetime"),
    ]
    rows = [line(entry, today) for entry in entries]
    return build(
        [
            Sheet(
                "名册",
                columns,
                rows,
                title=f"{organisation}名册",
                unit="人",
                cut_off=str(today),
                filled_by=str(organisation),
                footer_lines=[_SIGNS],
                freeze_columns=3,
            )
        ]
    )


def summary_book(title: str, lines: Sequence[dict], today: date, filled_by: str) -> bytes:
    """摸底汇总: grade × class in numbers with the health state (S30)."""
    columns = [
        Column("name", "学校", width=20),
        Column("part", "年级班级", width=14),
        *(Column(key, word, width=11, format="int", total="sum") for key, word in SUMMARY),
    ]
    footer = ["填表人:            负责人:            (学校盖章)"]
    sheet = Sheet(
        "摸底汇总",
        columns,
        lines,
        title=title,
        unit="人",
        cut_off=str(today),
        filled_by=filled_by,
        footer_lines=footer,
        freeze_columns=2,
    )
    return build([sheet])


def elsewhere_book(entries: Sequence[RosterEntry], today: date, *, where: str, whole: bool) -> bytes:
    """按现居住地登记造册: a sheet for each county to which pupils are told (S32)."""
    columns = [
        Column("county", "现居住县(区)", width=22),
        Column("school", "就读学校", width=18),
        Column("part", "年级班级", width=12),
        *_WHO,
        Column("birth", "出生日期", width=12, format="date"),
        *_GUARDIAN,
        *_DOSES[:3],
    ]
    by_county: dict[str, list[dict]] = {}
    for entry in entries:
        by_county.setdefault(entry.home_county, []).append(line(entry, today, whole=whole))
    heads = {"unit": "人", "cut_off": str(today), "filled_by": where, "footer_lines": [_SIGNS]}
    sheets = [
        Sheet(county, columns, rows, title=f"{where}外县居住学生名册({county})", **heads)
        for county, rows in sorted(by_county.items())
    ]
    return build(sheets or [Sheet("外县居住学生", columns, [], title=f"{where}外县居住学生名册", **heads)])
