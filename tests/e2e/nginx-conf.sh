# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# nginx's configuration for a test, which may run as an ordinary user: every
# path is in $DIR. The answer is the client's address. Read after lib.sh.

# master_process, worker processes and accept_mutex are left as they come.
configure() { # LISTEN...
    cat >"$DIR/nginx.conf" <<CONF
worker_processes 2;
pid $DIR/nginx.pid;
events { }
http {
    access_log off;
    client_body_temp_path $DIR/body;
    proxy_temp_path $DIR/proxy;
    fastcgi_temp_path $DIR/fastcgi;
    uwsgi_temp_path $DIR/uwsgi;
    scgi_temp_path $DIR/scgi;
    server {
        $(printf 'listen %s; ' "$@")
        location / { return 200 \$remote_addr; }
    }
}
CONF
}
