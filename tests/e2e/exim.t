#!/bin/sh
# SPDX-License-Identifier: MIT
# exim, as Debian packages it: the daemon gives up root, and at HUP executes its
# set-user-ID file again, whose loader ignores LD_PRELOAD. The library serves it until
# then, "dualbind check PID" names what goes on serving it, and that does.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need exim4 exim4-daemon-light
[ "$(id -u)" = 0 ] || skip_all "exim is started by root alone"
forms ipv6 dual

# It looks for its file in one place; these mounts are its own.
spool=$DIR/spool user=Debian-exim
mkdir "$spool"
chown "$user" "$spool"
cat >"$DIR/exim4.conf" <<END
primary_hostname = here.test
local_interfaces = 0.0.0.0
daemon_smtp_ports = 2525
spool_directory = $spool
pid_file_path = $spool/pid
log_file_path = $spool/log-%s
tls_advertise_hosts =
host_lookup =
rfc1413_query_timeout = 0s
END
cat >"$DIR/daemon" <<'END'
#!/bin/sh
mount -t tmpfs -o mode=755 none /etc/exim4 && cp "$1" /etc/exim4/ && exec exim4 -bdf
END
chmod 755 "$DIR/daemon"
set -- unshare --mount --propagation private "$DIR/daemon" "$DIR/exim4.conf"

# exim's greeting names the client as it sees it.
hello() { # HOST
    timeout 10 curl --silent --noproxy '*' --verbose "smtp://$(at "$1"):2525/here" --request NOOP 2>&1 |
        sed -n 's/^< 250-here.test Hello here \[\([0-9a-f.:]*\)\].*/\1/p'
}
pod_hello() { # HOST
    in_pod timeout 10 curl --silent --noproxy '*' --verbose "smtp://$(at "$1"):2525/here" --request NOOP 2>&1 |
        sed -n 's/^< 250-here.test Hello here \[\([0-9a-f.:]*\)\].*/\1/p'
}
ipv4_peers() { # WHEN
    is "$(pod_hello 127.0.0.1)" 127.0.0.1 "$1: 127.0.0.1 is shown as itself"
    [ -z "$POD_IP4" ] || is "$(hello "$POD_IP4")" "$NODE_IP4" "$1: an IPv4 client is shown as itself"
}
again() {
    started=$(grep -c 'daemon started' "$spool/log-main")
    kill -s HUP "$(cat "$spool/pid")"
    wait_for has_started_again
}
has_started_again() {
    [ "$(grep -c 'daemon started' "$spool/log-main")" -gt "$started" ] && listening 2525
}

ok "with the library: starts" try_serve 2525 "$@"
stands_for_node "$(hello "$POD_IP6")" "an IPv6 client is shown by a synthetic address"
ipv4_peers "with the library"
ok "at HUP it starts again" again
is "$(listeners 2525)" "0.0.0.0 inet" "without the library"
in_pod "$ROOT/build/dualbind" check "$(cat "$spool/pid")" >"$DIR/check"
is "$(grep -o 'start it with: .*' "$DIR/check")" "start it with: dualbind run --mode supervise -a 2525, but then all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; test it first" \
    "check PID names the mode that lasts"
ok "and says why" grep -q 'takes the mechanism "supervise": .* ignores LD_PRELOAD' "$DIR/check"
is "$(grep -c 'takes the mechanism "preload"' "$DIR/check")" 0 "and no other one"
in_pod "$ROOT/build/dualbind" check --json "$(cat "$spool/pid")" >"$DIR/json"
ok "so does --json" grep -q '"mechanism": *"supervise"' "$DIR/json"
stop

ok "with --mode supervise: starts" serve 2525 "$@"
is "$(hello "$POD_IP6")" "$NODE_IP6" "an IPv6 client is shown as it is"
ipv4_peers "with --mode supervise"
ok "at HUP it starts again" again
is "$(listeners 2525)" ":: inet6 v6only=0" "it listens for both families"
is "$(hello "$POD_IP6")" "$NODE_IP6" "an IPv6 client is shown as it is, again"
ipv4_peers "after HUP"
in_pod "$ROOT/build/dualbind" check "$(cat "$spool/pid")" >"$DIR/check"
ok "check PID says that it is served" grep -q 'converted' "$DIR/check"
stop
done_testing
