"""迁移与移出: what was proposed, what waits for whom, and the answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from core import idnumbers, names
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from residents.choices import MoveKind, MoveState
from residents.forms import AnswerForm, ClaimForm, MoveForm
from residents.models import Move, Resident
from residents.services import moves
from residents.services.persons import Document
from residents.tables import MoveTable
from residents.views.base import PersonDeedView


class MoveListView(ActionRequiredMixin, SingleTableMixin, ListView):
    """``?show=mine`` waits for my answer (the default when there are any), ``open`` all open ones, ``all``."""

    action = "residents.view"
    table_class = MoveTable
    template_name = "residents/moves.html"
    paginate_by = 50

    @cached_property
    def counts(self) -> dict[str, int]:
        user = self.request.user
        return {
            "mine": Move.objects.awaiting(user).count(),
            "open": Move.objects.visible_to(user).open().count(),
            "all": Move.objects.visible_to(user).count(),
        }

    @cached_property
    def show(self) -> str:
        asked = self.request.GET.get("show")
        return asked if asked in self.counts else next((k for k in ("mine", "open") if self.counts[k]), "all")

    def get_queryset(self):
        user = self.request.user
        rows = {
            "mine": Move.objects.awaiting(user),
            "open": Move.objects.visible_to(user).open(),
            "all": Move.objects.visible_to(user),
        }[self.show]
        return rows.select_related("resident", "from_place", "to_place", "proposed_by", "answered_by")

    def get_context_data(self, **kwargs):
        words = {"mine": "等我答复", "open": "等待答复", "all": "全部"}
        tabs = [(key, words[key], number) for key, number in self.counts.items()]
        may_claim = self.request.user.can("moves.propose")
        return super().get_context_data(show=self.show, views=tabs, may_claim=may_claim, **kwargs)


class ProposeView(PersonDeedView):
    """迁往别村: done at once when both villages are the office's own."""

    action = "moves.propose"
    form_class = MoveForm
    heading = "迁往别村"
    lead = "由迁入的村答复同意后生效,接种记录跟着人走。两个村都归您管的,当场生效。"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.person}

    def get_initial(self):
        return {"residence": self.person.residence}

    def perform(self, form):
        data = dict(form.cleaned_data)
        move = moves.propose(
            resident=self.person,
            kind=MoveKind.MOVE,
            actor=self.request.user,
            now=timezone.now(),
            today=self.today,
            **data,
        )
        return _told(self.request, move)


class ClaimView(ServiceFormView):
    """提出迁入: the number is registered elsewhere and the person lives here. The number travels in the body only."""

    action = "moves.propose"
    form_class = ClaimForm
    template_name = "core/form.html"
    extra_context = {
        "heading": "提出迁入",
        "note": "号码已在别处登记、人在本村的,在这里提出;原登记的村同意后,这个人转到本村名册。",
    }

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "today": timezone.localdate()}

    def perform(self, form):
        data = form.cleaned_data
        number = idnumbers.normalise(data["id_type"], data["number"])
        move = moves.claim(
            document=Document(data["id_type"], number),
            name=names.normalise(data["name"]),
            to_place=data["village"],
            actor=self.request.user,
            key=data["key"],
            now=timezone.now(),
            today=timezone.localdate(),
        )
        return _told(self.request, move)


class MoveView(ServiceFormView):
    """One proposal and what the user may answer."""

    action = "residents.view"
    form_class = AnswerForm
    template_name = "residents/move.html"

    @cached_property
    def move(self) -> Move:
        rows = Move.objects.visible_to(self.request.user) | Move.objects.answerable_by(self.request.user)
        rows = rows.select_related(
            "resident", "from_place__parent", "to_place__parent", "proposed_by", "answered_by"
        )
        return get_object_or_404(rows.distinct(), uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.move.resident

    @cached_property
    def buttons(self) -> list[tuple[str, str, str]]:
        user, move = self.request.user, self.move
        offices = user.scope("moves.decide")
        if move.state == MoveState.REFUSED:
            sides = [move.from_place.code, *([move.to_place.code] if move.to_place else [])]
            return [("overrule", "裁定执行", "btn-danger")] if all(map(offices.covers, sides)) else []
        if move.state != MoveState.OPEN:
            return []
        found = []
        if Move.objects.answerable_by(user).filter(pk=move.pk).exists():
            found += [("accept", "同意", "btn-primary"), ("refuse", "不同意", "btn-outline-danger")]
        if move.proposed_by_id == user.pk or offices.covers(move.asking.code):
            found.append(("withdraw", "撤回", "btn-outline-secondary"))
        return found

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return kwargs | {"today": timezone.localdate(), "buttons": self.buttons}

    def get_context_data(self, **kwargs):
        return super().get_context_data(move=self.move, buttons=self.buttons, **kwargs)

    def perform(self, form):
        asked = next((name for name, _, _ in self.buttons if name in self.request.POST), None)
        if asked is None:
            raise RuleBroken("MOVE_BUTTON", "请点一个按钮答复。")
        given = {"move": self.move, "actor": self.request.user, "now": timezone.now()}
        if asked != "withdraw":
            given["note"] = form.cleaned_data["note"]
        if asked in ("accept", "overrule"):
            given["today"] = timezone.localdate()
        return _told(self.request, getattr(moves, asked)(**given))


def _told(request, move: Move) -> Move:
    word = {
        MoveState.OPEN: f"已提出,等{move.asked_word}答复。",
        MoveState.ACCEPTED: f"已生效:{move}。",
        MoveState.SETTLED: f"已裁定执行:{move}。",
    }.get(move.state, f"{move.get_state_display()}。")
    messages.success(request, word)
    return move
