#!/bin/sh
# dovecot with "listen = 0.0.0.0". Its master binds, and its login processes,
# which accept, are started with the variables that import_environment names. By
# default they are in a chroot, where the log of the test could not be written.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=dovecot FAMILY=Mail PORT=1143 PACKAGES=apt:dovecot-imapd QUICK=1
# shellcheck disable=SC2016 # Markdown
NOTES='The variables of dualbind are in `import_environment`'

version() {
    dovecot --version | cut -d ' ' -f 1
}

with_listen() { # ADDRESSES
    mkdir -p "$DIR/mail"
    internal=$(id -un) login=$internal owner=$internal
    [ "$(id -u)" != 0 ] || { internal=dovecot login=dovenull owner=nobody; }
    chown "$owner" "$DIR/mail"
    cat >"$DIR/dovecot.conf" <<END
base_dir = $DIR/run
state_dir = $DIR/run
log_path = /dev/stderr
listen = $1
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = $internal
default_internal_group = $(id -gn "$internal")
default_login_user = $login
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:$DIR/mail
import_environment = TZ LD_PRELOAD DUALBIND_ALLOW DUALBIND_LOG
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$(id -u "$owner") gid=$(id -g "$owner") home=$DIR/mail
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $PORT
  }
  inet_listener imaps {
    port = 0
  }
}
END
    launch "$(command -v dovecot)" -F -c "$DIR/dovecot.conf"
}

ipv4_only() {
    with_listen 0.0.0.0
}

by_default() {
    with_listen '*, ::'
}

work() { # HOST
    imap=imap://$(at "$1"):$PORT
    printf 'Subject: asked\r\n\r\nof %s\r\n' "$1" >"$DIR/message"
    client curl -sS --noproxy '*' --user me:secret --upload-file "$DIR/message" "$imap/INBOX" &&
        client curl -sS --noproxy '*' --user me:secret "$imap/INBOX;MAILINDEX=*" | grep -q "^of $1"
}

# Its log is written by another process, a little later: hence a new name.
peer() { # HOST
    user=$(date +%s%N)
    client curl -sS --noproxy '*' --user "$user:secret" "imap://$(at "$1"):$PORT" >/dev/null &&
        wait_for grep -q "Login: user=<$user>" "$LOG" &&
        grep "Login: user=<$user>" "$LOG" | grep -o 'rip=[^,]*' | address
}

row
