"""What GitHub would do otherwise is said, and nothing is said where it would not."""

from typing import Any

import pytest

from tests.ci.conftest import Ci
from workbook.ci.hints import unheard_push


@pytest.mark.parametrize(
    "on",
    [
        "push",
        ["push", "pull_request"],
        {"push": None},
        {"push": {"branches": ["main", "my-*"]}},
        {"push": {"branches": ["**"]}},
        {"push": {"branches": ["!main"]}},
        {"push": {"paths": ["app/**"]}},
    ],
)
def test_a_push_that_is_heard_is_not_worth_a_word(on: Any) -> None:
    assert unheard_push({"on": on}, "my-work") == ""


def test_a_push_that_starts_nothing_is_told() -> None:
    on = {"push": {"branches": ["main"]}, "pull_request": None}
    assert unheard_push({"on": on}, "my-work").startswith("On GitHub a push of the branch my-work starts nothing")
    assert unheard_push({"on": {"pull_request": None}}, "my-work") == "On GitHub a push does not start this workflow."


def test_a_secret_is_empty_and_named(ci: Ci) -> None:
    ran = ci('- run: test -z "$TOKEN"\n  env:\n    TOKEN: ${{ secrets.DEPLOY_TOKEN }}')

    assert ran.code == 0, ran.said
    assert "Secrets are empty here: DEPLOY_TOKEN.\n" in ran.said
