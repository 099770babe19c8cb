"""The letter to parents, a class at a time: each pupil's own sheet with the slip to sign and bring back (S34)."""

from django.http import Http404
from django.views.generic import TemplateView

from campaigns.rules import question_set_from_data
from campaigns.services.texts import letter_of
from core import audit
from residents.views.rosters import OneRoster


class LettersView(OneRoster, TemplateView):
    """``?part=`` one class; without it only the classes stand there. Printing is recorded."""

    template_name = "residents/letters.html"

    def get_context_data(self, **kwargs):
        if not self.organisation.is_school:
            raise Http404
        classes: dict[str, list] = {}
        for entry in self.entries():
            if entry.class_word:  # teachers are on the roster, too
                classes.setdefault(entry.class_word, []).append(entry.resident)
        asked = self.request.GET.get("part", "")
        chosen = asked if asked in classes else next(iter(classes), "")
        campaign = self.campaign
        pupils = classes.get(chosen, []) if campaign else []
        if pupils:
            audit.record(
                "members.letters_printed",
                actor=self.request.user,
                target=self.organisation,
                place_code=self.organisation.place.code,
                data={"part": chosen, "people": len(pupils)},
            )
        return super().get_context_data(
            organisation=self.organisation,
            campaign=campaign,
            letter=letter_of(campaign) if campaign else None,
            questions=_questions(campaign) if campaign else [],
            parts=[(part, len(people)) for part, people in classes.items()],
            chosen=chosen,
            pupils=pupils,
            today=self.today,
            **kwargs,
        )


def _questions(campaign) -> list[str]:
    """What speaks against a dose when it is so, in the words of the campaign's question set for minors."""
    questions = question_set_from_data(campaign.minor_questions.data).questions
    return [one.text for one in questions if one.kind == "yes_no" and one.bad]
