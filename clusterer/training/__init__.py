"""Training of the networks that this project ships. Needs the extra ``[train]`` (torch)."""

from __future__ import annotations

import os

from clusterer.models.cache import cache_folder


def _cache_is_writable() -> bool:
    """Whether the cache folder exists or can be made; torch fails to start otherwise."""
    wanted = cache_folder()
    nearest = next((each for each in (wanted, *wanted.parents) if each.exists()), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK)


# Never look for compiled kernels on a server, whatever the environment says.
for _name in ("FX_GRAPH", "AUTOTUNE", "BUNDLED_AUTOTUNE", "AUTOGRAD"):
    os.environ[f"TORCHINDUCTOR_{_name}_REMOTE_CACHE"] = "0"
if _cache_is_writable():  # without it, torch 2.14 makes a folder of the user's name in /tmp
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache_folder() / "torch"))
