# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# TAP for tests that are no end-to-end ones; each prints its plan from $number.
number=0

is() { # NAME SEEN WANTED
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		printf 'not ok %s - %s\n' "$number" "$1"
		printf 'wanted: %s\nseen: %s\n' "$3" "$2" | sed 's/^/# /'
	fi
}

matches() { # NAME SEEN PATTERN
	# shellcheck disable=SC2254 # a pattern
	case $2 in
	$3) is "$1" matches matches ;;
	*) is "$1" "$2" "$3" ;;
	esac
}
