"""Addresses of this room."""

from django.urls import path

from appointments.views import bookings, person, places, readiness, rosters, second_doses, sessions, told

app_name = "appointments"
urlpatterns = [
    path("", sessions.SessionListView.as_view(), name="list"),
    path("add/", sessions.SessionAddView.as_view(), name="add"),
    path("bookings/", bookings.BookingListView.as_view(), name="bookings"),
    path("bookings/<uuid:uid>/cancel/", bookings.CancelView.as_view(), name="booking_cancel"),
    path("bookings/<uuid:uid>/move/", bookings.MoveView.as_view(), name="booking_move"),
    path("person/<uuid:uid>/book/", person.BookPersonView.as_view(), name="book_person"),
    path("second/", second_doses.BoardView.as_view(), name="second"),
    path("second/names/", second_doses.NamesView.as_view(), name="second_names"),
    path("second/names/print/", second_doses.PaperView.as_view(), name="second_paper"),
    path("second/names/file/", second_doses.FileView.as_view(), name="second_file"),
    path("roster/", rosters.RosterView.as_view(), name="roster"),
    path("roster/file/", rosters.RosterFileView.as_view(), name="roster_file"),
    path("roster/texts/", rosters.RosterTextsView.as_view(), name="roster_texts"),
    path("zones/", readiness.ZoneListView.as_view(), name="zones"),
    path("zones/<int:pk>/", readiness.ZonesView.as_view(), name="zones_of"),
    path("roster/<int:pk>/approve/", rosters.ApproveView.as_view(), name="roster_approve"),
    path("<uuid:uid>/", sessions.SessionView.as_view(), name="session"),
    path("<uuid:uid>/book/", bookings.BookView.as_view(), name="book"),
    path("<uuid:uid>/submit/", rosters.SubmitView.as_view(), name="submit"),
    path("<uuid:uid>/open/", sessions.SessionDeedView.as_view(deed="open"), name="open"),
    path("<uuid:uid>/close/", sessions.SessionDeedView.as_view(deed="close"), name="close"),
    path("<uuid:uid>/cancel/", sessions.SessionCancelView.as_view(), name="cancel"),
    path("<uuid:uid>/told/", told.ToldView.as_view(), name="told"),
    path("<uuid:uid>/slots/<int:slot>/", places.CapacityView.as_view(), name="capacity"),
    path("<uuid:uid>/ready/", readiness.ReadyView.as_view(), name="ready"),
    path("<uuid:uid>/ready/start/", readiness.StartView.as_view(), name="start"),
    path("<uuid:uid>/ready/checks/", readiness.ChecksView.as_view(), name="checks"),
    path("<uuid:uid>/ready/staff/", readiness.StaffAddView.as_view(), name="staff_add"),
    path("<uuid:uid>/ready/staff/copy/", readiness.StaffCopyView.as_view(), name="staff_copy"),
    path("<uuid:uid>/ready/staff/<int:pk>/drop/", readiness.StaffDropView.as_view(), name="staff_drop"),
    path("<uuid:uid>/ready/stops/", readiness.StopAddView.as_view(), name="stop_add"),
    path("<uuid:uid>/ready/stops/<int:pk>/drop/", readiness.StopDropView.as_view(), name="stop_drop"),
    path("<uuid:uid>/places/", places.PlacesView.as_view(), name="places"),
    path("<uuid:uid>/places/add/", places.AddPlacesView.as_view(), name="places_add"),
    path("<uuid:uid>/releases/", places.ReleaseView.as_view(), name="release"),
    path("<uuid:uid>/releases/<int:pk>/drop/", places.DropReleaseView.as_view(), name="release_drop"),
]
