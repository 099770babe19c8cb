"""What follows from being logged in: pages that no browser keeps, and a first password that must be changed."""

from django.shortcuts import redirect
from django.urls import reverse


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


class PasswordChangeMiddleware:
    """Sends a user who must change the password to that page, whatever was asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse("password_change"), reverse("logout"), reverse("healthz"), reverse("readyz")}
            if request.path not in allowed and not request.path.startswith("/static/"):
                return redirect("password_change")
        return self.get_response(request)
