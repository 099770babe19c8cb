"""疫苗放在哪台设备: one page for all lots of a site."""

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property

from inventory.cold_forms import PlacesForm
from inventory.cold_places import places_now
from inventory.models import ColdDevice
from inventory.services.cold_places import say_places
from inventory.views.keeper import AtSiteView


class PlacesView(AtSiteView):
    """The keeper ticks the devices in which each lot lies."""

    form_class = PlacesForm
    template_name = "inventory/cold_places.html"
    heading = "疫苗放在哪台设备"

    @cached_property
    def devices(self) -> list[ColdDevice]:
        return list(ColdDevice.objects.with_vaccine().filter(site=self.site).order_by("name"))

    def get_form_kwargs(self):
        places = places_now(self.site)
        levels = [(level, places.get(level.pk, frozenset())) for level in self.levels]
        return {**super().get_form_kwargs(), "levels": levels, "devices": self.devices}

    def get_context_data(self, **kwargs):
        rows = self.levels if self.devices else []
        return {**super().get_context_data(**kwargs), "rows": rows, "devices": self.devices}

    def perform(self, form):
        changed = say_places(
            site=self.site, places=form.places(), key=form.cleaned_data["key"], **self.signed
        )
        messages.success(self.request, f"已登记 {changed} 个批号的存放位置。" if changed else "没有改动。")
        return f"{reverse('inventory:cold_places')}?site={self.site.pk}"
