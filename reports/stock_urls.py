"""Addresses of the stock figures and of the ledger file; they stand beside the stock, whose strip leads to them."""

from django.urls import path

from reports.views import stock

app_name = "stock"
urlpatterns = [
    path("", stock.FiguresView.as_view(), name="figures"),
    path("ledger/", stock.LedgerFileView.as_view(), name="ledger"),
]
