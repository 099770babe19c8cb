"""盘点: the history, begin, the blind count, the second signature."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ScopedListView, ServiceFormView
from inventory.models import StockTake
from inventory.services import stocktakes
from inventory.take_forms import StartForm, TakeForm
from inventory.take_lists import TakeFilter, TakeTable


class TakeListView(ScopedListView):
    """The history of stock-takes, and what waits for the user's signature."""

    action = "stock.view"
    model = StockTake
    table_class = TakeTable
    filterset_class = TakeFilter
    template_name = "inventory/takes.html"

    def get_queryset(self):
        rows = super().get_queryset().with_sums()
        return rows.select_related("site", "document__site", "counted_by", "signed_by")

    def get_context_data(self, **kwargs):
        user = self.request.user
        waiting = StockTake.objects.signable_by(user).select_related("site", "counted_by")
        return super().get_context_data(
            keeps=user.can("stock.manage"), waiting=waiting if user.can("stock.countersign") else [], **kwargs
        )


class StartView(ServiceFormView):
    """Freeze the list."""

    action = "stock.manage"
    form_class = StartForm
    template_name = "inventory/take_start.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def perform(self, form):
        return stocktakes.start_take(**form.cleaned_data, actor=self.request.user, now=timezone.now())


class _OfTake(ActionRequiredMixin):
    action = "stock.view"

    @cached_property
    def take(self) -> StockTake:
        rows = StockTake.objects.visible_to(self.request.user)
        rows = rows.select_related("site__place", "document__site", "started_by", "counted_by", "signed_by")
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @cached_property
    def keeps(self) -> bool:
        user = self.request.user
        return (
            user.can("stock.manage") and StockTake.objects.managed_by(user).filter(pk=self.take.pk).exists()
        )


class TakeView(_OfTake, ServiceFormView):
    """While counting: a field for each lot, the books hidden until its number is entered; then the sheet to sign and print."""

    form_class = TakeForm

    def get_template_names(self):
        counting = self.take.is_counting and self.keeps
        return ["inventory/take_count.html" if counting else "inventory/take_sheet.html"]

    @cached_property
    def lines(self):
        return list(self.take.lines.select_related("lot__presentation__vaccine"))

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"lines": self.lines}

    def post(self, request, *args, **kwargs):
        if not self.keeps:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def perform(self, form):
        user, now = self.request.user, timezone.now()
        counts, reasons = form.counts(), form.reasons()
        if not counts and "finish" in self.request.POST:
            stocktakes.finish_count(take=self.take, reasons=reasons, actor=user, now=now)
            messages.success(self.request, "清点完毕。请另一位同事用自己的帐号登录,打开这一页复核。")
        elif counts or any(reasons.values()):
            stocktakes.enter_counts(take=self.take, counts=counts, reasons=reasons, actor=user, now=now)
            messages.success(self.request, self.saved(len(counts)))
        else:
            raise RuleBroken(
                "NOTHING_ENTERED", "还没有填实点数。请填已经数过的批号,没数的可以留空、以后再填。"
            )
        return self.take

    def saved(self, number: int) -> str:
        """What is said about ``number`` counts that were kept."""
        said = f"已保存 {number} 个批号的实点数。" if number else "已保存差异原因。"
        if "finish" in self.request.POST:
            said += "请先看一遍差异,再点“清点完毕”。"
        return said

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, mine = self.request.user, StockTake.objects.filter(pk=self.take.pk)
        return context | {
            "take": self.take,
            "lines": self.lines,
            "rows": context["form"].rows(),
            "counted": sum(line.is_counted for line in self.lines),
            "keeps": self.keeps,
            "may_sign": user.can("stock.countersign") and mine.signable_by(user).exists(),
        }


class _DeedView(_OfTake, View):
    """One button on a stock-take of a site that the user keeps."""

    action = "stock.manage"

    def post(self, request, uid):
        if not self.keeps:
            raise PermissionDenied
        take = self.perform()
        return HttpResponseRedirect(take.get_absolute_url())


class ReopenView(_DeedView):
    """Back to counting."""

    def perform(self):
        return stocktakes.reopen_count(take=self.take, actor=self.request.user)


class CancelView(_DeedView):
    """Give it up."""

    def perform(self):
        take = stocktakes.cancel_take(take=self.take, actor=self.request.user)
        messages.success(self.request, "这次盘点已取消,账面没有变化。")
        return take


class SignView(_OfTake, View):
    """The second person signs, the differences are posted."""

    action = "stock.countersign"

    def post(self, request, uid):
        user = request.user
        if not StockTake.objects.in_reach(user, self.action).filter(pk=self.take.pk).exists():
            raise PermissionDenied
        take = stocktakes.sign_take(take=self.take, actor=user, now=timezone.now())
        messages.success(request, f"已复核,单号 {take.document.no}。差异已记盘盈、盘亏。")
        return HttpResponseRedirect(take.get_absolute_url())
