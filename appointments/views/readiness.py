"""The opening page of a session: staff, vaccine, points, what is missing, and the doors; zones of a site."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View

from accounts.models import RoleAssignment, User
from appointments import checklist as reading
from appointments.choices import SessionState
from appointments.day_forms import ChecksForm, StaffForm, StartForm, StopForm, ZonesForm
from appointments.models import ClinicSession
from appointments.readiness import LAYOUTS, required
from appointments.services import readiness
from appointments.views.sessions import SessionMixin
from core.errors import RuleBroken
from core.views.base import ActionRequiredMixin, ServiceFormView
from places.models import Place, Site
from places.querysets import any_code_range


class ReadyMixin(SessionMixin):
    """A session whose day the user prepares: at the own site, or as the office."""

    action = "sessions.prepare"

    @cached_property
    def session(self) -> ClinicSession:
        found = ClinicSession.objects.prepared_by(self.request.user)
        found = found.select_related("site__place", "campaign", "started_by")
        return get_object_or_404(found, uid=self.kwargs["uid"])

    @cached_property
    def checklist(self) -> reading.Checklist:
        return reading.checklist(self.session, today=timezone.localdate())

    def staff_of_site(self):
        """Accounts that work at the site today."""
        roles = RoleAssignment.objects.current(timezone.localdate()).filter(site=self.session.site)
        return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("display_name")

    def villages(self):
        """Where a mobile team of this site may go."""
        return Place.objects.current().villages().under(self.session.site.place)


class ReadyView(ReadyMixin, TemplateView):
    """Everything the doors wait for, on one page."""

    template_name = "appointments/ready.html"

    def get_context_data(self, **kwargs):
        session, found = self.session, self.checklist
        points = [
            (code, words, found.checks.get(code), reading.is_done(found.checks.get(code), session))
            for code, (_, words) in reading.points_of(session, found.zones).items()
        ]
        goes_on = session.state in (SessionState.PLANNED, SessionState.OPEN)
        needed = required(session.kind, session.stations)
        duties = {post.duty for post, _ in found.staff}
        return super().get_context_data(
            session=session,
            found=found,
            parts=[(word, found.gaps_of(part)) for part, word in _PARTS if found.gaps_of(part)],
            points=points,
            staff=[(post, until, until is not None and until < session.on) for post, until in found.staff],
            needed=[(duty.label, number, duty in duties) for duty, number in needed.items()],
            staff_form=StaffForm(staff=self.staff_of_site()),
            stop_form=StopForm(villages=self.villages()) if session.kind == "mobile" else None,
            stops=session.stops.select_related("place") if session.kind == "mobile" else [],
            goes_on=goes_on,
            is_today=session.on == timezone.localdate(),
            is_office=self.request.user.scope("sessions.manage").covers(session.site.place.code),
            **kwargs,
        )


_PARTS = [("staff", "人员"), ("stock", "疫苗"), ("zones", "分区"), ("points", "现场")]


class ReadyDeedView(ReadyMixin, View):
    """A deed of the opening page; its answer stands on top of the page."""

    def post(self, request, **kwargs):
        try:
            words = self.perform(request.POST)
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, words)
        return HttpResponseRedirect(reverse("appointments:ready", args=[self.session.uid]))

    def perform(self, post) -> str:
        """The deed; what was done, in words. Raises RuleBroken."""
        raise NotImplementedError


def _read(form) -> dict:
    """The values of a form, or its first fault as a refusal."""
    if form.is_valid():
        return form.cleaned_data
    name, faults = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    raise RuleBroken("FORM", f"{label}:{faults[0]}" if label else faults[0], name)


class StaffAddView(ReadyDeedView):
    """Put somebody on the staff."""

    def perform(self, post):
        data = _read(StaffForm(post, staff=self.staff_of_site()))
        row = readiness.add_post(session=self.session, actor=self.request.user, **data)
        return f"已安排 {row.name} 为{row.get_duty_display()}。"


class StaffDropView(ReadyDeedView):
    """Take somebody off the staff."""

    def perform(self, post):
        row = get_object_or_404(
            self.session.staff.select_related("session__site__place"), pk=self.kwargs["pk"]
        )
        readiness.drop_post(post=row, actor=self.request.user)
        return f"{row.name} 不再担任{row.get_duty_display()}。"


class StaffCopyView(ReadyDeedView):
    """The staff of the last day at this site."""

    def perform(self, post):
        number = readiness.copy_posts(session=self.session, actor=self.request.user)
        return f"已带入上一场的 {number} 人,请核对。"


class ChecksView(ReadyDeedView):
    """Points that were looked at."""

    def perform(self, post):
        data = _read(
            ChecksForm(post, points=reading.points_of(self.session, list(self.session.site.zones.all())))
        )
        readiness.put_checks(
            session=self.session,
            ticked=data["points"],
            celsius=data["celsius"],
            cold_note=data["cold_note"],
            actor=self.request.user,
            now=timezone.now(),
        )
        return "检查结果已保存。"


class StartView(ReadyDeedView):
    """Open the doors."""

    def perform(self, post):
        readiness.start_session(
            session=self.session,
            actor=self.request.user,
            now=timezone.now(),
            reason=_read(StartForm(post))["reason"],
        )
        return "已开场,可以登记到场了。"


class StopAddView(ReadyDeedView):
    """One more halt of the tour."""

    def perform(self, post):
        data = _read(StopForm(post, villages=self.villages()))
        stop = readiness.add_stop(session=self.session, actor=self.request.user, **data)
        return f"已增加停靠点 {stop}。"


class StopDropView(ReadyDeedView):
    """A halt less."""

    def perform(self, post):
        stop = get_object_or_404(
            self.session.stops.select_related("place", "session__site__place"), pk=self.kwargs["pk"]
        )
        readiness.drop_stop(stop=stop, actor=self.request.user)
        return f"已去掉停靠点 {stop}。"


class ZonesMixin(ActionRequiredMixin):
    """Sites whose zones the user sets."""

    action = "sessions.prepare"

    def get_sites(self):
        scope = self.request.user.scope(self.action)
        sites = Site.objects.active().exclude(kind="store")
        mine = sites.filter(any_code_range("place__code", scope.prefixes)) | sites.filter(pk__in=scope.sites)
        return mine.order_by("place__code", "code")


class ZoneListView(ZonesMixin, ListView):
    """The sites with their zones."""

    template_name = "appointments/zones.html"
    context_object_name = "sites"

    def get_queryset(self):
        return self.get_sites().select_related("place").prefetch_related("zones")


class ZonesView(ZonesMixin, ServiceFormView):
    """The zones of one site; ?layout=5 fills a usual layout in."""

    form_class = ZonesForm
    template_name = "appointments/zones_form.html"
    success_message = "分区已保存,开场检查按它核对物品。"

    @cached_property
    def site(self) -> Site:
        return get_object_or_404(self.get_sites().select_related("place"), pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        asked = self.request.GET.get("layout", "")
        layout = LAYOUTS.get(int(asked)) if asked in map(str, LAYOUTS) else None
        zones = layout or list(self.site.zones.values_list("name", "items"))
        return super().get_form_kwargs() | {"zones": zones}

    def get_context_data(self, **kwargs):
        return super().get_context_data(site=self.site, layouts=sorted(LAYOUTS), **kwargs)

    def perform(self, form):
        readiness.set_zones(site=self.site, zones=form.zones, actor=self.request.user)
        return reverse("appointments:zones")
