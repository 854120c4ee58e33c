# cargo-lambda as the runtime interface that the functions fetch their work from; the version of scripts/requirements.txt.
FROM python:3.13-slim-bookworm
RUN pip install --no-cache-dir cargo-lambda==1.9.2
WORKDIR /work
# It reads the routes from the workspace's manifest.
COPY Cargo.toml template.yaml ./
USER nobody
ENTRYPOINT ["cargo-lambda", "lambda", "watch", "--only-lambda-apis", "--disable-cors", "-A", "0.0.0.0", "-P", "9000"]
