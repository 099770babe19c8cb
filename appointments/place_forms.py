"""Forms about the places of a session: the sheet of slots, more or fewer everywhere, batches."""

from collections.abc import Sequence

from django import forms
from django.utils import timezone

from appointments.services.places import Plan
from core.views.base import KeyedForm
from places.models import Place

MOST = 5000


def _number(label: str, *, required: bool) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "form-control form-control-sm places", "aria-label": label})
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, required=required, widget=box)


class PlacesForm(KeyedForm):
    """One row per slot: places, reserved, and quotas by dose number and by village; an empty quota is none."""

    def __init__(
        self, *args, held: Sequence, doses: Sequence[int], villages: Sequence[Place], suggested=None, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.held, self.doses, self.villages = held, doses, villages
        self.columns = [(f"d{n}", f"第{n}剂") for n in doses] + [(f"v{p.pk}", p.name) for p in villages]
        for here in held:
            slot, room = here.slot, here.room
            prefilled = {"capacity": slot.capacity, "reserved": slot.reserved}
            prefilled |= {f"d{n}": room.doses.get(n) for n in doses}
            prefilled |= {f"v{p.pk}": room.villages.get(p.prefix) for p in villages}
            prefilled |= (suggested or {}).get(slot.pk, {})
            for name, word in [("capacity", "号源"), ("reserved", "常规预留"), *self.columns]:
                field = _number(f"{slot} {word}", required=name == "capacity")
                field.initial = prefilled[name]
                self.fields[f"{name}_{slot.pk}"] = field

    def rows(self) -> list[tuple]:
        """(slot with its room, its boxes in the order of the columns)."""
        names = ["capacity", "reserved", *(name for name, _ in self.columns)]
        return [(here, [self[f"{name}_{here.slot.pk}"] for name in names]) for here in self.held]

    @property
    def plans(self) -> dict[int, Plan]:
        """What was filled in, by id of the slot."""
        return {here.slot.pk: self._plan(here.slot.pk) for here in self.held}

    def _plan(self, pk: int) -> Plan:
        data = self.cleaned_data

        def quotas(letter: str, keys) -> dict:
            wished = {key: data[f"{letter}{key}_{pk}"] for key in keys}
            return {key: places for key, places in wished.items() if places is not None}

        return Plan(
            capacity=data[f"capacity_{pk}"],
            reserved=data[f"reserved_{pk}"] or 0,
            doses=quotas("d", self.doses),
            villages=quotas("v", [place.pk for place in self.villages]),
        )


class CapacityForm(KeyedForm):
    """The places of one slot."""

    capacity = forms.IntegerField(label="号源", min_value=0, max_value=MOST)
    reserved = forms.IntegerField(
        label="其中为常规免疫预留(可不填)", min_value=0, max_value=MOST, required=False
    )


class AddForm(forms.Form):
    """More (or, below zero, fewer) places in every slot."""

    places = forms.IntegerField(
        label="每个时段加(减少填负数)",
        min_value=-MOST,
        max_value=MOST,
        error_messages={"required": "请填写每个时段加减几个号。"},
    )


class ReleaseForm(forms.Form):
    """A batch: how far, and when; no time means now."""

    percent = forms.IntegerField(
        label="放到号源的百分之几",
        min_value=0,
        max_value=100,
        error_messages={"required": "请填写放到号源的百分之几。"},
    )
    at = forms.DateTimeField(
        label="什么时候放(不填为现在)",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self):
        return self.cleaned_data["at"] or timezone.now()
