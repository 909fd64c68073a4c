# SPDX-License-Identifier: MIT
"""tests/kubernetes/pods.py same A B: whether two files, JSON or YAML, hold the same
object but for what a server adds of its own, and what differs.
tests/kubernetes/pods.py part N FILE: one of a file's documents; the last, if it has fewer.
tests/kubernetes/pods.py without NAME...: the object of standard input, without these members of its metadata.
tests/kubernetes/pods.py image-volume: the same with the image as a volume, and no init container for it.
tests/kubernetes/pods.py spec FILE NAME...: members of the spec of a file's first object.
tests/kubernetes/pods.py predictor RUNTIME SERVICE: the pod that KServe makes of the two, but for the model."""

import difflib
import sys

import yaml

OF_THE_SERVER = ("uid", "creationTimestamp", "managedFields", "resourceVersion", "generation", "namespace")


def read(path):
    """The file's first object, as text in which equal objects are equal."""
    with open(path, encoding="utf-8") as file:
        value = next(document for document in yaml.safe_load_all(file) if document)
    for name in OF_THE_SERVER:
        value["metadata"].pop(name, None)
    value.pop("status", None)
    for container in value["spec"].get("containers", []) + value["spec"].get("initContainers", []):
        asked = {name: part for name, part in container.pop("resources", {}).items() if part}
        container.update({"resources": asked} if asked else {})
    return yaml.safe_dump(value, sort_keys=True)


def same(one, other):
    one, other = read(one), read(other)
    sys.stdout.writelines(difflib.unified_diff(other.splitlines(True), one.splitlines(True), "wanted", "seen", n=2))
    sys.exit(one != other)


def part(number, path):
    with open(path, encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    yaml.safe_dump(documents[min(int(number), len(documents)) - 1], sys.stdout, sort_keys=False)


def without(*names):
    value = yaml.safe_load(sys.stdin)
    for name in names:
        value["metadata"].pop(name, None)
    yaml.safe_dump(value, sys.stdout, sort_keys=False)


def image_volume():
    value = yaml.safe_load(sys.stdin)
    others = [container for container in value["spec"].pop("initContainers") if container["name"] != "dualbind"]
    if others:
        value["spec"]["initContainers"] = others
    for volume in value["spec"]["volumes"]:
        if volume["name"] == "dualbind":
            del volume["emptyDir"]
            volume["image"] = {"reference": "dualbind:0.1.0", "pullPolicy": "IfNotPresent"}
    yaml.safe_dump(value, sys.stdout, sort_keys=False)


def spec(path, *names):
    value = yaml.safe_load(read(path))["spec"]
    yaml.safe_dump({name: value[name] for name in names}, sys.stdout)


def predictor(runtime, service):
    runtime = yaml.safe_load(read(runtime))["spec"]
    service = yaml.safe_load(read(service))["spec"]["predictor"]
    pod = {name: value for name, value in service.items() if name != "model"}
    pod.update(containers=runtime["containers"], volumes=runtime["volumes"])
    yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "predictor"}, "spec": pod}, sys.stdout)


COMMANDS = {
    "same": same,
    "part": part,
    "without": without,
    "image-volume": image_volume,
    "spec": spec,
    "predictor": predictor,
}
COMMANDS[sys.argv[1]](*sys.argv[2:])
