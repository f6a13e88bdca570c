#!/bin/bash
# A newcomer's installation on a bare Debian, tried from beginning to end, twice: package, PostgreSQL, an older database
# upgraded, nginx in front, a backup, and its restore in a second root. Needs root, debootstrap, a wheel (`make wheel`)
# and a folder with the wheels of requirements-run.lock (`pip download --no-deps -r requirements-run.lock -d FOLDER`).
#
#   deploy/try-on-debian.sh ROOT WHEELS [BASE]     BASE: a bare root that debootstrap made before
#
# Without systemd: its units are checked, and what they start is started by hand with their user and settings.
set -euo pipefail
ROOT=$1 WHEELS=$2 BASE=${3:-} HERE=$(cd "$(dirname "$0")/.." && pwd)
PORT=8765 TLS=8766 SQL=5499 HOST=kansenradar.example.nl OLDER=told_means_named
K=/opt/kansenradar/bin/kansenradar
ENV="KANSENRADAR_CONFIG=/etc/kansenradar/kansenradar.env KANSENRADAR_DATA_DIR=/var/lib/kansenradar LC_ALL=C.UTF-8 HOME=/var/lib/kansenradar"

say() { echo "== $(date -u +%T) $*"; }
inside() { local root=$1; shift; chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
becomes() { local root=$1; shift; exec chroot --userspec=kansenradar:kansenradar "$root" env -i PATH=/usr/bin:/bin $ENV sh -c 'umask 077; cd /var/lib/kansenradar; exec "$@"' sh "$@"; }
ours() { (becomes "$@"); }
serves() {  # as the process itself, or who is ended is a shell that waits for it, and the next run asks the pages of this one
  becomes "$1" $K serve --port "$2" 2>"$3" & STARTED+=($!)
  for _ in $(seq 60); do
    kill -0 "$!" || { cat "$3"; exit 1; }
    curl -sf "http://127.0.0.1:$2/health/live" && break; sleep 1
  done; echo
}
ask() { curl -sS --max-time 30 --cacert "$ROOT/one/etc/ssl/kansenradar/fullchain.pem" --resolve "$HOST:$TLS:127.0.0.1" "$@"; }
STARTED=()
ended() {
  for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null || true; done
  for root in "$ROOT/one" "$ROOT/two"; do
    inside "$root" pg_ctlcluster 15 main stop >/dev/null 2>&1 || true
    inside "$root" nginx -s stop >/dev/null 2>&1 || true
    umount "$root/proc" 2>/dev/null || true
  done
}
trap ended EXIT

bare() {
  say "a bare Debian"
  if [ -n "$BASE" ]; then cp -a "$BASE" "$ROOT/one"; else debootstrap --variant=minbase bookworm "$ROOT/one" "$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources | head -1)"; fi
  cp /etc/apt/sources.list.d/debian.sources "$ROOT/one/etc/apt/sources.list.d/" && rm -f "$ROOT/one/etc/apt/sources.list"
  cp /etc/resolv.conf "$ROOT/one/etc/"; cp /etc/apt/apt.conf.d/* "$ROOT/one/etc/apt/apt.conf.d/" 2>/dev/null || true
  mountpoint -q "$ROOT/one/proc" || mount -t proc proc "$ROOT/one/proc"
  printf '#!/bin/sh\nexit 101\n' > "$ROOT/one/usr/sbin/policy-rc.d"; chmod +x "$ROOT/one/usr/sbin/policy-rc.d"
  inside "$ROOT/one" apt-get update -qq
  inside "$ROOT/one" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv postgresql nginx-light logrotate systemd openssl ca-certificates >/dev/null
}

package() {
  say "package: a user, an environment of its own, the wheel"
  local root=$ROOT/one
  inside "$root" useradd --system --home-dir /var/lib/kansenradar kansenradar
  mkdir -p "$root/srv/wheels"; cp "$WHEELS"/* "$HERE"/dist/kansenradar-*.whl "$HERE"/requirements-run.lock "$HERE"/deploy/trim.sh "$root/srv/wheels/"
  inside "$root" python3 -m venv /opt/kansenradar
  inside "$root" sh -c '/opt/kansenradar/bin/pip install -q --disable-pip-version-check --no-index --find-links /srv/wheels --require-hashes -r /srv/wheels/requirements-run.lock && /opt/kansenradar/bin/pip install -q --disable-pip-version-check --no-index --no-deps /srv/wheels/kansenradar-*.whl && sh /srv/wheels/trim.sh /opt/kansenradar && rm -r /srv/wheels'
  inside "$root" install -d -o kansenradar -m 0700 /etc/kansenradar /var/backups/kansenradar /var/lib/kansenradar
  inside "$root" $K --version
  echo "unpacked: $(du -sm "$root/opt/kansenradar" | cut -f1) MB, of which bytecode $(find "$root/opt/kansenradar" -name '*.pyc' -printf '%k\n' | awk '{s += $1} END {print int(s / 1024)}') MB"
  umount "$root/proc"; cp -a "$root" "$ROOT/two"; mount -t proc proc "$root/proc"; mount -t proc proc "$ROOT/two/proc"
}

database() {
  local root=$1 port=$2
  say "PostgreSQL and settings in $(basename "$root")"
  sed -i "s/^port = .*/port = $port/" "$root/etc/postgresql/15/main/postgresql.conf"
  inside "$root" pg_ctlcluster 15 main start
  inside "$root" su postgres -c "psql -qp $port -c \"CREATE ROLE kansenradar LOGIN PASSWORD 'een-wachtwoord'\" -c 'CREATE DATABASE kansenradar OWNER kansenradar'"
  cat > "$root/etc/kansenradar/kansenradar.env" <<SETTINGS
KANSENRADAR_DATABASE_URL=postgresql://kansenradar:een-wachtwoord@127.0.0.1:$port/kansenradar
KANSENRADAR_BASE_URL=https://$HOST
KANSENRADAR_MAIL_FROM=kansenradar@example.nl
KANSENRADAR_MAIL_URL=file:/var/lib/kansenradar/mail
KANSENRADAR_TRUSTED_PROXIES=127.0.0.1
KANSENRADAR_BACKUP_PASSPHRASE=een lange wachtzin die elders ligt
SETTINGS
  inside "$root" chown kansenradar: /etc/kansenradar/kansenradar.env; inside "$root" chmod 0600 /etc/kansenradar/kansenradar.env
}

upgrade() {
  say "an upgrade: a database of an older version, with a row in it"
  ours "$ROOT/one" /opt/kansenradar/bin/python -c "
from sqlalchemy import text
from db.migrate import upgrade
from db.session import open_engine
from tracker.settings import Settings
engine = open_engine(Settings(_env_file='/etc/kansenradar/kansenradar.env').database_url)
upgrade(engine, '$OLDER')
with engine.begin() as connection:
    connection.execute(text(\"INSERT INTO participant (id, name, kind, remark) VALUES ('haarlem', 'Haarlem', 'municipality', 'van voor de upgrade')\"))"
  ours "$ROOT/one" $K init --dry-run
  ours "$ROOT/one" $K init
  inside "$ROOT/one" su postgres -c "psql -Atqp $SQL kansenradar -c \"SELECT remark FROM participant WHERE id = 'haarlem'\"" | grep -x 'van voor de upgrade'
  ours "$ROOT/one" $K user add beheer@example.nl --name "Bea Heer" --role beheerder --participant amsterdam
}

pages() {
  say "pages behind nginx"
  serves "$ROOT/one" $PORT "$ROOT/serve.log"
  local root=$ROOT/one
  mkdir -p "$root/etc/ssl/kansenradar"
  inside "$root" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$HOST" -addext "subjectAltName=DNS:$HOST" -keyout /etc/ssl/kansenradar/key.pem -out /etc/ssl/kansenradar/fullchain.pem 2>/dev/null
  sed "s/443 ssl/$TLS ssl/; s/127.0.0.1:8000/127.0.0.1:$PORT/; s/listen 80;/listen 8767;/; s/\[::\]:80;/[::]:8767;/" "$HERE/deploy/nginx.conf" > "$root/etc/nginx/conf.d/kansenradar.conf"
  rm -f "$root/etc/nginx/sites-enabled/default"
  inside "$root" nginx -t
  inside "$root" nginx
  ask -f "https://$HOST:$TLS/health/live"; echo
  ask -f -o /dev/null -D - "https://$HOST:$TLS/inloggen"
  ask -o /dev/null "https://$HOST:$TLS/afmelden/geheim-token?u=ook-geheim"
  ask -o /dev/null -w 'metrics from outside: %{http_code}\n' "https://$HOST:$TLS/metrics"
  if grep geheim "$root/var/log/nginx/kansenradar.log"; then echo "a link stands in the log"; exit 1; fi
  grep afmelden "$root/var/log/nginx/kansenradar.log"
}

checks() {
  say "units and rotation"
  cp "$HERE"/deploy/kansenradar*.service "$HERE"/deploy/kansenradar*.timer "$ROOT/one/etc/systemd/system/"
  inside "$ROOT/one" systemd-analyze verify --man=no /etc/systemd/system/kansenradar.service /etc/systemd/system/kansenradar-backup.service /etc/systemd/system/kansenradar-backup.timer && echo "units: nothing to say"
  inside "$ROOT/one" logrotate -d /etc/logrotate.d/nginx 2>&1 | grep -A1 kansenradar.log
}

restored() {
  say "backup, restore in a second root"
  ours "$ROOT/one" $K backup /var/backups/kansenradar/b.zip
  local link="from notifications.links import ALL, Links; from tracker.mailing.keys import signing_keys; from tracker.settings import Settings
s = Settings(_env_file='/etc/kansenradar/kansenradar.env'); print(Links(s.base_url, signing_keys(s)).leaving(1, what=ALL))"
  local path; path=/afmelden/$(ours "$ROOT/one" /opt/kansenradar/bin/python -c "$link")
  cp -p "$ROOT/one/var/backups/kansenradar/b.zip" "$ROOT/two/var/backups/kansenradar/"
  database "$ROOT/two" $((SQL + 1))
  ours "$ROOT/two" $K restore /var/backups/kansenradar/b.zip
  inside "$ROOT/two" su postgres -c "psql -Atqp $((SQL + 1)) kansenradar -c 'SELECT email FROM \"user\"'" | grep -x beheer@example.nl
  serves "$ROOT/two" $((PORT + 5)) "$ROOT/serve-two.log"
  local answer; answer=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$((PORT + 5))$path")
  echo "a link of mail sent before, at the restored one: $answer"
  [ "$answer" = 200 ]
}

mkdir -p "$ROOT"
bare; package; database "$ROOT/one" $SQL; upgrade; pages; checks; restored
say "done"
