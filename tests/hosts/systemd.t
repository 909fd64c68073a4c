#!/bin/sh
# SPDX-License-Identifier: MIT
# config/systemd: the files as they are, in a systemd of their own (as-init.sh),
# with services that are hard-coded to 0.0.0.0:8080.
# shellcheck source-path=SCRIPTDIR source=../process/command.sh
. "$(dirname "$0")/../process/command.sh"
if ! command -v systemd-analyze >/dev/null; then
	echo '1..0 # SKIP systemd is not installed'
	exit
fi

units=$work/units
mkdir "$units"
cp 'config/systemd/dualbind@.service' "$units"

service() { # NAME DROP-IN|- SETTING...
	name=$1
	if [ "$2" != - ]; then
		mkdir "$units/$name.service.d"
		cp "$2" "$units/$name.service.d/"
	fi
	shift 2
	{
		printf '[Unit]\nDescription=%s\n[Service]\nType=exec\n' "$name"
		echo 'ExecStart=/usr/bin/python3 -m http.server --bind 0.0.0.0 8080'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$units/$name.service"
}
service native -
service plain config/systemd/dualbind.conf
service confined config/systemd/dualbind.conf DynamicUser=yes ProtectSystem=strict ProtectHome=yes \
	MemoryDenyWriteExecute=yes SystemCallFilter=@system-service 'RestrictAddressFamilies=AF_INET AF_INET6'
service widened config/systemd/dualbind.conf RestrictAddressFamilies=AF_INET
echo RestrictAddressFamilies=AF_INET6 >>"$units/widened.service.d/dualbind.conf"
service noexec config/systemd/dualbind.conf NoExecPaths=/usr/local/lib
service without-ipv6 config/systemd/dualbind.conf RestrictAddressFamilies=AF_INET

# A service at a name, of which systemd ends what calls getsockopt(2).
cp tests/hosts/at-name.py "$units/at-name.py"
sed 's/^Environment=DUALBIND_ALLOW=.*/Environment="DUALBIND_ALLOW=*\/any"/' config/systemd/dualbind.conf >"$work/all.conf"
service filtered "$work/all.conf" 'SystemCallFilter=~getsockopt'
sed -i "s|^ExecStart=.*|ExecStart=/usr/bin/python3 $units/at-name.py /run/filtered|" "$units/filtered.service"

# The template names what "make install" installs; verify looks for it.
mkdir "$work/verify"
sed "s|/usr/local/bin/dualbind|$command|" 'config/systemd/dualbind@.service' >"$work/verify/dualbind@demo.service"
cp -r "$units/plain.service" "$units/plain.service.d" "$work/verify"
try env SYSTEMD_UNIT_PATH="$work/verify:" systemd-analyze --man=no verify "$work/verify/dualbind@demo.service" "$work/verify/plain.service"
is 'systemd-analyze verify has nothing to say' "$status $(out)$(err | grep -v '^/lib/systemd/system/')" '0 ' # of packages' units
sed -i 's/^DynamicUser/DynamikUser/' "$work/verify/dualbind@demo.service"
try env SYSTEMD_UNIT_PATH="$work/verify:" systemd-analyze --man=no verify "$work/verify/dualbind@demo.service"
matches 'and it would say something' "$(err)" '*DynamikUser*'

# The commands for the key, as config/systemd/README.md has them.
key_commands=$(awk '/^```/ { inside = !inside; text = ""; next }
	inside { text = text $0 "\n" }
	inside && /DUALBIND_KEY=/ { wanted = 1 }
	inside && wanted { printf "%s", text; text = "" }
	!inside { wanted = 0 }' config/systemd/README.md)
printf '%s\n' "$key_commands" >"$work/key-commands"
matches 'the README has commands for the key' "$key_commands" '*/etc/dualbind/key*systemctl restart NAME'

# What is asked in there: one line for each answer.
cat >"$work/script" <<SCRIPT
exec >"$work/seen" 2>&1
mkdir -p /usr/local/bin /usr/local/lib
rm -rf /etc/dualbind
cp "$command" /usr/local/bin
cp "$library" /usr/local/lib
ip link set lo up
configure() { # NAME COMMAND
	install -d -m 755 /etc/dualbind
	printf 'COMMAND=%s\\nDUALBIND_ALLOW=8080\\n' "\$2" >"/etc/dualbind/\$1.conf"
}
for service in native plain confined widened noexec without-ipv6 dualbind@python dualbind@go; do
	case \$service in
	dualbind@python) configure python '/usr/bin/python3 -m http.server --bind 0.0.0.0 8080' ;;
	dualbind@go)
		[ -x "$PWD/build/tests/go-static" ] || continue
		cp "$PWD/build/tests/go-static" /usr/local/bin/go-server
		configure go '/usr/local/bin/go-server tcp4 8080'
		;;
	esac
	# The key's file need not be there.
	rm -f /etc/dualbind/key
	systemctl start "\$service"
	case \$service in
	plain | dualbind@python) sed "s/NAME/\$service/" "$work/key-commands" | sh -e ;;
	esac
	tries=0
	until curl -s -o /dev/null -m 5 http://127.0.0.1:8080/ || [ "\$tries" = 50 ]; do
		sleep 0.1
		tries=\$((tries + 1))
	done
	code=\$(curl -s -o /dev/null -m 5 -w '%{http_code}' http://127.0.0.1:8080/)
	code6=\$(curl -s -o /dev/null -m 5 -w '%{http_code}' 'http://[::1]:8080/')
	state=\$(/usr/local/bin/dualbind ps | awk '\$2 ~ /:8080\$/ { print \$3 }')
	key=\$(tr '\\0' '\\n' <"/proc/\$(systemctl show -p MainPID --value "\$service")/environ" | sed -n 's/^DUALBIND_KEY=//p')
	if [ -n "\$key" ] && [ "DUALBIND_KEY=\$key \$(stat -c %a /etc/dualbind/key)" = "\$(cat /etc/dualbind/key) 600" ]; then
		key="the file's"
	fi
	systemctl stop "\$service"
	echo "\$service: IPv4 \$code, IPv6 \$code6, \$state, \${key:-no} key, \$(systemctl show -p Result "\$service")"
done
systemctl start filtered
answers=\$(/usr/bin/python3 "$units/at-name.py" /run/filtered ask)
systemctl stop filtered
echo "filtered: \$answers, \$(systemctl show -p Result filtered)"
SCRIPT
if [ "$(id -u)" != 0 ]; then
	skip 'services in a systemd' 'only root can start one'
	finish
	exit
fi
status=0
tests/hosts/as-init.sh "$units" "$work/script" >"$work/err" 2>&1 </dev/null || status=$?
if [ "$status" = 125 ]; then
	skip 'services in a systemd' "$(err | tail -n 1)"
	finish
	exit
fi
[ -s "$work/seen" ] || err | sed 's/^/# /'
seen() { sed -n "s/^$1: //p" "$work/seen"; }
is 'systemd ran to its end' "$status" 0
is 'a service as it is' "$(seen native)" 'IPv4 200, IPv6 000, IPv4, no key, Result=success'
is 'with the drop-in' "$(seen plain)" 'IPv4 200, IPv6 200, converted, the file'\''s key, Result=success'
is 'with the drop-in, confined' "$(seen confined)" 'IPv4 200, IPv6 200, converted, no key, Result=success'
is 'where the drop-in allows AF_INET6 too' "$(seen widened)" 'IPv4 200, IPv6 200, converted, no key, Result=success'
is 'where the library may not be executed, as it was' "$(seen noexec)" 'IPv4 200, IPv6 000, IPv4, no key, Result=success'
is 'where only AF_INET is allowed, as it was' "$(seen without-ipv6)" 'IPv4 200, IPv6 000, IPv4, no key, Result=success'
is 'by the template' "$(seen dualbind@python)" 'IPv4 200, IPv6 200, converted, the file'\''s key, Result=success'
is 'at a name, under a filter' "$(seen filtered)" 'stream answered, datagram answered, Result=success'
if [ -x build/tests/go-static ]; then
	is 'by the template, a Go program' "$(seen dualbind@go)" 'IPv4 200, IPv6 200, converted, no key, Result=success'
else
	skip 'by the template, a Go program' 'go is not installed'
fi
finish
