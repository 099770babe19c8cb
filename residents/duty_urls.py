"""Addresses of visits, duties, rides, publicity, ledgers, tags, proofs and the doctors' list; part of the register's own (``residents.urls``)."""

from django.urls import path

from residents.views import doctors, doubtful, duty, hold_proofs, ledgers, lifts, outreach, publicity

urlpatterns = [
    path("outreach/", outreach.RoundView.as_view(), name="outreach"),
    path("outreach/sheet/", outreach.RoundSheetView.as_view(), name="round_sheet"),
    path("outreach/file/", outreach.RoundFileView.as_view(), name="round_file"),
    path("<uuid:uid>/outreach/", outreach.OutreachView.as_view(), name="outreach_log"),
    path("<uuid:uid>/outreach/claim/", outreach.ClaimView.as_view(), name="outreach_claim"),
    path("duty/", duty.TreeView.as_view(), name="duty"),
    path("duty/assign/", duty.AssignView.as_view(), name="duty_assign"),
    path("duty/people/", duty.PeopleView.as_view(), name="duty_people"),
    path("duty/from-census/", duty.FromCensusView.as_view(), name="duty_from_census"),
    path("duty/<uuid:uid>/end/", duty.EndView.as_view(), name="duty_end"),
    path("lifts/", lifts.LiftListView.as_view(), name="lifts"),
    path("lifts/<uuid:uid>/", lifts.LiftArrangeView.as_view(), name="lift"),
    path("lifts/<uuid:uid>/done/", lifts.LiftDoneView.as_view(), name="lift_done"),
    path("lifts/<uuid:uid>/cancel/", lifts.LiftCancelView.as_view(), name="lift_cancel"),
    path("<uuid:uid>/lift/", lifts.LiftAskView.as_view(), name="lift_ask"),
    path("publicity/", publicity.PublicityView.as_view(), name="publicity"),
    path("publicity/file/", publicity.PublicityFileView.as_view(), name="publicity_file"),
    path("publicity/<uuid:uid>/", publicity.CorrectView.as_view(), name="publicity_correct"),
    path("groups/", ledgers.GroupsView.as_view(), name="groups"),
    path("groups/file/", ledgers.GroupsFileView.as_view(), name="groups_file"),
    path("households/", ledgers.HouseholdListView.as_view(), name="households"),
    path("households/<int:pk>/", ledgers.HouseholdView.as_view(), name="household"),
    path("tags/", ledgers.TagListView.as_view(), name="tags"),
    path("tags/<int:pk>/", ledgers.TagView.as_view(), name="tag"),
    path("doctors/", doctors.DoctorsView.as_view(), name="doctors"),
    path("doctors/file/", doctors.DoctorsFileView.as_view(), name="doctors_file"),
    path("<uuid:uid>/judge/", doctors.JudgeView.as_view(), name="judge"),
    path("doubtful/", doubtful.DoubtfulListView.as_view(), name="doubtful"),
    path("doubtful/<uuid:uid>/", doubtful.DecideView.as_view(), name="doubtful_decide"),
    path("doubtful/<uuid:uid>/proof/", doubtful.ProofAddView.as_view(), name="proof_add"),
    path("holds/<int:pk>/proof/", hold_proofs.HoldProofAddView.as_view(), name="hold_proof_add"),
    path("hold-proofs/<uuid:uid>/", hold_proofs.HoldProofView.as_view(), name="hold_proof"),
    path("proofs/<uuid:uid>/", doubtful.ProofView.as_view(), name="proof"),
]
