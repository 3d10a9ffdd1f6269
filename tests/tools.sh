#!/usr/bin/env bash
# Brings the programs that some tests need and pip has not: a browser, and Prometheus' own tool.
# Debian's, where this user may install them. A test whose program is missing is skipped and says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

APT="apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root"
TOOLS=build/tools

missing() {
  command -v chromium chromium-browser google-chrome >/dev/null || echo chromium
}

# Unpacked, not installed: the package would start a server.
bring_promtool() {
  mkdir -p "$TOOLS"
  (cd "$TOOLS" && $APT download prometheus && dpkg -x prometheus_*.deb . && rm prometheus_*.deb)
}

packages=$(missing)
has_promtool() { command -v promtool >/dev/null || [ -x "$TOOLS/usr/bin/promtool" ]; }
if [ -z "$packages" ] && has_promtool; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Some tests are skipped: $(echo $packages) $(has_promtool || echo promtool) cannot be installed by this user." >&2
  exit 0
fi
echo "Installing what some tests need:" $packages $(has_promtool || echo promtool) "..."
{
  $APT update
  [ -z "$packages" ] || DEBIAN_FRONTEND=noninteractive $APT install --no-install-recommends -y $packages
  has_promtool || bring_promtool
} >/dev/null || echo "Not everything could be installed; tests that need it are skipped." >&2
