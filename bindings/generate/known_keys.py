# SPDX-License-Identifier: Apache-2.0
"""Which keys a noun's description may have, so that one that is misspelt is an error and not unread.
nouns.py says what the common ones mean, vectors.py those of [ops], and each language's emitter its own
(java_*, go_*, [python], [cpp])."""

import difflib

NOUN = """class what calls_back clock record by_hand made_by_hand creating_waits parameters functions enums
  vectors ops cpp python go java java_typed go_receiver go_struct go_list""".split()
TABLES = {
    "functions": """gives outcomes blame enum type waits wakes by_hand parameters answer adds always wrong
      must_read python go go_answer go_gives go_outcomes java java_at java_bytes java_check java_enum java_gives
      java_new java_nullable java_optional java_passes java_reads java_returns java_spread java_text java_type
      java_unchecked java_within""",
    "parameters": "doc default flag enum type none wrong duration go go_note python java_flag java_nanos",
    "enums": "first prefix doc words by_hand go go_prefix java",
    "ops": """call on args fails answers time which like with into asks otherwise members until then keeps by_hand core cpp go java python go_answers
      java_answers python_answers
      core_type cpp_type core_stats core_answers cpp_answers c_answers""",
    "vectors": "core cpp java go over nouns told classes ends",
    "cpp": "class by_hand made_by_hand types includes order answers",
    "python": "class first codec wakes len keeps creators includes parameters enums",
}
OF_NAMES = ("functions", "parameters", "enums", "ops")  # a table for each name


def check(noun, facts):
    """Ends with the file, the table and the nearest known key."""
    _among(noun, "the noun", facts, NOUN)
    for table, keys in TABLES.items():
        entries = facts.get(table, {})
        for name, entry in entries.items() if table in OF_NAMES else [("", entries)]:
            if isinstance(entry, dict):
                _among(noun, f"[{table}.{name}]" if name else f"[{table}]", entry, keys.split())


def _among(noun, where, entry, known):
    for key in entry:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SystemExit(f"capi/nouns/{noun}.toml: {where} has no key {key!r}{hint}")
