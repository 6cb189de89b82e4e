# SPDX-License-Identifier: Apache-2.0
"""The drivers over the core's own classes, whose errors are Result and Status, not exceptions."""

import operations
from drivers_cpp import Cpp
from operations import LEASED
from vectors import takes
from wording import pascal


class Core(Cpp):
    column, shared, space = "core", "answers_core", "og::conformance"
    of, time, ok, writes = "->", "std::identity()", "kOk", "writes"

    def include(self, driver):
        return f'"{driver.facts["core"]["header"]}"'

    def member(self, driver, member):
        return f"std::shared_ptr<{self.class_of(driver, member)['class']}> {member};"

    def class_of(self, driver, member):
        said = driver.class_of(member, "core")
        return said if isinstance(said, dict) else {"class": said}

    def made(self, driver, member):
        cls, noun = self.class_of(driver, member), driver.noun_of(member)
        if member != driver.name:
            given = [f'config_of(given_in(setup.vector, "{member}"))']
        else:
            given = ["setup.config", *driver.made_first()]
        if member == driver.name and driver.listed():
            given.append(f'Keys(given_in(setup.vector), "{driver.listed()}").views()')
        given += (
            ["nullptr"] if "clock" in noun.facts else ["setup.clock"] * ("clock" in takes(noun))
        )
        given += ["setup.place"] * ("scope" in takes(noun))
        return f"must({cls.get('make', cls['class'] + '::create')}({', '.join(given)}))"

    def table(self, enum, words):
        rows = ", ".join(f'"{word}"' for word in words)
        return f"  static const std::vector<std::string> k{enum}{{{rows}}};\n"

    def guarded(self, op, answer):
        return answer

    def answered(self, op):
        if "core_stats" in op.facts:
            return self.stats(op)
        call = self.call(op)
        answers = op.answers_in(self.column)
        fails = "" if op.fails == "invalid" else f"_or_{op.fails}"
        own = (*LEASED, "bytes", "copied", "said", "record")
        if (
            op.each
            or op.then
            or isinstance(answers, (list, dict))
            or op.into
            or str(answers) in own
        ):
            return super().answered(op)
        if op.answers in ("ticket", "ticket_named"):
            spelled = self.named(op, "index")
            return (
                f"[&] {{ int32_t index = 0; int64_t ticket = {call}; return take_ticket(held, step, "
                f"ticket, {spelled}); }}()"
            )
        if op.answers == "permit":
            return f'take(held, step, {call}, "{op.outcome}")'
        if op.answers == "named":
            return self.named(op, call, True)
        if op.answers in ("made", "lines"):
            return f"{op.answers}({'held, ' if op.answers == 'made' else ''}step, {call})"
        if op.answers == "enum":
            return f"word_of(k{op.function.facts['enum']}, {call})"
        if op.answers == "done":  # some give nothing
            return f"answer_done{fails}([&] {{ return {call}; }})"
        return f"answer_{op.answers}{fails}({call})"

    def listed(self, op, type_, call, spell):
        keys = next((a.member for a in op.arguments if a.kind in ("many", "array")), "")
        keys = f'Keys(step, "{keys}")'
        return f"answer_each<{type_}>({keys}, [&]([[maybe_unused]] auto& keys, auto& all) {{ return {call}; }}, {spell})"

    def stats(self, op):
        members = {}
        for inner, words in op.facts["core_stats"].items():
            if isinstance(words, list):
                members |= {word: f"{inner}.{word}" for word in words}
            else:
                members[inner] = words
        words = op.facts.get("which") or operations.words(op.function.facts["enum"])
        rows = ", ".join(f'{{"{word}", all.{members.get(word, word)}}}' for word in words)
        of = op.facts.get("core", "{noun}->stats()").format(noun=op.on)
        seen = f"[&] {{ const auto& all = {of}; return json{{{rows}}}; }}()"
        return seen if "which" in op.facts else f'{seen}.at(text(step, "{op.arguments[0].member}"))'

    def of_taken(self, rows):
        return rows

    def many(self, op, call):
        """Of what the call puts into the array of `said`, which is given the lists too."""
        (name, kind), whole = op.each_field, next(iter(op.answers))
        keys, more = (a.member for a in op.arguments if a.kind in ("many", "array"))
        return (
            f'[&] {{ const Keys keys(step, "{keys}"); const auto more = wholes(step, "{more}"); '
            f"std::vector<std::int64_t> all(keys.texts.size()); const {op.facts['core_type']} said{{"
            f"keys.data.data(), keys.lens.data(), more.empty() ? nullptr : more.data(), keys.count(), all.data()}}; "
            f"const auto result = {call}; "
            f"const json list = rows_of(all, [](auto one) {{ return answer_{kind}(one); }}); "
            f'return json{{{{"{whole}", result}}, {{"{name}", list}}}}; }}()'
        )

    def fields(self, op, call):
        """Of a Result, or of the scalar and what the call puts into `said`."""
        made = f"{op.facts.get('core_type', 'auto')} said{{}}"
        if op.function.gives == "value":
            made = f"const auto said = {call}; if (!said) return answer_outcome_or_status(said.error().code)"
        else:
            made += f"; const auto result = {call}"
        rows = []
        for at, (name, kind, enum, member) in enumerate(op.fields("core")):
            value = f"said{member if member[:2] in ('', '->') else f'.{member}'}"
            value = "result" if at == 0 and op.function.gives != "value" else value
            rows.append(f'{{"{name}", {self.field(kind, enum, value)}}}')
        return f"[&]() -> json {{ {made}; return {{{', '.join(rows)}}}; }}()"

    def record(self, op, call):
        members = self.drivers[op.noun].facts["core"].get("record", {})
        spelled = (members.get(f.verb, f"plain(said.{f.verb})") for f in op.recorded())
        rows = ", ".join(f'{{"{f.verb}", {s}}}' for f, s in zip(op.recorded(), spelled))
        return f"answer_record({call}, [](const auto& said) -> json {{ return {{{rows}}}; }})"

    def into(self, op, call):
        return f"into({op.into}, {call})"

    def named(self, op, index, always=False):
        if always or op.answers == "ticket_named":
            return f"named(endpoints, {index})"
        return f"answer_index({index})"

    def now(self):
        return "now"

    def call(self, op):
        if op.answers in ("ticket", "ticket_named"):
            arguments = [self.argument(op, a) for a in op.arguments]
            return f"{op.on}->{op.function.verb}({', '.join([*arguments, '&index'])})"
        return super().call(op)

    def argument(self, op, a):
        if a.kind == "noun":
            return f"*{a.member}"
        if a.kind == "config":
            return f'config_of(step.at("{a.member}"))'
        return super().argument(op, a)

    def find(self, a):
        return f'endpoints->find(text(step, "{a.member}"))'

    def duration(self, a):
        if a.kind == "ttl":
            return "ttl_in(step)"
        return f"whole(step, \"{a.member}\") * 1'000'000"
