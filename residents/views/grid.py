"""表格登记: many people of one village on one sheet. The page holds the rows, the server judges and saves them one by one."""

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views import View
from django.views.generic import TemplateView

from core.choices import Sex
from core.errors import RuleBroken
from core.phones import mask as mask_phone
from core.views import ActionRequiredMixin
from places.models import Place
from residents.forms.grid import TOLD_BY_NUMBER, GridRowForm, columns
from residents.forms.person import villages_for
from residents.models import Resident
from residents.services.duplicates import Likeness
from residents.services.grid import RowAnswer, check_row, draft_key, roster_of, save_row

ROWS_AT_MOST = 300  # more is a file for the census import


class GridView(ActionRequiredMixin, TemplateView):
    """The empty sheet of one village (``?village=``); who has several villages chooses first. What was typed but not
    saved is in the browser, not here."""

    action = "residents.edit"
    template_name = "residents/grid.html"

    @cached_property
    def villages(self):
        return list(villages_for(self.request.user))

    @cached_property
    def village(self) -> Place | None:
        """The one asked for, or the only one there is. 404 outside the user's own."""
        code = self.request.GET.get("village")
        if not code:
            return self.villages[0] if len(self.villages) == 1 else None
        village = next((one for one in self.villages if one.code == code), None)
        if village is None:
            raise Http404
        return village

    def get_context_data(self, **kwargs):
        village = self.village
        return super().get_context_data(
            villages=self.villages,
            village=village,
            organisation=roster_of(self.request.user, village) if village else None,
            columns=columns() if village else (),
            draft_key=draft_key(self.request.user),
            rows_at_most=ROWS_AT_MOST,
            may_list=self.request.user.can("residents.view"),
            **kwargs,
        )


class _RowView(ActionRequiredMixin, View):
    """One row is posted; the answer says in words what is right and wrong with it."""

    action = "residents.edit"
    http_method_names = ["post"]

    def post(self, request):
        form = GridRowForm(request.POST, user=request.user)
        if not form.is_valid():
            return JsonResponse(
                _refusal([words for errors in form.errors.values() for words in errors]), status=422
            )
        if form.cleaned_data["typed_by"] != request.user.get_username():
            return _other_user()
        try:
            answer = self.perform(form)
        except RuleBroken as error:  # busy: nothing was saved, the page tries again
            return JsonResponse(_refusal([error.message]), status=503)
        return JsonResponse(_told(answer, form.cells))

    def perform(self, form: GridRowForm) -> RowAnswer:
        raise NotImplementedError


class CheckRowView(_RowView):
    """A row as it is left."""

    def perform(self, form):
        return check_row(
            user=self.request.user,
            village=form.cleaned_data["village"],
            cells=form.cells,
            key=form.cleaned_data["key"],
            today=localdate(),
        )


class SaveRowView(_RowView):
    """A row to be saved; the same key again is answered with the person saved first."""

    def perform(self, form):
        return save_row(
            actor=self.request.user,
            village=form.cleaned_data["village"],
            cells=form.cells,
            key=form.cleaned_data["key"],
            sure=form.cleaned_data["sure"],
            fill=form.cleaned_data["fill"],
            today=localdate(),
        )


def _other_user() -> HttpResponse:
    """The browser was meanwhile used to log in as somebody else, in whose name nothing of this must be saved."""
    words = "这台电脑上现在登录的是另一个帐号。请用原来的帐号重新登录后再保存;填写的内容还在。"
    return JsonResponse(_refusal([words]), status=409)


def _refusal(words: list[str]) -> dict:
    return {
        "state": "error",
        "problems": [{"field": "", "level": "error", "message": word} for word in words],
        "filled": {},
        "people": [],
    }


def _told(answer: RowAnswer, cells) -> dict:
    """The answer as the page reads it; ``people`` are pages to open."""
    told = {
        "state": answer.state,
        "problems": [
            {"field": problem.field, "level": problem.level, "message": problem.message}
            for problem in answer.problems
        ],
        "filled": _filled(answer, cells),
        "people": [_link(answer.holder, "打开已登记的人")] if answer.holder else [],
    }
    if answer.state == "saved":
        told |= {
            "problems": [{"field": "", "level": "warning", "message": answer.filled}]
            if answer.filled
            else [],
            "differs": answer.differs,
            "people": [_link(answer.saved, answer.saved.name)],
        }
    else:
        told["people"] += [
            _alike(likeness) for likeness in answer.alike if likeness.resident != answer.holder
        ]
    return told


def _filled(answer: RowAnswer, cells) -> dict[str, str]:
    """Birth date and sex, where the number told them."""
    if answer.values is None:
        return {}
    told = {"sex": Sex(answer.values.sex).label, "birth_date": answer.values.birth_date.isoformat()}
    return {key: told[key] for key in TOLD_BY_NUMBER if key not in cells}


def _link(person: Resident, words: str) -> dict[str, str]:
    return {"words": words, "url": person.get_absolute_url()}


def _alike(likeness: Likeness) -> dict[str, str]:
    person = likeness.resident
    phone = f",{mask_phone(person.phone)}" if person.phone else ""
    words = f"{person.name}({person.village},{person.birth_date:%Y-%m-%d} 出生{phone}):{likeness.reason}"
    return _link(person, words)
