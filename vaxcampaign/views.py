"""The work desk and the pages that say what went wrong."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.generic import TemplateView

from campaigns.models import Campaign
from core.errors import RuleBroken
from core.refusing import refuse
from reports.views.freshness import freshen
from vaxcampaign import desk


class DeskView(LoginRequiredMixin, TemplateView):
    """What must I do today: numbers that open lists, for the roles of the user."""

    template_name = "desk.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if user.can("reports.view"):
            freshen(by=user, now=now)
        campaign = Campaign.objects.current_for(self.request)
        return super().get_context_data(
            groups=desk.cards_for(user, campaign, now),
            jobs=desk.open_jobs(user),
            cutoff=desk.Moment(user, campaign, now).cutoff if user.can("bookings.make") else None,
            now=now,
            **kwargs,
        )


def forbidden(request, exception=None):
    """403: inside the user's place, but not the user's job."""
    return render(request, "403.html", status=403)


def stale_form(request, reason=""):
    """403: the form's token is missing or of an earlier log-in (``reason`` is for developers)."""
    error = RuleBroken("STALE_FORM", "页面已过期,刚才的操作没有保存。请返回上一页,刷新后再试。")
    return refuse(request, error, 403)


def not_found(request, exception=None):
    """404: does not exist, or lies outside the user's place."""
    return render(request, "404.html", status=404)


def broken(request):
    """500: our fault; says what to tell the administrator."""
    # Without the request: the frame would ask the database, which may be what broke.
    return HttpResponseServerError(render_to_string("500.html"))
