# docker build -t mockgw . && docker run --rm --init -p 127.0.0.1:6625:6625 mockgw
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY mockgw mockgw
COPY scenarios scenarios
RUN python -m venv --without-pip /opt/mockgw \
 && pip --python /opt/mockgw/bin/python install --quiet --disable-pip-version-check --no-cache-dir .

FROM python:3.13-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin mockgw
COPY --from=build /opt/mockgw /opt/mockgw
USER mockgw
WORKDIR /scenarios
# Loopback in here is the container's own. Whom the server talks to is decided where the port is published.
ENV PATH=/opt/mockgw/bin:$PATH MOCKGW_HOST=0.0.0.0 MOCKGW_PORT=6625
EXPOSE 6625
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD python -c "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['MOCKGW_PORT'], timeout=2)"
CMD ["mockgw", "serve"]
