"""What anybody may see without logging in: where and when doses are given. No personal data (S38)."""

from datetime import timedelta

from django.db.models import Prefetch
from django.utils import timezone
from django.views.generic import TemplateView

from appointments.choices import SessionKind, SessionState
from appointments.models import ClinicSession
from places.choices import SiteKind
from places.models import Site

DAYS_AHEAD = 14


class SitesView(TemplateView):
    """Sites in use with today's session and those of the next fortnight."""

    template_name = "sites.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        coming = (
            ClinicSession.objects.filter(on__range=(today, today + timedelta(days=DAYS_AHEAD)))
            .exclude(state=SessionState.CANCELLED)
            .order_by("on", "starts_at")
        )
        sites = (
            Site.objects.active()
            .exclude(kind=SiteKind.STORE)
            .select_related("place")
            .prefetch_related(Prefetch("sessions", coming, to_attr="coming"))
            .order_by("place__code", "code")
        )
        rows = [
            (site, [(s, s.on == today, s.kind == SessionKind.OPEN) for s in site.coming]) for site in sites
        ]
        return super().get_context_data(rows=rows, today=today, days=DAYS_AHEAD, **kwargs)
