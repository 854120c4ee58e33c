# MiniStack: SQS and S3 on one machine; the version of scripts/requirements.txt.
FROM python:3.13-slim-bookworm
RUN pip install --no-cache-dir ministack==1.5.33 && mkdir /data && chown nobody /data
USER nobody
ENTRYPOINT ["ministack"]
