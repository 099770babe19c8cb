"""Addresses of the reports that are made by themselves."""

from django.urls import path

from reports.views.schedules import RunAgainView, ScheduleEndView, SchedulesView, ScheduleView

urlpatterns = [
    path("schedules/", SchedulesView.as_view(), name="schedules"),
    path("schedules/<uuid:uid>/", ScheduleView.as_view(), name="schedule"),
    path("schedules/<uuid:uid>/end/", ScheduleEndView.as_view(), name="schedule_end"),
    path("schedules/runs/<int:pk>/again/", RunAgainView.as_view(), name="schedule_again"),
]
