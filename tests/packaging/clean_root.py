# SPDX-License-Identifier: Apache-2.0
"""A minimal Debian in a folder, for what must work where nothing else is installed. It comes from the
machine's own mirror, once a scratch folder, and takes root."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# What a program sees of the machine besides the root's own files; gone with the program.
MOUNTS = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'


def run(*command, **keywords):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **keywords)


def skip(why):
    print("SKIPPED:", why)
    sys.exit()


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    if os.geteuid() != 0:
        skip("making a clean root needs root")


def own_codename():
    """The release that this runs on."""
    release = pathlib.Path("/etc/os-release").read_text()
    return re.search(r"^VERSION_CODENAME=(\w+)$", release, re.M).group(1)


class CleanRoot:
    """scratch/root, made anew from scratch/root.tar: release with packages."""

    def __init__(self, scratch, release, packages):
        need("mmdebstrap")
        self.path, tar = scratch / "root", scratch / "root.tar"
        if not tar.exists():
            scratch.mkdir(parents=True, exist_ok=True)
            made = tar.with_suffix(".part.tar")
            try:
                run(
                    "mmdebstrap",
                    "--quiet",
                    "--variant=minbase",
                    f"--include={','.join(packages)}",
                    release,
                    made,
                    timeout=1200,
                )
            except subprocess.SubprocessError:
                skip("no clean root can be made: is there a mirror of Debian's?")
            made.rename(tar)
        self.remove()
        self.path.mkdir(parents=True)
        run("tar", "-xf", tar, "-C", self.path, "--exclude=./dev/*")

    def output(self, *command, **keywords):
        return self.run(*command, stdout=subprocess.PIPE, **keywords).stdout

    def run(self, *command, **keywords):
        """With the machine's devices and /proc, in a mount namespace that ends with the command."""
        return run("unshare", "--mount", "sh", "-ec", MOUNTS, self.path, *command, **keywords)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
