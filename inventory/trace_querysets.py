"""Reads of trace codes."""

from django.db.models import F, QuerySet, Sum

from inventory.querysets import site_of
from inventory.trace_rules import parse


class TraceSpanQuerySet(QuerySet):
    """Reads of TraceSpan."""

    def visible_to(self, user):
        """Codes that came to the user's sites."""
        return self.filter(site_of(user, "stock.view", "document__site__"))

    def standing(self):
        """Without those that were a slip."""
        return self.filter(withdrawn_at=None)

    def holding(self, code: str):
        """The standing span that a cleaned ``code`` belongs to; at most one."""
        stem, number = parse(code)
        return self.standing().filter(stem=stem, low__lte=number, high__gte=number)

    def total(self) -> int:
        """How many codes the spans hold."""
        return self.aggregate(codes=Sum(F("high") - F("low") + 1))["codes"] or 0
