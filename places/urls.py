"""Addresses of this room."""

from django.urls import path

from places.views import organisations, sites

app_name = "places"
urlpatterns = [
    path("", sites.SiteListView.as_view(), name="sites"),
    path("add/", sites.SiteAddView.as_view(), name="site_add"),
    path("<int:pk>/", sites.SiteView.as_view(), name="site"),
    path("<int:pk>/close/", sites.SiteCloseView.as_view(), name="site_close"),
    path("<int:pk>/reopen/", sites.SiteReopenView.as_view(), name="site_reopen"),
    path("organisations/", organisations.OrganisationListView.as_view(), name="organisations"),
    path("organisations/add/", organisations.OrganisationAddView.as_view(), name="organisation_add"),
    path("organisations/<int:pk>/", organisations.OrganisationView.as_view(), name="organisation"),
    path(
        "organisations/<int:pk>/close/",
        organisations.OrganisationCloseView.as_view(),
        name="organisation_close",
    ),
    path(
        "organisations/<int:pk>/reopen/",
        organisations.OrganisationReopenView.as_view(),
        name="organisation_reopen",
    ),
]
