"""Loading what campaigns are made of from the data files of this app."""

import csv
import json
from pathlib import Path

from campaigns.models import Campaign, ConsentForm, PriorityGroup, QuestionSet, ScheduleRule
from campaigns.rules import question_sets_from_data, rules_from_data
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


def data_file(name: str) -> list[dict]:
    """One of the JSON files of ``campaigns/data``."""
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
    rules = data_file("schedule_rules.json")
    rules_from_data(rules)
    sets = data_file("question_sets.json")
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
    for item in data_file("consent_forms.json"):
        _load_consent_form(item)
    for group in data_file("priority_groups.json"):
        PriorityGroup.objects.update_or_create(
            campaign=None, code=group["code"], defaults={"name": group["name"]}
        )
    Campaign.objects.all().stamp_anew()
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


def checklists() -> list[dict]:
    """The check lists before the needle (三查七对一验证, 三查十对), the default one first."""
    return sorted(data_file("checklists.json"), key=lambda item: not item["default"])


def consent_codes(disease: str, *, minor: bool) -> list[str]:
    """Codes of the consent forms that may be used against ``disease``: its own first, then those for any."""
    fitting = [
        item
        for item in data_file("consent_forms.json")
        if item["minor"] == minor and item["disease"] in ("", disease)
    ]
    return [item["code"] for item in sorted(fitting, key=lambda item: not item["disease"])]
