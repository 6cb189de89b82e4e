# SPDX-License-Identifier: Apache-2.0
"""durations_test.py: what is a time in C has a type that says its unit in every language, or is a number of the one unit
that its name says: time.Duration in Go; java.time.Duration in Java, or a number whose name ends in Nanos; in Python
seconds, a timedelta or text, or an int whose name ends in _ns. Reads the signatures of all that is public."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings/generate"))
import java_class  # noqa: E402

# Names that a time has, whole or as their last word.
TIMES = (
    "ttl wait waits timeout latency delay deadline now at by start age after interval period duration durations "
    "elapsed in until time retry cooldown window warmup open flush"
).split()
LAST_WORD = re.compile(r"[A-Z]?[a-z]+$")
NUMBER = re.compile(
    r"(unsigned|u?int(32|64)?|long|float(64)?|double|Integer|Long|Optional(Long|Int))(\[\]|\.\.\.)?"
)
# Numbers of something else, whatever their names.
OTHERS = {
    "responseTime": "a metric: per cent, requests a minute and ms, as its thresholds response_time_up and _down",
    "ResponseTime": "likewise",
    "response_time": "likewise",
    "StartTime": "of a process, in the kernel's ticks",
}
COUNTS = {
    "Metrics.increment",
    "metrics_generated.go Increment",
    "_core.pyi increment",
}  # by how much
# Numbers of ns that say so in their documentation, since no name of theirs may change.
KNOWN = {
    "RateLimiter.tryAcquireMany": "ns, or INVALID, as tryAcquireNanos",
    "RateLimiter.tryAcquireManyAt": "ns, or INVALID, as tryAcquireNanos",
    "RateLimiter.tryAcquireAllAt": "tryAcquireAll at a time",
    "RateLimiter.tryAcquireAt": "tryAcquireNanos at a time",
    "Clock.now": "a reading, as System.nanoTime() gives",
    "Clock.set": "the form that now() and the At methods go with; there is one with a Duration",
    "Decision.at": "a reading of now()",
}

faults = []


def is_time(name):
    word = LAST_WORD.search(name)
    return name in TIMES or bool(word and word[0].lower() in TIMES)


def expect(where, name, type_, units):
    """A number that is a time, by its name, says its unit with it."""
    if (
        NUMBER.fullmatch(type_)
        and is_time(name)
        and not (name in OTHERS or where in KNOWN or where in COUNTS)
    ):
        faults.append(f"{where}: {name} is a time and {type_}; {units}")


def java():
    sources = dict(java_class.emit())
    for path in (ROOT / "bindings/java/src/main/java/io/github/outgrow").glob("*.java"):
        sources[path.name] = path.read_text()
    units = "a Duration, or its name ends in Nanos"
    seen = 0
    for file, text in sources.items():
        name = pathlib.Path(file).stem
        for doc, result, method, parameters in re.findall(
            r"(/\*\*(?:(?!\*/).)*\*/)\s+(?:@\w+\s+)*public (?:static |final |<[^(]*?> )*"
            r"([\w.]+(?:<[^(]*?>)?(?:\[\])?) (\w+)\(([^)]*)\)",
            text,
            re.S,
        ):
            seen += 1
            where = f"{name}.{method}"
            for one in filter(None, re.split(r",\s*(?![^<]*>)", parameters.strip())):
                type_, given = one.split()[-2:]
                expect(where, given, type_, units)
            said = doc.partition("@return")[2]
            if re.search(r"\bns\b|\bms\b|\bnanoseconds\b|\bseconds\b", said):
                time = NUMBER.fullmatch(result) and not method.endswith("Nanos")
                if time and where not in KNOWN:
                    faults.append(f"{where}: returns a time as {result}; {units}")
        for record, parts in re.findall(r"public record (\w+)(?:<\w+>)?\(([^)]*)\)", text):
            for one in filter(None, re.split(r",\s*(?![^<]*>)", parts.strip())):
                type_, given = one.split()[-2:]
                expect(f"{record}.{given}", given, type_, units)
    assert seen > 300, seen


def go():
    seen = 0
    for path in sorted((ROOT / "bindings/go").glob("*.go")):
        if path.name.endswith("_test.go"):
            continue
        text = path.read_text()
        for name, parameters, results in re.findall(
            r"^func (?:\(\w+ [^)]*\) )?([A-Z]\w*)(?:\[[^\]]*\])?\(((?:[^()]|\([^()]*\))*)\) ?(.*?) ?\{",
            text,
            re.M,
        ):
            seen += 1
            for listed in (parameters, results.strip("()")):
                names = []
                for one in filter(None, map(str.strip, re.split(r",(?![^(]*\))", listed))):
                    names.append(one.split()[0])
                    if " " in one:
                        for given in names:
                            expect(f"{path.name} {name}", given, one.split()[-1], "time.Duration")
                        names = []
        for struct in re.findall(r"^type [A-Z]\w* struct \{\n(.*?)^\}", text, re.M | re.S):
            for field, type_ in re.findall(r"^\t([A-Z]\w*) +([\w.]+)", struct, re.M):
                expect(f"{path.name} field", field, type_, "time.Duration")
    assert seen > 150, seen


def python():
    text = (ROOT / "bindings/python/outgrow/_core.pyi").read_text()
    seen = 0
    for method, parameters in re.findall(r"def (\w+)\(([^)]*)\)", text):
        seen += 1
        for given, type_ in re.findall(r"(\w+): ([^=,]+)", parameters):
            numbers = {part.strip() for part in type_.split("|")} - {"None"}
            known = given in OTHERS or f"_core.pyi {method}" in COUNTS
            if is_time(given) and numbers & {"int", "float"} and not known:
                faults.append(
                    f"_core.pyi {method}: {given} is a time and {type_.strip()}; Duration"
                )
            if given.endswith(("_ms", "_s")):
                faults.append(
                    f"_core.pyi {method}: {given}: a call's time is in seconds, or ends in _ns"
                )
    assert seen > 200, seen


def options():
    """Each duration of the option tables has the language's type."""
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| duration \|", (ROOT / "docs/options.md").read_text(), re.M
    )
    text = "".join(
        path.read_text()
        for path in (ROOT / "bindings/java/src/main/java/io/github/outgrow").glob("*Options.java")
    )
    golang = (ROOT / "bindings/go/options_generated.go").read_text()
    stubs = (ROOT / "bindings/python/outgrow/_options.pyi").read_text()
    assert len(rows) > 20, rows
    for option in rows:
        word = option.rsplit(".")[-1]
        words = word.removesuffix("_ms").split("_")
        camel = words[0] + "".join(map(str.title, words[1:]))
        for language, pattern, where in (
            ("Java", rf"public B {camel}\(Duration ", text),
            ("Go", rf"^\t{camel[0].upper() + camel[1:]} +time\.Duration", golang),
            ("Python", rf"^    {word}: float \| str \| timedelta", stubs),
        ):
            if not re.search(pattern, where, re.M | re.I):
                faults.append(f"{option}: no duration in {language}")


java()
go()
python()
options()
sys.exit("\n".join(faults) or 0)
