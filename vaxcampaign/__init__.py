"""The project package: wires everything, owns nothing."""

from .celery import app as celery_app

__all__ = ["celery_app"]
