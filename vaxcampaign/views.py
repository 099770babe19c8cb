"""The work desk and the pages that say what went wrong."""

import sys
from contextlib import suppress

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseServerError, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.generic import TemplateView

from campaigns.models import Campaign
from core.errors import RuleBroken
from core.outages import Outage, outage
from core.refusing import refuse
from reports.views.freshness import freshen
from vaxcampaign import desk

RETRY_SECONDS = 15


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
    """500: our fault; says what to tell the administrator. 503 when the database is away or the disk full: what was typed
    stands on the page and can be sent again, with the same key."""
    # Without the request: the frame would ask the database, which may be what broke.
    if found := outage(sys.exception()):
        return _away(request, found)
    return HttpResponseServerError(render_to_string("500.html"))


def refused(request, exception=None):
    """400: what was sent cannot be understood, or the log-in ended meanwhile; 503 when only the database was away."""
    if found := outage(exception):
        return _away(request, found)
    is_logged_out = isinstance(exception, SessionInterrupted)
    what = (
        "您的登录刚才已经结束,请重新登录后再试。"
        if is_logged_out
        else "提交的内容无法识别。请返回上一页,刷新后重新填写。"
    )
    page = render_to_string("core/refused.html", {"error": RuleBroken("BAD_REQUEST", what)})
    return HttpResponseBadRequest(page)


def _away(request, found: Outage) -> HttpResponse:
    page = render_to_string("503.html", {"outage": found, **_typed(request)})
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


def _typed(request) -> dict:
    """What the person has sent, without passwords and files."""
    path, fields, has_files = request.get_full_path(), [], False
    if request.method == "POST":
        with suppress(OSError, SuspiciousOperation, RawPostDataException, MultiPartParserError):
            given = [(name, value) for name, values in request.POST.lists() for value in values]
            fields = [(name, value) for name, value in given if "password" not in name]
            has_files = bool(request.FILES)
    return {"path": path, "is_form": bool(fields), "fields": fields, "has_files": has_files}
