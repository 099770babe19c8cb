"""What the lists of accounts and of the audit trail can be narrowed by."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from accounts.audit_words import SUBJECTS
from accounts.choices import Role, SecurityKind
from accounts.models import SecurityEvent, User
from accounts.services.qualifications import WARN_DAYS
from core.models import AuditEvent
from core.widgets import DateInput


class AccountFilter(filters.FilterSet):
    """By name, role and state."""

    q = filters.CharFilter(method="named", label="姓名、登录名或手机")
    role = filters.ChoiceFilter(method="with_role", label="岗位", choices=Role.choices, empty_label="全部")
    is_active = filters.ChoiceFilter(
        label="状态", choices=[("True", "正常"), ("False", "已停用")], empty_label="全部"
    )

    certificate = filters.ChoiceFilter(
        method="with_certificate",
        label="接种员证书",
        choices=[("due", f"缺少、过期或 {WARN_DAYS} 天内到期")],
        empty_label="不限",
    )

    class Meta:
        model = User
        fields = ("q", "role", "is_active", "certificate")

    def with_certificate(self, queryset, name, value):
        today = timezone.localdate()
        until = today + timedelta(days=WARN_DAYS)
        found = User.objects.without_certificate(self.request.user, today=today, until=until)
        return queryset.filter(pk__in=found.values("pk"))

    def named(self, queryset, name, value):
        return queryset.filter(
            Q(username__icontains=value) | Q(display_name__icontains=value) | Q(phone__contains=value)
        )

    def with_role(self, queryset, name, value):
        return queryset.filter(assignments__role=value).distinct()


class AuditFilter(filters.FilterSet):
    """By day, person and kind of deed."""

    since = filters.DateFilter("at", lookup_expr="date__gte", label="自", widget=DateInput())
    until = filters.DateFilter("at", lookup_expr="date__lte", label="至", widget=DateInput())
    who = filters.CharFilter(method="by_whom", label="人员")
    kind = filters.ChoiceFilter(
        method="of_kind", label="类别", choices=sorted(SUBJECTS.items()), empty_label="全部"
    )

    class Meta:
        model = AuditEvent
        fields = ("since", "until", "who", "kind")

    def by_whom(self, queryset, name, value):
        return queryset.filter(Q(actor__username=value) | Q(actor__display_name__icontains=value))

    def of_kind(self, queryset, name, value):
        return queryset.filter(action__startswith=f"{value}.")


class SecurityFilter(filters.FilterSet):
    """By day, person and event."""

    since = filters.DateFilter("at", lookup_expr="date__gte", label="自", widget=DateInput())
    until = filters.DateFilter("at", lookup_expr="date__lte", label="至", widget=DateInput())
    who = filters.CharFilter(method="by_whom", label="人员")
    kind = filters.ChoiceFilter(label="事件", choices=SecurityKind.choices, empty_label="全部")

    class Meta:
        model = SecurityEvent
        fields = ("since", "until", "who", "kind")

    def by_whom(self, queryset, name, value):
        return queryset.filter(Q(user__username=value) | Q(user__display_name__icontains=value))
