"""Addresses of the weekly ranking and of the office's texts."""

from django.urls import path

from reports.views.bulletins import (
    BulletinFileView,
    BulletinRenewView,
    BulletinsView,
    BulletinView,
    BulletinWordsView,
)
from reports.views.weekly import WeeklyFileView, WeeklyPublishView, WeeklyView

urlpatterns = [
    path("weekly/", WeeklyView.as_view(), name="weekly"),
    path("weekly/file/", WeeklyFileView.as_view(), name="weekly_file"),
    path("weekly/publish/", WeeklyPublishView.as_view(), name="weekly_publish"),
    path("bulletins/", BulletinsView.as_view(), name="bulletins"),
    path("bulletins/<uuid:uid>/", BulletinView.as_view(), name="bulletin"),
    path("bulletins/<uuid:uid>/words/", BulletinWordsView.as_view(), name="bulletin_words"),
    path("bulletins/<uuid:uid>/renew/", BulletinRenewView.as_view(), name="bulletin_renew"),
    path("bulletins/<uuid:uid>/file/", BulletinFileView.as_view(), name="bulletin_file"),
]
