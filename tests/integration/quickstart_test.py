# SPDX-License-Identifier: Apache-2.0
"""quickstart_test.py README LANGUAGE COMPILER INCLUDE LIBDIR: README's C or C++ (c, cpp), compiled as it
stands and run."""

import pathlib
import re
import subprocess
import sys
import tempfile

readme, language, compiler, include, libdir = sys.argv[1:]
code = re.search(rf"```{language}\n(.*?)```", pathlib.Path(readme).read_text(), re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    source = pathlib.Path(folder, f"quickstart.{language}")
    source.write_text(code)
    program = pathlib.Path(folder, "quickstart")
    subprocess.run(
        [
            compiler,
            "-Wall",
            "-Wextra",
            "-Werror",
            source,
            "-o",
            program,
            f"-I{include}",
            f"-L{libdir}",
            "-loutgrow",
            f"-Wl,-rpath,{libdir}",
        ],
        check=True,
    )
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
# Five a minute: five pass at once, and the next is twelve seconds away.
assert printed.split() == ["allowed"] * 5 + ["denied"] * 2, printed
