#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion in bash, without the package that gives programs their own.
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
if ! command -v bash >/dev/null; then
	echo '1..0 # SKIP bash is not installed'
	exit
fi

complete_words() { # WORD... (the last one is completed)
	bash --norc -c '
		source docs/completion/dualbind.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_dualbind
		printf "%s\n" "${COMPREPLY[@]}"' - "$@" | sort | tr '\n' ' '
}

is 'commands' "$(complete_words dualbind '')" '--help --version check help install ps rules run '
is 'a command' "$(complete_words dualbind in)" 'install '
is 'help' "$(complete_words dualbind help r)" 'rules run '
is 'options of run' "$(complete_words dualbind run --)" '--allow --dry-run --help --log --mode --peers --pool '
is 'a mode' "$(complete_words dualbind run --mode '')" 'auto both preload supervise '
is 'a mode, with =' "$(complete_words dualbind run --mode = s)" 'supervise '
is 'a mode, after =' "$(complete_words dualbind run --mode =)" 'auto both preload supervise '
is 'peers' "$(complete_words dualbind run --dry-run --peers n)" 'native '
is 'no word for rules' "$(complete_words dualbind run -a 8)" ' '
matches 'a program' "$(complete_words dualbind run -a 80 read)" '*readlink *'
matches 'a program after --' "$(complete_words dualbind run --mode = both -- read)" '*readlink *'
matches 'a process' "$(complete_words dualbind check "$$")" "*$$ *"
is 'options of ps' "$(complete_words dualbind ps '')" '--help --json '
mkdir "$work/folder"
is 'a folder' "$(complete_words dualbind install "$work/fol")" "$work/folder "
finish
