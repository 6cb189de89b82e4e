# SPDX-License-Identifier: Apache-2.0
"""forks_test.py ROOT: whatever a fork could leave locked, counted or half made is of the types that know
forks (core/base/fork_mutex.h, fork_aware.h), or stands here with the reason why it needs none; and each
noun's header says what a forked child has."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
SOURCES = [
    path
    for folder in (
        "core",
        "capi/src",
        "bindings/python/src",
        "bindings/swig",
        "bindings/java/src/main/native",
    )
    for path in sorted((root / folder).rglob("*"))
    if path.suffix in (".h", ".cpp", ".c")
]

# What waits, or makes others wait, and is not a ForkMutex or a ForkCondition.
LOCK = re.compile(
    r"\bstd::(recursive_|shared_|timed_|recursive_timed_|shared_timed_)*mutex\b|"
    r"\bstd::condition_variable(_any)?\b|\bstd::(once_flag|call_once|barrier|latch|"
    r"(counting|binary)_semaphore)\b|\bpthread_(mutex|rwlock|cond|spin|once)\w*_t\b|"
    r"\b(std::)?atomic_flag\b|\bsem_t\b"
)
# Calls in flight and counters that belong to threads: their class must be told of forks.
COUNTED = re.compile(r"^\s*(mutable\s+)?(Tickets|CallTable)\s+\w+_?[;{]", re.M)
# Made at the first use, under a lock of the compiler's.
ONCE = re.compile(
    r"^\s+static\s+(?!constexpr|constinit|_?Thread_local|thread_local|inline|int64_t read)"
    r"[\w:<>,* ]+\s\w+(\[\w*\])?\s*(=\s*[^;]*[\w>]\(|\{[^}]*\w|= \[)",
    re.M,
)

EXPECTED = {  # file: the lock's line, and why it is right
    "core/base/fork_mutex.h": "the type itself",
    "core/base/fork_aware.cpp": "the registry's own, which a fork takes first and gives back last",
    "core/base/tsc_clock.h": "taken and cleared around a fork by the clock, which is told of forks",
    "core/base/tickets.h": "cleared by forget(), which the owner of a table calls in the child",
}
faults = []


def without_comments(text):
    return re.sub(
        r"//[^\n]*|/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S
    )


seen = set()
for path in SOURCES:
    name = str(path.relative_to(root))
    code = without_comments(path.read_text())
    # Python's statics are made under the GIL, which the interpreter carries over a fork.
    once = re.compile("(?!)") if name.startswith("bindings/python") else ONCE
    for pattern, what in (
        (LOCK, "waits as a forked child may for ever"),
        (once, "is made once, under a lock that a forked child may find taken"),
    ):
        for found in pattern.finditer(code):
            seen.add(name)
            if name not in EXPECTED:
                line = code.count("\n", 0, found.start()) + 1
                faults.append(
                    f"{name}:{line}: {found[0].strip()} {what}: use a ForkMutex, a ForkCondition or "
                    "MadeOnce, or say here why not"
                )
    if COUNTED.search(code) and name != "core/service/call_table.h":
        source = path.with_suffix(".cpp")
        if "after_fork_in_child" not in code + (source.read_text() if source.exists() else ""):
            faults.append(f"{name}: holds calls in flight, and is not told of forks")
for name in EXPECTED.keys() - seen:
    faults.append(f"{name}: is excused here for nothing")

# A class that says that it is told must join: its destructor leaves, some function of it joins.
for path in (path for path in SOURCES if path.suffix == ".h"):
    code = without_comments(path.read_text())
    if not re.search(r"\b(private|public) ForkAware\b", code):
        continue
    source = path.with_suffix(".cpp")
    both = code + "".join(other.read_text() for other in path.parent.glob(path.stem + "*.cpp"))
    # join_forks() may stand in a file that only makes it.
    for call in ("join_forks()", "leave_forks()"):
        if call not in both:
            faults.append(
                f"{path.relative_to(root)}: derives from ForkAware and never calls {call}"
            )

for header in sorted((root / "capi/include/outgrow").glob("*.h")):
    if header.stem in ("base", "config", "options", "outcomes"):
        continue
    if not re.search(r"\b[Ff]ork(s|ed|ing)?\b", header.read_text()):
        faults.append(f"{header.relative_to(root)}: does not say what a forked child has")

for fault in faults:
    print(fault)
sys.exit(1 if faults else 0)
