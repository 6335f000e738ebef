# shellcheck shell=bash
# disks.sh: the volumes of the storage class `disk`. Each is a sparse file NAME.img in the directory of its node, and a link NAME.device to the loop
# device that it is behind, which the kubelet formats and mounts (go/kube/provisioner.go makes both). Loop devices belong to the host: they
# are attached when their node starts, and detached when it has ended.
#
# A disk stalls by fsfreeze: whoever writes to it, syncs it or makes a file waits, beyond the reach of any signal, until it goes on. It is frozen
# through a mount of the host's, because those of the machine may be gone before it is thawed, and then nobody could.

disk_images() { # MACHINE
  local image
  for image in "$STATE/volumes/$1/"*.img; do
    [ ! -e "$image" ] || echo "$image"
  done
}

attach_disks() { # MACHINE, which is off
  local image loop
  for image in $(disk_images "$1"); do
    loop=$(losetup --find --show "$image")
    ln -sfn "$loop" "${image%.img}.device"
  done
}

# The last mounts go a moment after the last process, and a file must not be behind two devices.
detach_disks() { # MACHINE, whose processes have ended
  local image
  for image in $(disk_images "$1"); do
    wait_for 10 "detached $image" detach_disk "$image" || true
  done
}
detach_disk() { # IMAGE: whether it is behind none any more
  local loop
  for loop in $(losetup --noheadings --output NAME --associated "$1"); do losetup --detach "$loop"; done
  [ -z "$(losetup --noheadings --output NAME --associated "$1")" ]
}

# Loop devices outlive the files that they are behind.
detach_lost_disks() { # STATE
  local loop
  for loop in $(losetup --noheadings --output NAME,BACK-FILE | awk -v below="$1/volumes/" 'index($2, below) == 1 {print $1}'); do
    losetup --detach "$loop"
  done
}

stall_disks() { # MACHINE
  local image point
  for image in $(disk_images "$1"); do
    point=$RUN/stalled/$1/$(basename "$image" .img)
    [ ! -d "$point" ] || continue
    mkdir -p "$point"
    # One that was never used has no file system yet.
    if mount -t ext4 "${image%.img}.device" "$point" 2>/dev/null; then
      fsfreeze --freeze "$point"
    else
      rmdir "$point"
    fi
  done
}
release_disks() { # MACHINE
  local point
  for point in "$RUN/stalled/$1/"*; do
    [ -d "$point" ] || continue
    if mountpoint -q "$point"; then
      fsfreeze --unfreeze "$point" 2>/dev/null || true
      umount "$point"
    fi
    rmdir "$point"
  done
  rmdir "$RUN/stalled/$1" 2>/dev/null || true
}
