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
from core.xlsx import file_name
from places.choices import OrganisationKind, ShopType
from places.models import Organisation
from residents.models import Sticker
from residents.services import roster_sheets, stickers
from residents.stickers import verdict
from residents.views.rosters import OneRoster

_TYPES = [*ShopType.choices, ("", "没有填类型")]


class _Shops(ActionRequiredMixin):
    action = "members.view"

    def mine(self):
        return Organisation.objects.reached_by(self.request.user, self.action)

    @cached_property
    def villages(self) -> list[dict]:
        """A line per village: {place, cells: {type: {shops, shown}}}; the last cell "all" is the sum."""
        lines: dict[str, dict] = {}
        for row in stickers.counts(self.mine()):
            empty = {key: {"shops": 0, "shown": 0} for key, _ in [*_TYPES, ("all", "")]}
            line = lines.setdefault(row["place_code"], {"place": row["place_name"], "cells": empty})
            for key in (row["shop_type"], "all"):
                for name in ("shops", "shown"):
                    line["cells"][key][name] += row[name]
        return list(lines.values())

    def types(self) -> list[tuple[str, str]]:
        """The kinds of shops; those without one only where there are such."""
        untyped = any(line["cells"][""]["shops"] for line in self.villages)
        return _TYPES if untyped else _TYPES[:-1]


class StickersView(_Shops, TemplateView):
    """Counts per village and type, then every shop: shown since, or why not."""

    template_name = "residents/stickers.html"

    def get_context_data(self, **kwargs):
        types = self.types()
        keys = [key for key, _ in types] + ["all"]
        lines = [(line["place"], [line["cells"][key] for key in keys]) for line in self.villages]
        totals = [
            {name: sum(line["cells"][key][name] for line in self.villages) for name in ("shops", "shown")}
            for key in keys
        ]
        return super().get_context_data(types=types, lines=lines, totals=totals, shops=self.shops(), **kwargs)

    def shops(self) -> list[dict]:
        shops = self.mine().filter(kind=OrganisationKind.SHOP, is_active=True).select_related("place")
        shops = list(shops.order_by("place__code", "shop_type", "name"))
        logs: dict[int, list[Sticker]] = {}
        for row in Sticker.objects.filter(organisation__in=shops):
            logs.setdefault(row.organisation_id, []).append(row)
        found, lines = stickers.staff_of(shops), []
        for shop in shops:
            log = logs.get(shop.pk, [])
            shown = next((row for row in log if row.revoked_on is None), None)
            staff = found[shop.pk][1]
            why = verdict(staff, shown=shown is not None)
            lines.append(
                {"shop": shop, "shown": shown, "staff": staff, "why": why, "last": next(iter(log), None)}
            )
        return lines


class StickersFileView(_Shops, View):
    """The counts as a workbook."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        today, where = localdate(), str(request.user.main_role.where)
        types = [(key or "none", word) for key, word in self.types()]
        for line in self.villages:
            line["cells"]["none"] = line["cells"].pop("")
        return workbook(
            roster_sheets.sticker_book(self.villages, types, today), file_name(where, "安心便签统计", today)
        )


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
