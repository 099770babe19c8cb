"""Addresses of the cold chain, inside those of the room."""

from django.urls import path

from inventory.views import cold, cold_places, cold_sheets

urlpatterns = [
    path("", cold.ColdView.as_view(), name="cold"),
    path("places/", cold_places.PlacesView.as_view(), name="cold_places"),
    path("devices/add/", cold.DeviceAddView.as_view(), name="cold_device_add"),
    path("devices/<uuid:uid>/", cold.DeviceChangeView.as_view(), name="cold_device"),
    path("devices/<uuid:uid>/logger/", cold.LoggerImportView.as_view(), name="cold_import"),
    path("devices/<uuid:uid>/month/", cold_sheets.MonthView.as_view(), name="cold_month"),
    path("devices/<uuid:uid>/month.xlsx", cold_sheets.MonthSheetView.as_view(), name="cold_sheet"),
    path("files/<uuid:uid>/", cold.LoggerFileView.as_view(), name="cold_file"),
    path("readings/<uuid:key>/correct/", cold.ReadingCorrectView.as_view(), name="cold_correct"),
    path("excursions/<uuid:uid>/", cold_sheets.ExcursionView.as_view(), name="cold_excursion"),
]
