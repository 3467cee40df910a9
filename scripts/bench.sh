#!/bin/sh
# Installs what the benchmark compares with, and runs it: sh scripts/bench.sh [--quick] [--only CASE,…] [--rounds N]
cd "$(dirname "$0")/.." || exit 1
packages='nginx-light aria2 curl wget2 axel'
. scripts/setup.sh
exec npm run bench --silent -- "$@"
