"""What follows from being logged in: pages that no browser keeps, log-ins that end, what must be done first, and the
log of what was refused."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts import log_ins
from accounts.refusals import refusal
from accounts.services import security_log


class NotKeptMiddleware:
    """What a logged-in user saw is kept by no browser: one village computer serves many hands, and "back" after the
    log-out must not show a person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated or request.path == reverse("logout"):
            response.headers["Cache-Control"] = "no-store"
        return response


class RefusalsMiddleware:
    """Keeps in the security log what was refused, after the answer is made. It stands outside whatever may refuse."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if 400 <= response.status_code < 500:
            someone = getattr(request, "user", None)  # None: refused before anybody asked who it is
            user = someone if someone and someone.is_authenticated else None
            if found := refusal(request, response, user):
                page = request.resolver_match.view_name if request.resolver_match else ""
                security_log.note(found[0], user=user, page=page, detail=found[1])
        return response


class LogInMiddleware:
    """Ends a log-in that lasted too long, was not used, or goes on elsewhere, and says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = timezone.now()
        if why := log_ins.ended(request, now):
            return self._ended(request, why)
        response = self.get_response(request)
        if request.user.is_authenticated:
            log_ins.use(request, response, now)
        return response

    def _ended(self, request, why):
        security_log.note(why, user=request.user)
        told = log_ins.end(request, why)
        if request.path == reverse("login"):  # who logs in anew is not stopped by the log-in before
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            here = urlsplit(request.headers.get("HX-Current-URL", "")).path
            return HttpResponse(headers={"HX-Redirect": _log_in(here), "Cache-Control": "no-store"})
        if request.method == "POST" and "text/html" in request.headers.get("Accept", ""):
            there = _log_in(urlsplit(request.headers.get("Referer", "")).path)
            return render(request, "accounts/ended.html", {"told": told, "log_in": there}, status=403)
        return redirect(_log_in(request.get_full_path() if request.method == "GET" else ""))


def _log_in(after: str) -> str:
    """The log-in page, which leads on to ``after`` when that is an address of ours."""
    if after and url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        return f"{reverse('login')}?{urlencode({'next': after})}"
    return reverse("login")


class FirstThingsMiddleware:
    """Sends a user who must first change the password or set up a second factor to that page, whatever was asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if first := first_thing(request):
            allowed = {
                reverse(first),
                reverse("logout"),
                reverse("alive"),
                reverse("healthz"),
                reverse("readyz"),
            }
            if request.path not in allowed and not request.path.startswith("/static/"):
                return redirect(first)
        return self.get_response(request)


def first_thing(request) -> str:
    """The name of the page that comes before all others; "" when there is none."""
    if not request.user.is_authenticated:
        return ""
    if request.user.must_change_password or request.session.get("password_over"):
        return "password_change"
    return "second_factor" if request.session.get("must_enrol") else ""
