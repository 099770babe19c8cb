"""P4: a census file from upload to committed, through the product's own services, into an empty and a full register."""

import hashlib
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import django
from django.utils import timezone

from accounts.models import User
from bench import census_file, databases, ground, peer
from bench.measure import Line, apart, say
from bench.raw import census as raw
from campaigns.models import Campaign
from core import audit
from core.locks import deed
from places.models import Place
from residents.choices import RowState
from residents.models import CensusRow, Resident
from residents.services import census

TRIAL = "bench_trial"


def lines(setup) -> Iterator[Line]:
    """One line per register; rounds take turns, each with a fresh copy of the database."""
    ground.use_empty()
    file = census_file.make(setup.work / f"census-{setup.rows}.xlsx", setup.rows)
    yield _line(setup, file, ground.EMPTY, "empty register", with_peer=True)
    ground.use_full(setup.people)
    yield _line(
        setup, file, f"{ground.EVERYBODY}_{setup.people}", f"register of {setup.people}", with_peer=False
    )


def _line(setup, file: Path, source: str, where: str, *, with_peer: bool) -> Line:
    line = Line(
        "P4", setup.engine, f"census import of {setup.rows} rows, upload to committed, {where}", "s", {}
    )
    contenders = {"ours": import_ours, "raw pipeline": _raw}
    if with_peer and setup.peer_rounds:
        contenders["peer: django-import-export"] = _peer
    peaks, results, cpu, stages = {}, {}, {}, []
    for number in range(setup.rounds):
        for name, work in contenders.items():
            if work is _peer and number >= setup.peer_rounds:
                continue
            databases.copy(source, TRIAL)
            outcome = apart(work, after=_written, file=str(file))
            line.figures.setdefault(name, []).append(outcome["seconds"])
            peaks[name] = max(peaks.get(name, 0), outcome["peak_mb"])
            results[name] = outcome["after"]
            if work is import_ours:
                stages.append(outcome["result"])
            cpu.setdefault(name, []).append(outcome["cpu"])
            say(f"{where}: {name} {outcome['seconds']:.1f} s, {outcome['peak_mb']:.0f} MB")
    databases.copy(source, TRIAL)
    waits = _longest_wait(str(file))
    databases.drop(TRIAL)
    line.at_most("ours / raw", line.median("ours") / line.median("raw pipeline"), 2.5)
    if "peer: django-import-export" in line.figures:
        line.at_least("peer / ours", line.median("peer: django-import-export") / line.median("ours"), 8)
    line.at_most("peak memory", peaks["ours"], 500, " MB")
    line.at_most("longest wait of a parallel saver", waits[0], 1.0, " s")
    (ours, digest), (theirs, their_digest) = results["ours"], results["raw pipeline"]
    line.holds("same people as by the raw pipeline", ours == theirs and digest in ("", their_digest))
    line.notes.append("peak MB: " + ", ".join(f"{name} {mb:.0f}" for name, mb in peaks.items()))
    own = ", ".join(f"{name} {median(seconds):.1f}" for name, seconds in cpu.items())
    line.notes.append(f"processor seconds of the importing process (median): {own}")
    line.notes.append(f"people written: {results['ours'][0]}; check and commit of ours: {stages}")
    line.notes.append(f"parallel saver: {waits[1]} saves during the import")
    return line


def _cast() -> dict:
    databases.use(TRIAL)
    return {
        "place": Place.objects.get(code=ground.TOWN),
        "campaign": Campaign.objects.get(),
        "actor": User.objects.get(username="town"),
        "today": timezone.localdate(),
    }


def _written() -> tuple[int, str]:
    """How many people of the file are on the register or wait there for review, and a digest of who they are."""
    new = Resident.objects.filter(created_by__isnull=False)
    names = ("name", "sex", "birth_date", "village_code", "phone", "identifiers__number_hash")
    people = set(new.values_list(*names, "enrolments__unit_code").iterator())
    waiting = CensusRow.objects.filter(state=RowState.REVIEW).count()
    digest = hashlib.sha256(repr(sorted(people, key=str)).encode()).hexdigest()
    return len(people) + waiting, "" if waiting else digest


def import_ours(file: str) -> str:
    cast = _cast()
    began = time.perf_counter()
    imported = census.take_in(
        content=Path(file).read_bytes(),
        file_name="census.xlsx",
        place=cast["place"],
        campaign=cast["campaign"],
        actor=cast["actor"],
    )
    census.check(imported, today=cast["today"])
    checked = time.perf_counter()
    census.commit(imported, actor=cast["actor"], now=timezone.now(), today=cast["today"])
    return f"check {checked - began:.1f} s, commit {time.perf_counter() - checked:.1f} s"


def _raw(file: str) -> int:
    return raw.import_file(Path(file), **_cast())


def _peer(file: str) -> int:

    cast = _cast()
    cast.pop("actor")
    return peer.import_file(Path(file), **cast)


def _longest_wait(file: str) -> tuple[float, int]:
    """The longest that somebody else's saves took while the file came in, and how many there were."""
    context = get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    saver = context.Process(target=_save_until, args=(stop, answers))
    saver.start()
    answers.get()  # it has begun
    apart(import_ours, file=file)
    stop.set()
    longest, count = answers.get()
    saver.join()
    return longest, count


def _save_until(stop, answers) -> None:
    django.setup()
    databases.use(TRIAL)
    cadre, waits = User.objects.get(username="cadre"), []
    answers.put("begun")
    while not stop.wait(0.05):
        began = time.perf_counter()
        with deed():
            User.objects.filter(pk=cadre.pk).update(phone=str(len(waits)))
            audit.record("bench.saved", actor=cadre, target=cadre)
        waits.append(time.perf_counter() - began)
    answers.put((max(waits, default=0.0), len(waits)))
