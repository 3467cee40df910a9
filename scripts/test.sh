#!/bin/sh
# Installs what is missing and runs all tests.
cd "$(dirname "$0")/.." || exit 1
# Debian packages that only tests need.
packages=
. scripts/setup.sh
exec npm test --silent
