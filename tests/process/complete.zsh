# SPDX-License-Identifier: MIT
# complete.zsh FOLDER LINE: what zsh offers at the end of LINE with the completions in FOLDER, one a line, as on a
# terminal: it is typed to a zsh on a terminal of its own (zpty), and what is given to compadd is printed.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT=; RPROMPT=; setopt no_beep; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z 'zstyle ":completion:*:default" list-prompt ""; zstyle ":completion:*" verbose no; compprefuncs=(start-words); comppostfuncs=(end-words exit-words)'
zpty -w z 'start-words() { print -r -- "<words>"; compprefuncs=(start-words) }; end-words() { print -r -- "</words>"; comppostfuncs=(end-words) }; exit-words() { :; }'
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi; local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits; }'
zpty -w z 'bindkey "^I" complete-word; print READY'
local line
while zpty -r z line; do [[ $line == *READY* && $line != *print* ]] && break; done
zpty -w -n z "$2"$'\t'
while zpty -r z line; do line=${line%%$'\r\n'}; [[ $line == *'</words>'* ]] && break; [[ $line == *'<words>'* ]] && on=1 && continue; [[ -n $on ]] && print -r -- "$line"; done
zpty -d z
