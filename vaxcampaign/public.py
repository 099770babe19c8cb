"""What anybody may see without logging in: where and when doses are given. No personal data (S38)."""

from datetime import timedelta

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic import TemplateView

from appointments.choices import SessionKind, SessionState
from appointments.models import ClinicSession
from places.choices import SiteKind
from places.models import Site

DAYS_AHEAD = 14
KEPT_SECONDS = 300  # a proxy or a phone may show a copy this old
INVITED = {
    SessionKind.SCHOOL,
    SessionKind.ENTERPRISE,
    SessionKind.VILLAGE,
}  # for named people: not for who walks by


class SitesView(TemplateView):
    """Sites in use with today's session and those of the next fortnight that take bookings; ?town= one township."""

    template_name = "sites.html"

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if not request.user.is_authenticated:  # the frame of a user is nobody else's
            patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        return response

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        coming = (
            ClinicSession.objects.filter(
                on__range=(today, today + timedelta(days=DAYS_AHEAD)), state=SessionState.OPEN
            )
            .prefetch_related("stops__place", "audience")
            .order_by("on", "starts_at")
        )
        sites = list(
            Site.objects.active()
            .exclude(kind=SiteKind.STORE)
            .select_related("place")
            .prefetch_related(Prefetch("sessions", coming, to_attr="coming"))
            .order_by("place__code", "code")
        )
        towns = list({site.place.code: site.place for site in sites}.values())
        asked = self.request.GET.get("town", "")
        chosen = next((town for town in towns if town.code == asked), None)
        rows = [
            (site, [self._line(s, today) for s in site.coming])
            for site in sites
            if chosen in (None, site.place)
        ]
        return super().get_context_data(
            rows=rows,
            towns=towns if len(towns) > 1 else [],
            chosen=chosen,
            today=today,
            days=DAYS_AHEAD,
            **kwargs,
        )

    def _line(self, session: ClinicSession, today) -> tuple:
        """(session, is it today, for invited people only, the villages it is for)."""
        villages = [place.name for place in session.audience.all()]
        return session, session.on == today, session.kind in INVITED, villages
