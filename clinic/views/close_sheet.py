"""疫苗使用日报: the count that waits for its second signature, the frozen sheet, and the two deeds on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import DetailView, View

from clinic.closing import given_on
from core.views import ActionRequiredMixin
from inventory.choices import Part
from inventory.models import DayClose
from inventory.services.closing import sign_day, withdraw_count


class SheetView(ActionRequiredMixin, DetailView):
    """疫苗使用日报: waiting for the second signature, or frozen under its number; to print."""

    action = "stock.view"
    template_name = "clinic/close_sheet.html"
    slug_field = slug_url_kwarg = "uid"
    context_object_name = "close"

    def get_queryset(self):
        rows = DayClose.objects.visible_to(self.request.user)
        return rows.select_related("site__place", "document__site", "counted_by", "closed_by")

    def get_context_data(self, **kwargs):
        user = self.request.user
        lines = list(self.object.lines.select_related("lot__presentation__vaccine"))
        mine = DayClose.objects.filter(pk=self.object.pk)
        return super().get_context_data(
            lines=lines,
            parts=Part.labels,
            used=sum(line.used for line in lines),
            given=sum(line.given for line in lines),
            may_sign=user.can("stock.countersign") and mine.signable_by(user).exists(),
            may_withdraw=self.object.is_open and user.can("stock.manage") and mine.managed_by(user).exists(),
            **kwargs,
        )


class _OfClose(ActionRequiredMixin, View):
    """A deed on a count that waits: RuleBroken becomes its page."""

    @cached_property
    def close(self) -> DayClose:
        rows = DayClose.objects.visible_to(self.request.user).select_related("site__place")
        return get_object_or_404(rows, uid=self.kwargs["uid"])


class SignView(_OfClose):
    """The second person signs."""

    action = "stock.countersign"

    def post(self, request, uid):
        if not DayClose.objects.in_reach(request.user, self.action).filter(pk=self.close.pk).exists():
            raise PermissionDenied
        given = given_on(self.close.site, self.close.on)
        close = sign_day(close=self.close, given=given, actor=request.user, now=timezone.now())
        messages.success(request, f"{close.on} 已日结,单号 {close.document.no}。可以打印疫苗使用日报。")
        return HttpResponseRedirect(close.get_absolute_url())


class WithdrawView(_OfClose):
    """The keeper counts again."""

    action = "stock.manage"

    def post(self, request, uid):
        if not DayClose.objects.managed_by(request.user).filter(pk=self.close.pk).exists():
            raise PermissionDenied
        close = withdraw_count(close=self.close, actor=request.user)
        messages.success(request, "已撤回这次清点,请重新清点。")
        return HttpResponseRedirect(reverse("closing:day", args=[close.site_id, close.on.isoformat()]))
