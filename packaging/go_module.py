# SPDX-License-Identifier: Apache-2.0
"""go_module.py DIST VERSION: the Go module as a module proxy has it, below DIST: unpacked anywhere, or
served as it is, GOPROXY=file://DIST/goproxy gets it. The layout: https://go.dev/ref/mod#goproxy-protocol."""

import json
import os
import pathlib
import subprocess
import sys
import zipfile

MODULE = "github.com/outgrow/outgrow/bindings/go"
ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCE = ROOT / "bindings/go"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes

dist, version = pathlib.Path(sys.argv[1]), "v" + sys.argv[2]
place = dist / "goproxy" / MODULE / "@v"
place.mkdir(parents=True, exist_ok=True)
listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=SOURCE, check=False, capture_output=True, text=True)
# Without a clone, all that lies there.
names = listed.stdout.split("\0")[:-1] if listed.returncode == 0 else \
    [str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*") if path.is_file()]
with zipfile.ZipFile(place / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in sorted(names):
        entry = zipfile.ZipInfo(f"{MODULE}@{version}/{name}", FIRST_DAY)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, (SOURCE / name).read_bytes())
(place / f"{version}.mod").write_bytes((SOURCE / "go.mod").read_bytes())
committed = os.environ.get("SOURCE_DATE_EPOCH", "315532800")
time = subprocess.run(["date", "-u", "-d", f"@{committed}", "+%Y-%m-%dT%H:%M:%SZ"], check=True,
                      capture_output=True, text=True).stdout.strip()
(place / f"{version}.info").write_text(json.dumps({"Version": version, "Time": time}) + "\n")
(place / "list").write_text(version + "\n")
