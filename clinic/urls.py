"""Addresses of this room."""

from django.urls import path

from clinic.views import aefi, board, calls, case, certificates, floor, guests, quick_cards, visit

app_name = "clinic"
urlpatterns = [
    path("", floor.FloorView.as_view(), name="floor"),
    path("check-in/<uuid:uid>/", floor.CheckInView.as_view(), name="check_in"),
    path("board/", board.BoardView.as_view(), name="board"),
    path("station/", calls.StationView.as_view(), name="station"),
    path("call/", calls.CallNextView.as_view(), name="call"),
    path("calls/", calls.CallsView.as_view(), name="calls"),
    path("guests/", guests.GuestsView.as_view(), name="guests"),
    path("guests/file/", guests.GuestsFileView.as_view(), name="guests_file"),
    path("aefi/", aefi.AefiListView.as_view(), name="aefi"),
    path("aefi/cards/", quick_cards.CardsView.as_view(), name="cards"),
    path("aefi/cards/<slug:code>/", quick_cards.CardView.as_view(), name="card"),
    path("aefi/<uuid:uid>/cards/", quick_cards.CardsView.as_view(), name="case_cards"),
    path("aefi/<uuid:uid>/cards/<slug:code>/", quick_cards.CaseCardView.as_view(), name="case_card"),
    path("aefi/plan/", case.PlanView.as_view(), name="reaction_plan"),
    path("aefi/group/<uuid:uid>/", case.DecideView.as_view(), name="reaction_group"),
    path("aefi/<uuid:uid>/card/", case.CardFormView.as_view(), name="case_form"),
    path("aefi/<uuid:uid>/card/print/", case.CardPaperView.as_view(), name="case_paper"),
    path("aefi/<uuid:uid>/card/file/", case.CardFileView.as_view(), name="case_file"),
    path("aefi/<uuid:uid>/log/", case.LogView.as_view(), name="case_log"),
    path("aefi/<uuid:uid>/", aefi.AefiCaseView.as_view(), name="aefi_case"),
    path("certificate/<uuid:uid>/", certificates.CertificateView.as_view(), name="certificate"),
    path("certificate/<uuid:uid>/revoke/", certificates.RevokeView.as_view(), name="certificate_revoke"),
    path("<uuid:uid>/", visit.VisitView.as_view(), name="visit"),
    path("<uuid:uid>/screen/", visit.ScreenView.as_view(), name="screen"),
    path("<uuid:uid>/consent/", visit.ConsentView.as_view(), name="consent"),
    path("<uuid:uid>/consent/signed/", visit.UseSignedView.as_view(), name="use_signed"),
    path("<uuid:uid>/consent/withdraw/", visit.WithdrawView.as_view(), name="withdraw"),
    path("<uuid:uid>/dose/", visit.DoseView.as_view(), name="dose"),
    path("<uuid:uid>/void/", visit.VoidView.as_view(), name="void"),
    path("<uuid:uid>/release/", visit.ReleaseView.as_view(), name="release"),
    path("<uuid:uid>/seat/", visit.SeatView.as_view(), name="seat"),
    path("<uuid:uid>/transfer/", visit.TransferView.as_view(), name="transfer"),
    path("<uuid:uid>/reaction/", visit.ReactionView.as_view(), name="reaction"),
    path("<uuid:uid>/leave/", visit.LeaveView.as_view(), name="leave"),
    path("<uuid:uid>/slip/", visit.SlipView.as_view(), name="slip"),
]
