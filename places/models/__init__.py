"""Models of the ground."""

from .place import Organisation, Place, Site

__all__ = ["Organisation", "Place", "Site"]
