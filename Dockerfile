# The service in a container: not root, nothing written but in /data.
FROM python:3.12-slim AS build
# What pip is to be told, such as where CPU builds of torch are found.
ARG PIP_ARGS=""
WORKDIR /src
COPY . .
# As the Makefile does: nothing is installed whose hash the locks do not have.
RUN python -m venv /opt/tamngu \
    && pip="/opt/tamngu/bin/pip install --no-cache-dir --no-deps $PIP_ARGS" \
    && { $pip --require-hashes -r locks/torch-cpu.txt || $pip --require-hashes -r locks/torch.txt; } \
    && $pip --require-hashes -r locks/demo.txt -r locks/image.txt \
    && $pip --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home tamngu && mkdir /data && chown tamngu /data
COPY --from=build /opt/tamngu /opt/tamngu
ENV PATH=/opt/tamngu/bin:$PATH TAMNGU_HOME=/data TAMNGU_CACHE=/data/cache
USER tamngu
VOLUME /data
EXPOSE 8000
# The first start compiles the model for this CPU.
HEALTHCHECK --start-period=2m --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["tamngu"]
CMD ["serve", "--host", "0.0.0.0"]
