#!/bin/sh
# SPDX-License-Identifier: MIT
# The kernel is the oracle: what snippets/oracle.h's program sees of each call,
# length, flag and family must be the same with the library as without it. Of a
# socket that no rule covers, and of every socket that is not the library's
# business, to the last byte; of a converted one that has an IPv4 peer too, but
# for what tests/process/oracle-differences lists.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
oracle=$PWD/${TEST_BUILD:-build}/tests/process/snippets/oracle
differences=$PWD/tests/process/oracle-differences
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
tab=$(printf '\t')
grep -v '^#' "$differences" | sed '/^$/d' >"$work/entries"
: >"$work/seen"

passed() { # NAME
	number=$((number + 1))
	echo "ok $number - $1"
}

# The first lines of a file say why.
failed() { # NAME FILE
	number=$((number + 1))
	echo "not ok $number - $1"
	echo "# $(wc -l <"$2") lines, of which the first:"
	head -n 30 "$2" | cut -c1-600 | sed 's/^/#   /'
}

# RULE "": without the library.
# Past an AF_INET name, in a buffer with room for more, what the kernel had written
# there of an AF_INET6 one is cleared (docs/design.md, D4).
without_cleared() { # FILE
	sed -i 's/\(name=02[0-9a-f]\{30\}\)0\{24\}/\1/g' "$1"
}

transcript() { # RULE FILE KIND [WALK]
	rule=$1
	file=$2
	shift 2
	if [ -z "$rule" ]; then
		timeout "${TEST_TIMEOUT:-100}" "$oracle" "$1" 9000 ${2:+"$2"} >"$file" 2>"$file.err"
	else
		LD_PRELOAD=$library DUALBIND_ALLOW=$rule timeout "${TEST_TIMEOUT:-100}" "$oracle" "$1" 9000 ${2:+"$2"} \
			>"$file" 2>"$file.err"
	fi
	status=$?
	[ "$status" = 0 ] || echo "exit status: $status, $(cat "$file.err")" >>"$file"
}

# Lines of "which combination, what came natively, what came with the library".
compare() { # NATIVE SHOWN
	awk '
		{ at = index($0, ": "); label = at ? substr($0, 1, at - 1) : $0 }
		NR == FNR { native[label] = substr($0, at + 2); order[++count] = label; next }
		!(label in native) { native[label] = "(no such line)"; order[++count] = label }
		{ shown[label] = substr($0, at + 2) }
		END {
			for (i = 1; i <= count; i++) {
				label = order[i]
				if (!(label in shown))
					shown[label] = "(no such line)"
				if (native[label] != shown[label])
					printf "%s\t%s\t%s\n", label, native[label], shown[label]
			}
		}' "$1" "$2"
}

# An entry: run | combination | native result | result with the library, each
# a shell pattern.
is_listed() { # RUN LABEL NATIVE SHOWN
	while IFS= read -r entry; do
		rest=${entry#*' | '}
		with=${rest#*' | '}
		# shellcheck disable=SC2254 # patterns
		case $1 in ${entry%%' | '*}) ;; *) continue ;; esac
		# shellcheck disable=SC2254 # patterns
		case $2 in ${rest%%' | '*}) ;; *) continue ;; esac
		# shellcheck disable=SC2254 # patterns
		case $3 in ${with%%' | '*}) ;; *) continue ;; esac
		# shellcheck disable=SC2254 # patterns
		case $4 in ${with#*' | '}) ;; *) continue ;; esac
		printf '%s\n' "$entry" >>"$work/seen"
		return 0
	done <"$work/entries"
	return 1
}

same() { # NAME RUN NATIVE SHOWN
	compare "$3" "$4" >"$work/compared"
	while IFS=$tab read -r label native shown; do
		is_listed "$2" "$label" "$native" "$shown" ||
			printf '%s\n  native: %s\n  with:   %s\n' "$label" "$native" "$shown"
	done <"$work/compared" >"$work/unlisted"
	if [ -s "$work/unlisted" ]; then
		failed "$1" "$work/unlisted"
	else
		passed "$1 ($(wc -l <"$3") lines)"
	fi
}

is_family() { # NAME RULE KIND WANTED
	transcript "$2" "$work/family" "$3" family
	if [ "$(sed -n 1p "$work/family")" = "$4" ]; then
		passed "$1"
	else
		failed "$1" "$work/family"
	fi
}

# Each line says which combination it is, and no two are alike.
is_sound() { # KIND
	sed 's/: .*//' "$work/$1" | grep -v '^#' | sort | uniq -d >"$work/twice"
	grep '^exit status' "$work/$1" >>"$work/twice"
	if [ ! -s "$work/twice" ] && [ "$(wc -l <"$work/$1")" -gt 1000 ]; then
		passed "$1: the native transcript is sound"
	else
		failed "$1: the native transcript is sound" "$work/twice"
	fi
}

is_family 'inet: a rule for another port leaves it AF_INET' 9/any inet AF_INET
is_family 'inet: the rule for its port converts it' 9000/any inet AF_INET6
kinds='inet inet-loopback inet6 inet6-mapped unix pair pair-stream pair-seqpacket tcp netlink'
for kind in $kinds; do
	transcript '' "$work/$kind" "$kind"
	is_sound "$kind"
	for rule in 9/any 9000/any; do
		case "$rule $kind" in
		'9000/any inet') what='converted, with an IPv4 peer' ;;
		9/*) what='no rule for it' ;;
		*) what='a rule that is not for it' ;;
		esac
		transcript "$rule" "$work/shown" "$kind"
		[ "$rule $kind" != '9000/any inet' ] || without_cleared "$work/shown"
		same "$kind: $what" "$rule $kind" "$work/$kind" "$work/shown"
	done
done

# Not of a converted socket: what the kernel wrote is read there.
for kind in inet inet-loopback inet6 unix tcp; do
	transcript '' "$work/native" "$kind" bad-pointers
	transcript 9/any "$work/shown" "$kind" bad-pointers
	same "$kind: pointers that the kernel refuses" "9/any $kind, bad" "$work/native" "$work/shown"
done

# Whether this kernel natively gives the answer that an entry is about: an older one may not.
is_given() { # ENTRY
	rest=${1#*' | '}
	with=${rest#*' | '}
	line=$(printf '%s\n' "${rest%%' | '*}: ${with%%' | '*}" | sed 's/[.^$+(){}|]/\\&/g; s/\*/.*/g; s/?/./g')
	for kind in $kinds; do
		# shellcheck disable=SC2254 # patterns
		case "9000/any $kind" in ${1%%' | '*}) grep -qxE -e "$line" "$work/$kind" && return 0 ;; esac
	done
	return 1
}

grep -hx '# no .* on this kernel' "$work"/* | sort -u
! grep -q '^recvmsg, 5 bytes into 16, name 0, 0: 5 namelen=0 ' "$work/inet" ||
	echo '# no length of a name without room on this kernel'
! grep -q '^option 64 of level 41, 4 bytes: -1 ENOPROTOOPT ' "$work/inet" ||
	echo '# no EOPNOTSUPP for options 64 to 67 of IPv6 on this kernel'
sort -u "$work/seen" >"$work/used"
sort -u "$work/entries" | comm -23 - "$work/used" | while IFS= read -r entry; do
	if is_given "$entry"; then echo "$entry"; else echo "# not of this kernel: $entry" >&3; fi
done 3>&1 >"$work/stale"
if [ -s "$work/stale" ]; then
	failed 'each listed difference still occurs' "$work/stale"
else
	passed 'each listed difference still occurs'
fi
echo "1..$number"
