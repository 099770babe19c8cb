"""Addresses of tracing; they stand beside the stock, whose strip leads to them."""

from django.urls import path

from clinic.views import tracing

app_name = "trace"
urlpatterns = [
    path("", tracing.SearchView.as_view(), name="search"),
    path("<int:pk>/", tracing.LotView.as_view(), name="lot"),
    path("<int:pk>/people/", tracing.PeopleView.as_view(), name="people"),
    path("<int:pk>/people/print/", tracing.PeoplePaperView.as_view(), name="paper"),
    path("<int:pk>/people/file/", tracing.PeopleFileView.as_view(), name="file"),
]
