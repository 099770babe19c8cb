"""The Celery application and its timetable. Without a broker the same tasks run in the web process."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaxcampaign.settings.base")

app = Celery("vaxcampaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "dirty days": {"task": "reports.tasks.fill_dirty", "schedule": 60.0},
    "scheduled reports": {"task": "reports.tasks.run_schedules", "schedule": 60.0},
    "nightly": {"task": "reports.tasks.nightly", "schedule": crontab(hour=3, minute=0)},
}
