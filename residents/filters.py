"""The filter row of the register's list."""

import django_filters
from django import forms
from django.utils import timezone

from campaigns.models import Campaign, PriorityGroup
from places.models import Organisation, Place
from residents import listing, rounds
from residents.choices import NotVaccinatedReason, Residence
from residents.models import Resident, Tag
from residents.words import group_order

LONGEST = (
    10  # a name or the end of a number; whole numbers are looked up by the search on top, which records it
)


def _choice(label: str, choices=()) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label="全部")


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
        user, people = request.user, Resident.objects.visible_to(request.user)
        villages = Place.objects.current().visible_to(user).villages()
        organisations = Organisation.objects.visible_to(user)
        groups = PriorityGroup.objects.in_use(Campaign.objects.visible_to(user).running())
        villages = list(villages.values_list("code", "name"))
        self._offer("village", villages if len(villages) > 1 else [])
        numbers = people.live().exclude(group_no="").order_by("group_no").values_list("group_no", flat=True)
        self._offer(
            "group", [(number, number) for number in sorted(numbers.distinct()[:200], key=group_order)]
        )
        self._offer("organisation", organisations.values_list("pk", "name"))
        self._offer("key_group", [(group.pk, group.name) for group in groups])
        self._offer("tag", Tag.objects.offered_to(user).values_list("pk", "name"))
        grids = people.live().exclude(grid="").order_by("grid").values_list("grid", flat=True)
        self._offer("grid", [(grid, grid) for grid in grids.distinct()[:200]])
        self.filters["removed"].extra["empty_label"] = "在册"

    def _offer(self, name: str, choices) -> None:
        choices = [(str(value), word) for value, word in choices]
        if choices:
            self.filters[name].extra["choices"] = choices
        else:
            del self.filters[name]

    @property
    def criteria(self) -> dict[str, str]:
        """The filters in use, as ``listing.narrow`` and the export take them."""
        return {key: value for key, value in self.form.cleaned_data.items() if value}

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
