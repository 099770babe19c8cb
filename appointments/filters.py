"""Filter rows of this room's lists."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from appointments.choices import BookingState, SessionKind, SessionState
from appointments.listing import elder_born_until
from appointments.models import Booking, ClinicSession
from campaigns.models import PriorityGroup
from core.text import clean
from places.models import Place, Site
from places.querysets import code_range
from residents.models import Enrolment

_LONGEST = 10  # a name or the end of a number, as in the list of the register


def _find(path: str, words: str) -> Q:
    """People by the beginning of the name, pinyin initials, or the last four digits of the phone or ID."""
    words = clean(words)
    found = Q(**{f"{path}name__startswith": words}) | Q(**{f"{path}given__startswith": words})
    if words.isascii():
        found |= Q(**{f"{path}initials__startswith": words.lower()})
        found |= Q(**{f"{path}pinyin__startswith": words.lower()})
    if len(words) == 4:
        found |= Q(**{f"{path}phone_tail": words}) | Q(**{f"{path}identifiers__last4": words.upper()})
    return found


def _search(path: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label="姓名、拼音首字母、证件(电话)末四位",
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"maxlength": _LONGEST, "autocomplete": "off"}),
        method=lambda rows, name, value: rows.filter(_find(path, value)).distinct(),
    )


def _choice(label: str, method: str, choices=(), empty: str = "全部") -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=empty, method=method)


def _offer(filters, name: str, choices) -> None:
    """Give a choice filter its choices; one that offers no choice is not shown."""
    choices = [(str(value), word) for value, word in choices]
    if len(choices) > 1:
        filters[name].extra["choices"] = choices
    else:
        del filters[name]


class SessionFilter(django_filters.FilterSet):
    """Today and later unless asked otherwise."""

    when = _choice("日期", "by_day", [("today", "今天"), ("past", "以前"), ("all", "全部")], "今天及以后")
    site = django_filters.ModelChoiceFilter(label="接种点", queryset=Site.objects.none(), empty_label="全部")
    kind = django_filters.ChoiceFilter(label="类型", choices=SessionKind, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=SessionState, empty_label="全部")

    class Meta:
        model = ClinicSession
        fields: list[str] = []

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data or {}, *args, **kwargs)  # bound without data too: the default day must apply
        mine = ClinicSession.objects.visible_to(self.request.user)
        self.filters["site"].queryset = Site.objects.filter(pk__in=mine.order_by().values("site"))

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        if not self.form.cleaned_data["when"]:
            rows = rows.filter(on__gte=timezone.localdate())
        return rows

    def by_day(self, rows, name, value):
        today = timezone.localdate()
        return {"today": rows.filter(on=today), "past": rows.filter(on__lt=today), "all": rows}[value]


class BookingFilter(django_filters.FilterSet):
    """Coming bookings unless asked otherwise."""

    q = _search("enrolment__resident__")
    when = _choice(
        "日期",
        "by_day",
        [("tomorrow", "明天"), ("today", "今天"), ("past", "以前"), ("all", "全部")],
        "今天及以后",
    )
    state = django_filters.ChoiceFilter(label="状态", choices=BookingState, empty_label="全部")
    village = _choice("村(社区)", "by_village")

    class Meta:
        model = Booking
        fields: list[str] = []

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data or {}, *args, **kwargs)  # bound without data too: the default day must apply
        villages = Place.objects.current().visible_to(self.request.user).villages()
        _offer(self.filters, "village", villages.values_list("code", "name"))

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        if not self.form.cleaned_data["when"]:
            rows = rows.filter(slot__session__on__gte=timezone.localdate())
        return rows

    def by_day(self, rows, name, value):
        today = timezone.localdate()
        if value == "past":
            return rows.filter(slot__session__on__lt=today)
        if value == "all":
            return rows
        return rows.filter(slot__session__on=today + timedelta(days=value == "tomorrow"))

    def by_village(self, rows, name, value):
        return rows.filter(code_range("village_code", value))


class DueFilter(django_filters.FilterSet):
    """Narrows the people who may be booked for a session, by the fields of the register; ``session`` decides the day that
    counts."""

    q = _search("resident__")
    who = _choice(
        "先约谁", "by_need", [("overdue", "已逾期"), ("elder", "60岁及以上"), ("next", "第2剂及以后")]
    )
    village = _choice("村(社区)", "by_village")
    group = _choice("组", "by_group")
    grid = _choice("网格", "by_grid")
    key_group = _choice("重点人群", "by_key_group")
    organisation = _choice("单位(学校)", "by_organisation")
    school_class = _choice("年级班级", "by_class")

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def __init__(self, *args, session, **kwargs):
        self.session = session
        super().__init__(*args, **kwargs)
        people = self.queryset.order_by()

        def offered(*columns):
            return people.order_by(columns[-1]).values_list(*columns).distinct()[:300]

        _offer(self.filters, "village", offered("resident__village_code", "resident__village__name"))
        self._numbers("group", "resident__group_no", offered)
        self._numbers("grid", "resident__grid", offered)
        self._numbers("school_class", "resident__school_class", offered)
        groups = PriorityGroup.objects.in_use([session.campaign])
        _offer(self.filters, "key_group", ((group.pk, group.name) for group in groups))
        organisations = offered("resident__organisation", "resident__organisation__name")
        _offer(self.filters, "organisation", ((pk, name) for pk, name in organisations if pk))

    def _numbers(self, name: str, column: str, offered) -> None:
        _offer(self.filters, name, ((value, value) for (value,) in offered(column) if value))

    def by_need(self, rows, name, value):
        if value == "overdue":
            return rows.filter(due_to__lt=self.session.on)
        if value == "elder":
            return rows.filter(resident__birth_date__lte=elder_born_until(self.session.on))
        return rows.filter(next_dose__gte=2)

    def by_village(self, rows, name, value):
        return rows.filter(code_range("resident__village_code", value))

    def by_group(self, rows, name, value):
        return rows.filter(resident__group_no=value)

    def by_grid(self, rows, name, value):
        return rows.filter(resident__grid=value)

    def by_key_group(self, rows, name, value):
        return rows.filter(resident__priority_groups=value)

    def by_organisation(self, rows, name, value):
        return rows.filter(resident__organisation=value)

    def by_class(self, rows, name, value):
        return rows.filter(resident__school_class=value)
