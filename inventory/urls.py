"""Addresses of this room."""

from django.urls import path

from inventory.views.deeds import HoldView, ReceiveView, ReleaseView, ReverseView, WasteView
from inventory.views.lists import MovementListView, RegisterView, StockView

app_name = "inventory"
urlpatterns = [
    path("", StockView.as_view(), name="stock"),
    path("receive/", ReceiveView.as_view(), name="receive"),
    path("<int:pk>/waste/", WasteView.as_view(), name="waste"),
    path("<int:pk>/hold/", HoldView.as_view(), name="hold"),
    path("<int:pk>/release/", ReleaseView.as_view(), name="release"),
    path("movements/", MovementListView.as_view(), name="movements"),
    path("movements/print/", RegisterView.as_view(), name="register"),
    path("movements/<uuid:uid>/reverse/", ReverseView.as_view(), name="reverse"),
]
