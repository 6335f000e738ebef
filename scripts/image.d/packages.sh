# shellcheck shell=bash
# shellcheck disable=SC2016 # apt expands these
# packages.sh: Debian's packages, as files, for an architecture that need not be this machine's. apt fetches and verifies them;
# nothing of them is installed or run. To be sourced by scripts/image, which sets WORK and CACHE.

: "${WORK:?}" "${CACHE:?}"

SUITE=trixie
JAVA=25
# In the image: the C and C++ libraries that the JVM is linked with, zlib, gcc-14-base for their licence, and base-files for /etc/os-release,
# by which scanners know it.
IN_IMAGE=(base-files gcc-14-base libc6 libgcc-s1 libstdc++6 zlib1g)
# The JDK that the image's Java is cut from.
JDK_PACKAGES=("openjdk-$JAVA-jre-headless" "openjdk-$JAVA-jdk-headless")

# Where this machine's apt gets Debian from, of another suite; elsewhere the user says it.
debian_sources() {
  local uri security key=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -e "$key" ] || fail "$key is missing: apt-get install debian-archive-keyring"
  uri=${MATRIARCH_DEBIAN_MIRROR:-} security=${MATRIARCH_DEBIAN_SECURITY_MIRROR:-}
  if [ -z "$uri" ] && grep -qx 'ID=debian' /etc/os-release; then
    uri=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Label: Debian' | sort -u | sed -n '1s/ .*//p')
    security=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian-Security' | sort -u | head -n 1)
    [ -n "$uri" ] || fail "apt knows no mirror of Debian: run apt-get update first, or set MATRIARCH_DEBIAN_MIRROR"
  fi
  [ -n "$uri" ] || fail "this is not Debian: name a mirror of it in MATRIARCH_DEBIAN_MIRROR (and MATRIARCH_DEBIAN_SECURITY_MIRROR)"
  echo "deb [signed-by=$key] $uri $SUITE main"
  if [ -n "$security" ]; then echo "deb [signed-by=$key] $security $SUITE-security main"; fi
}

# An apt of its own for each architecture, so the machine's is neither changed nor asked. Prints where its configuration is.
prepare_apt() { # ARCHITECTURE
  local dir=$CACHE/apt/$1
  mkdir -p "$dir"/{lists/partial,cache/archives/partial}
  : >"$dir/status"
  debian_sources >"$dir/sources.list"
  cat >"$dir/apt.conf" <<CONF
Dir::Etc::sourcelist "$dir/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State "$dir"; Dir::State::lists "$dir/lists"; Dir::State::status "$dir/status"; Dir::Cache "$dir/cache";
APT::Architecture "$1"; APT::Architectures {"$1";}; APT::Sandbox::User "$(id -un)"; Acquire::Languages "none";
CONF
  echo "$dir/apt.conf"
}

# Fetches the newest of each into WORK/debs-ARCHITECTURE/PACKAGE.deb. What was fetched before and is still the newest is not fetched again.
fetch_packages() { # ARCHITECTURE
  local arch=$1 store=$CACHE/debs/$1 package version file missing=() all=("${IN_IMAGE[@]}" "${JDK_PACKAGES[@]}")
  local -A newest=()
  APT_CONFIG=$(prepare_apt "$arch")
  export APT_CONFIG
  apt-get -q update
  while read -r package version; do newest[$package]=$version; done < <(apt-cache show --no-all-versions "${all[@]}" |
    awk '$1 == "Package:" { package = $2 } $1 == "Version:" { print package, $2 }')
  mkdir -p "$store" "$WORK/debs-$arch"
  for package in "${all[@]}"; do
    [ -n "${newest[$package]:-}" ] || fail "Debian $SUITE has no $package for $arch"
    if ! compgen -G "$store/${package}_${newest[$package]//:/%3a}_*.deb" >/dev/null; then
      find "$store" -name "${package}_*.deb" -delete
      missing+=("$package=${newest[$package]}")
    fi
  done
  if [ ${#missing[@]} -gt 0 ]; then (cd "$store" && apt-get -q download "${missing[@]}"); fi
  unset APT_CONFIG
  for package in "${all[@]}"; do
    file=$(compgen -G "$store/${package}_${newest[$package]//:/%3a}_*.deb")
    ln -f "$file" "$WORK/debs-$arch/$package.deb"
  done
}
