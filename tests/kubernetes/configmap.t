#!/bin/sh
# SPDX-License-Identifier: MIT
# The library from a ConfigMap: through the kubelet's two symbolic links, without the
# bit for executing, on a file system that is mounted read-only.
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
need_python uvicorn
if [ -z "${CONFIGMAP_PRIVATE:-}" ] && [ "$(id -u)" = 0 ]; then
    CONFIGMAP_PRIVATE=1 exec unshare --mount sh "$0" # the mount vanishes with it
fi
forms ipv6

files=$DIR/files volume=$DIR/files
update() { # VERSION: as the kubelet does it
    mkdir "$files/..$1"
    base64 "$DIR/stripped" | base64 -d >"$files/..$1/libdualbind.so"
    chmod 444 "$files/..$1/libdualbind.so"
    ln -s "..$1" "$files/..data_tmp"
    mv -T "$files/..data_tmp" "$files/..data"
}

mkdir "$files"
strip -o "$DIR/stripped" "$LIB"
ok "it is small enough" [ "$(base64 "$DIR/stripped" | wc -c)" -lt 1000000 ]
update 2026_01_01
ln -s ..data/libdualbind.so "$files/libdualbind.so"
if [ -n "${CONFIGMAP_PRIVATE:-}" ]; then
    volume=$DIR/volume
    mkdir "$volume"
    mount --bind "$files" "$volume"
    mount -o remount,bind,ro,nosuid,nodev "$volume"
    ok "nobody writes there" [ ! -w "$volume/libdualbind.so" ]
fi

LIB=$volume/libdualbind.so
ok "the server starts" serve 8080 "$PYTHON" "$APPS/rest.py" 8080
ok "with the library in the volume" grep -q "/..2026_01_01/libdualbind.so" "/proc/$SERVER_PID/maps"
stands_for_node "$(get "$POD_IP6")" "it answers over IPv6"
update 2026_01_02
rm -r "$files/..2026_01_01"
stands_for_node "$(get "$POD_IP6")" "it answers when the ConfigMap has changed"
stop
[ "$volume" = "$files" ] || umount "$volume"
done_testing
