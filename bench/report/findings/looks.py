"""Why a sweep that adds seeds has as many as it has."""

from __future__ import annotations

from bench.report import course
from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.texts import say


@finding("seeds-until-decided", position=3.9)
def seeds_until_decided(data: SweepData) -> Finding | None:
    """What each look at the seeds found, and why no more are added."""
    found = course.course(data)
    if found is None:
        return None
    texts = course.sentences(found, data.labels)
    if found.state == "due":
        texts.append(say("course-due", count=len(found.due)))
    evidence = {"looks": found.looks, "due": found.due, "state": found.state}
    return Finding(" ".join(texts), evidence)
