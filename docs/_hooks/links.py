"""Links of a page to files of the repository that are not part of the site.

On the code host ``../../benchmarks/README.md`` leads to the file. The site has no such page, so
there the file is only named.
"""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(
    r"\[([^\]]+)\]\(((?:\.\./)+(?:benchmarks|clusterer|sample_videos|[A-Z]+\.md)[^)]*)\)"
)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Take the links that lead out of the site off; called by MkDocs."""
    del page
    return _OUTSIDE.sub(_named, markdown)


def _named(match: re.Match[str]) -> str:
    path = match[2].replace("../", "").partition("#")[0]
    words = match[1].strip("`")
    return f"`{path}`" if path.endswith(words) else f"{match[1]} (`{path}` in the repository)"
