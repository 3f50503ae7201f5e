from collections import Counter
from datetime import date
from typing import Any


def best_dates(votes: list[dict[str, Any]]) -> list[date]:
    """Up to three days: most participants who can come, then most stars, then the earliest.

    A vote has `date`, `enabled` and `starred`. A day on which nobody can come is none of them.
    """
    enabled = Counter(vote["date"] for vote in votes if vote["enabled"])
    starred = Counter(vote["date"] for vote in votes if vote["starred"])
    return sorted(enabled, key=lambda day: (-enabled[day], -starred[day], day))[:3]
