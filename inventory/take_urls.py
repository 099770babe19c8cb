"""Addresses of the stock-takes."""

from django.urls import path

from inventory.views import takes

app_name = "takes"
urlpatterns = [
    path("", takes.TakeListView.as_view(), name="list"),
    path("start/", takes.StartView.as_view(), name="start"),
    path("<uuid:uid>/", takes.TakeView.as_view(), name="take"),
    path("<uuid:uid>/sign/", takes.SignView.as_view(), name="sign"),
    path("<uuid:uid>/reopen/", takes.ReopenView.as_view(), name="reopen"),
    path("<uuid:uid>/cancel/", takes.CancelView.as_view(), name="cancel"),
]
