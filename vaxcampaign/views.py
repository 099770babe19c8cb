"""The work desk and the pages that say what went wrong."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.generic import TemplateView


class DeskView(LoginRequiredMixin, TemplateView):
    """What must I do today: numbers that open lists, for the roles of the user."""

    template_name = "desk.html"


def forbidden(request, exception=None):
    """403: inside the user's place, but not the user's job."""
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    """404: does not exist, or lies outside the user's place."""
    return render(request, "404.html", status=404)


def broken(request):
    """500: our fault; says what to tell the administrator."""
    # Without the request: the frame would ask the database, which may be what broke.
    return HttpResponseServerError(render_to_string("500.html"))
