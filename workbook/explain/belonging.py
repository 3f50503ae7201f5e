"""The clinic's pages for a check that failed."""

from workbook.explain.clinic import Page
from workbook.explain.lastcheck import Fault
from workbook.explain.match import MOST, Answer, How, match

FEW = 3
"""So many pages of a check are worth naming when the error does not say which of them it is."""


def pages_of(fault: Fault, clinic: list[Page]) -> tuple[Page, ...]:
    """The pages that belong to a failing check: those whose error was heard, else all if they are few."""
    own = [page for page in clinic if page.mistake.check == fault.check]
    for said in _said(fault):
        answer = match(said, own)
        if answer.how is not How.UNKNOWN:
            return answer.pages
    # A sentence that names a test tells that test's own error, and no page has it.
    told = any("::" in sentence for sentence in fault.sentences)
    return tuple(own) if len(own) <= FEW and not told else ()


def answer_for(fault: Fault, clinic: list[Page]) -> Answer:
    """What to answer who asks about a failing check: the error itself first, then what the check is for."""
    own = [page for page in clinic if page.mistake.check == fault.check]
    for pages in (own, clinic):
        for said in _said(fault):
            answer = match(said, pages)
            if answer.how is not How.UNKNOWN:
                return answer
    if 0 < len(own) <= MOST:
        return Answer(How.LIKELY, tuple(own))
    return match("\n".join(_said(fault)), clinic)


def _said(fault: Fault) -> tuple[str, ...]:
    """Its own sentences first: what was heard may be another check's."""
    return tuple(filter(str.strip, ("\n".join(fault.sentences), fault.heard)))
