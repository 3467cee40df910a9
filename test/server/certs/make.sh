#!/bin/sh
# Makes the test certificates again (openssl 3). One key serves all of them: it protects nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = d
[d]
database = $work/index.txt
new_certs_dir = $work
serial = $work/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
CNF
: > "$work/index.txt"
echo 01 > "$work/serial"
genkey() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
# name, key, common name, extensions, from, to, further options of `openssl ca`
issue() {
  name=$1 its_key=$2 cn=$3 ext=$4 begin=$5 end=$6
  shift 6
  printf '%b\n' "$ext" > "$work/ext"
  openssl req -new -key "$its_key" -subj "/CN=$cn" -out "$work/req"
  openssl ca -batch -notext -config "$work/ca.cnf" -extfile "$work/ext" -startdate "$begin" -enddate "$end" \
    -in "$work/req" -out "$name.pem" "$@" 2> "$work/log" || { cat "$work/log"; exit 1; }
}
genkey "$work/ca.key"
genkey key.pem
from=20200101000000Z
to=21200101000000Z
local='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth'
issue ca "$work/ca.key" 'Longshore test authority' 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign' \
  $from $to -selfsign -keyfile "$work/ca.key"
by="-cert ca.pem -keyfile $work/ca.key"
issue good key.pem localhost "$local" $from $to $by
issue expired key.pem localhost "$local" $from 20210101000000Z $by
issue not-yet key.pem localhost "$local" 21190101000000Z $to $by
issue wrong-name key.pem elsewhere.example 'subjectAltName=DNS:elsewhere.example\nextendedKeyUsage=serverAuth' $from $to $by
issue self-signed key.pem localhost "$local" $from $to -selfsign -keyfile key.pem
