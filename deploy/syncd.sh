#!/bin/sh
# The command for people, before the program itself in root's search path. Root acts as the service's user: a file of root's in the register's
# directory would stop the service.
export SYNCD_CONFIG="${SYNCD_CONFIG:-/etc/syncd/syncd.toml}"
if [ "$(id -u)" = 0 ]; then
    exec runuser -u syncd -- /opt/syncd/bin/syncd "$@"
fi
exec /opt/syncd/bin/syncd "$@"
