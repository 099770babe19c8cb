"""基数: its versions, what changed between two of them, and the form that changes it."""

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns.choices import InflowPolicy, InternalPolicy
from campaigns.forms import AGE_KEYS
from campaigns.models import Campaign
from core import audit
from core.choices import Sex
from core.views import ServiceFormView
from places.models import Place
from residents.forms import BaseForm
from residents.models import RegisterVersion
from residents.services import bases, versions
from residents.views.campaigns import rebase

_SHOWN = 300  # names of one list on the page


class BaseView(ServiceFormView):
    """``?version=N``: version N beside the one before it, in the villages of the user."""

    action = "campaigns.manage"
    form_class = BaseForm
    template_name = "residents/base.html"

    @cached_property
    def campaign(self) -> Campaign:
        found = Campaign.objects.current_for(self.request)
        if found is None:
            raise Http404
        return found

    @cached_property
    def may_change(self) -> bool:
        return self.request.user.scope(self.action).covers(self.campaign.place.code)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"today": timezone.localdate()}

    def get_initial(self):
        settings = {n: getattr(self.campaign, n) for n in ("county_internal_policy", "inflow_policy")}
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
            **kwargs,
        )

    def _difference(self, older: RegisterVersion, newer: RegisterVersion) -> dict:
        prefixes = self.request.user.scope(self.action).prefixes
        found = versions.compare(older, newer, target_only=True, fields=["unit_code"], prefixes=prefixes)
        codes = set(older.counts["villages"]) | set(newer.counts["villages"])
        audit.record(
            "base.viewed", actor=self.request.user, target=newer, place_code=self.campaign.place.code
        )
        return {
            "older": older,
            "villages": [
                (place, _target(older, place), _target(newer, place))
                for place in Place.objects.inside(prefixes).filter(code__in=codes).order_by("code")
            ],
            "lists": [("新进入基数", found.entered), ("退出基数", found.left)],
            "shown": _SHOWN,
        }

    def perform(self, form):
        data = form.cleaned_data
        ages = {key: data[key] for key in AGE_KEYS if data[key] not in (None, "")}
        others = {key: value for key, value in self.campaign.cohort.items() if key not in AGE_KEYS}
        with transaction.atomic():
            bases.change_base(
                campaign=self.campaign,
                actor=self.request.user,
                reason=data["reason"],
                now=timezone.now(),
                today=timezone.localdate(),
                cohort=others | ages,
                county_internal_policy=data["county_internal_policy"],
                inflow_policy=data["inflow_policy"],
            )
            return rebase(self.campaign, self.request.user, data["reason"])


def _target(version: RegisterVersion, place: Place) -> int:
    return version.counts["villages"].get(place.code, {}).get("target", 0)


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
