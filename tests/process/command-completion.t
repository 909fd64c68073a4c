#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion in bash, without the package that gives programs their own, in zsh and in fish.
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
for shell in bash zsh fish; do
	command -v $shell >/dev/null || skip "completion in $shell" "$shell is not installed"
done

in_bash() {
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
	is 'options of ps' "$(complete_words dualbind ps '')" '--help --json --watch '
	mkdir "$work/folder"
	is 'a folder' "$(complete_words dualbind install "$work/fol")" "$work/folder "
}

# shellcheck disable=SC2016 # what is in single quotes is for fish
# What the shell offers at the end of a line, in order: the words alone.
in_shell() { # zsh|fish LINE
	case $1 in
	zsh) TERM=xterm timeout 60 zsh -f tests/process/complete.zsh "$work/zsh" "$2" ;;
	fish) timeout 60 fish --no-config -c 'source docs/completion/dualbind.fish; complete -C "$argv"' "$2" | cut -f1 ;;
	esac 2>/dev/null | grep . | sort -u | tr '\n' ' '
}

in_zsh_and_fish() { # zsh|fish
	is "$1: commands" "$(in_shell "$1" 'dualbind ')" 'check help install ps rules run '
	is "$1: help" "$(in_shell "$1" 'dualbind help r')" 'rules run '
	is "$1: options of run" "$(in_shell "$1" 'dualbind run --')" \
		'--allow --dry-run --help --log --mode --peers --pool '
	is "$1: a mode" "$(in_shell "$1" 'dualbind run --mode ')" 'auto both preload supervise '
	is "$1: peers" "$(in_shell "$1" 'dualbind run --dry-run --peers n' | sed 's/ipv4 //')" 'native '
	is "$1: no word for rules" "$(in_shell "$1" 'dualbind run -a 8')" ''
	matches "$1: a program" " $(in_shell "$1" 'dualbind run -a 80 readl')" '* readlink *'
	matches "$1: a program after --" " $(in_shell "$1" 'dualbind run --mode=both -- readl')" '* readlink *'
	matches "$1: a program to check" " $(in_shell "$1" 'dualbind check readl')" '* readlink *'
	is "$1: options of ps" "$(in_shell "$1" 'dualbind ps --')" '--help --json --watch '
	matches "$1: a folder" "$(in_shell "$1" 'dualbind install /us')" '*usr*'
}

export HOME="$work" XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" XDG_CACHE_HOME="$work"
mkdir "$work/zsh"
cp docs/completion/dualbind.zsh "$work/zsh/_dualbind"
! command -v bash >/dev/null || in_bash
! command -v zsh >/dev/null || in_zsh_and_fish zsh
! command -v fish >/dev/null || in_zsh_and_fish fish
finish
