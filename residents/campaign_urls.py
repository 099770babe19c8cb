"""Deeds on a campaign that the register follows; in the addresses they stand with the campaign's own pages."""

from django.urls import path

from residents.views import campaigns

app_name = "campaign"
urlpatterns = [
    path("add/", campaigns.CampaignAddView.as_view(), name="add"),
    path("<slug:code>/change/", campaigns.ChangeView.as_view(), name="change"),
    path("<slug:code>/phases/add/", campaigns.PhaseAddView.as_view(), name="phase_add"),
    path("<slug:code>/close/", campaigns.CloseView.as_view(), name="close"),
    path("<slug:code>/reopen/", campaigns.ReopenView.as_view(), name="reopen"),
]
