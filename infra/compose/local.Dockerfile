# The program behind ./scripts/dev, for its front, its queues and its schedules.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends mold gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/source/target \
    SQLX_OFFLINE=true cargo build --locked --release -p local && cp target/release/local /local

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
WORKDIR /work
COPY --from=build /local /usr/local/bin/local
# It reads queues, mappings and schedules from the template.
COPY template.yaml ./
COPY infra/*.yaml ./infra/
USER nobody
ENTRYPOINT ["local"]
