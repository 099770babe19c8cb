"""Entries of the duty and meetings book."""

from datetime import date
from uuid import uuid4

from django.utils import timezone

from places.models import Place
from reports.choices import MeetingKind
from reports.models import Meeting
from reports.services import meetings

WORDS = {
    "kind": MeetingKind.PUSH,
    "subject": "第一剂推进会",
    "chair": "苏和",
    "present": "各村书记",
    "decisions": "每天 20:00 前报名单。",
}


def make_meeting(place: Place, on: date, actor=None, **words) -> Meeting:
    """A meeting of a township, by the service."""
    said = WORDS | {"on": on} | words
    return meetings.record_meeting(place=place, words=said, actor=actor, key=uuid4(), now=timezone.now())
