# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What a row needs, by the ordinary clients of the registries; all of it is kept
# in build/compat, and fetched again only where PACKAGES has changed. Read by
# compat.sh.

INSTALL_SECONDS=1200

paths() {
    KEPT=${KEPT:-$NAME}
    VENV=$BUILD/venv-$KEPT NPM=$BUILD/npm-$KEPT JARS=$BUILD/jars-$KEPT GOBIN=$BUILD/go-$KEPT DEBS=$BUILD/debs-$KEPT
    GO=${GO:-$(command -v /usr/local/go/bin/go go | head -n 1)}
}

packages_of() { # KIND
    # shellcheck disable=SC2086 # words
    printf '%s\n' $PACKAGES | sed -n "s/^$1://p"
}

# Locks, since two rows run at once: they may share what is kept, and apt.
# shellcheck disable=SC2034 # why_not is read by compat.sh
install_packages() {
    paths
    why_not=$UNAVAILABLE
    [ -z "$UNAVAILABLE" ] || return
    install_log=$BUILD/$KEPT.install.log
    exec 9>"$BUILD/$KEPT.lock"
    flock 9
    for kind in apt deb pip npm maven tree go; do
        # shellcheck disable=SC2046 # words
        set -- $(packages_of "$kind")
        [ $# -gt 0 ] || continue
        "install_$kind" "$@" >"$install_log" 2>&1 9>&- || {
            why_not="$kind: $(grep -iE 'error|unable|not found|cannot|^E: ' "$install_log" | tail -n 1)"
            return 1
        }
    done
    (build) >>"$install_log" 2>&1 9>&- || {
        why_not="build: $(grep . "$install_log" | tail -n 1)"
        return 1
    }
    keep_pins
    exec 9>&-
}

# Whether DIRECTORY holds just these; kept says so afterwards.
has_kept() { # DIRECTORY PACKAGE...
    stamp=$1/.packages
    shift
    [ "$(cat "$stamp" 2>/dev/null)" = "$*" ]
}

kept() { # DIRECTORY PACKAGE...
    stamp=$1/.packages
    shift
    echo "$*" >"$stamp"
}

install_apt() {
    flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages "$@"
}

# Packages that conflict with others that tests need: unpacked, not installed.
install_deb() {
    ! has_kept "$DEBS" "$@" || return 0
    rm -rf "$DEBS"
    mkdir -p "$DEBS/archives"
    (cd "$DEBS/archives" && timeout "$INSTALL_SECONDS" apt-get download -qq "$@") || return
    for archive in "$DEBS"/archives/*.deb; do dpkg -x "$archive" "$DEBS" || return; done
    kept "$DEBS" "$@"
}

# The versions of all that they need besides are in tests/compat/pins/NAME.txt.
# Where that file is missing pip takes the newest, and it is written.
install_pip() { # NAME==VERSION...
    pins=$ROOT/tests/compat/pins/$KEPT.txt
    if has_kept "$VENV" "$@" && cmp -s "$pins" "$VENV/.pins"; then return 0; fi
    flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages python3-venv || return
    /usr/bin/python3 -m venv --clear "$VENV" && pip_install "$@" && kept "$VENV" "$@"
}

pip_install() { # PIP'S...
    [ ! -e "$pins" ] || set -- --constraint "$pins" "$@"
    # shellcheck disable=SC2086 # words
    timeout "$INSTALL_SECONDS" "$VENV/bin/pip" install --quiet --prefer-binary $PIP_OPTIONS "$@"
}

# After build(), which may have installed more.
keep_pins() {
    [ -n "$(packages_of pip)" ] || return 0
    [ -e "$pins" ] || "$VENV/bin/pip" freeze --local >"$pins"
    cp "$pins" "$VENV/.pins"
}

install_npm() {
    ! has_kept "$NPM" "$@" || return 0
    command -v npm >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages npm || return
    mkdir -p "$NPM" && timeout "$INSTALL_SECONDS" npm install --silent --no-fund --no-audit --prefix "$NPM" "$@" &&
        kept "$NPM" "$@"
}

install_maven() {
    ! has_kept "$JARS" "$@" || return 0
    flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages maven default-jdk-headless || return
    for artifact in "$@"; do
        timeout "$INSTALL_SECONDS" mvn --quiet --batch-mode dependency:copy -Dartifact="$artifact" \
            -DoutputDirectory="$JARS" -Dmdep.stripVersion=true || return
    done
    kept "$JARS" "$@"
}

# The jars and all that they need, in the versions that Maven chooses for a project
# with these dependencies. Several may have one name, so they keep their versions.
install_tree() {
    ! has_kept "$JARS" "$@" || return 0
    flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages maven default-jdk-headless || return
    rm -rf "$JARS"
    mkdir -p "$JARS"
    {
        echo '<project><modelVersion>4.0.0</modelVersion><groupId>dualbind</groupId><artifactId>tree</artifactId>'
        echo '<version>0</version><packaging>pom</packaging><dependencies>'
        printf '%s\n' "$@" | sed 's|\(.*\):\(.*\):\(.*\)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
        echo '</dependencies></project>'
    } >"$JARS/pom.xml"
    timeout "$INSTALL_SECONDS" mvn --quiet --batch-mode --file "$JARS/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$JARS" && kept "$JARS" "$@"
}

install_go() {
    ! has_kept "$GOBIN" "$@" || return 0
    for package in "$@"; do
        GOBIN=$GOBIN GOFLAGS=-modcacherw CGO_ENABLED=0 timeout "$INSTALL_SECONDS" "$GO" install "$package" || return
    done
    kept "$GOBIN" "$@"
}

# The folder with a module's source, of one that cannot be installed by name.
go_source() { # MODULE@VERSION
    mkdir -p "$GOBIN" && cd "$GOBIN" &&
        GOFLAGS=-modcacherw "$GO" mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p' | grep .
}
