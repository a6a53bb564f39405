#!/bin/sh
# Makes a local debian:trixie-slim from Debian's packages. Usage: bootstrap-debian.sh WORK_FOLDER IMAGE
# The image trusts what this machine trusts, so that package managers work in builds behind the same proxy.
set -eu
work=$1 image=$2
mmdebstrap --quiet --variant=minbase --include=ca-certificates \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook='mkdir -p "$1/etc/ssl/certs" && cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"' \
  trixie "$work/root.tar" >/dev/null
docker import --change 'CMD ["bash"]' "$work/root.tar" "$image" >/dev/null
