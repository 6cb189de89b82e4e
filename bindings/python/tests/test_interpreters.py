# SPDX-License-Identifier: Apache-2.0
"""Where the module can be imported: in the main interpreter, with the GIL."""

import subprocess
import sys
import sysconfig

import pytest

# Both ways to make a sub-interpreter: as embedders do, sharing what there is, and an isolated one.
WAYS = {
    "shared": """
import _testcapi
_testcapi.run_in_subinterp(CODE)
""",
    "isolated": """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
interpreters.run_string(interpreters.create(), CODE)
""",
}

CODE = """
try:
    import outgrow
except ImportError as refused:
    print("refused:", refused, flush=True)
else:
    print("imported", flush=True)
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", ["", "import outgrow"])
def test_a_sub_interpreter_refuses_and_the_main_one_goes_on(way, before):
    pytest.importorskip(
        "_testcapi"
        if way == "shared"
        else "_interpreters"
        if sys.version_info >= (3, 13)
        else "_xxsubinterpreters",
        reason="this Python makes no such sub-interpreter",
    )
    program = f"""
{before}
CODE = {CODE!r}
{WAYS[way]}
import outgrow
print(outgrow.RateLimiter("1/s").try_acquire("k"))
try:
    outgrow.RateLimiter("x")
except outgrow.BadValue:
    print("BadValue")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0 and len(lines) == 3, ended
    assert lines[0].startswith("refused: ") and "interpreter" in lines[0]
    assert lines[1:] == ["True", "BadValue"]


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python always has a GIL"
)
def test_a_free_threaded_python_turns_the_gil_on():
    program = "import sys, outgrow; print(sys._is_gil_enabled())"
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert ended.stdout == "True\n", ended
