# shellcheck shell=bash
# shellcheck disable=SC2016 # single quotes: apt, mmdebstrap and the shell it calls expand these
# recipes.sh: how each image is made. A changed function makes the images anew that it has to do with.
# Sourced by a shell that is the first process of its own mount and process namespaces (lib/images.sh).

recipe_of() { case $1 in postgres-*) echo postgres_image ;; *) echo "$1_image" ;; esac; }
make_image() { # IMAGE WORK_DIRECTORY OUTPUT_DIRECTORY TOOLS_DIRECTORY
  WORK=$2 OUT=$3 TOOLS=$4
  mount -t proc proc /proc
  "$(recipe_of "$1")" "${1#*-}"
}

finish() { # NAME CONFIG LAYER...
  local name=$1 config=$2; shift 2
  "$TOOLS/image" -out "$OUT/layout" -name "$name" -config "$config" "$@"
  echo "$name" >"$OUT/name"
}

pause_image() {
  mkdir "$WORK/root"; cp "$TOOLS/pause" "$WORK/root/pause"
  finish localhost/pause:1 '{"Entrypoint":["/pause"],"User":"65535:65535"}' -dir "$WORK/root:/"
}

# Debian's busybox with a link for each applet, and the C library. Not busybox-static: that one's resolver crashes now and then.
busybox_image() {
  local r=$WORK/root applet version
  bootstrap trixie "$WORK/root.tar" --variant=extract --include=busybox,libc6
  mkdir -p "$r"/{etc,root,tmp,var,proc,sys,dev,run}; chmod 1777 "$r/tmp"
  tar -C "$r" -xf "$WORK/root.tar" --wildcards './usr/bin/*' './usr/lib/*' './usr/lib64/*'
  rm -rf "$r"/usr/lib/*/gconv
  ln -s usr/bin "$r/bin"; ln -s usr/lib "$r/lib"; ln -s usr/lib64 "$r/lib64"
  for applet in $(chroot "$r" /bin/busybox --list); do [ -e "$r/bin/$applet" ] || ln -s busybox "$r/bin/$applet"; done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$r/etc/passwd"; echo 'root:x:0:' >"$r/etc/group"
  echo 'hosts: files dns' >"$r/etc/nsswitch.conf"
  version=$(chroot "$r" /bin/busybox | sed -n '1s/^BusyBox v\([0-9.]*\).*/\1/p')
  finish "docker.io/library/busybox:$version" '{"Env":["PATH=/bin"],"Cmd":["sh"]}' -dir "$r:/"
}

# bootstrap SUITE TAR OPTION...: a Debian as the options say.
bootstrap() {
  local suite=$1 tar=$2 uri security sources=(); shift 2
  # On Debian from the mirror that this host's apt is set up with, only of another suite; elsewhere from mmdebstrap's default.
  if grep -qx 'ID=debian' /etc/os-release; then
    uri=$(apt-get indextargets --format '$(REPO_URI)' | sort -u | grep -v security | head -n 1)
    security=$(apt-get indextargets --format '$(REPO_URI)' | sort -u | grep security | head -n 1 || true)
    sources+=("deb $uri $suite main")
    if [ "$suite" != sid ] && [ -n "$security" ]; then sources+=("deb $security $suite-security main"); fi
  fi
  # Check-Valid-Until: a mirror of sid may be some weeks old.
  # The cache may lie under a directory that only root may enter, which apt's own user must.
  mount --bind "$WORK" /mnt
  TMPDIR=/mnt mmdebstrap --mode=root --format=tar \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$@" --customize-hook='cd "$1" && rm -rf var/lib/apt/lists/* var/cache/* var/log/*' \
    "$suite" "$tar" "${sources[@]}"
}

# PostgreSQL as in the official image: user 999, paths, environment, the volume, signals. Its docker-entrypoint.sh is not there.
postgres_image() { # MAJOR
  local major=$1 suite data volume version hook=$WORK/install
  case $major in 15) suite=bookworm ;; 17) suite=trixie ;; 18) suite=sid ;; esac
  if [ "$major" -ge 18 ]; then data=/var/lib/postgresql/$major/docker volume=/var/lib/postgresql
  else data=/var/lib/postgresql/data volume=$data; fi
  cat >"$hook" <<'S'
#!/bin/sh
set -eu
major=$1 data=$2
export DEBIAN_FRONTEND=noninteractive
groupadd -r -g 999 postgres
useradd -r -u 999 -g postgres -d /var/lib/postgresql -s /bin/bash postgres
apt-get install -y --no-install-recommends locales libnss-wrapper procps less xz-utils zstd postgresql-common
localedef -i en_US -c -f UTF-8 en_US.UTF-8
sed -ri 's/#(create_main_cluster) .*$/\1 = false/' /etc/postgresql-common/createcluster.conf
apt-get install -y --no-install-recommends "postgresql-$major" "postgresql-client-$major"
sed -ri "s/^#?(listen_addresses)\s*=\s*\S+.*/\1 = '*'/" "/usr/share/postgresql/$major/postgresql.conf.sample"
dpkg-query -W -f '${Version}' "postgresql-$major" >/version
rm -rf "/etc/postgresql/$major"
mkdir /docker-entrypoint-initdb.d
if [ "$major" -ge 18 ]; then ln -sT . /var/lib/postgresql/data; install -d -o 999 -g 999 -m 1777 /var/lib/postgresql
else install -d -o 999 -g 999 -m 1777 "$data"; fi
install -d -o 999 -g 999 -m 3777 /var/run/postgresql
S
  chmod +x "$hook"
  bootstrap "$suite" "$WORK/root.tar" --variant=minbase --include=passwd --customize-hook="copy-in $hook /" \
    --customize-hook="chroot \"\$1\" /install $major $data" --customize-hook="download /version $WORK/version" \
    --customize-hook='rm "$1/install" "$1/version"'
  version=$(cat "$WORK/version")
  finish "docker.io/library/postgres:${version%%-*}" "$(cat <<J
{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/$major/bin","LANG=en_US.utf8",
"PG_MAJOR=$major","PG_VERSION=$version","PGDATA=$data"],
"Cmd":["postgres"],"StopSignal":"SIGINT","ExposedPorts":{"5432/tcp":{}},"Volumes":{"$volume":{}}}
J
)" -tar "$WORK/root.tar"
}

# A Java runtime for the operator's own image.
java_image() {
  local version hook=$WORK/install
  cat >"$hook" <<'S'
#!/bin/sh
set -eu
export DEBIAN_FRONTEND=noninteractive
mkdir -p /usr/share/man/man1   # the package links its manual pages there
java=21
if apt-cache show openjdk-25-jre-headless >/dev/null 2>&1; then java=25; fi
apt-get install -y --no-install-recommends ca-certificates "openjdk-$java-jre-headless"
echo "$java" >/version
S
  chmod +x "$hook"
  bootstrap trixie "$WORK/root.tar" --variant=minbase --customize-hook="copy-in $hook /" --customize-hook='chroot "$1" /install' \
    --customize-hook="download /version $WORK/version" --customize-hook='rm "$1/install" "$1/version"'
  version=$(cat "$WORK/version")
  finish "localhost/java:$version" '{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","LANG=C.UTF-8"],"Cmd":["java","-version"]}' \
    -tar "$WORK/root.tar"
}
