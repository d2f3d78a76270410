"""``python -m clusterer`` is ``cluster-video``."""

from clusterer.cli import main

if __name__ == "__main__":
    main()
