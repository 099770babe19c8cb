"""The filter row of the register's list."""

from functools import lru_cache

import django_filters
from django import forms
from django.utils import timezone

from accounts.models import Scope
from campaigns.choices import CampaignState
from campaigns.models import Campaign, PriorityGroup
from core.kept_values import KeptValues
from places.choices import PREFIX_DIGITS, Level
from places.models import Organisation, Place
from residents import listing, rounds
from residents.choices import NotVaccinatedReason, Residence
from residents.models import Resident, Tag
from residents.querysets import tag_reach
from residents.words import group_number, group_order

LONGEST = (
    10  # a name or the end of a number; whole numbers are looked up by the search on top, which records it
)


def _choice(label: str, choices=()) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label="全部")


_PARTS = 400  # pairs of 组 and grid that one village may have


def _typed(name: str, label: str) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"maxlength": LONGEST, "autocomplete": "off"})
    return django_filters.CharFilter(name, label=label, widget=widget, max_length=LONGEST)


def _villages_of(user) -> list[tuple[str, str]]:
    """Code and name of each village of ``user``; nothing is asked for somebody who has just one."""
    scope = user.scope("residents.view")
    if not scope.organisations and len(scope.prefixes) == 1 and all(map(_is_village, scope.prefixes)):
        return []
    return _villages(user.scope().prefixes)()


# The questions for the menus, by what they depend on: all who work at one place ask the same.
@lru_cache(maxsize=256)
def _villages(prefixes: frozenset[str]) -> KeptValues:
    places = Place.objects.current().inside(prefixes).villages()
    return KeptValues(lambda: places.values_list("code", "name"))


@lru_cache(maxsize=256)
def _organisations(scope: Scope) -> KeptValues:
    return KeptValues(lambda: Organisation.objects.within(scope).values_list("pk", "name"))


@lru_cache(maxsize=256)
def _tags(reach: frozenset[str]) -> KeptValues:
    return KeptValues(lambda: Tag.objects.offered_in(reach).values_list("pk", "name"))


def _is_village(prefix: str) -> bool:
    return len(prefix) >= PREFIX_DIGITS[Level.VILLAGE]


class ResidentFilter(django_filters.FilterSet):
    """Reads the row; ``listing.narrow`` decides what it means."""

    q = django_filters.CharFilter(
        label="姓名、拼音、证件(电话)末四位",
        widget=forms.TextInput(attrs={"maxlength": LONGEST, "autocomplete": "off"}),
        max_length=LONGEST,
    )
    village = _choice("村(社区)")
    group = _choice("组")
    grid = _choice("网格")
    status = _choice("接种状态", listing.STATUSES)
    age = _choice("年龄", [(band, f"{band}岁".replace("+岁", "岁以上")) for band in listing.AGE_BANDS])
    residence = _choice("人员类别", Residence.choices)
    key_group = _choice("重点人群")
    tag = _choice("标签、特殊需要")
    organisation = _choice("单位(学校)")
    reason = _choice("未接种原因", NotVaccinatedReason.choices)
    papers = _choice("证件和国籍", listing.PAPERS)
    removed = _choice("名册", [("1", "已移出")])

    class Meta:
        model = Resident
        fields: list[str] = []

    def __init__(self, data=None, queryset=None, *, request=None, prefix=None):
        # Without any filter chosen the row still says: people on the live register.
        data = {} if data is None else data
        super().__init__(data, queryset, request=request, prefix=prefix)
        user = request.user
        running = [c for c in Campaign.objects.choices_for(request) if c.state == CampaignState.RUNNING]
        villages = _villages_of(user)
        self._offer("village", villages if len(villages) > 1 else [])
        if len(villages) > 1:
            for name in ("group", "grid"):
                self.filters[name] = _typed(name, self.filters[name].label)
        else:
            self._offer_parts(Resident.objects.visible_to(user).live())
        self._offer("organisation", _organisations(user.scope())())
        groups = PriorityGroup.objects.in_use(running)
        self._offer("key_group", [(group.pk, group.name) for group in groups])
        self._offer("tag", _tags(tag_reach(user))())
        self.filters["removed"].extra["empty_label"] = "在册"

    def _offer_parts(self, people) -> None:
        """The 组 and the grids that a village has; over several villages they are typed, for each village has its own."""
        parts = people.order_by().values_list("group_no", "grid").distinct()[:_PARTS]
        groups, grids = (sorted({part[at] for part in parts} - {""}, key=group_order) for at in (0, 1))
        self._offer("group", [(group, group) for group in groups])
        self._offer("grid", [(grid, grid) for grid in grids])

    def _offer(self, name: str, choices) -> None:
        choices = [(str(value), word) for value, word in choices]
        if choices:
            self.filters[name].extra["choices"] = choices
        else:
            del self.filters[name]

    @property
    def criteria(self) -> dict[str, str]:
        """The filters in use, as ``listing.narrow`` and the export take them."""
        used = {key: value for key, value in self.form.cleaned_data.items() if value}
        return used | {"group": group_number(used["group"])} if "group" in used else used

    def filter_queryset(self, queryset):
        return listing.narrow(queryset, self.criteria, timezone.localdate())


class RoundFilter:
    """The filter row of the visit round; ``criteria`` are for ``rounds.narrow``."""

    def __init__(self, data, *, user):
        self.form = RoundForm(data, user=user)

    @property
    def criteria(self) -> dict[str, str]:
        """The filters in use; a forged one is left out."""
        self.form.is_valid()
        return {key: value for key, value in self.form.cleaned_data.items() if value}


class RoundForm(forms.Form):
    """Which part of the round."""

    when = forms.ChoiceField(label="先看", required=False, choices=[("", "全部"), *rounds.WHEN])
    village = forms.ChoiceField(label="村(社区)", required=False)
    group = forms.ChoiceField(label="组", required=False)
    age = forms.ChoiceField(
        label="年龄", required=False, choices=[("", "全部"), ("60", "60岁以上"), ("80", "80岁以上")]
    )
    reason = forms.ChoiceField(
        label="原因", required=False, choices=[("", "全部"), *NotVaccinatedReason.choices]
    )
    tag = forms.ChoiceField(label="标签", required=False)
    mine = forms.ChoiceField(label="谁包", required=False, choices=[("", "全部"), ("1", "我包的人")])
    q = forms.CharField(label="姓名、拼音、电话末四位", required=False, max_length=LONGEST)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        villages = list(Place.objects.current().visible_to(user).villages().values_list("code", "name"))
        groups = Resident.objects.visible_to(user, "outreach.log").live().exclude(group_no="")
        groups = groups.order_by("group_no").values_list("group_no", flat=True).distinct()[:200]
        self._offer("village", villages)
        self._offer("group", [(number, number) for number in sorted(groups, key=group_order)])
        self._offer("tag", [(str(tag.pk), tag.name) for tag in Tag.objects.offered_to(user)])
        if len(villages) < 2:
            del self.fields["village"]

    def _offer(self, name: str, choices: list) -> None:
        self.fields[name].choices = [("", "全部"), *choices]
