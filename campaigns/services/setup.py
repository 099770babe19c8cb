"""Opening a campaign."""

from datetime import date, time

from campaigns.choices import CampaignState, InternalPolicy
from campaigns.models import Campaign, Phase, QuestionSet, ScheduleRule
from campaigns.rules import cohort_from_data
from campaigns.services.reference import checklists, consent_codes, latest_consent, load_reference_data
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from inventory.models import Vaccine
from places.models import Place

__all__ = ["add_phase", "load_reference_data", "may_run", "open_campaign", "open_covid_campaign"]

SHORTEST_OBSERVATION = 30  # minutes (domain §4.2)


def may_run(actor, place: Place) -> None:
    """Raise NotAllowed unless ``actor`` leads the campaigns of ``place``; ``actor`` None is the installation itself."""
    if actor is not None and not actor.scope("campaigns.manage").covers(place.code):
        raise NotAllowed(f"接种活动由组织单位({place})的管理人员设置;您只能设置本辖区组织的活动。")


@deed()
def open_campaign(
    *,
    actor,
    place: Place,
    name: str,
    disease: str,
    starts_on: date,
    ends_on: date,
    target_age_ref_date: date,
    cohort: dict,
    products: list[str],
    code: str = "",
    season: str = "",
    phases: list[dict] = (),
    county_internal_policy: str = InternalPolicy.HUKOU,
    adult_questions: str = "adult-2021",
    minor_questions: str = "child-2021",
    adult_consent: str = "general-adult",
    minor_consent: str = "general-minor",
    checklist: str = "",
    observation_minutes: int = SHORTEST_OBSERVATION,
    booking_cutoff: time = time(16),
) -> Campaign:
    """Open a campaign of ``place`` against ``disease`` for ``cohort`` (shape: campaigns/data/README.md) with all its dated rules.

    ``products``: vaccine codes; ``phases``: dicts as ``add_phase`` takes them; questions, consents and checklist by
    their codes (newest version of a consent, default checklist when empty). The people of the place are not enrolled
    here: whoever calls this from above does it afterwards (``residents.services.enrolling``). Raises NotAllowed,
    BadRuleData, RuleBroken: CAMPAIGN_TWICE, CAMPAIGN_DATES, OBSERVATION_SHORT, NO_RULES, PRODUCTS, CONSENT_OTHER, PHASE_DATES.
    """
    alone("campaigns")
    may_run(actor, place)
    cohort_from_data(cohort)
    check_dates(starts_on, ends_on)
    check_observation(observation_minutes)
    if Campaign.objects.filter(place=place, name=name).exists():
        raise RuleBroken("CAMPAIGN_TWICE", f"{place}已有名为“{name}”的接种活动,请换一个名称。", "name")
    rules = list(ScheduleRule.objects.filter(disease=disease))
    if not rules:
        raise RuleBroken("NO_RULES", "这种疾病还没有免疫程序,不能开展活动。请联系系统管理员装入参考数据。")
    vaccines = _vaccines(products, disease)
    _check_consents(disease, adult_consent=adult_consent, minor_consent=minor_consent)
    campaign = Campaign.objects.create(
        code=code or _new_code(disease, place, starts_on),
        name=name,
        place=place,
        disease=disease,
        season=season,
        state=CampaignState.RUNNING,
        starts_on=starts_on,
        ends_on=ends_on,
        target_age_ref_date=target_age_ref_date,
        cohort=cohort,
        county_internal_policy=county_internal_policy,
        adult_questions=QuestionSet.objects.get(code=adult_questions),
        minor_questions=QuestionSet.objects.get(code=minor_questions),
        adult_consent=latest_consent(adult_consent),
        minor_consent=latest_consent(minor_consent),
        checklist=next(item for item in checklists() if checklist in ("", item["code"])),
        observation_minutes=observation_minutes,
        booking_cutoff=booking_cutoff,
    )
    campaign.products.set(vaccines)
    campaign.rules.set(rules)
    for phase in phases:
        add_phase(actor=actor, campaign=campaign, **phase)
    audit.record("campaign.opened", actor=actor, target=campaign, place_code=place.code)
    return campaign


@deed()
def add_phase(
    *,
    actor,
    campaign: Campaign,
    name: str,
    starts_on: date,
    ends_on: date,
    cohort: dict,
    is_open: bool = True,
) -> Phase:
    """Append a phase for ``cohort``. Raises NotAllowed, BadRuleData, RuleBroken PHASE_DATES."""
    may_run(actor, campaign.place)
    cohort_from_data(cohort)
    if ends_on < starts_on:
        raise RuleBroken("PHASE_DATES", f"阶段“{name}”的截止日期早于开始日期,请改正。", "ends_on")
    last = campaign.phases.order_by("-order").values_list("order", flat=True).first() or 0
    phase = Phase.objects.create(
        campaign=campaign,
        order=last + 1,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        cohort=cohort,
        is_open=is_open,
    )
    audit.record(
        "phase.added",
        actor=actor,
        target=phase,
        place_code=campaign.place.code,
        data={"campaign": campaign.code, "phase": name},
    )
    return phase


def open_covid_campaign(
    *,
    actor,
    place: Place,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date,
    target_age_ref_date: date,
    cohort: dict,
    phases: list[dict] = (),
    products: list[str] = ("CV-BJ", "CV-SV", "CV-KX", "CV-ZF"),
) -> Campaign:
    """``open_campaign`` against COVID-19 with the usual four products and the COVID-19 consent texts."""
    return open_campaign(
        actor=actor,
        place=place,
        code=code,
        name=name,
        disease="COVID",
        starts_on=starts_on,
        ends_on=ends_on,
        target_age_ref_date=target_age_ref_date,
        cohort=cohort,
        phases=phases,
        products=products,
        adult_consent="covid-adult",
        minor_consent="covid-minor",
    )


def check_dates(starts_on: date, ends_on: date) -> None:
    """Raise RuleBroken CAMPAIGN_DATES when the campaign would end before it starts."""
    if ends_on < starts_on:
        raise RuleBroken("CAMPAIGN_DATES", "截止日期不能早于开始日期。", "ends_on")


def check_observation(minutes: int) -> None:
    """Raise RuleBroken OBSERVATION_SHORT below the norm's minimum."""
    if minutes < SHORTEST_OBSERVATION:
        raise RuleBroken(
            "OBSERVATION_SHORT", f"留观时间不能少于 {SHORTEST_OBSERVATION} 分钟。", "observation_minutes"
        )


def _vaccines(codes: list[str], disease: str) -> list[Vaccine]:
    found = list(Vaccine.objects.filter(code__in=codes, disease=disease))
    if not found or len(found) != len(set(codes)):
        raise RuleBroken("PRODUCTS", "请至少选一种预防这种疾病的疫苗。", "products")
    return found


def _check_consents(disease: str, *, adult_consent: str, minor_consent: str) -> None:
    for field, code in (("adult_consent", adult_consent), ("minor_consent", minor_consent)):
        if code not in consent_codes(disease, minor=field == "minor_consent"):
            raise RuleBroken("CONSENT_OTHER", "这份知情同意书写的是另一种疾病或另一类人,请换一份。", field)


def _new_code(disease: str, place: Place, starts_on: date) -> str:
    stem = f"{disease.lower()}-{starts_on.year}-{place.prefix}"
    taken = set(Campaign.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(
        code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken
    )
