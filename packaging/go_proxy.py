# SPDX-License-Identifier: Apache-2.0
"""go_proxy.py MODULE DIST VERSION: the module in the folder MODULE as a module proxy has it, below DIST: unpacked
anywhere, or served as it is, GOPROXY=file://DIST/goproxy gets it. The layout:
https://go.dev/ref/mod#goproxy-protocol."""

import json
import os
import pathlib
import subprocess
import sys
import zipfile

MODULE = "github.com/outgrow/outgrow/bindings/go"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes

source, dist, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "v" + sys.argv[3]
place = dist / "goproxy" / MODULE / "@v"
place.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(place / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        entry = zipfile.ZipInfo(f"{MODULE}@{version}/{path.relative_to(source)}", FIRST_DAY)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, path.read_bytes())
(place / f"{version}.mod").write_bytes((source / "go.mod").read_bytes())
committed = os.environ.get("SOURCE_DATE_EPOCH", "315532800")
time = subprocess.run(
    ["date", "-u", "-d", f"@{committed}", "+%Y-%m-%dT%H:%M:%SZ"],
    check=True,
    capture_output=True,
    text=True,
).stdout.strip()
(place / f"{version}.info").write_text(json.dumps({"Version": version, "Time": time}) + "\n")
(place / "list").write_text(version + "\n")
