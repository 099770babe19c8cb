"""Addresses of this room."""

from django.urls import include, path

from reports.views.catalogue import CatalogueView
from reports.views.daily import DailyView, ProduceView
from reports.views.dashboard import DashboardView
from reports.views.files import DownloadView, FileListView
from reports.views.funnel import FunnelFileView, FunnelNamesView, FunnelView
from reports.views.names import NamesView
from reports.views.phases import PhaseNamesView, PhasesView
from reports.views.reactions import ReactionsFileView, ReactionsView, RefusedView
from reports.views.targets import TargetsView

app_name = "reports"
urlpatterns = [
    path("", DashboardView.as_view(), name="dashboard"),
    path("names/", NamesView.as_view(), name="names"),
    path("funnel/", FunnelView.as_view(), name="funnel"),
    path("funnel/file/", FunnelFileView.as_view(), name="funnel_file"),
    path("funnel/names/", FunnelNamesView.as_view(), name="funnel_names"),
    path("phases/", PhasesView.as_view(), name="phases"),
    path("phases/names/", PhaseNamesView.as_view(), name="phase_names"),
    path("reactions/", ReactionsView.as_view(), name="reactions"),
    path("reactions/file/", ReactionsFileView.as_view(), name="reactions_file"),
    path("reactions/names/", RefusedView.as_view(), name="refused"),
    path("targets/", TargetsView.as_view(), name="targets"),
    path("catalogue/", CatalogueView.as_view(), name="catalogue"),
    path("", include("reports.text_urls")),
    path("daily/", DailyView.as_view(), name="daily"),
    path("daily/produce/", ProduceView.as_view(), name="produce"),
    path("files/", FileListView.as_view(), name="files"),
    path("files/<uuid:uid>/", DownloadView.as_view(), name="download"),
]
