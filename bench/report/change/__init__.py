"""What changed between sweeps: the same configurations in one results folder and in others.

Configurations are matched by what they are, not by their names. Verdicts follow the rules of the
report (``bench.report.verdicts``); for what two sessions of one machine measure, such as times, see
``judged``. Data flows one way: ``sides`` → ``scores``, ``costs`` → ``measured`` → ``judged`` →
``document``.
"""

from bench.report.change.document import markdown, summary, tables
from bench.report.change.judged import Change
from bench.report.change.sections import Section, compare

__all__ = ["Change", "Section", "compare", "markdown", "summary", "tables"]
