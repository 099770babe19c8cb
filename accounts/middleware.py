"""A first log-in, or one after a reset, must choose a new password before anything else."""

from django.shortcuts import redirect
from django.urls import reverse


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
