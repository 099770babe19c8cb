"""Addresses of this room."""

from django.urls import path

from planning.views import plans

app_name = "planning"
urlpatterns = [
    path("", plans.PlanListView.as_view(), name="plans"),
    path("new/", plans.NewPlanView.as_view(), name="new"),
    path("<uuid:uid>/", plans.PlanView.as_view(), name="plan"),
    path("<uuid:uid>/approve/", plans.ApproveView.as_view(), name="approve"),
    path("<uuid:uid>/send/", plans.SendView.as_view(), name="send"),
    path("<uuid:uid>/drop/", plans.DropView.as_view(), name="drop"),
    path("<uuid:uid>/print/", plans.PaperView.as_view(), name="paper"),
    path("<uuid:uid>/file/", plans.FileView.as_view(), name="file"),
]
