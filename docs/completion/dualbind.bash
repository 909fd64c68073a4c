# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of dualbind(1) for bash.

# The command that `dualbind run` starts is completed as it would be by itself.
_dualbind_program() {
	local i=2

	while ((i < COMP_CWORD)); do
		case ${COMP_WORDS[i]} in
		--)
			((i++))
			break
			;;
		-a | --allow | --peers | --pool | --log | --mode)
			((i += 2))
			[[ ${COMP_WORDS[i - 1]} == = ]] && ((i++)) # --mode=X is three words to bash
			;;
		-*) ((i++)) ;;
		*) break ;;
		esac
	done
	if ((i < COMP_CWORD)) && declare -F _command_offset >/dev/null; then
		_command_offset "$i"
		return
	fi
	((i <= COMP_CWORD)) || return
	mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
}

_dualbind_run() {
	local current=$1 previous=$2
	local options='--allow --peers --pool --log --dry-run --mode --help'

	case $previous in
	--mode) mapfile -t COMPREPLY < <(compgen -W 'auto preload supervise both' -- "$current") ;;
	--peers) mapfile -t COMPREPLY < <(compgen -W 'ipv4 native' -- "$current") ;;
	--log) mapfile -t COMPREPLY < <(compgen -W 'off error info debug' -- "$current") ;;
	--pool) mapfile -t COMPREPLY < <(compgen -W '240.0.0.0/4 198.18.0.0/15' -- "$current") ;;
	-a | --allow) COMPREPLY=() ;;
	*)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
		else
			_dualbind_program
		fi
		;;
	esac
}

_dualbind_check() {
	local current=$1

	case $current in
	-*) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$current") ;;
	[0-9]*) mapfile -t COMPREPLY < <(cd /proc && compgen -G "$current*") ;;
	*) mapfile -t COMPREPLY < <(compgen -c -- "$current") ;;
	esac
}

_dualbind() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local commands='run check ps rules install'

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$commands help --version --help" -- "$current")
		return
	fi
	[[ $current != = ]] || current=''
	[[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	case ${COMP_WORDS[1]} in
	run) _dualbind_run "$current" "$previous" ;;
	check) _dualbind_check "$current" ;;
	help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
	install)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--help' -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -d -- "$current")
		fi
		;;
	ps) mapfile -t COMPREPLY < <(compgen -W '--json --watch --help' -- "$current") ;;
	*) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$current") ;;
	esac
}

complete -F _dualbind dualbind
