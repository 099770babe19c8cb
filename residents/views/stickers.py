"""安心便签: who has one, the certificate on the door, and the public page behind its QR code (S80)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView, View

from core.handing_out import qr_svg, workbook
from core.views import ActionRequiredMixin
from core.xlsx import build, file_name
from places.models import Organisation
from residents.models import Sticker
from residents.services import sticker_sheets, stickers
from residents.stickers import verdict
from residents.views.rosters import OneRoster


class _Shops(ActionRequiredMixin):
    action = "members.view"

    def mine(self):
        return Organisation.objects.reached_by(self.request.user, self.action)

    @cached_property
    def villages(self) -> list[dict]:
        return sticker_sheets.by_village(self.mine())


class StickersView(_Shops, TemplateView):
    """Counts per village and type, then every shop: shown since, or why not."""

    template_name = "residents/stickers.html"

    def get_context_data(self, **kwargs):
        types = sticker_sheets.types_of(self.villages)
        keys = [key for key, _ in types] + [sticker_sheets.ALL]
        lines = [(line["place"], [line["cells"][key] for key in keys]) for line in self.villages]
        totals = [
            {name: sum(line["cells"][key][name] for line in self.villages) for name in ("shops", "shown")}
            for key in keys
        ]
        shops = sticker_sheets.shop_lines(self.mine())
        return super().get_context_data(types=types, lines=lines, totals=totals, shops=shops, **kwargs)


class StickersFileView(_Shops, View):
    """The counts and the shops as a workbook."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        today, where = localdate(), str(request.user.main_role.where)
        signs = ["填报人:            负责人:            日期:            单位(盖章):"]
        heads = {"cut_off": str(today), "filled_by": where, "footer_lines": signs}
        sheets = [
            sticker_sheets.counts_sheet(self.villages, f"{where}安心便签发放统计", **heads),
            sticker_sheets.shops_sheet(
                sticker_sheets.shop_lines(self.mine()), f"{where}安心便签商户明细", **heads
            ),
        ]
        return workbook(build(sheets), file_name(where, "安心便签统计", today))


class StickerPrintView(OneRoster, TemplateView):
    """The certificate, A4; without a sticker the page says what is missing."""

    template_name = "residents/sticker_print.html"

    def get_context_data(self, **kwargs):
        shown = Sticker.objects.filter(organisation=self.organisation, revoked_on=None).first()
        staff = stickers.staff_of([self.organisation])[self.organisation.pk][1]
        why = verdict(staff, shown=shown is not None)
        address = self.request.build_absolute_uri(shown.get_absolute_url()) if shown and not why else ""
        log = Sticker.objects.filter(organisation=self.organisation)
        return super().get_context_data(
            organisation=self.organisation,
            sticker=shown if not why else None,
            staff=staff,
            why=why,
            log=log,
            qr=qr_svg(address, title="二维码:核验安心便签") if address else "",
            today=self.today,
            **kwargs,
        )


@method_decorator(cache_control(max_age=60, public=True), name="dispatch")
class StickerView(TemplateView):
    """Public: is the sticker on this door good today? Name and kind of the shop, nothing of any person."""

    template_name = "residents/sticker_public.html"

    def get_context_data(self, **kwargs):
        rows = Sticker.objects.select_related("organisation__place")
        sticker = get_object_or_404(rows, uid=self.kwargs["token"])
        newer = None
        if sticker.revoked_on:
            newer = rows.filter(organisation=sticker.organisation, revoked_on=None).first()
        why = stickers.why_not(sticker)
        return super().get_context_data(
            sticker=sticker, why=why, newer=newer, shop=sticker.organisation, today=localdate(), **kwargs
        )
