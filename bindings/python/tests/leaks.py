# SPDX-License-Identifier: Apache-2.0
"""Whether a call leaves anything behind: Python's objects, malloc's bytes, references to Status."""

import ctypes
import gc
import sys

from outgrow import Status


class MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    ]


def bytes_of_malloc():
    """What malloc has given out, or 0 where the C library does not say."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        return 0
    ask.restype = MallInfo
    info = ask()
    return info.uordblks + info.hblkhd


def held():
    gc.collect()
    return sys.getallocatedblocks(), bytes_of_malloc(), *map(sys.getrefcount, Status)


def leaves_nothing(call, times=2000, things=1):
    """A leak of each thing of a call, or of every other one, is more than chance holds on to."""
    for _ in range(min(times, 100)):
        call()
    before = held()
    for _ in range(times):
        call()
    times *= things
    blocks, size, *references = (now - then for now, then in zip(held(), before))
    assert blocks < times / 4 and size < times * 8, f"{blocks} objects, {size} bytes"
    assert max(references) < times / 4, dict(zip(Status, references))
