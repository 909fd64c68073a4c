# SPDX-License-Identifier: MIT
"""Which system calls the library makes in a scene, and how each may fail.

Nothing is listed here that the library does: strace tells of each call where it was
made, and the library's own come from its own pages."""

import collections
import re

# What the manual pages name, and what a seccomp filter says (EPERM, ENOSYS). Not of
# close(2): it closes whatever it says, and a call that fails by order is not made.
ERRORS = {
    "socket": "EMFILE ENFILE ENOMEM ENOBUFS EACCES EPERM EINVAL EAFNOSUPPORT EPROTONOSUPPORT",
    "bind": "EADDRINUSE EADDRNOTAVAIL EACCES EPERM EINVAL ENOMEM EAFNOSUPPORT ENODEV",
    "listen": "EADDRINUSE EINVAL EOPNOTSUPP ENOMEM EPERM EACCES",
    "accept": "EMFILE ENFILE ENOMEM ENOBUFS ECONNABORTED EAGAIN EINTR EPERM EPROTO ENETDOWN",
    "accept4": "EMFILE ENFILE ENOMEM ENOBUFS ECONNABORTED EAGAIN EINTR EPERM EPROTO ENETDOWN",
    "connect": "EADDRNOTAVAIL EAGAIN EACCES EPERM EAFNOSUPPORT EINVAL ENETUNREACH ENOMEM EINTR",
    "getsockopt": "ENOPROTOOPT EINVAL EPERM EACCES ENOMEM ENOBUFS EOPNOTSUPP ENOSYS",
    "setsockopt": "ENOPROTOOPT EINVAL EPERM EACCES ENOMEM ENOBUFS EOPNOTSUPP EBUSY ENODEV EDOM ENOSYS",
    "getsockname": "ENOBUFS EINVAL EPERM ENOMEM",
    "getpeername": "ENOTCONN ENOBUFS EINVAL EPERM",
    "recvfrom": "EAGAIN EINTR ENOMEM ECONNREFUSED EPERM",
    "recvmsg": "EAGAIN EINTR ENOMEM ECONNREFUSED EPERM",
    "recvmmsg": "EAGAIN EINTR ENOMEM ECONNREFUSED EPERM ENOSYS",
    "sendto": "EAGAIN EINTR ENOMEM ENOBUFS EACCES EPERM ENETUNREACH EAFNOSUPPORT EMSGSIZE",
    "sendmsg": "EAGAIN EINTR ENOMEM ENOBUFS EACCES EPERM ENETUNREACH EAFNOSUPPORT EMSGSIZE",
    "sendmmsg": "EAGAIN EINTR ENOMEM ENOBUFS EACCES EPERM ENETUNREACH ENOSYS",
    "fcntl": "EINVAL EPERM EMFILE ENOMEM EACCES EAGAIN EINTR",
    "dup3": "EMFILE EBUSY EINTR EINVAL EPERM ENOMEM",
    "close": "",
    "epoll_ctl": "ENOMEM ENOSPC EPERM EEXIST ENOENT EINVAL ELOOP",
    "fstat": "ENOMEM EACCES EIO EOVERFLOW EPERM EINTR",
    "newfstatat": "ENOMEM EACCES EIO EOVERFLOW EPERM EINTR ENOENT",
    "openat": "EMFILE ENFILE ENOMEM EACCES EPERM ENOENT EINTR EIO ELOOP ENOTDIR ENOSPC EROFS",
    "read": "EIO EINTR EAGAIN EINVAL ENOMEM ESRCH",
    "write": "EAGAIN EPIPE ENOSPC EIO EINTR EDQUOT EFBIG EPERM",
    "readlinkat": "ENOENT EACCES ENOMEM EIO EINVAL ESRCH EPERM",
    "getdents64": "ENOENT EINVAL ENOTDIR ENOMEM EIO EINTR",
    "mmap": "ENOMEM EPERM EAGAIN EACCES",
    "ppoll": "EINTR ENOMEM EINVAL EAGAIN",
    "ioctl": "EINTR ENOENT EINVAL EPERM ENOMEM EBADF EBUSY ENOTTY",
    "clone": "EAGAIN ENOMEM EPERM ENOSYS ENOSPC",
    "clone3": "EAGAIN ENOMEM EPERM ENOSYS ENOSPC",
    "seccomp": "EACCES EINVAL ENOMEM ENOSYS EPERM EBUSY",
    "pidfd_open": "EINVAL EMFILE ENFILE ENODEV ENOMEM ESRCH ENOSYS EPERM",
    "pidfd_getfd": "EBADF EMFILE EPERM ESRCH ENOSYS",
    "process_vm_readv": "EFAULT ENOMEM EPERM ESRCH ENOSYS",
}
OTHERS = "EPERM ENOSYS ENOMEM EINVAL EINTR"  # of calls that are not above

# These tell always, or belong to the start of any program.
SURE = set("""gettid getpid getppid getuid geteuid getgid getegid setfsuid setfsgid capget rt_sigprocmask rt_sigaction
rt_sigreturn rt_sigpending wait4 exit exit_group restart_syscall execve arch_prctl brk mprotect madvise
prlimit64 getrandom set_tid_address set_robust_list rseq""".split())

# Less than there is: the end of a list or a file, a line that was cut, nothing written;
# an option that is accepted and not kept.
SHORT = {
    "setsockopt": ["retval=0"],
    "getdents64": ["retval=0"],
    "read": ["retval=0", "retval=1:poke_exit=@arg2=0a"],
    "readlinkat": ["retval=0", "retval=1:poke_exit=@arg3=2f"],
    "write": ["retval=0", "retval=1"],
    "ppoll": ["retval=0"],
}

# NTH: how many calls of that name there were by then. OWN: the program's.
# EARLY: the program has not begun to run, and catches no signal.
Call = collections.namedtuple("Call", "name nth detail own early")
ENTRY = re.compile(r"^(?:(\d+) +)?\[([0-9a-f]+|\?+)\] (\w+)\((.*)$")
FORMS = {"getsockopt": (1, 2), "setsockopt": (1, 2), "openat": (1,), "readlinkat": (1,), "fcntl": (1,),
         "ioctl": (1,), "epoll_ctl": (1,)}


def details(name, arguments):
    parts = re.split(r", |\)\s+=| <unfinished", arguments)
    return " ".join(parts[at].strip('"') for at in FORMS.get(name, ()) if at < len(parts))


def calls_of(trace, library):
    """Every call in a trace of one thread."""
    calls, counts, pages, file, early = [], collections.Counter(), range(0), None, True
    for line in trace:
        entry = ENTRY.match(line)
        if entry is None:
            continue
        _, place, name, rest = entry.groups()
        counts[name] += 1
        if name == "openat" and library in rest:
            file = rest.rsplit("= ", 1)[-1].strip()
        elif name == "mmap" and file is not None and not pages and rest.split(", ")[4] == file:
            start = int(rest.rsplit("= ", 1)[-1], 16)
            pages = range(start, start + int(rest.split(", ")[1]))
        own = place.startswith("?") or int(place, 16) not in pages
        calls.append(Call(name, counts[name], details(name, rest), own, early))
        early = early and not (name == "rt_sigaction" and rest.startswith("SIGUSR1"))
    return calls


def last_swap(calls):
    """Strace's words by which the last swap of all fails, or that and what is tried instead:
    each asks for F_GETSIG once."""
    nth = max(call.nth for call in calls if not call.own and (call.name, call.detail) == ("fcntl", "F_GETSIG"))
    return {"kept": ["-e", f"inject=fcntl:error=EINVAL:when={nth}"],
            "kept since": ["-e", f"inject=fcntl:error=EINVAL:when={nth}+"]}


def faults_of(call):
    """How a call may go wrong, as strace's inject= has it."""
    if call.name in SURE:
        return []
    ways = ["error=" + error for error in ERRORS.get(call.name, OTHERS).split()]
    return ways + SHORT.get(call.name, []) + ([] if call.early else ["signal=USR1"])


def spread(calls, most):
    """No more than MOST of each name, evenly."""
    chosen, by_name = [], collections.defaultdict(list)
    for call in calls:
        by_name[call.name].append(call)
    for same in by_name.values():
        step = max(1, len(same) / most)
        chosen += [same[int(at * step)] for at in range(min(most, len(same)))]
    return chosen


def plan(calls, most=None, ways=None):
    """(call, fault) of all; of no more than MOST calls of a name, with no more than WAYS
    faults each, which take turns."""
    every, turn = [], 0
    for call in calls if most is None else spread(calls, most):
        faults = faults_of(call)
        for number in range(len(faults) if ways is None else min(ways, len(faults))):
            every.append((call, faults[(turn + number) % len(faults)]))
        turn += ways or 0
    return every
