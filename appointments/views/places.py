"""The places of a session: the sheet of slots with quotas, more or fewer everywhere, batches."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from appointments.listing import due_by_village
from appointments.models import Slot
from appointments.place_forms import AddForm, CapacityForm, PlacesForm, ReleaseForm
from appointments.place_rules import shares
from appointments.rooms import SlotRoom, rooms
from appointments.services import places
from appointments.views.sessions import SessionMixin
from core.dates import day_zh
from core.errors import RuleBroken
from core.views.base import ServiceFormView
from places.models import Place

DOSES = (1, 2, 3)


class PlacesView(SessionMixin, ServiceFormView):
    """All slots on one sheet; ?share=due fills the quotas of villages in by the number of people who are due."""

    action = "sessions.manage"
    manages = True
    form_class = PlacesForm
    template_name = "appointments/places.html"
    success_message = "号源已保存。"

    @cached_property
    def villages(self) -> list[Place]:
        """The villages this session is for."""
        invited = list(self.session.audience.order_by("code"))
        return invited or list(Place.objects.current().villages().under(self.session.site.place))

    @cached_property
    def held(self) -> list[SlotRoom]:
        return rooms(self.session.slots.order_by("starts_at"), now=timezone.now())

    def get_form_kwargs(self):
        doses = sorted({*DOSES, *(n for here in self.held for n in here.room.doses)})
        suggested = self._shared_out() if self.request.GET.get("share") == "due" else None
        more = {"held": self.held, "doses": doses, "villages": self.villages, "suggested": suggested}
        return super().get_form_kwargs() | more

    def _shared_out(self) -> dict[int, dict[str, int]]:
        """The places of each slot by people who are due; nobody gets less than who is booked already."""
        due = due_by_village(self.session)
        weights = [sum(n for code, n in due.items() if code.startswith(p.prefix)) for p in self.villages]
        return {here.slot.pk: self._shared(here, weights) for here in self.held}

    def _shared(self, here: SlotRoom, weights: list[int]) -> dict[str, int]:
        booked = [
            sum(people for (code, _), people in here.taken.items() if code.startswith(place.prefix))
            for place in self.villages
        ]
        parts = shares(max(0, here.room.bookable - here.everybody), weights)
        return {f"v{place.pk}": n + part for place, n, part in zip(self.villages, booked, parts, strict=True)}

    def get_context_data(self, **kwargs):
        now = timezone.localtime()
        return super().get_context_data(
            session=self.session,
            add=AddForm(),
            release=ReleaseForm(),
            batches=[(batch, batch.at <= now) for batch in self.session.releases.select_related("by")],
            is_shared=self.request.GET.get("share") == "due",
            total=sum(here.room.bookable for here in self.held),
            **kwargs,
        )

    def perform(self, form):
        places.set_places(session=self.session, plans=form.plans, actor=self.request.user, now=timezone.now())
        return reverse("appointments:places", args=[self.session.uid])


class CapacityView(SessionMixin, ServiceFormView):
    """More or fewer places in one slot."""

    action = "sessions.manage"
    manages = True
    form_class = CapacityForm
    template_name = "core/form.html"
    success_message = "号源已修改。"

    @cached_property
    def slot(self) -> Slot:
        return get_object_or_404(
            Slot.objects.with_taken(timezone.now()), session=self.session, pk=self.kwargs["slot"]
        )

    def get_initial(self):
        return {"capacity": self.slot.capacity, "reserved": self.slot.reserved or None}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.helper = FormHelper()
        form.helper.add_input(Submit("save", "保存号源"))
        return form

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"{self.slot} 号源(已约 {self.slot.taken} 人)", **kwargs)

    def perform(self, form):
        places.change_capacity(
            slot=self.slot,
            capacity=form.cleaned_data["capacity"],
            reserved=form.cleaned_data["reserved"] or 0,
            actor=self.request.user,
            now=timezone.now(),
        )
        return self.session


class PlacesDeedView(SessionMixin, View):
    """A small deed of the page: the answer stands on top of it again."""

    action = "sessions.manage"
    manages = True
    form_class: type

    def post(self, request, **kwargs):
        form = self.form_class(request.POST)
        try:
            if form.is_valid():
                messages.success(request, self.perform(form.cleaned_data))
            else:
                messages.error(request, next(iter(form.errors.values()))[0])
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(reverse("appointments:places", args=[self.session.uid]))

    def perform(self, data) -> str:
        """The deed; what was done, in words."""
        raise NotImplementedError


class AddPlacesView(PlacesDeedView):
    """Top up or cut all slots."""

    form_class = AddForm

    def perform(self, data):
        moved = places.add_to_all(
            session=self.session, places=data["places"], actor=self.request.user, now=timezone.now()
        )
        if not moved:
            return "号源没有变化:时段已过,或号都已约出。"
        return f"全场{'增加' if moved > 0 else '减少'}了 {abs(moved)} 个号。"


class ReleaseView(PlacesDeedView):
    """Let a batch out, now or later."""

    form_class = ReleaseForm

    def perform(self, data):
        batch = places.release(session=self.session, actor=self.request.user, now=timezone.now(), **data)
        local = timezone.localtime(batch.at)
        return f"{day_zh(timezone.localdate(local))} {local:%H:%M} 起放到 {batch.percent}%。"


class DropReleaseView(PlacesDeedView):
    """Take a batch back whose time has not come."""

    def post(self, request, uid, pk):
        batch = get_object_or_404(self.session.releases, pk=pk)
        try:
            places.drop_release(batch=batch, actor=request.user, now=timezone.now())
            messages.success(request, "已撤销这一批放号。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(reverse("appointments:places", args=[self.session.uid]))
