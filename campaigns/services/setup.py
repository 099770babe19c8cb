"""Loading what campaigns are made of from the data files of this app, and opening a campaign."""

import csv
import json
from datetime import date
from pathlib import Path

from campaigns.choices import CampaignState
from campaigns.models import Campaign, ConsentForm, Phase, PriorityGroup, QuestionSet, ScheduleRule
from campaigns.rules import cohort_from_data, question_sets_from_data, rules_from_data
from core import audit
from core.locks import deed
from inventory.models import Presentation, Vaccine

DATA = Path(__file__).resolve().parent.parent / "data"
_DISEASES = {
    "CV": "COVID",
    "FLU": "FLU",
    "HPV2": "HPV",
    "HPV9": "HPV",
    "MMR": "MMR",
    "RAB": "RAB",
    "PPV23": "PPV23",
}
# Norm of the country: inactivated 60 minutes, live 30; unknown takes the stricter (domain §3.1).
_OPEN_MINUTES = {"INACTIVATED": 60, "PROTEIN": 60}


def _json(name: str) -> list[dict]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _disease(code: str) -> str:
    head = code.split("-")[0]
    return _DISEASES.get(head, head)


@deed()
def load_reference_data(*, actor=None) -> dict[str, int]:
    """Create or refresh vaccines, presentations, schedule rules, question sets, consent forms and priority groups.

    Idempotent. Consent texts are versions: a changed text becomes a new version, an old one is never altered. Raises
    ``campaigns.rules.BadRuleData`` naming the bad key of a file.
    """
    rules = _json("schedule_rules.json")
    rules_from_data(rules)
    sets = _json("question_sets.json")
    question_sets_from_data(sets)
    for row in csv.DictReader((DATA / "vaccine_products.csv").open(encoding="utf-8")):
        _load_vaccine(row)
    for rule in rules:
        ScheduleRule.objects.update_or_create(
            code=rule["id"],
            defaults={
                "disease": rule["disease"],
                "effective_from": rule["effective_from"],
                "effective_to": rule.get("effective_to"),
                "source": rule["source"][:200],
                "data": rule,
            },
        )
    for item in sets:
        QuestionSet.objects.update_or_create(
            code=item["code"], defaults={"title": item["name"], "data": item}
        )
    for item in _json("consent_forms.json"):
        _load_consent_form(item)
    for group in _json("priority_groups.json"):
        PriorityGroup.objects.update_or_create(
            campaign=None, code=group["code"], defaults={"name": group["name"]}
        )
    counts = {"vaccines": Vaccine.objects.count(), "rules": len(rules), "question_sets": len(sets)}
    audit.record("campaigns.reference_loaded", actor=actor, data=counts)
    return counts


def _load_vaccine(row: dict[str, str]) -> None:
    def number(key: str) -> int | None:
        return int(row[key]) if row[key] else None

    vaccine, _ = Vaccine.objects.update_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "disease": _disease(row["code"]),
            "manufacturer": row["manufacturer"],
            "maker_code": row["maker"],
            "platform": row["platform"],
            "national_code": row["nat"],
            "cvx": row["cvx"],
            "icd11": row["icd11"],
            "sex": row["sex"],
            "primary_doses": number("doses"),
            "min_months": number("min_m"),
            "max_months": number("max_m"),
            "dose_ml": row["dose_ml"] or None,
            "route": row["route"],
        },
    )
    for doses in filter(None, row["dpv"].split(";")) if row["dpv"] else ["1"]:
        Presentation.objects.get_or_create(
            vaccine=vaccine,
            doses_per_vial=int(doses),
            defaults={"open_vial_minutes": _OPEN_MINUTES.get(vaccine.platform, 30)},
        )


def _load_consent_form(item: dict) -> None:
    """The signed text is the title and the sections; its hash goes on every signature."""
    text = "\n\n".join(f"{section['heading']}\n{section['text']}" for section in item["sections"])
    digest = ConsentForm.digest(item["title"] + "\n\n" + text)
    latest = ConsentForm.objects.filter(code=item["code"]).order_by("-version").first()
    if latest is None or latest.sha256 != digest:
        ConsentForm.objects.create(
            code=item["code"],
            version=latest.version + 1 if latest else 1,
            title=item["title"],
            text=text,
            sha256=digest,
        )


def latest_consent(code: str) -> ConsentForm:
    """The newest version of a consent form."""
    return ConsentForm.objects.filter(code=code).order_by("-version")[0]


@deed()
def open_covid_campaign(
    *,
    actor,
    place,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date,
    target_age_ref_date: date,
    cohort: dict,
    phases: list[dict] = (),
    products: list[str] = ("CV-BJ", "CV-SV", "CV-KX", "CV-ZF"),
) -> Campaign:
    """Open a COVID-19 campaign of ``place`` for ``cohort`` (shape: campaigns/data/README.md) with all dated rules.

    ``phases``: dicts with name, starts_on, ends_on, cohort, is_open. Raises BadRuleData on a bad cohort.
    """
    cohort_from_data(cohort)
    checklist = next(item for item in _json("checklists.json") if item["default"])
    campaign = Campaign.objects.create(
        code=code,
        name=name,
        place=place,
        disease="COVID",
        state=CampaignState.RUNNING,
        starts_on=starts_on,
        ends_on=ends_on,
        target_age_ref_date=target_age_ref_date,
        cohort=cohort,
        adult_questions=QuestionSet.objects.get(code="adult-2021"),
        minor_questions=QuestionSet.objects.get(code="child-2021"),
        adult_consent=latest_consent("covid-adult"),
        minor_consent=latest_consent("covid-minor"),
        checklist=checklist,
    )
    campaign.products.set(Vaccine.objects.filter(code__in=products))
    campaign.rules.set(ScheduleRule.objects.filter(disease="COVID"))
    for order, phase in enumerate(phases, start=1):
        cohort_from_data(phase["cohort"])
        Phase.objects.create(campaign=campaign, order=order, **phase)
    audit.record("campaign.opened", actor=actor, target=campaign, place_code=place.code)
    return campaign
