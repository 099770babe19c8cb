"""What the pages of stock can be narrowed by. Choices are what the user can see."""

import re

import django_filters as filters
from django.db.models import Q
from django.forms import HiddenInput
from django.utils import timezone

from core.widgets import DateInput
from inventory.choices import CLOSED_LOSS, CLOSED_LOSSES, DocumentKind, MovementKind, StockState
from inventory.models import DocumentLine, StockDocument, StockLevel, StockMovement, Vaccine
from inventory.querysets import site_of
from places.models import Place, Site
from places.querysets import code_range

_OWN_NUMBER = re.compile(r"([\w-]+)-([VvZz])(\d{4})-(\d{1,9})")  # a document's number as it is printed


class VaccineChoice(filters.ModelChoiceFilter):
    """Vaccines by the name that fits in a box."""

    class _Field(filters.fields.ModelChoiceField):
        def label_from_instance(self, obj):
            return obj.short_name

    field_class = _Field


def sites_seen(request):
    """Sites whose stock the user may see."""
    return Site.objects.filter(site_of(request.user, "stock.view"))


def vaccines_stocked(request):
    """Vaccines of which there was ever a lot."""
    return Vaccine.objects.filter(presentations__lots__isnull=False).distinct()


class OfSites(filters.FilterSet):
    """Who sees one site only is not asked for it."""

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data or {}, *args, **kwargs)  # bound, so that no choice means "what is there"
        if sites_seen(self.request).count() <= 1:
            del self.filters["site"]


def of_place(queryset, name, value):
    """Of the sites of one place, by its code: where a figure of a report leads."""
    place = Place.objects.filter(code=value).first()
    return queryset.filter(code_range("site__place__code", place.prefix)) if place else queryset.none()


class StockFilter(OfSites):
    """By site, vaccine, state and lot number."""

    site = filters.ModelChoiceFilter(label="接种点", queryset=sites_seen, empty_label="全部")
    vaccine = VaccineChoice(
        "lot__presentation__vaccine", label="疫苗", queryset=vaccines_stocked, empty_label="全部"
    )
    state = filters.ChoiceFilter(method="of_state", label="状态", choices=StockState, empty_label="有库存的")
    q = filters.CharFilter("lot__lot_no", lookup_expr="icontains", label="批号")
    place = filters.CharFilter(method=of_place, widget=HiddenInput, label="")

    class Meta:
        model = StockLevel
        fields = ("site", "vaccine", "state", "q", "place")

    def of_state(self, queryset, name, value):
        return queryset.in_state(value, timezone.localdate())

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.in_stock()


class MovementFilter(OfSites):
    """By words, site, vaccine, kind, person and day."""

    q = filters.CharFilter(method="words", label="批号、单号、单位或备注")
    site = filters.ModelChoiceFilter(label="接种点", queryset=sites_seen, empty_label="全部")
    vaccine = VaccineChoice(
        "lot__presentation__vaccine", label="疫苗", queryset=vaccines_stocked, empty_label="全部"
    )
    kind = filters.ChoiceFilter(
        method="of_kind", label="类型", choices=[*MovementKind.choices, CLOSED_LOSS], empty_label="全部"
    )
    by = filters.CharFilter(method="of_hand", label="签字的人")
    since = filters.DateFilter("on", lookup_expr="gte", label="自", widget=DateInput())
    until = filters.DateFilter("on", lookup_expr="lte", label="至(含)", widget=DateInput())
    place = filters.CharFilter(method=of_place, widget=HiddenInput, label="")
    lot = filters.NumberFilter("lot", widget=HiddenInput, label="")

    class Meta:
        model = StockMovement
        fields = ("q", "site", "vaccine", "kind", "by", "since", "until", "place", "lot")

    def of_kind(self, queryset, name, value):
        """Movements of a kind with those that take them back: so their sum is what was really used, wasted, received."""
        kinds = CLOSED_LOSSES if value == CLOSED_LOSS[0] else {value}
        return queryset.filter(Q(kind__in=kinds) | Q(reverses__kind__in=kinds))

    def of_hand(self, queryset, name, value):
        """Whoever did it, or signed its document as the other hand."""
        word = value.strip()
        return queryset.filter(
            Q(by__display_name__icontains=word)
            | Q(document__second_by__display_name__icontains=word)
            | Q(document__second_name__icontains=word)
        )

    def words(self, queryset, name, value):
        word = value.strip()
        if number := _OWN_NUMBER.fullmatch(word):
            site, register, year, place = number.groups()
            own = {"site__code__iexact": site, "register": register.upper(), "year": year, "number": place}
            return queryset.filter(**{f"document__{column}": value for column, value in own.items()})
        return queryset.filter(
            Q(lot__lot_no__icontains=word)
            | Q(document_no__icontains=word)
            | Q(counterparty__icontains=word)
            | Q(note__icontains=word)
        )


class DocumentFilter(OfSites):
    """By words, site, kind, day, and what is still under way."""

    q = filters.CharFilter(method="words", label="批号、单位或对方单号")
    site = filters.ModelChoiceFilter(label="接种点", queryset=sites_seen, empty_label="全部")
    kind = filters.ChoiceFilter(label="类型", choices=DocumentKind, empty_label="全部")
    since = filters.DateFilter("on", lookup_expr="gte", label="自", widget=DateInput())
    until = filters.DateFilter("on", lookup_expr="lte", label="至(含)", widget=DateInput())
    state = filters.ChoiceFilter(
        method="of_state",
        label="状态",
        choices=[("way", "在途"), ("held", "暂存"), ("refused", "拒收"), ("undone", "已冲正")],
        empty_label="全部",
    )

    class Meta:
        model = StockDocument
        fields = ("q", "site", "kind", "since", "until", "state")

    def words(self, queryset, name, value):
        word = value.strip()
        lines = DocumentLine.objects.filter(lot__lot_no__icontains=word).values("document")
        return queryset.filter(
            Q(pk__in=lines)
            | Q(counterparty__icontains=word)
            | Q(paper_no__icontains=word)
            | Q(other_site__name__icontains=word)
        )

    def of_state(self, queryset, name, value):
        if value == "way":
            return queryset.filter(left__gt=0)
        return (
            queryset.filter(reversed_by__isnull=False) if value == "undone" else queryset.filter(state=value)
        )
