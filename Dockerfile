# docker build -t mockgw . && docker run --rm --init -p 127.0.0.1:6625:6625 mockgw
# The control API wants a token here: -e MOCKGW_TOKEN=…, else the one that is printed at the start.
# Scenarios of one's own: docker run … -v ./scenarios:/scenarios:ro mockgw mockgw serve /scenarios
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY mockgw mockgw
COPY scenarios scenarios
RUN python -m venv --without-pip /opt/mockgw \
 && pip --python /opt/mockgw/bin/python install --quiet --disable-pip-version-check --no-cache-dir .

FROM python:3.13-slim
COPY --from=build /opt/mockgw /opt/mockgw
# A number, so that Kubernetes sees that it is not root; nobody needs a name for it.
USER 6625:6625
WORKDIR /scenarios
# Loopback in here is the container's own. Whom the server talks to is decided where the port is published.
# Nothing is written: byte code was made above, so the container may be read-only.
ENV PATH=/opt/mockgw/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MOCKGW_HOST=0.0.0.0 MOCKGW_PORT=6625
EXPOSE 6625
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["mockgw", "healthcheck"]
CMD ["mockgw", "serve"]
