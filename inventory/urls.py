"""Addresses of this room."""

from django.urls import include, path

from inventory.views.deeds import HoldView, ReceiveView, ReleaseView, ReverseView, WasteView
from inventory.views.lists import MovementListView, RegisterView, StockView
from inventory.views.supplies import LedgerFileView, LedgerView, SuppliesView
from inventory.views.supply_deeds import (
    HandOverView,
    SupplyCountView,
    SupplyReceiveView,
    SupplyReverseView,
    SupplyUseView,
    SupplyWasteView,
)

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
    path("supplies/", SuppliesView.as_view(), name="supplies"),
    path("supplies/receive/", SupplyReceiveView.as_view(), name="supply_receive"),
    path("supplies/use/", SupplyUseView.as_view(), name="supply_use"),
    path("supplies/<int:site>/<int:lot>/hand-over/", HandOverView.as_view(), name="supply_hand_over"),
    path("supplies/<int:site>/<int:lot>/waste/", SupplyWasteView.as_view(), name="supply_waste"),
    path("supplies/<int:site>/<int:lot>/count/", SupplyCountView.as_view(), name="supply_count"),
    path("supplies/ledger/", LedgerView.as_view(), name="supply_ledger"),
    path("supplies/ledger/file/", LedgerFileView.as_view(), name="supply_file"),
    path("supplies/moves/<uuid:uid>/reverse/", SupplyReverseView.as_view(), name="supply_reverse"),
    path("cold/", include("inventory.cold_urls")),
]
