#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind rules: what an allowlist says, as a table and as JSON, and what is wrong in one.
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"

try "$command" rules '8080,443/any !nginx@9000-9100 127.0.0.1:7860/udp [::]:80 *'
is 'rules: a table' "$(out)" 'EFFECT   PROGRAM  ADDRESS    PORTS      PROTOCOL
convert  any      0.0.0.0    8080       tcp
convert  any      0.0.0.0    443        any
forbid   nginx    any        9000-9100  any
promote  any      127.0.0.1  7860       udp
widen    any      [::]       80         tcp
convert  any      0.0.0.0    all        tcp'
try "$command" rules --json 'nginx@8080-8090/udp'
is 'rules --json' "$(out)" '[{"effect":"convert","program":"nginx","address":"0.0.0.0","low":8080,"high":8090,"protocol":"udp"}]'
try "$command" rules ' , '
is 'rules: an empty list is none' "$status $(out)" '0 '
refused 'rules: a mistake' 2 '*entry 1: *127.0.0.1: or*' "$command" rules 10.0.0.1:80
refused 'rules: a mistake with --json' 2 '*entry 1: *' "$command" rules --json 80-70
is 'rules: the caret' "$(sed -n '2,3p' "$work/err")" '    80-70
    ^'
refused 'no rules' 2 '*missing operand after "rules"*' "$command" rules
refused 'an address alone' 2 '*missing port after the address*0.0.0.0:8080*' "$command" rules 0.0.0.0
refused 'two lists' 2 "*extra operand \"443\": quote the list: dualbind rules '80 443 ...'*" "$command" rules 80 443
try "$command" rules '1 65535 1-65535 !67/udp'
is 'rules: the ends of the range' "$(out)" 'EFFECT   PROGRAM  ADDRESS  PORTS  PROTOCOL
convert  any      0.0.0.0  1      tcp
convert  any      0.0.0.0  65535  tcp
convert  any      0.0.0.0  all    tcp
forbid   any      any      67     udp'
try "$command" rules --json ''
is 'rules --json: an empty list' "$status $(out)" '0 []'
matches 'rules: an empty list: said' "$("$command" rules '' 2>&1)" '*nothing would be converted*'
finish
