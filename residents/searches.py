"""What a user types to narrow the list is kept with the log-in; the address holds a meaningless word for it.

Addresses stay behind: in the browser's history, in logs, on a shared screen. A name or a number must not.
"""

import secrets

_STORE = "residents.searches"
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
