"""What the list of produced files can be narrowed by."""

import django_filters as filters

from core.widgets import DateInput
from reports.choices import ReportKind
from reports.models import ReportFile


class FileFilter(filters.FilterSet):
    """By kind and by the day the report is about."""

    kind = filters.ChoiceFilter(label="报表", choices=ReportKind, empty_label="全部")
    since = filters.DateFilter("day", lookup_expr="gte", label="日期自", widget=DateInput())
    until = filters.DateFilter("day", lookup_expr="lte", label="至(含)", widget=DateInput())

    class Meta:
        model = ReportFile
        fields = ("kind", "since", "until")
