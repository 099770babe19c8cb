"""Addresses that belong to no room."""

from django.urls import path

from core.views.files import JobFileView
from core.views.health import healthz, readyz
from core.views.jobs import JobView

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("jobs/<uuid:uid>/", JobView.as_view(), name="job"),
    path("jobs/<uuid:uid>/file/", JobFileView.as_view(), name="job_file"),
]
