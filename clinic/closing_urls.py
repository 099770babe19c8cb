"""Addresses of the day's close; they stand beside the stock, whose strip leads to them."""

from django.urls import path

from clinic.views import close_sheet, closing

app_name = "closing"
urlpatterns = [
    path("", closing.CloseListView.as_view(), name="list"),
    path("<int:site>/<str:day>/", closing.DayView.as_view(), name="day"),
    path("<int:site>/<str:day>/leftovers/", closing.LeftoversView.as_view(), name="leftovers"),
    path("<int:site>/<str:day>/doses/", closing.DosesView.as_view(), name="doses"),
    path("<uuid:uid>/", close_sheet.SheetView.as_view(), name="sheet"),
    path("<uuid:uid>/sign/", close_sheet.SignView.as_view(), name="sign"),
    path("<uuid:uid>/withdraw/", close_sheet.WithdrawView.as_view(), name="withdraw"),
]
