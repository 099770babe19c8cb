"""Who works where, for pages of the rooms below that must not know accounts."""

from django import template
from django.utils import timezone

from accounts.models import RoleAssignment

register = template.Library()


@register.simple_tag
def with_staff(sites) -> list[tuple]:
    """``{% with_staff sites as rows %}`` → (site, its roles in force today) of each site, in one query."""
    staff: dict[int, list] = {site.pk: [] for site in sites}
    current = RoleAssignment.objects.current(timezone.localdate()).filter(user__is_active=True)
    for role in current.filter(site__in=staff).select_related("user").order_by("role", "pk"):
        staff[role.site_id].append(role)
    return [(site, staff[site.pk]) for site in sites]
