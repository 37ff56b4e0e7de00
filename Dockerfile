# 파발 / Pabal: one image for every role. compose.yaml runs it as web, worker and scheduler.
# The base is named by its tag: in production pin it by the digest that your registry shows.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/venv
# Wheels alone, as there is no compiler; these three come as source only, plain Python or data.
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install --only-binary :all: \
        --no-binary kiwipiepy-model,dkimpy,http-ece --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY scrapers scrapers
COPY notifier notifier
COPY migrations migrations
RUN --mount=type=cache,target=/root/.cache/pip \
    pip wheel --no-deps --wheel-dir /src/dist . \
    && pip --python /opt/venv/bin/python install --no-deps --no-index /src/dist/pabal-*.whl

# Nothing is built from here on: no compiler, no pip in the environment, no source tree.
FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/pabal pabal \
    && install --directory --owner pabal --group pabal --mode 0700 /var/lib/pabal
COPY --from=build /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PABAL_HOST=0.0.0.0 \
    PABAL_PORT=8080 \
    PABAL_DATA=/var/lib/pabal
USER 10001:10001
WORKDIR /var/lib/pabal
EXPOSE 8080
# Ready: the page answers and so does its database. http.client, as urllib would ask a proxy.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["pabal"]
CMD ["up"]
