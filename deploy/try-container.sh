#!/bin/bash
# The container, built and started by an unprivileged user on a machine that can fetch no base image: a bare Debian that
# debootstrap made, with Python, stands for the image that the Containerfile names. Needs podman and a wheel (`make wheel`);
# run it as a user of its own (`runuser -u NAME`), with subordinate ids in /etc/subuid and /etc/subgid.
#
#   debootstrap --variant=minbase --include=python3,python3-venv,python-is-python3,ca-certificates bookworm BASE
#   tar -C BASE -c . -f base.tar;  deploy/try-container.sh base.tar
#
# BUILD and RUN hold further options of `podman build` and `podman run`, where this machine needs them.
set -euo pipefail
BASE=$1 HERE=$(cd "$(dirname "$0")/.." && pwd) PORT=${PORT:-8768}
FROM=$(sed -n 's/^FROM //p' "$HERE/deploy/Containerfile")
LOCKED_DOWN=(--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -v kansenradar-try:/data)

say() { echo "== $(date -u +%T) $*"; }
ended() { podman rm -f kansenradar-try >/dev/null 2>&1 || true; podman volume rm -f kansenradar-try >/dev/null 2>&1 || true; }
trap ended EXIT
ended

say "as $(id -un): a base from $BASE stands for $FROM"
podman import -q "$BASE" "$FROM"
podman build --format docker --layers=false --pull=never ${BUILD:-} -q -f "$HERE/deploy/Containerfile" -t localhost/kansenradar "$HERE"
podman image inspect --format 'image: {{.Size}} bytes, user {{.User}}' localhost/kansenradar

say "init and run, read-only, without a capability"
podman run --rm "${LOCKED_DOWN[@]}" ${RUN:-} localhost/kansenradar init
podman run -d --name kansenradar-try "${LOCKED_DOWN[@]}" ${RUN:-} localhost/kansenradar run --host 127.0.0.1 --port "$PORT"
inside() { podman exec kansenradar-try "$@"; }
for _ in $(seq 60); do
  inside python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$PORT/health/live', timeout=4)" 2>/dev/null && break
  sleep 1
done

say "who it is, what it can write, how it is"
inside id
inside sh -c 'touch /opt/x 2>/dev/null || touch /x 2>/dev/null' && { echo "the root can be written"; exit 1; } || echo "the root is read-only"
inside sh -c 'ls -l /data; grep -E "^(CapEff|NoNewPrivs)" /proc/1/status'
inside python -c "import urllib.request as r; print(r.urlopen('http://127.0.0.1:$PORT/health/live').read().decode())"
say "the health check of the Containerfile"
[ "$PORT" != 8000 ] || podman healthcheck run kansenradar-try && echo "healthy: $(podman inspect --format '{{.State.Health.Status}}' kansenradar-try)"
say "stopped"
podman stop -t 20 kansenradar-try >/dev/null; podman logs kansenradar-try 2>&1 | tail -3
