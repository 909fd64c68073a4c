# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# unbound's configuration, for tests that run it: it answers for itself, 192.0.2.77 for each name under name.test,
# and needs no file of the system's and no right.

unbound_conf() { # PORT LINE...: into $DIR/unbound.conf, with further lines of its server clause
    cat >"$DIR/unbound.conf" <<EOF
server:
    port: $1
    module-config: "iterator"
    local-zone: "name.test." redirect
    local-data: "name.test. A 192.0.2.77"
    logfile: ""
    use-syslog: no
    chroot: ""
    username: ""
    directory: ""
    pidfile: ""
$(shift && printf '    %s\n' "$@")
remote-control:
    control-enable: no
EOF
}
