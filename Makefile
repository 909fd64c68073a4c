# SPDX-License-Identifier: MIT
# dualbind: "make help" tells what there is to make; CONTRIBUTING.md has more of it. The rules for
# the library and the command are here, those for the tests' programs in tests/programs.mk, those that
# run tests in tests/tests.mk.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
BINDIR   ?= $(PREFIX)/bin
MANDIR   ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR   ?= $(PREFIX)/share/zsh/site-functions
FISHDIR  ?= $(PREFIX)/share/fish/vendor_completions.d
CC       ?= cc
CXX      ?= c++
B        := build

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 \
            -Wcast-qual -Wpointer-arith -Wundef -Wvla
# Small: it is loaded into every program that is started.
CFLAGS   ?= -Os -g
# What the library calls must exist in old C libraries: no checked variants,
# no stack protector, no 64-bit file functions.
override CFLAGS += -std=gnu11 $(WARNINGS) -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE \
                   -Ishim -Ishim/core
# Atomics in line: the ones in libgcc ask a function of glibc's for the processor,
# which musl lacks.
MACHINE  := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
# Indirect jumps land where they may (IBT, BTI), returns go where they came from
# (SHSTK, PAC); a large frame is probed page by page. lint looks at the outcome.
PROTECTION_x86_64  := -fcf-protection=full
PROTECTION_aarch64 := -mbranch-protection=standard -mno-outline-atomics
override CFLAGS += $(PROTECTION_$(MACHINE)) -fstack-clash-protection

CORE     := $(patsubst shim/%.c,$B/%.o,$(wildcard shim/core/*/*.c))
CMD      := $(patsubst shim/%.c,$B/%.o,$(wildcard shim/cmd/*.c shim/inspect/*.c shim/supervise/*.c))
PRELOAD  := $(patsubst shim/%.c,$B/%.o,$(wildcard shim/preload/*.c))
# For what links only the objects that it calls: the command, and the tests' programs.
CORE_ARCHIVE   := $B/libcore.a
CMD_ARCHIVE    := $B/libcmd.a
LIBRARY  := $B/libdualbind.so
COMMAND  := $B/dualbind
MANUALS  := $(wildcard docs/man/*.[18])
COMPLETION := docs/completion/dualbind.bash

# A line for each thing built; V=1 shows the commands.
say      := $(if $(V),@:,@printf '  %-5s %s\n')
quiet    := $(if $(V),,@)

all: $(LIBRARY) $(COMMAND) ## the library and the command, in build/

# An object comes with the list of the headers that it is made from. How it is made stands here.
$B/%.o: shim/%.c Makefile
	@mkdir -p $(@D)
	$(say) CC $@
	$(quiet)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$B/preload/tinylibc.o: override CFLAGS += -ffreestanding
# Its last call is a jump, also where nothing is optimised.
$B/preload/hook_dlopen.o: override CFLAGS += -Os
# Below those that call on into the C library, which may end the thread there
# (pthread_cancel(3)), there are only system calls: no unwinder comes through them.
CALL_ON  := $(addprefix $B/core/,bind/bind calls/getaddrinfo calls/names calls/recv calls/recvmmsg calls/connect calls/letter calls/send calls/sendmmsg calls/sockopt)
LOOK_UP  := $(addprefix $B/preload/,hook_dlopen.o hook_liburing.o next.o object.o redirect.o start.o symbols.o tinylibc.o)
$(filter-out $(addsuffix .o,$(CALL_ON)),$(CORE)) $(LOOK_UP): override CFLAGS += -fno-asynchronous-unwind-tables
# What gcc does with -Os, too, though it makes the code longer: 700 bytes.
SHORTER  := $(if $(findstring clang,$(CC)),,-fno-caller-saves -fno-move-loop-invariants -fno-tree-sra -fno-tree-pre \
            -fno-code-hoisting -fno-partial-inlining -fno-if-conversion -fno-tree-dominator-opts -fno-shrink-wrap)
SHORTEST := $(if $(findstring clang,$(CC)),,-fno-tree-ch)
$(CORE) $(PRELOAD): override CFLAGS += $(SHORTER)
$(filter $(addprefix $B/core/,bind/% config/% process/% socket/% swap/%),$(CORE)): override CFLAGS += $(SHORTEST)
# What every datagram goes through: -Os has words copied and cleared by instructions that take long to begin.
FAST     := $(addprefix $B/core/,base/clock base/syscall_raw calls/cmsg_pktinfo peers/hints peers/lately peers/mapper peers/peer_table) $B/preload/hook_sendrecv
$(addsuffix .o,$(FAST)): override CFLAGS += -O2 -fno-align-functions -falign-loops=1 \
    $(if $(findstring clang,$(CC)),,-fno-align-jumps -fno-align-labels)
$B/core/base/address.o: override CFLAGS += -fno-builtin-memset
$B/core/calls/name_buf.o: override CFLAGS += -fno-builtin-memcpy

# The command runs on this C library alone, so it may be checked by it.
$B/cmd/%.o $B/inspect/%.o $B/supervise/%.o: override CFLAGS += -fstack-protector-strong -DVERSION='"$(VERSION)"'

# Anew each time, or it would keep what is no longer made.
$(CORE_ARCHIVE): $(CORE)
$(CMD_ARCHIVE): $(filter-out $B/cmd/main.o,$(CMD))
$(CORE_ARCHIVE) $(CMD_ARCHIVE):
	$(say) AR $@
	$(quiet)rm -f $@ && $(AR) qcs $@ $^

# Static: it starts in images that have no C library, or another. Position-independent
# all the same, so that its addresses are random; but musl-gcc does not know how, and
# would link a program that asks for a loader.
STATIC   := $(if $(findstring musl-gcc,$(CC)),-static,-static-pie)

$(COMMAND): $(CMD) $(CORE_ARCHIVE)
	$(say) LINK $@
	$(quiet)$(CC) $(STATIC) -o $@ $^ $(LDFLAGS) -Wl,-z,relro -Wl,-z,now -lpthread

# What is written when a program starts lies together, in one page.
FIRST    := $(PRELOAD) $(addprefix $B/core/,config/settings.o base/clock.o socket/mark.o)
$(LIBRARY): $(PRELOAD) $(CORE) shim/preload/exports.map
	$(say) LINK $@
	$(quiet)$(CC) -shared -nostartfiles -o $@ $(FIRST) $(filter-out $(FIRST),$(CORE)) $(LDFLAGS) -Wl,-soname,libdualbind.so \
	    -Wl,--version-script=shim/preload/exports.map -Wl,-z,defs -Wl,-z,relro -Wl,-z,now

# The command finds its library in ../lib.
install: $(LIBRARY) $(COMMAND) ## into PREFIX=/usr/local, below DESTDIR
	install -d $(DESTDIR)$(LIBDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man8 \
	    $(DESTDIR)$(COMPLETIONDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	install -m 644 $(LIBRARY) $(DESTDIR)$(LIBDIR)/libdualbind.so
	install -m 755 $(COMMAND) $(DESTDIR)$(BINDIR)/dualbind
	install -m 644 $(filter %.1,$(MANUALS)) $(DESTDIR)$(MANDIR)/man1
	install -m 644 $(filter %.8,$(MANUALS)) $(DESTDIR)$(MANDIR)/man8
	install -m 644 $(COMPLETION) $(DESTDIR)$(COMPLETIONDIR)/dualbind
	install -m 644 docs/completion/dualbind.zsh $(DESTDIR)$(ZSHDIR)/_dualbind
	install -m 644 docs/completion/dualbind.fish $(DESTDIR)$(FISHDIR)/dualbind.fish

uninstall: ## removes what install wrote, from the same PREFIX and DESTDIR
	rm -f $(DESTDIR)$(LIBDIR)/libdualbind.so $(DESTDIR)$(BINDIR)/dualbind \
	    $(addprefix $(DESTDIR)$(MANDIR)/man1/,$(notdir $(filter %.1,$(MANUALS)))) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(filter %.8,$(MANUALS)))) \
	    $(DESTDIR)$(COMPLETIONDIR)/dualbind $(DESTDIR)$(ZSHDIR)/_dualbind $(DESTDIR)$(FISHDIR)/dualbind.fish

dist: ## release tarballs for both architectures, and their SHA-256, in build/dist
	@scripts/deps dist >&2
	@MAKE="$(MAKE)" scripts/dist $(VERSION)

clean: ## removes build/
	rm -rf $B

# How many checks or tests at once.
JOBS     ?= 2

# Static checks. Both compilers must be silent; -Werror is for here, not for a
# user whose compiler warns of more.
C_FILES  := $(wildcard shim/*/*.[ch] shim/core/*/*.[ch] tests/*/*.[ch] bench/*.[ch])
SH_FILES := $(filter-out scripts/%.py scripts/cast scripts/log-lines,$(wildcard scripts/*)) tests/run tests/run-one tests/needs tests/coverage tests/fuzz/run \
            tests/compat/run tests/compat/table tests/docs/block tests/sanitize/memcheck \
            tests/portable/root tests/portable/inside tests/portable/machine tests/gvisor/in-sandbox tests/kernels/machine \
            $(wildcard tests/*/*.sh tests/*/*.t) $(COMPLETION)
ANALYSED := $(filter-out -Os -g,$(CFLAGS)) -Itests/unit

lint: ## formats, warnings, clang-tidy, cppcheck, shellcheck, hardening, licences, names
	@scripts/deps lint
	@scripts/rooms
	@scripts/spdx
	@scripts/paths
	@scripts/links
	@scripts/log-lines
	@scripts/tested
	@codespell
	@clang-format --dry-run --Werror $(C_FILES)
	@for cc in gcc clang; do \
	    printf '%s\n' $(filter %.c,$(C_FILES)) | \
	        xargs -P $(JOBS) -I FILE $$cc $(ANALYSED) -O2 -Werror -c -o /dev/null FILE || exit 1; \
	done
	@printf '%s\n' $(filter shim/%.c,$(C_FILES)) | \
	    xargs -P $(JOBS) -I FILE sh -c 'clang-tidy --quiet FILE -- $(ANALYSED) 2>/dev/null'
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=constStatement:shim/core/base/syscall_raw.c \
	    --suppress=unknownMacro:shim/preload/symbols.c --suppress=unknownMacro:shim/preload/object.c \
	    --suppress=unknownMacro:shim/preload/redirect.c --error-exitcode=1 -Ishim -Ishim/core shim
	@printf '%s\n' $(SH_FILES) | xargs -P $(JOBS) -n 10 shellcheck -x
	@yamllint --strict config tests/kubernetes
	@$(MAKE) --no-print-directory all
	@scripts/hardened $(LIBRARY) $(COMMAND) $(CORE) $(PRELOAD) $(CMD)
	@! mandoc -T lint $(MANUALS) 2>/dev/null | grep -v 'referenced manual not found'
	@for manual in $(MANUALS); do ! man --warnings --local-file $$manual 2>&1 >/dev/null | grep . || exit 1; done

-include $(wildcard $B/*/*.d $B/core/*/*.d $B/tests/*/*.d $B/tests/*/*/*.d)

include config/container/image.mk
include tests/fuzz/fuzz.mk
include tests/programs.mk
include tests/tests.mk
include tests/sanitize.mk
include bench/bench.mk

compile_commands.json: FORCE ## for editors and clangd
	@printf '%s\n' $(filter %.c,$(C_FILES)) | \
	    sed 's|.*|{"directory": "$(CURDIR)", "file": "&", "command": "$(CC) $(ANALYSED) -c &"},|; 1s|^|[|; $$s|,$$|]|' >$@

# A target with two # after it is one to ask for; the others serve these.
help: ## this list
	@grep -h '^[a-z._-]*:.* ## ' $(filter-out %.d,$(MAKEFILE_LIST)) | sed 's/:.* ## /\t/' | \
	    while IFS="$$(printf '\t')" read -r target what; do printf 'make %-21s %s\n' "$$target" "$$what"; done

.PHONY: all help install uninstall dist clean lint
