"""How often something happened lately, counted in the shared cache; without a cache nobody is kept out."""

import logging

from django.core.cache import cache

logger = logging.getLogger(__name__)


def over(key: str, *, most: int, seconds: int) -> bool:
    """Count one more of ``key``; True when it is more than ``most`` since the first one of these ``seconds``.

    Each process counts for itself where there is no Redis: the bound is then that of one process.
    """
    try:
        if cache.add(f"rate.{key}", 1, seconds):
            return most < 1
        return cache.incr(f"rate.{key}") > most
    except ValueError:  # it ended between the two questions
        return False
    except Exception as error:  # each kind of cache has errors of its own
        logger.warning("rates: the cache does not answer (%s)", type(error).__name__)
        return False
