"""Filters of the floor's lists."""

import django_filters as filters

from clinic.models import AdverseEvent

ANY = ("", "全部")


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

    class Meta:
        model = AdverseEvent
        fields = ("closed_at", "is_serious")
