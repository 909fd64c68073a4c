#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that is not in PATH: in the folders of system programs, or rules without their option.
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"

# Some program of /usr/sbin that no other folder has; every Debian has it.
name=ldconfig
[ -x /usr/sbin/$name ] || { echo "1..0 # SKIP $name is not in /usr/sbin"; exit; }
mkdir "$work/bin"
ln -s /usr/bin/env "$work/bin/env"
ln -s /bin/true "$work/bin/there"
elsewhere() { # COMMAND...: with a PATH that has no system programs
	try env PATH="$work/bin" "$@"
}

elsewhere "$command" check $name
matches 'check looks in the folders of system programs, too' "$status $(err)" "* dualbind: $name is not in PATH; this is /usr/*sbin/$name"
matches '... and tells what it is' "$(out)" "*/sbin/$name*"
elsewhere "$command" check --json $name
is '... in JSON too' "$(member path)" "\"$(sed -n 's/.*this is //p' "$work/err")\""
elsewhere "$command" run $name
is 'run tells where it is' "$status $(err)" "127 dualbind: $name: not found in PATH
dualbind: it is $(PATH=/usr/local/sbin:/usr/sbin:/sbin command -v $name): write that path"
elsewhere "$command" check no-such-program
is 'what is nowhere is nowhere' "$status $(err)" '127 dualbind: no-such-program: not found in PATH'

elsewhere "$command" run '8080 9090-9099' there
is 'run: rules without -a' "$status $(err)" "127 dualbind: 8080 9090-9099: not found in PATH
dualbind: did you mean: dualbind run -a '8080 9090-9099' -- there ..."
elsewhere "$command" run 53/any there
is '... with a slash' "$status $(err)" "127 dualbind: 53/any: there is no such file
dualbind: did you mean: dualbind run -a '53/any' -- there ..."
elsewhere "$command" run 8080
is 'run: a number alone' "$status $(err)" '127 dualbind: 8080: not found in PATH'
elsewhere "$command" run there 8080
is 'run: a program that is there' "$status $(err)" '0 '
elsewhere "$command" run ''
is 'run: an empty name' "$status $(err)" '2 dualbind: the name of the program is empty
dualbind: see dualbind run --help'
finish
