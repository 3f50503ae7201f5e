from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.utils.best_dates import best_dates

DAYS = [date(2026, 12, 30) + timedelta(n) for n in range(6)]


def vote(day: int, enabled: bool = True, starred: bool = False) -> dict[str, Any]:
    return {"date": DAYS[day], "enabled": enabled, "starred": starred}


@pytest.mark.parametrize(
    ("votes", "best"),
    [
        pytest.param([], [], id="nobody votes"),
        pytest.param([vote(0, enabled=False)], [], id="nobody can"),
        pytest.param([vote(3), vote(1), vote(0), vote(2)], [0, 1, 2], id="the earliest three"),
        pytest.param([vote(0), vote(1), vote(1)], [1, 0], id="most who can"),
        pytest.param([vote(0), vote(1, starred=True)], [1, 0], id="then most stars"),
        pytest.param([vote(0), vote(0), vote(1, starred=True)], [0, 1], id="but no stars before people"),
        pytest.param([vote(0), vote(0, enabled=False), vote(1), vote(1)], [1, 0], id="who cannot does not count"),
    ],
)
def test_the_best_dates_of(votes: list[dict[str, Any]], best: list[int]) -> None:
    assert best_dates(votes) == [DAYS[day] for day in best]


VOTES = st.lists(
    st.builds(vote, day=st.integers(0, 5), enabled=st.just(True), starred=st.booleans())
    | st.builds(vote, day=st.integers(0, 5), enabled=st.just(False)),
    max_size=20,
)


def worth(day: date, votes: list[dict[str, Any]]) -> tuple[int, int, int]:
    """What makes a day better than another: the larger, the better."""
    mine = [vote for vote in votes if vote["date"] == day]
    return sum(vote["enabled"] for vote in mine), sum(vote["starred"] for vote in mine), -day.toordinal()


@settings(deadline=None)
@given(VOTES)
def test_no_day_that_is_left_out_is_better(votes: list[dict[str, Any]]) -> None:
    best = best_dates(votes)

    possible = {vote["date"] for vote in votes if vote["enabled"]}
    assert len(best) == len(set(best)) == min(3, len(possible))
    ranks = [worth(day, votes) for day in best]
    assert ranks == sorted(ranks, reverse=True)
    assert all(worth(day, votes) < ranks[-1] for day in possible.difference(best))


@settings(deadline=None)
@given(VOTES.flatmap(lambda votes: st.tuples(st.just(votes), st.permutations(votes))))
def test_who_votes_first_makes_no_difference(orders: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    assert best_dates(orders[0]) == best_dates(orders[1])


@settings(deadline=None)
@given(VOTES, st.integers(0, 5))
def test_one_more_who_can_never_makes_a_day_worse(votes: list[dict[str, Any]], day: int) -> None:
    before, after = best_dates(votes), best_dates([*votes, vote(day)])

    assert DAYS[day] not in before or after.index(DAYS[day]) <= before.index(DAYS[day])
