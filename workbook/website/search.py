"""The search index, so that who pastes an error finds its page first."""

import json
from collections.abc import Mapping
from pathlib import Path


def name_errors(index: Path, errors: Mapping[str, str]) -> None:
    """Write each mistake's error beside its page's title, where a word weighs a thousand times as much as in the text.

    Args:
        index: `search/search_index.json` of a built site.
        errors: the errors by the address of their page.
    """
    content = json.loads(index.read_text(encoding="utf-8"))
    for entry in content["docs"]:
        error = errors.get(entry["location"])
        if error:
            entry["title"] = f"{entry['title']} · {_marked_up(error)}"
    index.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _marked_up(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
