# Sourced by start.sh and test.sh: brings this machine to the point where npm can take over. Needs the caller to be in
# the project's folder, and to have set `packages`, Debian's names of what it needs beside the common ones.

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The missing packages as this release calls them.
names_here() {
  for package in $missing; do
    if apt-cache show "${package}t64" >/dev/null 2>&1; then printf ' %st64' "$package"; else printf ' %s' "$package"; fi
  done
}

debian_packages() {
  needed="$packages ca-certificates"
  have node && have npm || needed="$needed nodejs npm"
  # Chromium's libraries, without which Electron does not start.
  needed="$needed libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 libxtst6"
  [ -n "$DISPLAY$WAYLAND_DISPLAY" ] || needed="$needed xvfb xauth"

  missing=
  for package in $needed; do
    # Since Debian 13 some names end in t64.
    dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q 'ok installed' ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  [ "$(id -u)" = 0 ] || stop "These Debian packages are missing. Install them, then run this again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends$(names_here)"
  say "Debian packages, for Node, Electron and its display:$missing"
  apt-get update -qq || stop 'apt-get update failed: see above.'
  missing=$(names_here)
  log=${TMPDIR:-/tmp}/longshore-apt.log
  # Among them are servers, which tests start for themselves: Debian must not start them here.
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then policy=; else printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"; fi
  # shellcheck disable=SC2086 # one word a package
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1
  status=$?
  [ -z "$policy" ] || rm -f "$policy"
  [ "$status" = 0 ] || stop "apt-get could not install:$missing. It said: $(tail -n 3 "$log")"
}

other_linux() {
  missing=
  have node && have npm || missing="$missing Node.js (18 or newer, with npm);"
  for library in libgtk-3.so.0 libnss3.so libasound.so.2 libgbm.so.1 libXss.so.1 libXtst.so.6; do
    ldconfig -p 2>/dev/null | grep -q "$library" || missing="$missing $library;"
  done
  [ -n "$DISPLAY$WAYLAND_DISPLAY" ] || have Xvfb || missing="$missing Xvfb;"
  [ -z "$missing" ] || stop "This is not Debian or a relative of it: install these yourself, then run this again:$missing"
}

case "$(uname -s)" in
  Linux) if have dpkg-query && have apt-get; then debian_packages; else other_linux; fi ;;
  *) have node && have npm || stop 'Install Node.js 18 or newer (https://nodejs.org), then run this again.' ;;
esac

# Debian's Node and npm are enough to fetch newer ones. npm leaves out the binaries of packages whose Node is newer than
# the one it runs on, so the project's own packages need a newer one from the start.
recent='const [major, minor] = process.versions.node.split(".").map(Number)
  process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
if ! node -e "$recent"; then
  newer="${XDG_CACHE_HOME:-$HOME/.cache}/longshore/npm"
  PATH="$newer/node_modules/.bin:$PATH"
  export PATH
  if ! node -e "$recent"; then
    say "Node 24 and npm 11, into $newer: this machine's are too old to install the project's packages"
    npm install --prefix "$newer" --no-fund --no-audit --loglevel=error node@24 npm@11 ||
      stop 'npm could not install Node 24: see above.'
    hash -r # forget where npm was
  fi
fi

installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ -n "$(find package-lock.json -newer "$installed")" ]; then
  say 'npm packages, as package-lock.json names them, with Node 24 among them'
  # Only node needs its install script, which fetches Node for this system. An npm before 11 would also compile
  # better-sqlite3, which brings its binaries along.
  npm ci --ignore-scripts --loglevel=error && npm rebuild node --loglevel=error || stop 'npm ci failed: see above.'
fi
