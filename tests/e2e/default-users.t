#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers that root starts and that become another user by their own default: each is reached over both
# families as that user. (Elsewhere most are told to stay who started them.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
[ "$(id -u)" = 0 ] || skip_all 'only root can become another user'
FORM_SECONDS=500
forms dual
chmod 755 "$E2E_DIR" "$DIR"
ports=8000

# Sends the bytes and prints how many are answered, of a server that speaks first where there are none.
asks='
import socket, sys
kind, host, port, asked = sys.argv[1:5]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
for _ in range(5):
    with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as own:
        own.settimeout(3)
        try:
            own.connect((host, int(port)))
            own.send(bytes.fromhex(asked))
            if own.recv(999):
                print("answered")
                break
        except OSError as error:
            print(error, file=sys.stderr)
'
answers() { # KIND HOST BYTES
    timeout 20 "$PYTHON" -c "$asks" "$1" "$2" "$ports" "$3"
}

users() { # SESSION
    ps -o user:32= -s "$1" | sort -u | tr '\n' ' '
}

# PORT in a command is the port.
become() { # NAME USER KIND BYTES COMMAND...
    name=$1 user=$2 kind=$3 bytes=$4
    shift 4
    if ! command -v "$1" >/dev/null || ! id "$user" >/dev/null 2>&1; then
        skip "$name" "no $1, or no $user: make check installs them"
        return
    fi
    if [ "$kind" = udp ]; then started=serve_udp; else started=serve; fi
    ok "$name: starts" "$started" "$ports" "$@"
    ok "$name: is $user" wait_for is_user
    for host in "$POD_IP4" "$POD_IP6"; do
        is "$(answers "$kind" "$host" "$bytes" 2>>"$DIR/asks.log")" answered "$name: $host is answered"
    done
    is "$(grep -c 'cannot yield' "$SHIM_LOG")" 0 "$name: no trouble"
    stop
    ports=$((ports + 1))
}
is_user() {
    users "$SERVER_PID" | grep -q "$user"
}

dns=123401000001000000000000046e616d6504746573740000010001 # name.test A
snmp=302902010104067075626c6963a01c02047b7b7b7b020100020100300e300c06082b060102010106000500
ntp=23$(printf '%094d' 0)
sip=$(printf 'OPTIONS sip:x@x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1;rport\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:x@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n' | od -An -tx1 | tr -d ' \n')
web=$(printf 'GET / HTTP/1.0\r\n\r\n' | od -An -tx1 | tr -d ' \n')
stats=$(printf 'version\r\n' | od -An -tx1 | tr -d ' \n')
mqtt=100c00044d5154540402003c0000

become dnsmasq dnsmasq udp $dns "$(own_copy dnsmasq)" --keep-in-foreground --conf-file=/dev/null --pid-file= --user=dnsmasq \
    --port=$ports --address=/name.test/192.0.2.77 --bind-interfaces --listen-address=0.0.0.0
printf '%s\n' server: "  port: $ports" '  interface: 0.0.0.0' '  access-control: 0.0.0.0/0 allow' '  module-config: "iterator"' \
    '  local-zone: "name.test." redirect' '  local-data: "name.test. A 192.0.2.77"' '  use-syslog: no' '  chroot: ""' \
    '  directory: ""' '  pidfile: ""' remote-control: '  control-enable: no' >"$DIR/unbound.conf"
become unbound unbound udp $dns "$(own_copy unbound)" -d -c "$DIR/unbound.conf"
printf '%s\n' "agentaddress udp:0.0.0.0:$ports" 'rocommunity public default' 'rocommunity6 public default' >"$DIR/snmpd.conf"
become snmpd Debian-snmp udp $snmp env SNMP_PERSISTENT_DIR="$DIR/snmp" MIBS= "$(own_copy snmpd)" -f -Lo -C -c "$DIR/snmpd.conf" \
    -u Debian-snmp -g Debian-snmp
mkdir -m 700 "$DIR/chrony" && chown _chrony: "$DIR/chrony"
printf '%s\n' "port $ports" 'cmdport 0' "bindcmdaddress $DIR/chrony/socket" "pidfile $DIR/chrony/pid" 'local stratum 10' \
    'allow all' >"$DIR/chrony.conf"
become chronyd _chrony udp "$ntp" "$(own_copy chronyd)" -4 -x -d -F 1 -f "$DIR/chrony.conf"
become memcached memcache udp "000100000001000076657273696f6e0d0a" memcached -u memcache -U $ports -p 0
become 'memcached, TCP' memcache tcp "$stats" memcached -u memcache -l 0.0.0.0 -p $ports
printf '%s\n' '#!KAMAILIO' 'log_stderror=yes' 'children=2' 'auto_aliases=no' 'loadmodule "sl.so"' \
    'request_route { sl_send_reply("200", "OK"); }' >"$DIR/kamailio.cfg"
become kamailio kamailio udp "$sip" kamailio -DD -E -f "$DIR/kamailio.cfg" -l "udp:0.0.0.0:$ports" -u kamailio -g kamailio -Y "$DIR" -w /
printf '%s\n' "listener $ports 0.0.0.0" 'allow_anonymous true' >"$DIR/mosquitto.conf"
become mosquitto mosquitto tcp $mqtt "$(own_copy mosquitto)" -c "$DIR/mosquitto.conf"
printf '%s\n' 'user www-data;' "pid $DIR/nginx.pid;" 'error_log stderr;' 'events {}' "http { access_log off; server { listen 0.0.0.0:$ports; return 200; } }" >"$DIR/nginx.conf"
become nginx www-data tcp "$web" nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
printf '%s\n' global '  user haproxy' '  group haproxy' defaults '  mode http' '  timeout connect 5s' '  timeout client 5s' \
    '  timeout server 5s' 'frontend web' "  bind 0.0.0.0:$ports" '  http-request return status 200' >"$DIR/haproxy.cfg"
become haproxy haproxy tcp "$web" haproxy -W -f "$DIR/haproxy.cfg"
printf '%s\n' "ServerName name.test" "ServerRoot $DIR" "DefaultRuntimeDir $DIR" "PidFile $DIR/apache.pid" 'ErrorLog /dev/stderr' \
    'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so' \
    'LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so' "Listen 0.0.0.0:$ports" 'User www-data' 'Group www-data' >"$DIR/apache.conf"
become apache www-data tcp "$web" apache2 -DFOREGROUND -f "$DIR/apache.conf"
mkdir "$DIR/cache" && chown proxy: "$DIR/cache"
printf '%s\n' "http_port 0.0.0.0:$ports" 'http_access allow all' 'visible_hostname name.test' "pid_filename $DIR/cache/pid" \
    'cache_log /dev/null' "access_log none" "coredump_dir $DIR/cache" 'cache deny all' 'shutdown_lifetime 1 seconds' >"$DIR/squid.conf"
become squid proxy tcp "$web" "$(own_copy squid)" -N -d 1 -f "$DIR/squid.conf" -n "c$$"
mkdir "$DIR/varnish" && chown vcache: "$DIR/varnish"
become varnish vcache tcp "$web" varnishd -F -n "$DIR/varnish" -S none -T none -s malloc,32m -b 127.0.0.1:1 -a 0.0.0.0:$ports
printf '%s\n' '[global]' 'error_log = /dev/stderr' 'daemonize = no' '[www]' "listen = 0.0.0.0:$ports" 'user = www-data' 'group = www-data' \
    'pm = static' 'pm.max_children = 2' >"$DIR/fpm.conf"
fpm=$(find /usr/sbin -name 'php-fpm*' | sort | head -n 1)
become php-fpm www-data tcp 0101000100080000000100000000000001040001000000000105000100000000 "${fpm:-php-fpm}" -F -y "$DIR/fpm.conf"
become turnserver turnserver udp 000100002112a442000102030405060708090a0b turnserver -n -L 0.0.0.0 -p $ports --no-auth --no-cli --no-tls --no-dtls \
    --pidfile "$DIR/turn.pid" --userdb "$DIR/turn.db" --log-file stdout --simple-log --proc-user turnserver --proc-group turnserver
if command -v mariadbd >/dev/null; then
    mkdir "$DIR/mariadb" && chown mysql: "$DIR/mariadb"
    timeout 100 mariadb-install-db --no-defaults --user=mysql --datadir="$DIR/mariadb" --skip-test-db \
        --auth-root-authentication-method=normal >"$DIR/mariadb.log" 2>&1 || diag_file "$DIR/mariadb.log"
fi
become mariadb mysql tcp '' mariadbd --no-defaults --user=mysql --datadir="$DIR/mariadb" --bind-address=0.0.0.0 --port=$ports \
    --socket="$DIR/mariadb/socket" --pid-file="$DIR/mariadb/pid" --skip-name-resolve
done_testing
