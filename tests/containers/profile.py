# SPDX-License-Identifier: MIT
"""Variants of the seccomp profile that podman gives to containers.

profile.py PROFILE docker        as Docker's: pidfd_getfd for CAP_SYS_PTRACE only
profile.py PROFILE containerd    as containerd's before 1.7: process_vm_readv, too
profile.py PROFILE blind         and no look at another process's memory
profile.py PROFILE listener PATH the runtime passes on a seccomp listener, to PATH
"""

import json
import sys


def take(profile, *names):
    for rule in profile["syscalls"]:
        rule["names"] = [name for name in rule["names"] if name not in names]
    profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]


def refuse(profile, *names, unless):
    take(profile, *names)
    profile["syscalls"] += [
        {"names": names, "action": "SCMP_ACT_ALLOW", "includes": {"caps": [unless]}},
        {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "excludes": {"caps": [unless]}},
    ]


def main(file, variant, path=None):
    with open(file, encoding="ascii") as text:
        profile = json.load(text)
    if variant == "docker":
        refuse(profile, "pidfd_getfd", unless="CAP_SYS_PTRACE")
    elif variant == "blind":
        refuse(profile, "pidfd_getfd", "process_vm_readv", unless="CAP_SYS_PTRACE")
    elif variant == "containerd":
        refuse(profile, "pidfd_getfd", "process_vm_readv", "ptrace", unless="CAP_SYS_PTRACE")
    else:
        take(profile, "quotactl")
        profile["syscalls"].append({"names": ["quotactl"], "action": "SCMP_ACT_NOTIFY"})
        profile["listenerPath"] = path
    json.dump(profile, sys.stdout)


main(*sys.argv[1:])
