# shellcheck shell=bash
# packages.sh: what the host needs. Installs what apt has and names what it hasn't.

# package:command it is needed for
PACKAGES=(containerd:containerd runc:runc containernetworking-plugins:/usr/lib/cni/bridge nftables:nft iptables:iptables
  conntrack:conntrack socat:socat mmdebstrap:mmdebstrap openssl:openssl jq:jq curl:curl
  iproute2:ip util-linux:nsenter mount:losetup e2fsprogs:mkfs.ext4 procps:sysctl xz-utils:xz debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg)

missing_packages() {
  local p
  for p in "${PACKAGES[@]}"; do
    case ${p#*:} in
      /*) [ -e "${p#*:}" ] || echo "${p%%:*}" ;;
      *) command -v "${p#*:}" >/dev/null || echo "${p%%:*}" ;;
    esac
  done
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends "$@"
  # The nodes run containerds of their own; the one that systemd just started has nothing to do.
  if [[ " $* " == *" containerd "* ]] && [ -d /run/systemd/system ]; then systemctl disable --now containerd || true; fi
}

version_at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

check_go() {
  local have='' need
  need=$(awk '$1 == "go" {print $2}' "$HERE/go/kube/go.mod")
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null || die "Go $need or newer is needed and there is none on the PATH: https://go.dev/doc/install"
  # Asked where the sources are: from 1.21 on Go fetches the release that they need by itself, unless told not to.
  have=$(cd "$HERE/go/kube" && go env GOVERSION 2>/dev/null) || have=$(cd / && GOTOOLCHAIN=local go env GOVERSION); have=${have#go}
  version_at_least "$need" "${have%%[ -]*}" || die "Go $need or newer is needed, this is $have: https://go.dev/doc/install"
}

check_host() {
  [ "$(id -u)" = 0 ] || die "root is needed (network namespaces, mounts, cgroups)"
  [ "$(uname -s)" = Linux ] || die "Linux is needed"
  grep -qE ' cgroup2? ' /proc/mounts || die "no cgroup file system is mounted under /sys/fs/cgroup"
  command -v apt-get >/dev/null || die "apt-get is needed: Debian 12 or newer, or an Ubuntu of that age"
  local missing
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -gt 0 ]; then step "installed ${missing[*]}" with_lock "$CACHE/apt.lock" install_packages "${missing[@]}"; fi
  local m   # where these are modules and nothing has asked for them yet
  for m in loop ext4 overlay veth bridge br_netfilter nf_tables; do modprobe -q "$m" 2>/dev/null || true; done
  check_go
}
