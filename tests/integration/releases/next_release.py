# SPDX-License-Identifier: Apache-2.0
"""next_release.py SOURCE OUT: writes into OUT the sources of a release after this one, as far as they differ.

Its limiter, breaker and concurrency limiter have an option more, `watch`, and a field more in their cells, behind
those of this release: what `watch` is, and how many calls its own processes have made. `watch` changes in use. What
is counted is shown as figures, so that a test sees whether somebody else wrote into the field.

What a fleet says to its server are other scripts, of other texts, over the same state."""

import hashlib
import pathlib
import re
import sys

SOURCE, OUT = map(pathlib.Path, sys.argv[1:])

ROW = """    {.name = "watch", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1000,
     .doc = "What the next release has more.", .changes = true},
    kOnMismatch,
};
"""
FIELD = """
// Larger than what a table of one key needs for a word more in each of its cells.
struct alignas(64) NextField {
  std::atomic<int64_t> watch;
  std::atomic<int64_t> calls;
  char rest[384 - 16];
};
constexpr uint64_t field_after(uint64_t bytes) { return (bytes + 63) / 64 * 64; }
constexpr uint64_t with_field(uint64_t bytes) { return field_after(bytes) + sizeof(NextField); }
NextField& next_field(char* own, uint64_t bytes) {
  return *reinterpret_cast<NextField*>(own + field_after(bytes));
}
// Null in the cells that the release before has made.
NextField* next_field(const CellMemory& memory) {
  if (memory.layout() < kNextLayout) return nullptr;
  return reinterpret_cast<NextField*>(memory.data() + memory.bytes() - sizeof(NextField));
}
void count_call(const CellMemory& memory) {
  if (NextField* field = next_field(memory)) ++field->calls;
}
void set_watch(const CellMemory& memory, int64_t watch) {
  if (NextField* field = next_field(memory)) field->watch = watch;
}
void show_field(const CellMemory& memory, MetricSink& sink) {
  NextField* field = next_field(memory);
  sink.gauge("outgrow_next_watch", "", {}, field ? static_cast<double>(field->watch) : -1);
  sink.counter("outgrow_next_calls_total", "", {}, field ? field->calls.load() : -1);
}

}  // namespace
"""


class Patched:
    """A source of this release, changed where it must be; what is not found exactly once is an error."""

    def __init__(self, path, has_options=True):
        self.path = path
        self.text = (SOURCE / path).read_text()
        if has_options:
            self.replace("    kOnMismatch,\n};\n", ROW)

    def replace(self, old, new):
        count = self.text.count(old)
        if count != 1:
            sys.exit(f"{self.path}: has {old!r} {count} times: mend {__file__}")
        self.text = self.text.replace(old, new)

    def after(self, old, new):
        self.replace(old, old + new)

    def layout(self, cells):
        """One version more, of which this release can use the cells, and which uses this release's."""
        found = re.search(cells + r",\s*\{\.version = (\d+), \.usable_by = \d+", self.text)
        version = int(found[1]) if found else 1
        row = f"{{.version = {version + 1}, .usable_by = {version}"
        if found:
            self.replace(found[0], f"{cells},\n    {row}")
        else:
            self.replace(cells + "}", f"{cells}, {row}, .uses = {version}}}}}")
        field = FIELD.replace("kNextLayout", str(version + 1))
        self.text = self.text.replace("\n}  // namespace\n", field, 1)

    def write(self):
        (OUT / pathlib.Path(self.path).name).write_text(self.text)


def limiter():
    file = Patched("core/limit/limiter.cpp")
    file.layout("CellKind::kLimiter")
    file.replace(".own = bytes,", ".own = with_field(bytes),")
    file.replace(
        "        .begin = [words,",
        '        .least = bytes,\n        .begin = [bytes, watch = agreed.integer("watch"), words,',
    )
    file.after("char* at = own;", " next_field(own, bytes).watch = watch;")
    own_bytes = "memory_.bytes() - (next_field(memory_) ? sizeof(NextField) : 0)"
    file.replace("bytes_of_first(memory_.bytes(),", f"bytes_of_first({own_bytes},")
    file.replace("uint64_t bytes = memory_.bytes();", f"uint64_t bytes = {own_bytes};")
    file.replace(
        "[&](const auto& before, const auto& after) -> Result<Write> {",
        "[&](const auto& before, const auto& after) -> Result<Write> {\n"
        '        set_watch(memory_, after.integer("watch"));',
    )
    call, show = (
        "void next_call(const CellMemory& memory)",
        "void next_show(const CellMemory& memory, MetricSink& sink)",
    )
    file.after(
        "Limiter::~Limiter() = default;\n",
        f"{call} {{ count_call(memory); }}\n{show} {{ show_field(memory, sink); }}\n",
    )
    file.write()
    file = Patched("core/limit/limiter_decide.cpp", has_options=False)
    file.after("namespace og {\n", call + ";\n")
    file.after(
        "int64_t Limiter::decide(uint64_t hash, int64_t cost, int64_t now) noexcept {",
        "\n  next_call(memory_);",
    )
    file.write()
    file = Patched("core/limit/limiter_told.cpp", has_options=False)
    file.after("namespace og {\n", show + ";\n")
    file.after("void Limiter::collect(MetricSink& sink) const {", "\n  next_show(memory_, sink);")
    file.write()


def concurrency():
    file = Patched("core/guard/concurrency.cpp")
    file.layout("CellKind::kConcurrency")
    file.replace(
        ".own = PermitTable<>::bytes_for(room),",
        ".own = with_field(PermitTable<>::bytes_for(room)),",
    )
    file.replace(
        ".begin = [=](char* own) {",
        '.begin = [=, watch = agreed.integer("watch")](char* own) {\n'
        "  next_field(own, PermitTable<>::bytes_for(room)).watch = watch;",
    )
    file.replace(
        "return Write([this, limit, permit_ns, terms = slot_terms(limit, after)] {",
        "return Write([this, limit, permit_ns, terms = slot_terms(limit, after),\n"
        '              watch = after.integer("watch")] {\n'
        "  set_watch(memory_, watch);",
    )
    file.after(
        "int64_t ConcurrencyLimiter::take(int64_t now, int64_t permit_ns) noexcept {",
        "\n  count_call(memory_);",
    )
    file.after(
        "void ConcurrencyLimiter::collect(MetricSink& sink) const {",
        "\n  show_field(memory_, sink);",
    )
    file.write()


def breaker():
    file = Patched("core/guard/breaker.cpp")
    file.layout("CellKind::kBreaker")
    file.replace(".own = sizeof(Cell),", ".own = with_field(sizeof(Cell)),")
    file.replace(
        ".begin = [write = writer(agreed), terms = *terms](char* own) {",
        ".least = sizeof(Cell),\n"
        ".begin = [write = writer(agreed), terms = *terms, "
        'watch = agreed.integer("watch")](char* own) {\n'
        "  next_field(own, sizeof(Cell)).watch = watch;",
    )
    file.replace(
        "return Write([this, write = writer(after), terms = *terms] {",
        "return Write([this, write = writer(after), terms = *terms, "
        'watch = after.integer("watch")] {\n'
        "  set_watch(memory_, watch);",
    )
    file.after("int64_t Breaker::enter() noexcept {", "\n  count_call(memory_);")
    file.after("void Breaker::collect(MetricSink& sink) const {", "\n  show_field(memory_, sink);")
    file.write()


def scripts(path):
    """Whose texts all begin with the first of the file."""
    text = (SOURCE / path).read_text()
    first, *rest = re.findall(r'R"\((.*?)\)"', text, re.S)
    changed = "-- as the next release has it\n" + first
    shas = iter([hashlib.sha1((changed + more).encode()).hexdigest() for more in rest or [""]])
    text = re.sub(r'"[0-9a-f]{40}"', lambda _: f'"{next(shas)}"', text)
    (OUT / pathlib.Path(path).name).write_text(text.replace(first, changed, 1))


OUT.mkdir(parents=True, exist_ok=True)
limiter()
concurrency()
breaker()
scripts("core/fleet/bucket_scripts.cpp")
scripts("core/fleet/member_scripts.cpp")
