# cluster-video in a container: docs/how-to/container.md. Another base, such as one pinned by its
# digest: docker build --build-arg BASE=python@sha256:...
ARG BASE=python:3.13.5-slim-bookworm

FROM ${BASE} AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/cluster-video UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_LINK_MODE=copy
RUN ["pip", "install", "--no-cache-dir", "--disable-pip-version-check", "uv==0.13.9"]
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY clusterer ./clusterer
COPY templates ./templates
# The locked versions, each checked by its hash.
RUN ["uv", "sync", "--frozen", "--no-dev", "--no-editable"]

FROM ${BASE}
# What OpenCV's wheel leaves to the system.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --create-home --shell /usr/sbin/nologin films \
 && install -d -o films -g films /films /results /models /cache
COPY --from=build /opt/cluster-video /opt/cluster-video
ENV PATH=/opt/cluster-video/bin:$PATH PYTHONUNBUFFERED=1 \
    CLUSTER_VIDEO_MODELS=/models CLUSTER_VIDEO_CACHE=/cache ORT_DISABLE_TELEMETRY=1
USER 1000:1000
WORKDIR /results
VOLUME ["/results", "/cache"]
EXPOSE 8700
# A review answers at its port; other commands are healthy while they run.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import pathlib, socket; words = pathlib.Path('/proc/1/cmdline').read_bytes().split(bytes(1)); b'review' in words and socket.create_connection(('127.0.0.1', int(words[words.index(b'--port') + 1])), 5).close()"]
ENTRYPOINT ["cluster-video"]
CMD ["--help"]
