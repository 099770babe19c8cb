"""Addresses of this room."""

from django.urls import path

from campaigns.views import campaign, key_groups, texts

app_name = "campaigns"
urlpatterns = [
    path("", campaign.CampaignListView.as_view(), name="list"),
    path("choose/", campaign.ChooseView.as_view(), name="choose"),
    path("<slug:code>/", campaign.CampaignView.as_view(), name="detail"),
    path("<slug:code>/groups/", key_groups.KeyGroupListView.as_view(), name="key_groups"),
    path("<slug:code>/groups/<str:group>/", key_groups.KeyGroupView.as_view(), name="key_group"),
    path("<slug:code>/texts/", texts.TextsView.as_view(), name="texts"),
    path("<slug:code>/texts/add/", texts.TextFormView.as_view(), name="text_add"),
    path("<slug:code>/texts/<int:topic>/", texts.TextFormView.as_view(), name="text"),
    path("<slug:code>/consent/<str:which>/", campaign.ConsentPrintView.as_view(), name="consent_print"),
]
