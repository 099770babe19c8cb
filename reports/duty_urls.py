"""Addresses of the duty and meetings book."""

from django.urls import path

from reports.views.duty import DutyDayView, DutyView, RotaView
from reports.views.hearings import HearingCorrectView, HearingView, HearView
from reports.views.meetings import (
    FollowUpAddView,
    FollowUpView,
    MeetingAddView,
    MeetingCorrectView,
    MeetingView,
)

urlpatterns = [
    path("", DutyView.as_view(), name="duty"),
    path("days/<slug:day>/", DutyDayView.as_view(), name="duty_day"),
    path("rota/", RotaView.as_view(), name="duty_rota"),
    path("hear/", HearView.as_view(), name="hear"),
    path("hearings/<uuid:uid>/", HearingView.as_view(), name="hearing"),
    path("hearings/<uuid:uid>/correct/", HearingCorrectView.as_view(), name="hearing_correct"),
    path("meetings/", MeetingAddView.as_view(), name="meeting_add"),
    path("meetings/<uuid:uid>/", MeetingView.as_view(), name="meeting"),
    path("meetings/<uuid:uid>/correct/", MeetingCorrectView.as_view(), name="meeting_correct"),
    path("meetings/<uuid:uid>/follow/", FollowUpAddView.as_view(), name="follow_up_add"),
    path("follow/<uuid:uid>/", FollowUpView.as_view(), name="follow_up"),
]
