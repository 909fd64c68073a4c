#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind's help, version, and what it says to wrong words.
# shellcheck disable=SC2016 # what is in single quotes is for an inner shell
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"

try "$command" --version
matches '--version' "$(out)" 'dualbind [0-9]*.[0-9]*.[0-9]*'
try "$command" --help
is '--help: exit status 0' "$status" 0
for word in run check ps rules install; do
	matches "--help names $word" "$(out)" "*  $word *"
done
for word in run check ps rules install; do
	"$command" help "$word" >"$work/help"
	matches "help $word: usage and exit status" "$(cat "$work/help")" "usage: dualbind $word *exit status: *"
	try "$command" "$word" --help
	is "$word --help is the same" "$status $(out)" "0 $(cat "$work/help")"
	later=--json
	[ "$word" != run ] || later=--dry-run
	try "$command" "$word" $later -h
	is "$word $later -h too" "$status $(out)" "0 $(cat "$work/help")"
	is "help $word: short lines" "$(awk 'length > 88' "$work/help")" ''
done
# The manual page and the completion know each option that the help knows.
for word in run check ps rules install; do
	for option in $("$command" help "$word" | grep -o -e '--[a-z][a-z-]*' | sort -u); do
		[ "$option" = --help ] ||
			is "$word $option: in the manual page" \
				"$(grep -q -e "[l|,] -${option#--}" docs/man/dualbind.1 && echo there)" there
		is "$word $option: in the completion" \
			"$(grep -q -e "$option" docs/completion/dualbind.bash && echo there)" there
	done
done
try "$command"
is 'nothing: the usage, as an error' "$status" 2
refused 'no such command' 2 '*"frob"*run, check, ps, rules or install*' "$command" frob
refused 'help for no such command' 2 '*"frob"*' "$command" help frob
refused 'a word too many' 2 '*extra operand "word"*' "$command" ps word
refused 'a word too few' 2 '*missing operand after "install"*' "$command" install
refused 'no such option' 2 '*unknown option --frob*' "$command" check --frob true
refused 'no such letter' 2 'dualbind: unknown option -x*' "$command" ps -xy
refused 'install has no --json' 2 '*--json*' "$command" install --json "$work"

try sh -c '"$0" rules 8080 >/dev/full' "$command"
is 'output that cannot be written is no success' "$status" 125

# Colours are for terminals.
on_terminal() {
	TERM=xterm script --quiet --command "$*" /dev/null </dev/null
}
if command -v script >/dev/null; then
	matches 'colours on a terminal' "$(on_terminal "'$command' rules 80")" "*$(printf '\033')*"
	is 'none with NO_COLOR' "$(NO_COLOR=1 on_terminal "'$command' rules 80" | tr -d '\r')" "$("$command" rules 80)"
else
	skip 'colours on a terminal' 'script is not installed (Debian: bsdutils)'
fi
finish
