"""疑似异常反应个案报告卡: filled from what is known, corrected by a new version, read back as its 22 items (domain §5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from clinic.choices import AefiClass, AefiOutcome, Preliminary
from clinic.models import AdverseEvent, CaseCard
from clinic.services.access import require_any
from clinic.services.visits import locked_visit, note_step
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from residents.models import VaccinationRecord

FIELDS = (
    "occupation",
    "address",
    "phone",
    "guardian",
    "programme",
    "found_on",
    "clinic",
    "course",
    "fever",
    "redness",
    "induration",
    "diagnosis",
    "admitted",
    "outcome",
    "preliminary",
    "found_by",
    "unit",
    "reporter",
    "reporter_phone",
)
MAY_FILL = ("aefi.report", "aefi.oversee")
ALSO_DAYS = 90  # ours: vaccines given this long before may be suspected too
ALSO_MOST = 2  # the card has three lines, the first is the dose itself


def latest(event: AdverseEvent) -> CaseCard | None:
    """The version in force."""
    return event.cards.order_by("-version").select_related("filled_by").first()


def may_be_suspected(event: AdverseEvent):
    """Other vaccines of the person that could have done it: given within ``ALSO_DAYS`` before the onset."""
    onset = timezone.localdate(event.onset_at)
    mine = VaccinationRecord.objects.counted().filter(resident=event.dose.visit.enrolment.resident)
    return (
        mine.filter(given_on__range=(onset - timedelta(days=ALSO_DAYS), onset))
        .exclude(pk=event.dose.record_id)
        .select_related("vaccine")
    )


def proposal(event: AdverseEvent, user) -> dict:
    """What the form shows at first: the latest version, else what register, case and account say."""
    if card := latest(event):
        return {name: getattr(card, name) for name in FIELDS} | {"also": list(card.also.all())}
    resident = event.dose.visit.enrolment.resident
    return {
        "occupation": resident.occupation,
        "address": resident.address or f"{resident.village}{resident.group_word}",
        "phone": resident.phone,
        "guardian": resident.guardian_name,
        "found_on": timezone.localdate(event.reported_at),
        "clinic": event.hospital,
        "course": "。".join(filter(None, [event.symptoms.rstrip("。"), event.measures.rstrip("。")])),
        "diagnosis": event.get_kind_display() if event.kind not in ("", "common", "other") else "",
        "outcome": event.outcome or AefiOutcome.BETTER,
        "preliminary": Preliminary.COMMON if event.first_class == AefiClass.COMMON else Preliminary.PENDING,
        "unit": event.dose.site.name,
        "reporter": user.display_name,
        "reporter_phone": user.phone,
    }


@deed()
def fill(
    *,
    event: AdverseEvent,
    values: Mapping[str, object],
    also: Iterable[VaccinationRecord],
    actor,
    key: UUID,
    now: datetime,
) -> CaseCard:
    """Save a version of the card; ``values`` by ``FIELDS``. A repeat of ``key`` returns the first one.

    Raises NotAllowed; RuleBroken CARD_MISSING (a required item), FOUND_ON, ALSO_MANY, ALSO_OTHER.
    """
    visit = locked_visit(event.dose.visit)
    require_any(actor, MAY_FILL, visit.site)
    if repeated := CaseCard.objects.filter(key=key).first():
        return same(repeated, event_id=event.pk)
    for name, words in (
        ("course", "临床经过"),
        ("unit", "报告单位"),
        ("reporter", "报告人"),
        ("outcome", "转归"),
    ):
        if not str(values.get(name) or "").strip():
            raise RuleBroken("CARD_MISSING", f"个案卡的“{words}”必须填写。", name)
    _check_found(event, values["found_on"], timezone.localdate(now))
    chosen = _check_also(event, list(also))
    last = event.cards.aggregate(Max("version"))["version__max"] or 0
    kept = {name: values[name] for name in FIELDS if name in values}
    card = CaseCard.objects.create(
        event=event, key=key, version=last + 1, filled_at=now, filled_by=actor, **kept
    )
    card.also.set(chosen)
    note_step(visit, "aefi.card_filled", actor, case=str(event.uid), version=card.version)
    return card


def _check_found(event: AdverseEvent, found_on: date, today: date) -> None:
    if not timezone.localdate(event.onset_at) <= found_on <= today:
        raise RuleBroken("FOUND_ON", "发现(就诊)日期应在反应发生之日到今天之间,请核对。", "found_on")


def _check_also(event: AdverseEvent, chosen: list[VaccinationRecord]) -> list[VaccinationRecord]:
    if len(chosen) > ALSO_MOST:
        raise RuleBroken("ALSO_MANY", f"可疑疫苗最多 3 种,本次接种之外最多再选 {ALSO_MOST} 种。", "also")
    known = {record.pk for record in may_be_suspected(event)}
    if any(record.pk not in known for record in chosen):
        raise RuleBroken("ALSO_OTHER", "所选疫苗不是此人近期接种的记录,请重新选择。", "also")
    return chosen


def suspects(event: AdverseEvent, card: CaseCard | None) -> list[dict]:
    """Item 9: up to three vaccines, the dose itself first."""
    dose, vaccine = event.dose, event.dose.lot.presentation.vaccine
    programme = card.get_programme_display() if card else ""
    lines = [
        {
            "name": vaccine.name,
            "presentation": f"{dose.lot.presentation.doses_per_vial}人份/支",
            "maker": vaccine.manufacturer,
            "lot": dose.lot.lot_no,
            "given": timezone.localtime(dose.given_at).strftime("%Y-%m-%d %H:%M"),
            "programme": programme,
            "dose": dose.record.dose_number,
            "ml": f"{vaccine.dose_ml}mL" if vaccine.dose_ml else "",
            "route": vaccine.get_route_display(),
            "part": dose.get_body_site_display(),
        }
    ]
    for record in card.also.select_related("vaccine") if card else ():
        lines.append(
            {
                "name": record.vaccine.name,
                "presentation": "",
                "maker": record.vaccine.manufacturer,
                "lot": record.lot_no,
                "given": record.given_on.isoformat(),
                "programme": programme,
                "dose": record.dose_number,
                "ml": f"{record.vaccine.dose_ml}mL" if record.vaccine.dose_ml else "",
                "route": record.vaccine.get_route_display(),
                "part": "",
            }
        )
    return lines


def _coded(card: CaseCard | None, name: str) -> str:
    return f"{getattr(card, name)} {getattr(card, f'get_{name}_display')()}" if card else ""


def items(event: AdverseEvent, card: CaseCard | None) -> list[tuple[int, str, str]]:
    """The card's items but 9, as (number, title, text), in its order; coded ones with their number in front."""
    resident = event.dose.visit.enrolment.resident
    text = lambda name: getattr(card, name) if card else ""  # noqa: E731 - read eighteen times below
    course = text("course")
    if card:
        course += f"(发热:{_coded(card, 'fever')};局部红肿:{_coded(card, 'redness')};局部硬结:{_coded(card, 'induration')})"
    return [
        (1, "编码", event.code or ""),
        (2, "姓名", resident.name),
        (3, "性别", resident.get_sex_display()),
        (4, "出生日期", resident.birth_date.isoformat() if resident.birth_date else ""),
        (5, "职业", text("occupation")),
        (6, "现住址", text("address")),
        (7, "联系电话", text("phone")),
        (8, "监护人", text("guardian")),
        (10, "反应发生日期", timezone.localtime(event.onset_at).strftime("%Y-%m-%d %H:%M")),
        (11, "发现(就诊)日期", card.found_on.isoformat() if card else ""),
        (12, "就诊单位", text("clinic")),
        (13, "临床经过", course),
        (14, "初步诊断", text("diagnosis")),
        (15, "是否住院", _coded(card, "admitted")),
        (16, "转归", _coded(card, "outcome")),
        (17, "初步分类", _coded(card, "preliminary")),
        (18, "反应获得方式", _coded(card, "found_by")),
        (19, "报告日期", timezone.localtime(event.reported_at).strftime("%Y-%m-%d %H:%M")),
        (20, "报告单位", text("unit")),
        (21, "报告人", text("reporter")),
        (22, "联系电话(报告人)", text("reporter_phone")),
    ]
