#!/bin/sh
# Installs what is missing and starts the application: sh scripts/start.sh [URL…] [--user-data-dir=DIR]
cd "$(dirname "$0")/.." || exit 1
packages=
. scripts/setup.sh
# Not through npm, which would keep a signal for this process from the application.
exec node_modules/.bin/node scripts/start.mjs "$@"
