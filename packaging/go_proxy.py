# SPDX-License-Identifier: Apache-2.0
"""go_proxy.py FOLDER DIST VERSION: the module in FOLDER, and those within it, as a module proxy has them, below DIST:
unpacked anywhere, or served as it is, GOPROXY=file://DIST/goproxy gets them. The layout:
https://go.dev/ref/mod#goproxy-protocol."""

import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def files(folder):
    """Of one module: what lies in the folders of others is theirs."""
    others = {path.parent for path in folder.rglob("go.mod")} - {folder}
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and others.isdisjoint(path.parents)
    )


def put(folder, dist, version, time):
    text = (folder / "go.mod").read_text()
    module = re.match(r"module (\S+)\n", text)[1]
    for wanted in re.findall(r"outgrow/bindings/go (v\S+)", text):
        assert wanted == version, f"{module} {version} requires the library's module as of {wanted}"
    place = dist / "goproxy" / module / "@v"
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files(folder):
            entry = zipfile.ZipInfo(f"{module}@{version}/{path.relative_to(folder)}", FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    (place / f"{version}.mod").write_text(text)
    (place / f"{version}.info").write_text(json.dumps({"Version": version, "Time": time}) + "\n")
    (place / "list").write_text(version + "\n")


committed = os.environ.get("SOURCE_DATE_EPOCH", "315532800")
time = subprocess.run(
    ["date", "-u", "-d", f"@{committed}", "+%Y-%m-%dT%H:%M:%SZ"],
    check=True,
    capture_output=True,
    text=True,
).stdout.strip()
source, dist, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "v" + sys.argv[3]
for found in source.rglob("go.mod"):
    put(found.parent, dist, version, time)
