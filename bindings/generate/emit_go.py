# SPDX-License-Identifier: Apache-2.0
"""Go: constants, options, and the nouns. built_go.py has the raw layer.

What capi/nouns/<noun>.toml says for Go, beside what it says for every language:

    go = "BytesCache"              of a noun: its type, where that is not its class
    go_receiver = "l"              of its methods, where that is not the class's first letter
    go_struct = true               a copy of what its functions say, in place of a handle
    made_by_hand = ["go"]          its New and Close are by hand
    go_list = "all []Range"        what a list of C's is copied into, by <noun>Of
    calls_back = true              its functions may come back into the program

    go_gives = "outcome"           of a function: what it gives, where Go's users get more of it
    go_outcomes = ["OG_NO_MEMORY"] errors that are outcomes of it
    answer = "Standing"            the struct of its answer and its outs
    go_answer = "Begun"            a struct by hand: an outcome or a permit, a value and a wait
    type = "Series"                of the number that it gives
    wakes = "key"                  or "all": who waits for the load of the key, or of any

    type = "Permit"                of a parameter: its own type, in Go
    optional = true                a slice that may be nil; a default of [] says so too
    sized = true                   bytes whose length stands for something where it is negative
    go_note = "A latency of …"     a sentence for every function that has it

    go_prefix = "Metric"           of an enum's constants
    words = true                   its String is the constant's name
"""

import subprocess

import go_constants
import go_nouns
import go_options
import nouns
from go_types import Types

GO = "bindings/go"


def emit(description):
    described = nouns.load()
    types = Types(described, nouns.enums())
    yield f"{GO}/constants_generated.go", _formatted(go_constants.constants(description, described))
    yield f"{GO}/options_generated.go", _formatted(go_options.options(description, described))
    for name, text in go_nouns.files(description, described, types):
        yield f"{GO}/{name}_generated.go", _formatted(text)


def _formatted(text):
    done = subprocess.run(["gofmt"], input=text, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"gofmt: {done.stderr}\n{text}")
    return done.stdout
