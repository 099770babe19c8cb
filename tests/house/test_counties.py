"""Every table of facts reaches its county, so that a register too large for one server can be laid out by county (docs/scaling.md).

The first six digits of a place's code are its county. A fact has such a code itself, or must have (NOT NULL) the key of a row
that has one.
"""

from django.apps import apps
from django.db import models

ROOMS = (
    "core",
    "places",
    "inventory",
    "campaigns",
    "residents",
    "appointments",
    "clinic",
    "reports",
    "planning",
)
# What is the same in all counties, small, and seldom changed: every server has all of it (a reference table).
COMMON = {
    *(f"campaigns.{name}" for name in ("ScheduleRule", "QuestionSet", "ConsentForm", "PriorityGroup")),
    *(
        f"campaigns.{name}"
        for name in ("Campaign", "Campaign_products", "Campaign_rules", "Phase", "CampaignText")
    ),
    *(f"inventory.{name}" for name in ("Vaccine", "Presentation", "Lot", "SupplyItem", "SupplyLot")),
    "clinic.SigningKey",
    "core.AuditProof",
    "residents.Tag",
}
# What hangs on an account, which is known everywhere: its chain of audit rows, its work, its claims.
OF_ACCOUNTS = {
    "core.AuditChain",
    "core.AuditEvent",
    "core.Job",
    "residents.ExportRequest",
    "residents.OutreachClaim",
}
OF_EITHER = {
    "residents.RegisterVersion"
}  # of a place or of an organisation: a constraint sees that it is one of them
PLACES = {"places.Place", "places.Site", "places.Organisation"}
CODES = {"village_code", "unit_code", "place_code", "prefix"}


def facts() -> list[type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    rooms = [model for model in every if model._meta.app_label in ROOMS]
    return [model for model in rooms if model._meta.label not in COMMON | OF_ACCOUNTS | OF_EITHER]


def way(model, seen: frozenset = frozenset()) -> list[str] | None:
    """The columns that lead from a row of ``model`` to the code of a place, as few as possible; None when none surely does."""
    if model._meta.label in PLACES | OF_EITHER:
        return []
    fields = model._meta.concrete_fields
    if own := [field.name for field in fields if field.name in CODES and not (field.null or field.blank)]:
        return own[:1]
    ways = []
    for field in fields:
        target = field.related_model
        if (
            target is None
            or field.null
            or target in seen
            or target not in facts()
            and target._meta.label not in OF_EITHER
        ):
            continue
        if (rest := way(target, seen | {model})) is not None:
            ways.append([field.name, *rest])
    return min(ways, key=len, default=None)


def test_every_fact_reaches_its_county():
    lost = [model._meta.label for model in facts() if way(model) is None]
    assert not lost, (
        "no NOT NULL way to a place: give it a place_code or a required key of a row that has one"
    )


def test_the_exceptions_are_tables():
    assert {
        m._meta.label for m in apps.get_models(include_auto_created=True)
    } >= COMMON | OF_ACCOUNTS | OF_EITHER
