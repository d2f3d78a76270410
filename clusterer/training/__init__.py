"""How the networks that this project ships were made. Needs the extra ``[train]`` (torch)."""

from __future__ import annotations

import os

from clusterer.models.cache import cache_folder


def _can_be_made() -> bool:
    """Whether there can be a cache folder: torch would not start without the one it is told of."""
    wanted = cache_folder()
    nearest = next((each for each in (wanted, *wanted.parents) if each.exists()), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK)


# Kernels that were compiled are not looked for on a server, whatever other programs were told.
for _name in ("FX_GRAPH", "AUTOTUNE", "BUNDLED_AUTOTUNE", "AUTOGRAD"):
    os.environ[f"TORCHINDUCTOR_{_name}_REMOTE_CACHE"] = "0"
if _can_be_made():  # or else torch 2.14, once imported, makes a folder of the user's name in /tmp
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache_folder() / "torch"))
