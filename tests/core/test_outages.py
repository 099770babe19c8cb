"""The database away, the disk full: a page that says so in plain words, with everything that was typed, and nothing of the stack."""

import errno
import os
import resource
import signal
from html.parser import HTMLParser

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError
from django.urls import reverse

from core import files, jobs
from core.choices import JobState
from core.models import Job
from core.outages import BROKER, DATABASE, DISK, TOO_LONG, outage


class _Form(HTMLParser):
    """The fields of the page's form."""

    def __init__(self, page: str):
        super().__init__()
        self.action, self.fields = "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if tag == "form":
            self.action = about["action"]
        elif tag == "input" and about["type"] == "hidden":
            self.fields.append((about["name"], about["value"]))


@pytest.fixture
def away(client_as, cast):
    """``away(method, path, error, …)``: the answer to a request whose first question to the database fails."""
    client = client_as(cast.town)
    client.raise_request_exception = False

    def ask(method, path, error, *args, **kwargs):
        def fail(*_):
            raise error

        with connection.execute_wrapper(fail):
            return getattr(client, method)(path, *args, **kwargs)

    return ask


GONE = OperationalError("server closed the connection unexpectedly")


def test_the_page_keeps_what_was_typed_and_sends_it_again(away):
    typed = {
        "name": '王"建国',
        "note": "第一行\n第二行",
        "people": ["3", "5"],
        "key": "k-1",
        "password": "geheim",
    }
    path = reverse("residents:add") + "?village=2"
    answer = away("post", path, GONE, typed)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "15", "no-store")
    page = answer.content.decode()
    assert DATABASE.message in page and "Traceback" not in page and "geheim" not in page
    form = _Form(page)
    assert form.action == path
    assert form.fields == [
        ("name", '王"建国'),
        ("note", "第一行\n第二行"),
        ("people", "3"),
        ("people", "5"),
        ("key", "k-1"),
    ]


def test_a_page_offers_to_be_opened_again_and_a_file_to_be_chosen_again(away):
    page = away(
        "get", reverse("residents:list"), InterfaceError("connection already closed")
    ).content.decode()
    assert "重新打开" in page and _Form(page).fields == []
    file = SimpleUploadedFile("a.xlsx", b"x" * 100)
    page = away("post", reverse("residents:import"), GONE, {"place": "1", "file": file}).content.decode()
    assert "重新选择文件" in page and "再次提交</button>" not in page


def test_a_mistake_of_ours_is_not_called_an_outage(db, away):
    answer = away("get", reverse("residents:list"), RuntimeError("ours"))
    assert answer.status_code == 500
    with pytest.raises(Exception) as slow, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert outage(slow.value) is None
    assert outage(OSError(errno.EACCES, "no")) is None


def test_a_question_that_takes_too_long_is_given_up_with_a_word(away, on_postgresql):
    if not on_postgresql:
        pytest.skip("the server gives the question up (STATEMENT_SECONDS)")
    with pytest.raises(OperationalError) as slow, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20; SELECT pg_sleep(60)")
    answer = away("get", reverse("residents:list"), slow.value)
    assert answer.status_code == 503 and TOO_LONG.message in answer.content.decode()


def test_the_database_that_goes_away_while_the_log_in_is_written_down_is_not_called_a_bad_request(
    client_as, cast, monkeypatch
):
    client = client_as(cast.town)

    def interrupt(*args, **kwargs):
        try:
            try:
                raise GONE
            except OperationalError:
                raise UpdateError  # noqa: B904 (as Django's own store does)
        except UpdateError:
            raise SessionInterrupted("deleted")  # noqa: B904

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", interrupt)
    answer = client.post(reverse("residents:add"), {"name": "王伟"})
    assert answer.status_code == 503 and ("name", "王伟") in _Form(answer.content.decode()).fields


def test_a_disk_that_is_full_leaves_no_half_file(settings, tmp_path):
    """The kernel refuses to let a file grow, as a full disk does."""
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("list.xlsx", b"x" * 300_000)
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            files.keep_upload(upload, "census")
        except OSError as error:
            os._exit(0 if outage(error) is DISK else 2)
        os._exit(1)
    assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_job_on_a_full_disk_says_so(db, settings):
    settings.JOBS_BACKEND = "celery"  # whose worker swallows what a job could not do
    job = Job.objects.create(kind="export", title="导出")

    def work(progress):
        raise OSError(errno.ENOSPC, "No space left on device")

    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert job.state == JobState.FAILED and "磁盘已满" in job.message and "重新开始" in job.message


def test_work_that_no_broker_takes_is_not_begun_and_says_so(db, settings, django_capture_on_commit_callbacks):
    settings.JOBS_BACKEND = "celery"

    class Task:
        @staticmethod
        def delay(*args, **kwargs):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start(Task, kind="export", title="导出", by=None, about="/residents/import/")
    job.refresh_from_db()
    assert (job.state, job.result["next"]) == (JobState.FAILED, "/residents/import/")
    assert "重新开始" in job.message
    assert outage(jobs.BrokerAway("refused")) is BROKER
