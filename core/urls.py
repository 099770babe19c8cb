"""Addresses that belong to no room."""

from django.urls import path

from core.views.health import healthz, readyz
from core.views.jobs import JobView

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("jobs/<uuid:uid>/", JobView.as_view(), name="job"),
]
