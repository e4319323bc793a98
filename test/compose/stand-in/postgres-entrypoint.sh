#!/bin/sh
# Creates the database at the first start, as the entrypoint of docker.io/library/postgres does.
set -eu
export PGDATA=/var/lib/postgresql/18/docker PATH="/usr/local/pgsql/bin:$PATH" LD_LIBRARY_PATH=/usr/local/pgsql/lib
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  # shellcheck disable=SC2086 # these are several arguments
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" ${POSTGRES_INITDB_ARGS:-} --pgdata="$PGDATA"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec "$@" -clisten_addresses='*' -cunix_socket_directories=/run/postgresql
