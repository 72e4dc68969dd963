# A PostgreSQL of this run alone, in the folder $server and reached through a socket there.
# It does not run as root, so root lends it another user. Names itself in WAITLIST_MERGE_POSTGRESQL.

find_postgresql() {
  local each
  for each in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb; do
    if [ -x "$each" ]; then
      dirname "$(readlink -f "$each")"
      return
    fi
  done
}

as_server() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

start_postgresql() {
  postgresql=$(find_postgresql)
  if [ -z "$postgresql" ] && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq postgresql
    postgresql=$(find_postgresql)
  fi
  if [ -z "$postgresql" ]; then
    echo "no PostgreSQL here and not root to install one: its tests are skipped"
    return
  fi
  if [ "$(id -u)" = 0 ]; then
    getent passwd postgres > /dev/null || useradd --system --no-create-home postgres
    chown postgres "$server"
  fi
  (cd "$server" && as_server "$postgresql/initdb" -D "$server/data" -U postgres -A trust -E UTF8 > "$server.log")
  (cd "$server" && as_server "$postgresql/pg_ctl" -D "$server/data" -l "$server/log" -w start \
    -o "-k $server -c listen_addresses='' -c fsync=off" >> "$server.log")
  export WAITLIST_MERGE_POSTGRESQL="postgresql://postgres@/postgres?host=$server"
}

stop_postgresql() {
  if [ -s "$server/data/postmaster.pid" ]; then
    (cd "$server" && as_server "$postgresql/pg_ctl" -D "$server/data" -m immediate stop > /dev/null) || true
  fi
  rm -f "$server.log"
}
