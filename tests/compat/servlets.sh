# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A container of servlets with a JSP that tells the client's address. Read by
# rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=java.sh
. "$ROOT/tests/compat/java.sh"
# shellcheck disable=SC2034 # read by compat.sh
CLIENT_SECONDS=20 PAGE=/peer.jsp

peer_page() { # DIRECTORY
    mkdir -p "$1" && echo '<%= request.getRemoteAddr() %>' >"$1/peer.jsp"
}
