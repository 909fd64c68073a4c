#!/bin/sh
# SPDX-License-Identifier: MIT
# minidlna, whose HTTP is on 0.0.0.0 and never anywhere else; for discovery it has a socket of IPv4
# multicast. It takes requests for an IPv4 address alone (the Host line), and calls others a DNS rebinding
# attack.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=minidlna FAMILY='Files and printers' PORT=8200 RULE='8200 1900/udp' START_SECONDS=40
PACKAGES='apt:minidlna apt:curl'
NOTES='It takes requests for an IPv4 address alone, and refuses others by 404: IPv6 clients have to name one'

version() {
    minidlnad -V | awk '{ print $2 }'
}

prepare() {
    LOG_FILE=$DIR/minidlna.log
    mkdir "$DIR/media"
    seq 20000 >"$DIR/media/long.mp3"
    printf '%s\n' "port=$PORT" "media_dir=$DIR/media" "db_dir=$DIR/cache" "log_dir=$DIR" "user=$(id -un)" friendly_name=pod \
        inotify=no log_level=general=debug >"$DIR/minidlna.conf"
}

by_default() {
    launch minidlnad -S -R -f "$DIR/minidlna.conf" -P "$DIR/pid"
}

ipv4_only() {
    by_default
}

asks() { # HOST PATH [CURL'S...]
    asks_host=$1 asks_path=$2
    shift 2
    http "$asks_host" "$asks_path" -H "Host: 127.0.0.1:$PORT" "$@"
}

# shellcheck disable=SC2016 # that folder's name
browse='<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:Browse xmlns:u="urn:schemas-upnp-org:service:ContentDirectory:1"><ObjectID>1$4</ObjectID><BrowseFlag>BrowseDirectChildren</BrowseFlag>
<Filter>*</Filter><StartingIndex>0</StartingIndex><RequestedCount>9</RequestedCount><SortCriteria></SortCriteria></u:Browse></s:Body></s:Envelope>'

# Looks through the folder of all music, and fetches what is there.
work() { # HOST
    item=$(asks "$1" /ctl/ContentDir -H 'Content-Type: text/xml' \
        -H 'SOAPAction: "urn:schemas-upnp-org:service:ContentDirectory:1#Browse"' --data "$browse" | grep -o 'MediaItems/[0-9]*\.mp3' | head -n 1) &&
        [ -n "$item" ] && asks "$1" "/$item" | cmp - "$DIR/media/long.mp3"
}

peer() { # HOST
    asks "$1" /rootDesc.xml >/dev/null && sed -n 's/.*HTTP connection from \(.*\):[0-9]*$/\1/p' "$LOG_FILE" | address
}

row
