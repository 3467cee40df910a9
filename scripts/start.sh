#!/bin/sh
# Installs what is missing and starts the application: sh scripts/start.sh [URL…] [--user-data-dir=DIR]
cd "$(dirname "$0")/.." || exit 1
packages=
. scripts/setup.sh
exec npm start --silent -- "$@"
