"""What a user types to narrow the list is kept with the log-in; the address holds a meaningless word for it.

Addresses stay behind: in the browser's history, in logs, on a shared screen. A name or a number must not.
"""

import secrets

from django.http import HttpResponseRedirect, QueryDict

from core.text import clean

_STORE = "searches"
_KEPT = 20  # words; enough for every window and the way back


def remember(session, text: str) -> str:
    """The word for ``text`` in the address; the same text has the same word."""
    known = session.get(_STORE, [])
    word = next((word for word, said in known if said == text), None) or secrets.token_urlsafe(6)
    session[_STORE] = [[word, text], *(pair for pair in known if pair[0] != word)][:_KEPT]
    return word


def recall(session, word: str) -> str:
    """The text of ``word``; "" for a word of another log-in, and for a text somebody wrote into the address."""
    return next((text for known, text in session.get(_STORE, []) if known == word), "")


def recalled(data: QueryDict, session) -> QueryDict:
    """The filters of an address, with the text in place of its word."""
    data = data.copy()
    if data.get("q"):
        data["q"] = recall(session, data["q"])
    return data


class PostedFilters:
    """For views with a filter row: it is posted, so that what was typed (``q``) stands in no address; the page is then read
    as ever, with the word for it. A list view's filters are given the text."""

    longest = 40  # characters of a search
    filter_names: frozenset[str]

    def post(self, request, *args, **kwargs):
        text = clean(request.POST.get("q", ""))[: self.longest]
        chosen = QueryDict(mutable=True)
        for name, value in request.POST.items():
            if value and name in self.filter_names and name != "q":
                chosen[name] = value
        if text:
            chosen["q"] = remember(request.session, text)
        return HttpResponseRedirect(f"{request.path}?{chosen.urlencode()}" if chosen else request.path)

    def get_filterset_kwargs(self, filterset_class):
        kwargs = super().get_filterset_kwargs(filterset_class)
        return kwargs | {"data": recalled(self.request.GET, self.request.session)}

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if self.request.htmx:
            response["HX-Push-Url"] = self.request.get_full_path()
        return response
