"""What anybody may see without logging in: where and when doses are given. No personal data (S38)."""

from datetime import timedelta

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic import TemplateView

from appointments.choices import SessionKind, SessionState
from appointments.models import ClinicSession
from campaigns.models import Campaign, CampaignText
from core.handing_out import qr_svg
from places.choices import SiteKind
from places.models import Site

DAYS_AHEAD = 14
KEPT_SECONDS = 300  # a proxy or a phone may show a copy this old
INVITED = {
    SessionKind.SCHOOL,
    SessionKind.ENTERPRISE,
    SessionKind.VILLAGE,
}  # for named people: not for who walks by


class PublicView(TemplateView):
    """A page without anything personal, which may be kept for a while."""

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if not request.user.is_authenticated:  # the frame of a user is nobody else's
            patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        return response


class CareView(PublicView):
    """The card with pictures for the days after the dose, with a code that opens it on a phone (S94); ``?site=`` is whom to
    call."""

    template_name = "sites_care.html"
    rows = ("体温(℃)", "接种处红肿(厘米)", "乏力、头痛、肌肉痛", "其他不舒服")

    def get_context_data(self, **kwargs):
        site = Site.objects.active().filter(code=self.request.GET.get("site", "")).first()
        address = self.request.build_absolute_uri(reverse("care")) + (f"?site={site.code}" if site else "")
        qr = qr_svg(address, title="二维码:用手机打开本页")
        return super().get_context_data(site=site, qr=qr, rows=self.rows, **kwargs)


class QuestionsView(PublicView):
    """What people often ask, answered by the offices of the running campaigns (S51)."""

    template_name = "sites_questions.html"

    def get_context_data(self, **kwargs):
        shown = CampaignText.objects.standing().questions().filter(is_shown=True).order_by("topic")
        running = Campaign.objects.running().select_related("place").order_by("-starts_on", "pk")
        running = running.prefetch_related(Prefetch("texts", shown, to_attr="answers"))
        found = [(campaign, campaign.answers) for campaign in running if campaign.answers]
        return super().get_context_data(campaigns=found, **kwargs)


class SitesView(PublicView):
    """Sites in use with today's session and those of the next fortnight that take bookings; ?town= one township."""

    template_name = "sites.html"

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
