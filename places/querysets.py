"""Reads of the ground. A scope is a prefix of the 12-digit code; prefixes are compared as ranges of digits, which
both engines answer from the index in every collation (LIKE does not)."""

from django.db.models import Q, QuerySet


def code_range(field: str, prefix: str) -> Q:
    """``field`` begins with ``prefix`` (digits only)."""
    upper = str(int(prefix) + 1).zfill(len(prefix))
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": upper})


def any_code_range(field: str, prefixes) -> Q:
    """``field`` begins with one of ``prefixes``; nothing when there is none."""
    if not prefixes:
        return Q(pk__in=[])
    query = Q()
    for prefix in prefixes:
        # Two ranges side by side keep SQLite from using an index, so what lies inside another one is left out.
        if not any(prefix != other and prefix.startswith(other) for other in prefixes):
            query |= code_range(field, prefix)
    return query


class PlaceQuerySet(QuerySet):
    """Reads of Place."""

    def current(self):
        """Places that exist today (not abolished)."""
        return self.filter(valid_to__isnull=True)

    def under(self, place):
        """``place`` and everything below it."""
        return self.filter(code_range("code", place.prefix))

    def inside(self, prefixes):
        """Places whose code begins with one of ``prefixes``."""
        return self.filter(any_code_range("code", prefixes))

    def path_of(self, place) -> list:
        """From the county (or what stands above a county) down to ``place``, in one query: the breadcrumb."""
        codes = {place.code[:digits].ljust(12, "0") for digits in (6, 9, 12) if digits <= len(place.prefix)}
        return sorted(self.filter(code__in=codes | {place.code}), key=lambda p: len(p.prefix))

    def villages(self):
        """Villages and communities only."""
        return self.filter(level="village")

    def visible_to(self, user):
        """Places inside the user's scopes (whatever the role)."""
        return self.filter(any_code_range("code", user.scope().prefixes))


class SiteQuerySet(QuerySet):
    """Reads of Site."""

    def active(self):
        """Sites in use."""
        return self.filter(is_active=True)

    def inside(self, prefixes):
        """Sites on places whose code begins with one of ``prefixes``."""
        return self.filter(any_code_range("place__code", prefixes))

    def visible_to(self, user):
        """Sites of the user's places, and the sites the user works at."""
        scope = user.scope()
        return self.filter(any_code_range("place__code", scope.town_prefixes) | Q(pk__in=scope.sites))


class OrganisationQuerySet(QuerySet):
    """Reads of Organisation."""

    def reached_by(self, user, action: str):
        """Organisations of the places and of the site's town where the user has ``action``, and the user's own with their
        branches."""
        scope = user.scope(action)
        return self.filter(any_code_range("place__code", scope.town_prefixes) | Q(pk__in=scope.organisations))

    def inside(self, prefixes):
        """Organisations on places whose code begins with one of ``prefixes``."""
        return self.filter(any_code_range("place__code", prefixes))

    def visible_to(self, user):
        """Organisations of the user's places, and those the user registers for."""
        return self.within(user.scope())

    def within(self, scope):
        """Organisations of the places of ``scope``, and its own."""
        return self.filter(any_code_range("place__code", scope.prefixes) | Q(pk__in=scope.organisations))
