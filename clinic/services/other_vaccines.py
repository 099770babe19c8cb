"""RX: the distance to doses against other diseases that the register knows of (domain §3.2, L36). What was given elsewhere
and is not on record is asked at screening."""

from datetime import date, timedelta

from campaigns.rules import in_force, rules_from_data
from residents.models import Enrolment, VaccinationRecord

_LONGEST = 60  # days: no rule of ours asks for more


def too_close(enrolment: Enrolment, today: date) -> list[tuple[VaccinationRecord, date]]:
    """Doses against other diseases that are too recent for one of this campaign on ``today``, each with the first day on
    which there may be one; the latest day first. Reads ``resident.records`` (prefetched with their vaccine on pages)."""
    campaign = enrolment.campaign
    recent = [
        record
        for record in enrolment.resident.records.all()
        if record.voided_at is None
        and record.disease != campaign.disease
        and 0 <= (today - record.given_on).days < _LONGEST
    ]
    if not recent:
        return []
    rules = in_force(rules_from_data([rule.data for rule in campaign.rules.all()]), today)
    found = [
        (record, record.given_on + timedelta(days=rule.other_gap.days))
        for record in recent
        for rule in rules
        if rule.other_gap and record.vaccine.code not in rule.other_gap.exempt
    ]
    return sorted((one for one in found if one[1] > today), key=lambda one: one[1], reverse=True)


def words(record: VaccinationRecord, free_from: date) -> str:
    """One of ``too_close`` in a sentence."""
    return f"{record.given_on:%m月%d日}种过{record.vaccine.short_name},两种疫苗须有间隔,{free_from:%m月%d日}起可种。"
