"""Addresses of this room."""

from django.urls import include, path

from reports.views import sheets
from reports.views.catalogue import CatalogueView
from reports.views.cross import CrossFileView, CrossView
from reports.views.daily import CloseView, DailyView, ProduceView
from reports.views.dashboard import DashboardView, OutlookView, WallView
from reports.views.filed import FiledFileView, FiledNamesView, FiledView
from reports.views.files import DownloadView, FileListView
from reports.views.funnel import FunnelFileView, FunnelNamesView, FunnelView
from reports.views.names import NamesView
from reports.views.phases import PhaseNamesView, PhasesView
from reports.views.progress import ProgressView
from reports.views.progress_plan import EndPushDayView, HoursView, PlanView
from reports.views.reactions import ReactionsFileView, ReactionsView, RefusedView
from reports.views.roster_names import RosterNamesView, ShopsView
from reports.views.targets import TargetsView
from reports.views.withdrawing import WithdrawView

app_name = "reports"
urlpatterns = [
    path("", DashboardView.as_view(), name="dashboard"),
    path("cross/", CrossView.as_view(), name="cross"),
    path("cross/file/", CrossFileView.as_view(), name="cross_file"),
    path("wall/", WallView.as_view(), name="wall"),
    path("outlook/", OutlookView.as_view(), name="outlook"),
    path("names/", NamesView.as_view(), name="names"),
    path("funnel/", FunnelView.as_view(), name="funnel"),
    path("funnel/file/", FunnelFileView.as_view(), name="funnel_file"),
    path("funnel/names/", FunnelNamesView.as_view(), name="funnel_names"),
    path("phases/", PhasesView.as_view(), name="phases"),
    path("phases/names/", PhaseNamesView.as_view(), name="phase_names"),
    path("reactions/", ReactionsView.as_view(), name="reactions"),
    path("reactions/file/", ReactionsFileView.as_view(), name="reactions_file"),
    path("reactions/names/", RefusedView.as_view(), name="refused"),
    path("catalogue/<slug:kind>/", sheets.SheetView.as_view(), name="sheet"),
    path("catalogue/<slug:kind>/names/", sheets.SheetNamesView.as_view(), name="sheet_names"),
    path("catalogue/<slug:kind>/people/", RosterNamesView.as_view(), name="roster_names"),
    path("catalogue/<slug:kind>/shops/", ShopsView.as_view(), name="shops"),
    path("catalogue/<slug:kind>/produce/", sheets.SheetProduceView.as_view(), name="sheet_produce"),
    path("targets/", TargetsView.as_view(), name="targets"),
    path("targets/withdraw/", WithdrawView.as_view(), name="withdraw"),
    path("catalogue/", CatalogueView.as_view(), name="catalogue"),
    path("", include("reports.text_urls")),
    path("duty/", include("reports.duty_urls")),
    path("", include("reports.schedule_urls")),
    path("daily/", DailyView.as_view(), name="daily"),
    path("daily/close/", CloseView.as_view(), name="daily_close"),
    path("progress/", ProgressView.as_view(), name="progress"),
    path("progress/plan/", PlanView.as_view(), name="progress_plan"),
    path("progress/plan/<int:pk>/end/", EndPushDayView.as_view(), name="push_day_end"),
    path("progress/hours/", HoursView.as_view(), name="progress_hours"),
    path("progress/<uuid:uid>/", FiledView.as_view(), name="filed"),
    path("progress/<uuid:uid>/file/", FiledFileView.as_view(), name="filed_file"),
    path("progress/<uuid:uid>/names/", FiledNamesView.as_view(), name="filed_names"),
    path("daily/produce/", ProduceView.as_view(), name="produce"),
    path("files/", FileListView.as_view(), name="files"),
    path("files/<uuid:uid>/", DownloadView.as_view(), name="download"),
]
