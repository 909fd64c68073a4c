#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/links, which make lint runs: it names each link that leads nowhere.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/docs" "$work/shim" "$work/tests"
cat >"$work/docs/design.md" <<'MD'
# Design

## One `way` there: 2nd

| D1 | convert |
MD
cat >"$work/README.md" <<'MD'
# Some

[a file](docs/design.md), [a heading](docs/design.md#one-way-there-2nd), [here](#some), ![a folder](docs),
[elsewhere](https://example.org/none.md), `[code](none.md)`, docs/design.md, D1

```
[code](none.md)
```
MD
is 'all are there' "$(scripts/links "$work" 2>&1; echo $?)" 0

wrong() { # NAME FILE LINE MESSAGE
	printf '%s\n' "$3" >>"$work/$2"
	is "$1" "$(scripts/links "$work" 2>&1; echo $?)" "$2:$(($(wc -l <"$work/$2"))): $4
1"
	sed -i '$d' "$work/$2"
}
wrong 'a file' README.md 'see [it](docs/none.md) there' 'docs/none.md: no such file'
wrong 'a file, from its own folder' docs/design.md '[it](docs/design.md)' 'docs/design.md: no such file'
wrong 'a picture' README.md '![it](docs/none.svg)' 'docs/none.svg: no such file'
wrong 'a heading' README.md '[it](docs/design.md#none)' 'docs/design.md#none: no such heading'
wrong 'a heading here' docs/design.md '[it](#some)' '#some: no such heading'
wrong 'the second of a line' README.md '[it](README.md) [it](none)' 'none: no such file'
wrong 'a decision, in a document' README.md 'docs/design.md, D2' 'design.md, D2: no such decision'
: >"$work/tests/some.c"
wrong 'a decision, in a source' tests/some.c '/* docs/design.md, D3 */' 'design.md, D3: no such decision'
is 'this tree' "$(scripts/links 2>&1; echo $?)" 0
echo 1..$number
