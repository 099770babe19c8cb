"""Addresses of this room. People appear in them by a random uuid only, never by number or name."""

from django.urls import include, path

from residents.views import (
    counting,
    deeds,
    detail,
    duplicates,
    entry,
    find,
    grid,
    imports,
    lists,
    merges,
    phases,
)

app_name = "residents"
urlpatterns = [
    path("", lists.ResidentListView.as_view(), name="list"),
    path("export/", lists.ExportView.as_view(), name="export"),
    path("find/", find.FindView.as_view(), name="find"),
    path("add/", entry.AddView.as_view(), name="add"),
    path("check/", entry.CheckView.as_view(), name="check"),
    path("grid/", grid.GridView.as_view(), name="grid"),
    path("grid/check/", grid.CheckRowView.as_view(), name="grid_check"),
    path("grid/save/", grid.SaveRowView.as_view(), name="grid_save"),
    path("import/", imports.ImportView.as_view(), name="import"),
    path("import/template/", imports.TemplateView.as_view(), name="template"),
    path("import/<uuid:uid>/", imports.ImportDetailView.as_view(), name="import_detail"),
    path("import/<uuid:uid>/commit/", imports.CommitView.as_view(), name="import_commit"),
    path("import/<uuid:uid>/discard/", imports.DiscardView.as_view(), name="import_discard"),
    path("import/<uuid:uid>/errors/", imports.ErrorsView.as_view(), name="import_errors"),
    path("counting/", counting.CountingView.as_view(), name="counting"),
    path("duplicates/", duplicates.DuplicatesView.as_view(), name="duplicates"),
    path("duplicates/<uuid:one>/<uuid:other>/", duplicates.PairView.as_view(), name="pair"),
    path("merge/<uuid:kept>/<uuid:absorbed>/", merges.MergeView.as_view(), name="merge"),
    path("merges/<uuid:uid>/", merges.MergeDetailView.as_view(), name="merge_detail"),
    path("phases/<slug:code>/<int:order>/", phases.PhaseSwitchView.as_view(), name="phase"),
    path("", include("residents.roster_urls")),
    path("<uuid:uid>/", detail.ResidentView.as_view(), name="detail"),
    path("<uuid:uid>/edit/", entry.EditView.as_view(), name="edit"),
    path("<uuid:uid>/number/<int:pk>/", deeds.RevealView.as_view(), name="reveal"),
    path("<uuid:uid>/document/", deeds.DocumentView.as_view(), name="document"),
    path("<uuid:uid>/dose/", deeds.DoseElsewhereView.as_view(), name="dose"),
    path("<uuid:uid>/consent/", deeds.ConsentView.as_view(), name="consent"),
    path("<uuid:uid>/condition/", deeds.ConditionView.as_view(), name="condition"),
    path("<uuid:uid>/remove/", deeds.RemoveView.as_view(), name="remove"),
    path("<uuid:uid>/unit/", counting.SettleView.as_view(), name="settle"),
    path("<uuid:uid>/restore/", deeds.RestoreView.as_view(), name="restore"),
]
