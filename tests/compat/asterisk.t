#!/bin/sh
# Asterisk, which Debian has in some releases only (not in 12).
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Asterisk FAMILY=Telephony PORT=5060 PROTOCOL=udp PACKAGES=apt:asterisk
NO_DEFAULT='its example configuration has no transport'

version() {
    asterisk -V | awk '{ print $2 }'
}

prepare() {
    mkdir -p "$DIR/etc"
    cat >"$DIR/etc/asterisk.conf" <<END
[directories]
astetcdir => $DIR/etc
astvarlibdir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
astdbdir => $DIR
astkeydir => $DIR
astspooldir => $DIR
astrundir => $DIR
astlogdir => $DIR
END
    printf '[modules]\nautoload = no\nrequire = res_pjsip.so\nrequire = res_pjsip_pubsub.so\nrequire = res_sorcery_config.so\n' >"$DIR/etc/modules.conf"
    printf '[transport]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:%s\n[global]\ntype = global\ndebug = yes\n' "$PORT" >"$DIR/etc/pjsip.conf"
    printf '[logfiles]\nconsole = notice,warning,error,verbose\n' >"$DIR/etc/logger.conf"
}

ipv4_only() {
    as_user "$(command -v asterisk)" -f -n -vvv -C "$DIR/etc/asterisk.conf"
}

work() { # HOST
    client "$PYTHON" "$ROOT/tests/compat/apps/sip-options.py" "$1" "$PORT"
}

peer() { # HOST
    work "$1" >/dev/null && sed -n 's/^.*Received SIP request .* from UDP:\(.*\):[0-9]* .*$/\1/p' "$LOG" | tail -n 1
}

row
