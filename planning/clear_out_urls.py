"""Addresses of the pushes to use vaccine up by a deadline."""

from django.urls import path

from planning.views import clear_outs, pushes

app_name = "clearout"
urlpatterns = [
    path("", clear_outs.ClearOutListView.as_view(), name="list"),
    path("new/", clear_outs.BeginView.as_view(), name="begin"),
    path("<uuid:uid>/", pushes.PushView.as_view(), name="page"),
    path("<uuid:uid>/people/", pushes.CallListView.as_view(), name="people"),
    path("<uuid:uid>/count/<int:site>/", clear_outs.CountView.as_view(), name="count"),
    path("<uuid:uid>/end/", clear_outs.EndView.as_view(), name="end"),
    path("<uuid:uid>/print/", clear_outs.PaperView.as_view(), name="paper"),
]
