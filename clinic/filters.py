"""Filters of the floor's lists."""

import django_filters as filters

from clinic.models import AdverseEvent


class AdverseEventFilter(filters.FilterSet):
    """Open or closed, serious or not."""

    closed_at = filters.BooleanFilter(label="已结案", lookup_expr="isnull", exclude=True)
    is_serious = filters.BooleanFilter(label="严重")

    class Meta:
        model = AdverseEvent
        fields = ("closed_at", "is_serious")
