"""tests/kubernetes/pods.py same A B: whether two files, JSON or YAML, hold the same
object but for what a server adds of its own, and what differs.
tests/kubernetes/pods.py part N FILE: one of a file's documents; the last, if it has fewer."""

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
    return yaml.safe_dump(value, sort_keys=True)


def main():
    if sys.argv[1] == "same":
        one, other = read(sys.argv[2]), read(sys.argv[3])
        sys.stdout.writelines(difflib.unified_diff(other.splitlines(True), one.splitlines(True), "wanted", "seen", n=2))
        sys.exit(one != other)
    with open(sys.argv[3], encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    yaml.safe_dump(documents[min(int(sys.argv[2]), len(documents)) - 1], sys.stdout, sort_keys=False)


main()
