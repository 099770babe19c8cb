"""Addresses of the registers on paper; they stand beside the register, whose strip leads to them."""

from django.urls import path

from reports.views import papers

app_name = "papers"
urlpatterns = [
    path("", papers.PapersView.as_view(), name="page"),
    path("file/", papers.PapersFileView.as_view(), name="file"),
]
