"""Run ``cluster-video`` again and again in one process, for as long as somebody's film may take.

``python again.py SECONDS VIDEO FOLDER``: with every detector and method that needs no download.
"""

from __future__ import annotations

import sys
import time
from itertools import count

from clusterer.cli import main

KINDS = (
    (),
    ("--method", "hdbscan", "--threshold", "auto"),
    ("--method", "agglomerative", "--metric", "cosine"),
    ("--detector", "hog", "--end", "3"),
    ("--detector", "cnn", "--end", "3"),
    ("--detector", "cascade", "--end", "3"),
)
"""The second and the third group again what the first saw."""


def run(video: str, folder: str, *flags: str) -> None:
    try:
        main([video, "-o", folder, "--quiet", *flags])
    except SystemExit as end:
        if end.code:
            raise


seconds, video, folder = sys.argv[1:]
began_s = time.monotonic()
for flags in KINDS:
    run(video, f"{folder}/{'short' if '--end' in flags else 'demo'}.people", *flags)
for number in count():
    if time.monotonic() - began_s > float(seconds):
        break
    run(video, f"{folder}/{number}.people", "--end", "20")
