"""Addresses of this room."""

from django.urls import include, path

from inventory.views.deeds import HoldView, ReleaseView, WasteView
from inventory.views.lists import MovementListView, RegisterView, StockView
from inventory.views.paper_deeds import ConfirmView, DisposeView, HoldAllView, UndoView
from inventory.views.papers import DocumentListView, DocumentView
from inventory.views.recalls import LiftView, RecallListView, RecallView
from inventory.views.receiving import ReceiveView
from inventory.views.sending import ArriveView, CallBackView, SendView
from inventory.views.supplies import LedgerFileView, LedgerView, SuppliesView
from inventory.views.supply_deeds import (
    HandOverView,
    SupplyCountView,
    SupplyReceiveView,
    SupplyReverseView,
    SupplyWasteView,
)
from inventory.views.supply_use import SupplyUseView
from inventory.views.trace import CodesView, WithdrawView

app_name = "inventory"
urlpatterns = [
    path("", StockView.as_view(), name="stock"),
    path("receive/", ReceiveView.as_view(), name="receive"),
    path("<int:pk>/waste/", WasteView.as_view(), name="waste"),
    path("<int:pk>/hold/", HoldView.as_view(), name="hold"),
    path("<int:pk>/release/", ReleaseView.as_view(), name="release"),
    path("movements/", MovementListView.as_view(), name="movements"),
    path("movements/print/", RegisterView.as_view(), name="register"),
    path("documents/", DocumentListView.as_view(), name="documents"),
    path("documents/<uuid:uid>/", DocumentView.as_view(), name="document"),
    path("documents/<uuid:uid>/arrive/", ArriveView.as_view(), name="arrive"),
    path("documents/<uuid:uid>/call-back/", CallBackView.as_view(), name="call_back"),
    path("documents/<uuid:uid>/undo/", UndoView.as_view(), name="undo"),
    path("documents/<uuid:uid>/confirm/", ConfirmView.as_view(), name="confirm"),
    path("send/", SendView.as_view(), name="send"),
    path("hold/", HoldAllView.as_view(), name="hold_all"),
    path("dispose/", DisposeView.as_view(), name="dispose"),
    path("recalls/", RecallListView.as_view(), name="recalls"),
    path("recalls/new/", RecallView.as_view(), name="recall"),
    path("recalls/<uuid:uid>/lift/", LiftView.as_view(), name="lift_recall"),
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
    path("codes/<uuid:uid>/", CodesView.as_view(), name="codes"),
    path("codes/<uuid:uid>/withdraw/", WithdrawView.as_view(), name="codes_withdraw"),
]
