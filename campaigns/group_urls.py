"""Addresses of the directories of working groups; they stand beside the register, whose strip leads to them."""

from django.urls import path

from campaigns.views import directory, groups, members

app_name = "groups"
urlpatterns = [
    path("", directory.DirectoryView.as_view(), name="list"),
    path("file/", directory.DirectoryFileView.as_view(), name="file"),
    path("defaults/", groups.DefaultsView.as_view(), name="defaults"),
    path("copy/", groups.CopyView.as_view(), name="copy"),
    path("add/", groups.AddView.as_view(), name="add"),
    path("<uuid:uid>/", groups.GroupView.as_view(), name="detail"),
    path("<uuid:uid>/edit/", groups.EditView.as_view(), name="edit"),
    path("<uuid:uid>/dissolve/", groups.DissolveView.as_view(), name="dissolve"),
    path("<uuid:uid>/members/add/", members.MemberAddView.as_view(), name="member_add"),
    path("<uuid:uid>/members/<int:pk>/", members.MemberEditView.as_view(), name="member_edit"),
    path("<uuid:uid>/members/<int:pk>/remove/", members.MemberRemoveView.as_view(), name="member_remove"),
]
