#compdef dualbind
# SPDX-License-Identifier: MIT
# Completion of dualbind(1) for zsh.

_dualbind() {
	local -a subcommands
	local curcontext=$curcontext state line
	typeset -A opt_args

	subcommands=(
		'run:start a program so that its IPv4 listeners are reachable over IPv6'
		'check:tell what would happen to a program, or happens to a process'
		'ps:list the listening sockets, and which are IPv4-only'
		'rules:read an allowlist and show what it says'
		'install:copy the library and this command to a folder'
		'help:show the help of a command'
	)
	_arguments -C '(- *)'{-h,--help}'[show help]' '(- *)'{-V,--version}'[show the version]' \
		'1: :->command' '*:: :->argument'
	case $state in
	command) _describe -t commands command subcommands ;;
	argument)
		curcontext=${curcontext%:*:*}:dualbind-$words[1]:
		case $words[1] in
		run)
			_arguments -S '(- *)'{-h,--help}'[show help]' \
				'(-a --allow)'{-a+,--allow=}'[which listeners]:rules: ' \
				'--peers=[how IPv6 clients are shown]:peers:(ipv4 native)' \
				'--pool=[where synthetic addresses are taken from]:prefix:(240.0.0.0/4 198.18.0.0/15)' \
				'--log=[what is logged]:level:(off error info debug)' \
				'--dry-run[tell what would be converted, and convert nothing]' \
				'--mode=[by which mechanism]:mode:(auto preload supervise both)' \
				'(-):program: _command_names -e' '*::argument:_normal'
			;;
		check) _arguments '(- *)'{-h,--help}'[show help]' '--json[write JSON]' '1:program or process:_dualbind_subject' ;;
		ps) _arguments '(- *)'{-h,--help}'[show help]' '(--watch)--json[write JSON]' '(--json)--watch[show it again when it has changed]' ;;
		rules) _arguments '(- *)'{-h,--help}'[show help]' '--json[write JSON]' '1:rules: ' ;;
		install) _arguments '(- *)'{-h,--help}'[show help]' '1:folder:_files -/' ;;
		help) _describe -t commands command subcommands ;;
		esac
		;;
	esac
}

_dualbind_subject() {
	_alternative 'processes:process:_pids' 'commands:program: _command_names -e'
}

_dualbind "$@"
