"""基数: its versions, what changed between two of them, and the form that changes it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns.choices import InflowPolicy, InternalPolicy
from campaigns.forms import AGE_KEYS
from campaigns.views.current import CurrentCampaignMixin
from core import audit
from core.choices import Sex
from core.views import ServiceFormView
from places.models import Place
from residents.forms import BaseForm
from residents.models import RegisterMember, RegisterVersion
from residents.services import bases, versions
from residents.services.versions import Change
from residents.views.campaigns import rebase, rebasing

_SHOWN = 300  # names of one list on the page
_SETTINGS = (
    "target_age_ref_date",
    "county_internal_policy",
    "inflow_policy",
)  # of the definition, besides the ages


class BaseView(CurrentCampaignMixin, ServiceFormView):
    """``?version=N``: version N beside the one before it, in the villages of the user."""

    action = "campaigns.manage"
    form_class = BaseForm
    template_name = "residents/base.html"

    @cached_property
    def may_change(self) -> bool:
        return self.request.user.scope(self.action).covers(self.campaign.place.code)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"today": timezone.localdate()}

    def get_initial(self):
        settings = {name: getattr(self.campaign, name) for name in _SETTINGS}
        return settings | {key: self.campaign.cohort.get(key) for key in AGE_KEYS}

    def get_context_data(self, **kwargs):
        kept = list(bases.history(self.campaign))
        asked = self.request.GET.get("version", "")
        at = next((i for i, row in enumerate(kept) if str(row.number) == asked), 0)
        pair = kept[at : at + 2]
        shown = self._difference(*pair[::-1]) if len(pair) == 2 else None
        return super().get_context_data(
            campaign=self.campaign,
            history=[(row, _definition(row)) for row in kept],
            chosen=kept[at] if kept else None,
            difference=shown,
            may_change=self.may_change,
            unfinished=self.may_change and bases.is_unfinished(self.campaign),
            **kwargs,
        )

    def _difference(self, older: RegisterVersion, newer: RegisterVersion) -> dict:
        prefixes = self.request.user.scope(self.action).prefixes
        found = versions.compare(older, newer, target_only=True, fields=["unit_code"], prefixes=prefixes)
        codes = set(older.counts["villages"]) | set(newer.counts["villages"])
        audit.record(
            "base.viewed", actor=self.request.user, target=newer, place_code=self.campaign.place.code
        )
        mine = list(Place.objects.inside(prefixes).filter(code__in=codes).order_by("code"))
        names = dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
        return {
            "older": older,
            "villages": [_line(place, older, newer) for place in mine],
            "lists": [
                ("新进入基数", _by_village(found.entered, names)),
                ("退出基数", _by_village(found.left, names)),
                ("改由别的村计入", _by_unit(found.changed, names)),
            ],
        }

    def perform(self, form):
        data = form.cleaned_data
        ages = {key: data[key] for key in AGE_KEYS if data[key] not in (None, "")}
        others = {key: value for key, value in self.campaign.cohort.items() if key not in AGE_KEYS}
        with transaction.atomic():
            changed = bases.change_base(
                campaign=self.campaign,
                actor=self.request.user,
                reason=data["reason"],
                now=timezone.now(),
                today=timezone.localdate(),
                cohort=others | ages,
                **{name: data[name] for name in _SETTINGS},
            )
            going_on = None if changed else rebasing(self.campaign, self.request.user)  # a double click
            return going_on or rebase(self.campaign, self.request.user, data["reason"])


def _line(place: Place, older: RegisterVersion, newer: RegisterVersion) -> tuple[Place, int, int, str]:
    """The base of one village before and after, and the difference with its sign."""
    before, after = (
        version.counts["villages"].get(place.code, {}).get("target", 0) for version in (older, newer)
    )
    return place, before, after, f"{after - before:+d}" if after != before else "0"


def _by_village(members: list[RegisterMember], names: dict[str, str]) -> dict:
    """People under the name of the village that registers them."""
    return _grouped((names.get(member.village_code, member.village_code), member) for member in members)


def _by_unit(changes: list[Change], names: dict[str, str]) -> dict:
    """People under “old unit → new unit”."""
    pairs = ((change.before.unit_code, change.after.unit_code, change.after) for change in changes)
    return _grouped(
        (f"{names.get(before, before)} → {names.get(after, after)}", member)
        for before, after, member in pairs
    )


def _grouped(named: Iterable[tuple[str, RegisterMember]]) -> dict:
    """{"people": how many, "left_out": how many names are not shown, "groups": [(heading, members)]}"""
    groups: dict[str, list[RegisterMember]] = {}
    people = 0
    for heading, member in named:
        people += 1
        if people <= _SHOWN:
            groups.setdefault(heading, []).append(member)
    return {"people": people, "left_out": max(0, people - _SHOWN), "groups": list(groups.items())}


def _definition(version: RegisterVersion) -> str:
    """The definition of a version in words: 18岁以上,截至 2026-11-21;县域内流动按户籍地;…"""
    what = version.definition
    cohort = what["cohort"]
    low, high = cohort.get("age_min"), cohort.get("age_max")
    ages = f"{low}–{high}岁" if low is not None and high is not None else ""
    ages = ages or (
        f"{low}岁及以上" if low is not None else f"{high}岁及以下" if high is not None else "不限年龄"
    )
    sex = f",{Sex(cohort['sex']).label}性" if cohort.get("sex") else ""
    movers, inflow = InternalPolicy(what["movers"]).label, InflowPolicy(what["inflow"]).label
    return f"{ages}{sex},年龄算到 {what['age_ref']};县域内流动{movers};住单位的流入人员{inflow}"
