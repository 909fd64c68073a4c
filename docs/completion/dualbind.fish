# SPDX-License-Identifier: MIT
# Completion of dualbind(1) for fish.

function __dualbind_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and echo $words[2]
end

# Whether the command is one of these; without any, whether there is none yet.
function __dualbind_is
    set -l command (__dualbind_command)
    if test (count $argv) -eq 0
        test -z "$command"
    else
        contains -- "$command" $argv
    end
end

# The words from the program on, once run has one.
function __dualbind_program
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = run; or return 1
    set -e words[1..2]
    while test (count $words) -gt 0
        switch $words[1]
            case --
                set -e words[1]
                break
            case -a --allow --peers --pool --log --mode
                set -e words[1]
                set -e words[1]
            case '-*'
                set -e words[1]
            case '*'
                break
        end
    end
    test (count $words) -gt 0; and string escape -- $words
end

complete -c dualbind -f
complete -c dualbind -n __dualbind_is -a run -d 'start a program so that its IPv4 listeners are reachable over IPv6'
complete -c dualbind -n __dualbind_is -a check -d 'tell what would happen to a program, or happens to a process'
complete -c dualbind -n __dualbind_is -a ps -d 'list the listening sockets, and which are IPv4-only'
complete -c dualbind -n __dualbind_is -a rules -d 'read an allowlist and show what it says'
complete -c dualbind -n __dualbind_is -a install -d 'copy the library and this command to a folder'
complete -c dualbind -n __dualbind_is -a help -d 'show the help of a command'
complete -c dualbind -n __dualbind_is -s V -l version -d 'show the version'
complete -c dualbind -n 'not __dualbind_program >/dev/null' -s h -l help -d 'show help'

set -l run '__dualbind_is run; and not __dualbind_program >/dev/null'
complete -c dualbind -n $run -s a -l allow -x -d 'which listeners'
complete -c dualbind -n $run -l peers -x -a 'ipv4 native' -d 'how IPv6 clients are shown'
complete -c dualbind -n $run -l pool -x -a '240.0.0.0/4 198.18.0.0/15' -d 'where synthetic addresses are taken from'
complete -c dualbind -n $run -l log -x -a 'off error info debug' -d 'what is logged'
complete -c dualbind -n $run -l dry-run -d 'tell what would be converted, and convert nothing'
complete -c dualbind -n $run -l mode -x -a 'auto preload supervise both' -d 'by which mechanism'
complete -c dualbind -n $run -a '(__fish_complete_command)'
# A program's own arguments, as they would be completed without dualbind.
complete -c dualbind -n '__dualbind_program >/dev/null' -a '(complete -C (string join " " -- (__dualbind_program) (commandline -ct)))'

complete -c dualbind -n '__dualbind_is check' -a '(__fish_complete_command)'
complete -c dualbind -n '__dualbind_is check' -a '(__fish_complete_pids)'
complete -c dualbind -n '__dualbind_is check ps rules' -l json -d 'write JSON'
complete -c dualbind -n '__dualbind_is ps' -l watch -d 'show it again when it has changed'
complete -c dualbind -n '__dualbind_is install' -a '(__fish_complete_directories)'
complete -c dualbind -n '__dualbind_is help' -a 'run check ps rules install'
