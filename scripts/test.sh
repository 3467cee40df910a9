#!/bin/sh
# Installs what is missing and runs all tests.
cd "$(dirname "$0")/.." || exit 1
# Debian packages that only tests need.
packages='squid tinyproxy dante-server nginx-light apache2-bin lighttpd lighttpd-mod-openssl lighttpd-mod-deflate caddy
  iproute2 iptables strace e2fsprogs xfsprogs attr libfaketime'
. scripts/setup.sh
exec npm test --silent
