"""Log-ins, read from the shared cache. The database has them all, and answers alone while the cache is away."""

import logging
import time

from django.contrib.sessions.backends import cached_db

logger = logging.getLogger(__name__)
# What the cache could not be told, or was told too late by a request still under way, it forgets after so long.
KEPT_SECONDS = 300
# A cache whose link is cut costs each request the whole time-out, so a process reads without it for so long.
_REST = 15.0


class _Forgiving:
    """A cache that may be away: then it knows nothing and keeps nothing."""

    resting_until = 0.0  # of this process

    def __init__(self, cache):
        self._cache = cache

    @classmethod
    def is_resting(cls) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < cls.resting_until

    def get(self, key):
        return self._ask("get", key)

    def set(self, key, value, timeout):
        self._ask("set", key, value, min(timeout, KEPT_SECONDS))

    def delete(self, key):
        self._ask("delete", key)

    def __contains__(self, key) -> bool:
        return bool(self._ask("has_key", key))

    def _ask(self, verb: str, *args):
        try:
            return getattr(self._cache, verb)(*args)
        except Exception as error:  # each kind of cache has errors of its own
            _Forgiving.resting_until = time.monotonic() + _REST
            logger.warning("session cache: %s failed (%s)", verb, type(error).__name__)
            return None


class SessionStore(cached_db.SessionStore):
    """Django's own, which goes on without its cache."""

    cache_key_prefix = "sessions."

    def __init__(self, session_key=None):
        super().__init__(session_key)
        self._cache = _Forgiving(self._cache)

    def load(self):
        """Nothing is left out of what is told the cache (changes, log-outs): others may still read it there."""
        if not self._cache.is_resting():
            return super().load()
        row = self._get_session_from_db()
        return self.decode(row.session_data) if row else {}
