# shellcheck shell=bash
# runtime.sh: the root file system under the operator: a Java cut to the modules that it uses, the libraries that this is linked with,
# and nothing else: no shell, no package manager. To be sourced by scripts/image, after packages.sh.

: "${WORK:?}"

# All of Java SE but the desktop, so no library misses what it may count on; and of the JDK's own modules:
#   jdk.unsupported  Netty, JCTools        jdk.net  keep-alive options of sockets     jdk.naming.dns  DNS, for JNDI     jdk.zipfs  jars as file systems
#   jdk.management   figures of memory     jdk.jfr  flight recordings                 jdk.jcmd        "kubectl exec ... jcmd 1 Thread.print"
MODULES=(java.base java.compiler java.instrument java.logging java.management java.management.rmi java.naming java.net.http java.prefs java.rmi
  java.scripting java.security.jgss java.security.sasl java.sql java.sql.rowset java.transaction.xa java.xml java.xml.crypto
  jdk.jcmd jdk.jfr jdk.management jdk.naming.dns jdk.net jdk.unsupported jdk.zipfs)

jdk_home() { echo "usr/lib/jvm/java-$JAVA-openjdk-$1"; } # ARCHITECTURE

# Runs a program of the root file system ROOT: as root of its own mount and process namespaces, so whatever happens, nothing stays behind.
# BIND is SOURCE:TARGET, more than one with blanks between.
in_root() { # ROOT BINDS COMMAND...
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(--map-root-user)
  # shellcheck disable=SC2016 # for the inner shell
  unshare "${as_root[@]}" --mount --pid --fork --kill-child bash -euc '
    root=$1 binds=$2; shift 2
    mkdir -p "$root"/{proc,dev,tmp}
    mount -t proc proc "$root/proc"
    for device in null random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
    for bind in $binds; do mkdir -p "$root${bind#*:}"; mount --bind "${bind%%:*}" "$root${bind#*:}"; done
    exec chroot "$root" "$@"' - "$@"
}

unpack() { # ARCHITECTURE ROOT PACKAGE...
  local arch=$1 root=$2 package dir; shift 2
  mkdir -p "$root/usr/lib"
  for package in "$@"; do dpkg-deb --fsys-tarfile "$WORK/debs-$arch/$package.deb" | tar -C "$root" -xf - --no-same-owner; done
  # Since usrmerge these are links; base-files makes them when it is installed.
  for dir in bin sbin lib lib64; do
    if [ -d "$root/usr/$dir" ] && [ ! -e "$root/$dir" ]; then ln -s "usr/$dir" "$root/$dir"; fi
  done
}

# The JDK of this machine's architecture is the one that runs: it cuts the Javas of both.
make_jdk() {
  unpack "$HOST_ARCH" "$WORK/jdk" "${IN_IMAGE[@]}" "${JDK_PACKAGES[@]}"
}

make_root() { # ARCHITECTURE
  local arch=$1 root=$WORK/root-$1 whole=$WORK/unpacked-$1 package modules parts
  mkdir -p "$root"/{etc,tmp,app,proc,dev,sys,home/nonroot,usr/lib/jvm} "$root/var/lib/dpkg/status.d" "$whole/debs"
  chmod 1777 "$root/tmp"
  unpack "$arch" "$whole" "${IN_IMAGE[@]}" "${JDK_PACKAGES[@]}"
  modules=$(IFS=,; echo "${MODULES[*]}")
  rm -rf "$WORK/jdk/out"; mkdir "$WORK/jdk/out"
  in_root "$WORK/jdk" "$whole/$(jdk_home "$arch")/jmods:/jmods" "/$(jdk_home "$HOST_ARCH")/bin/jlink" --module-path /jmods \
    --add-modules "$modules" --no-header-files --no-man-pages --output /out/java
  mv "$WORK/jdk/out/java" "$root/usr/lib/jvm/java"

  # Conversion tables of character sets and the audit library are for programs that are not there.
  mapfile -t parts < <(cd "$whole" && { compgen -G 'usr/lib*'; compgen -G 'lib*'; })
  tar -C "$whole" -cf - --exclude=gconv --exclude=audit --exclude=jvm --exclude=debug "${parts[@]}" | tar -C "$root" -xf -
  cp -L "$whole/etc/os-release" "$root/etc/os-release"
  for package in "${IN_IMAGE[@]}" "${JDK_PACKAGES[@]}"; do
    # The licence of each package, and its record: scanners of images read status.d.
    copyright_of "$whole" "$root" "$package"
    if [ "$package" != "openjdk-$JAVA-jdk-headless" ]; then
      dpkg-deb -f "$WORK/debs-$arch/$package.deb" Package Version Architecture Source Maintainer >"$root/var/lib/dpkg/status.d/$package"
    fi
  done
  echo 'root:x:0:0:root:/:/nowhere
nonroot:x:65532:65532:nonroot:/home/nonroot:/nowhere' >"$root/etc/passwd"
  echo 'root:x:0:
nonroot:x:65532:' >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
}

copyright_of() { # FROM TO PACKAGE
  local from=$1/usr/share/doc/$3 to=$2/usr/share/doc/$3
  from=$(readlink -f "$from")
  if [ -e "$from/copyright" ]; then mkdir -p "$to"; cp -L "$from/copyright" "$to/copyright"; fi
}
