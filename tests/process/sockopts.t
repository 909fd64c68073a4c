#!/bin/sh
# SPDX-License-Identifier: MIT
# What each option of IPPROTO_IP does that a program sets on a bound socket: answers and read-back,
# and what its peers see (snippets/sockopts.h), of a converted socket as natively on this kernel. Its
# IPv6 peers see what the IPv4 peers of a native one do. What differs stands in sockopts-differences
# with its reason. "sockopts.t table" prints the table of docs/sockopts.md, which is to be this one.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${TEST_BUILD:-build}/tests/process/snippets/sockopts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

# Groups are on a link of their own; datagrams that are too long for lo can be sent.
ip link set lo mtu 1500
ip link add a0 type veth peer name a1
ip link set a0 up && ip link set a1 up
ip address add 192.0.2.1/24 dev a0
ip address add fd00:db:5::1/64 dev a0 nodad
tries=0
until ip -6 route show table local | grep -q '^multicast .* dev a0' || [ $((tries += 1)) -gt 50 ]; do sleep 0.1; done

for transport in udp tcp; do
	timeout "${TEST_TIMEOUT:-300}" "$program" "$transport" || echo "exit status: $?"
done >"$work/native" 2>&1
for transport in udp tcp; do
	LD_PRELOAD=$library DUALBIND_ALLOW=9000/any DUALBIND_LOG=off timeout "${TEST_TIMEOUT:-300}" "$program" "$transport" ||
		echo "exit status: $?"
done >"$work/all" 2>&1

# An IPv6 client is shown as 127.0.0.1, and has another port.
grep ': yields$' "$work/all" | sort -u | sed 's/: yields//' >"$work/yields"
sed -n '/, IPv6: /{s/=02001b59/=02001b58/g;s/=02001f3f/=02001f3e/g;p}' "$work/all" >"$work/ipv6"
grep -v -e ', IPv6: ' -e ': yields$' "$work/all" >"$work/converted"

# "udp IP_X VALUE, IPv6", the native line, the other: of each line that differs.
awk '
	{ at = index($0, ": "); label = substr($0, 1, at - 1); rest = substr($0, at + 2) }
	FILENAME ~ /native$/ { native[label] = rest; next }
	FILENAME ~ /ipv6$/ { from = label; sub(/IPv6$/, "IPv4", from) }
	FILENAME ~ /converted$/ { from = label; seen[label] = 1 }
	native[from] != rest { printf "%s\t%s\t%s\n", label, native[from], rest }
	END { for (label in native) if (!(label in seen)) printf "%s\t%s\t(nothing)\n", label, native[label] }
' "$work/native" "$work/converted" "$work/ipv6" >"$work/differ"

# An entry: a pattern for the label | the reason.
grep -v '^#' tests/process/sockopts-differences | sed '/^$/d' >"$work/entries"
: >"$work/used"
tab=$(printf '\t')
while IFS=$tab read -r label native shown; do
	reason=
	while IFS= read -r entry; do
		# shellcheck disable=SC2254 # a pattern
		case $label in ${entry%%' | '*})
			reason=${entry#*' | '}
			echo "$entry" >>"$work/used"
			break
			;;
		esac
	done <"$work/entries"
	if [ -n "$reason" ]; then
		echo "${label% *} $reason" | sed 's/^\([^ ]* [^ ]*\) [^,]*,/\1,/' >>"$work/reasons"
	else
		printf '%s\n  native: %s\n  with:   %s\n' "$label" "$native" "$shown"
	fi
done <"$work/differ" >"$work/unlisted"

# An option's line: what it does natively (refused, accepted, acts: seen by peers), and on a converted socket.
awk -v reasons="$work/reasons" -v yields="$work/yields" '
	BEGIN {
		while ((getline line < reasons) > 0) {
			at = index(line, ", ")
			reason[substr(line, 1, at - 1)] = substr(line, at + 2)
		}
		while ((getline line < yields) > 0)
			reason[line] = "becomes AF_INET again"
	}
	{
		key = $1 " " $2
		if (!($2 in order)) { order[$2] = ++count; name[count] = $2 }
		at = index($0, ": "); rest = substr($0, at + 2)
		value = substr($0, length(key) + 2, at - length(key) - 2)
	}
	value ~ /, answers$/ && rest ~ /^set 0/ { accepted[key] = 1 }
	value == "unset, IPv4" { usual[key] = rest }
	value ~ /, IPv4$/ {
		if (rest != usual[key] && $1 == "udp") acts[key] = 1
		seen_hops = rest; sub(/.* sent/, "", seen_hops); usual_hops = usual[key]; sub(/.* sent/, "", usual_hops)
		if ($1 == "tcp" && seen_hops != usual_hops) acts[key] = 1
	}
	function natively(key) { return acts[key] ? "acts" : accepted[key] ? "accepted" : "refused" }
	function converted(key) { return key in reason ? reason[key] : natively(key) == "refused" ? "refused" : "the same" }
	END {
		print "| option | UDP | converted | TCP | converted |"
		print "|---|---|---|---|---|"
		for (i = 1; i <= count; i++) if (name[i] !~ /^OPTION_/)
			printf "| %s | %s | %s | %s | %s |\n", name[i], natively("udp " name[i]), converted("udp " name[i]),
				natively("tcp " name[i]), converted("tcp " name[i])
	}
' "$work/native" >"$work/table"
if [ "${1:-}" = table ]; then
	cat "$work/table"
	exit
fi

check() { # NAME FILE: which is to be empty
	number=$((number + 1))
	if [ ! -s "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		head -n 30 "$2" | cut -c1-600 | sed 's/^/#   /'
	fi
}

{
	grep '^exit status' "$work/native" "$work/all"
	[ "$(grep -c ', IPv4: ' "$work/native")" -gt 500 ] || echo 'few lines natively'
	[ "$(wc -l <"$work/ipv6")" -gt 500 ] || echo 'few lines of IPv6 peers'
} >"$work/unsound"
check 'the transcripts are sound' "$work/unsound"
check "as natively, but for what is listed ($(wc -l <"$work/differ") lines)" "$work/unlisted"
sort -u "$work/used" >"$work/met"
sort -u "$work/entries" | comm -23 - "$work/met" >"$work/stale"
check 'each listed difference still occurs' "$work/stale"

# Another kernel may refuse an option, or take it.
grep '^| ' docs/sockopts.md | awk -F' \\| ' '
	NR == FNR && /^\|---/ { next }
	NR == FNR { here[$1] = $0; natively[$1] = $2 FS $4; next }
	!($1 in here) { print "only in the document: " $0; next }
	natively[$1] != $2 FS $4 { print "# natively another kernel: " here[$1] >"/dev/stderr"; delete here[$1]; next }
	here[$1] != $0 { print here[$1] }
	{ delete here[$1] }
	END { for (option in here) print here[option] }
' "$work/table" - >"$work/wrong"
check 'the table of docs/sockopts.md is this one' "$work/wrong"
echo "1..$number"
