"""Addresses of the office's texts."""

from django.urls import path

from reports.views.bulletins import (
    BulletinFileView,
    BulletinRenewView,
    BulletinsView,
    BulletinView,
    BulletinWordsView,
)

urlpatterns = [
    path("bulletins/", BulletinsView.as_view(), name="bulletins"),
    path("bulletins/<uuid:uid>/", BulletinView.as_view(), name="bulletin"),
    path("bulletins/<uuid:uid>/words/", BulletinWordsView.as_view(), name="bulletin_words"),
    path("bulletins/<uuid:uid>/renew/", BulletinRenewView.as_view(), name="bulletin_renew"),
    path("bulletins/<uuid:uid>/file/", BulletinFileView.as_view(), name="bulletin_file"),
]
