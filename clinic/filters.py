"""Filters of the floor's lists."""

import django_filters as filters
from django.forms import DateInput, HiddenInput
from django.utils import timezone

from clinic.choices import AefiClass, CardState, CorrectionKind, CorrectionState
from clinic.models import AdverseEvent, Correction
from inventory.models import Vaccine
from places.models import Place
from places.querysets import code_range

ANY = ("", "全部")
TODO = [("unseen", "镇办还没知悉"), ("late", "个案卡超时未报"), ("group", "可能的群体性反应")]


class AdverseEventFilter(filters.FilterSet):
    """Open or closed, serious or not."""

    closed_at = filters.TypedChoiceFilter(
        label="状态",
        lookup_expr="isnull",
        choices=[ANY, ("open", "处置中"), ("closed", "已结案")],
        coerce=lambda word: word == "open",
    )
    is_serious = filters.TypedChoiceFilter(
        label="严重",
        choices=[ANY, ("yes", "严重"), ("no", "一般")],
        coerce=lambda word: word == "yes",
    )

    card_state = filters.ChoiceFilter(label="个案卡", choices=CardState.choices, empty_label="全部")
    todo = filters.ChoiceFilter(label="待办", method="by_todo", choices=TODO, empty_label="全部")
    first_class = filters.ChoiceFilter(label="分类", choices=AefiClass.choices, empty_label="全部")
    vaccine = filters.ModelChoiceFilter(
        label="疫苗",
        field_name="dose__lot__presentation__vaccine",
        queryset=Vaccine.objects.all(),
        to_field_name="code",
        empty_label="全部",
    )
    since = filters.DateFilter(
        label="接种日期自",
        field_name="dose__record__given_on",
        lookup_expr="gte",
        widget=DateInput(attrs={"type": "date"}),
    )
    until = filters.DateFilter(
        label="接种日期至",
        field_name="dose__record__given_on",
        lookup_expr="lte",
        widget=DateInput(attrs={"type": "date"}),
    )

    campaign = filters.CharFilter(
        field_name="dose__visit__enrolment__campaign__code", widget=HiddenInput, label=""
    )
    place = filters.CharFilter(method="by_place", widget=HiddenInput, label="")
    reported_since = filters.DateFilter("reported_at__date", lookup_expr="gte", widget=HiddenInput, label="")
    reported_until = filters.DateFilter("reported_at__date", lookup_expr="lte", widget=HiddenInput, label="")

    def by_place(self, queryset, name, value):
        """Cases of the sites of one place, by its code: where a figure of a report leads."""
        place = Place.objects.filter(code=value).first()
        return (
            queryset.filter(code_range("dose__site__place__code", place.prefix)) if place else queryset.none()
        )

    def by_todo(self, queryset, name, value):
        """What waits for the office or the site, as the cards of the desk count it."""
        return {
            "unseen": queryset.unseen,
            "late": lambda: queryset.card_due().filter(report_due__lt=timezone.now()),
            "group": queryset.in_groups_to_judge,
        }[value]()

    class Meta:
        model = AdverseEvent
        fields = ("closed_at", "is_serious", "card_state", "todo", "first_class", "vaccine", "since", "until")


class CorrectionFilter(filters.FilterSet):
    """Where a correction stands, and what was wrong."""

    state = filters.ChoiceFilter(label="状态", choices=CorrectionState.choices, empty_label="全部")
    kind = filters.ChoiceFilter(label="错在哪里", choices=CorrectionKind.choices, empty_label="全部")

    class Meta:
        model = Correction
        fields = ()
