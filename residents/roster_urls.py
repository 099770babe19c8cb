"""Addresses of rosters, schools and stickers; part of the register's own (``residents.urls``)."""

from django.urls import path

from residents.views import (
    letters,
    marked_lists,
    reconciling,
    roster_deeds,
    rosters,
    school_days,
    schools,
    stickers,
)

urlpatterns = [
    path("rosters/", rosters.RosterListView.as_view(), name="rosters"),
    path("rosters/schools/", schools.SchoolsView.as_view(), name="schools"),
    path("rosters/schools/file/", schools.SchoolsFileView.as_view(), name="schools_file"),
    path("rosters/schools/days/", school_days.SchoolDaysView.as_view(), name="school_days"),
    path("rosters/schools/days/file/", school_days.SchoolDaysFileView.as_view(), name="school_days_file"),
    path("rosters/elsewhere/", schools.ElsewhereView.as_view(), name="elsewhere"),
    path("rosters/elsewhere/file/", schools.ElsewhereFileView.as_view(), name="elsewhere_file"),
    path("rosters/elsewhere/push/", schools.PushView.as_view(), name="elsewhere_push"),
    path("rosters/stickers/", stickers.StickersView.as_view(), name="stickers"),
    path("rosters/stickers/file/", stickers.StickersFileView.as_view(), name="stickers_file"),
    path("rosters/reconcile/", reconciling.ReconciliationsView.as_view(), name="reconciliations"),
    path("rosters/reconcile/<int:pk>/", reconciling.ReconcileView.as_view(), name="reconcile"),
    path("rosters/reconcile/<int:pk>/rest/", reconciling.RestView.as_view(), name="reconcile_rest"),
    path("rosters/reconcile/<int:pk>/list/", marked_lists.MarkedListView.as_view(), name="reconcile_list"),
    path("rosters/reconcile/<int:pk>/file/", marked_lists.BlankListView.as_view(), name="reconcile_file"),
    path("rosters/reconcile/<int:pk>/take/", marked_lists.TakeView.as_view(), name="reconcile_take"),
    path("rosters/reconcile/<int:pk>/sign/", reconciling.SignView.as_view(), name="reconcile_sign"),
    path("rosters/reconcile/<int:pk>/<uuid:uid>/", reconciling.ClaimView.as_view(), name="reconcile_claim"),
    path(
        "rosters/reconcile/<int:pk>/<uuid:uid>/settle/",
        reconciling.SettleView.as_view(),
        name="reconcile_settle",
    ),
    path("rosters/<int:pk>/", rosters.RosterView.as_view(), name="roster"),
    path("rosters/<int:pk>/print/", rosters.RosterPrintView.as_view(), name="roster_print"),
    path("rosters/<int:pk>/letters/", letters.LettersView.as_view(), name="letters"),
    path("rosters/<int:pk>/file/", rosters.RosterFileView.as_view(), name="roster_file"),
    path("rosters/<int:pk>/add/", roster_deeds.MemberAddView.as_view(), name="member_add"),
    path("rosters/<int:pk>/confirm/", roster_deeds.ConfirmView.as_view(), name="roster_confirm"),
    path("rosters/<int:pk>/summary/", schools.SummaryView.as_view(), name="school_summary"),
    path("rosters/<int:pk>/summary/file/", schools.SummaryFileView.as_view(), name="school_summary_file"),
    path("rosters/stickers/<int:pk>/", stickers.StickerPrintView.as_view(), name="sticker_print"),
    path("rosters/<int:pk>/<uuid:uid>/", roster_deeds.MemberEditView.as_view(), name="member_edit"),
    path("rosters/<int:pk>/<uuid:uid>/leave/", roster_deeds.MemberLeaveView.as_view(), name="member_leave"),
    path("sticker/<uuid:token>/", stickers.StickerView.as_view(), name="sticker"),
]
