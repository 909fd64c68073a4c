# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Clients in the node and in the pod. Read by lib.sh.

at() { # HOST
    case $1 in *:*) printf '[%s]' "$1" ;; *) printf '%s' "$1" ;; esac
}

fetch() { # URL
    curl --silent --show-error --noproxy '*' --max-time 10 "$1" 2>>"$DIR/curl.log"
}

get() { # HOST [PORT]
    fetch "http://$(at "$1"):${2:-8080}/"
}

pod_get() { # HOST [PORT]
    in_pod curl --silent --show-error --noproxy '*' --max-time 10 \
        "http://$(at "$1"):${2:-8080}/" 2>>"$DIR/curl.log"
}

# 7: refused (28 would be the time running out). A listener with a full
# queue, or a filter, would not answer at all: that is not this control.
refused() { # HOST [PORT]
    get "$1" "${2:-8080}" >/dev/null
    [ $? -eq 7 ]
}

sequential() { # HOST N [PORT]
    timeout 30 curl --silent --noproxy '*' --max-time 10 --fail-early --header 'Connection: close' \
        --output /dev/null --write-out '%{http_code}\n' \
        "http://$(at "$1"):${3:-8080}/?[1-$2]" 2>>"$DIR/curl.log" | grep -c '^200$'
}

crowd() { # HOST M [PORT]
    perl "$APPS/crowd.pl" "$1" "${3:-8080}" "$2" 2>>"$DIR/curl.log"
}

