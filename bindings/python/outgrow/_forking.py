# SPDX-License-Identifier: Apache-2.0
"""The child of a fork has one thread, the one that forked. What its parent's other threads waited for,
were inside of or had leased is the parent's: here it is forgotten, so that nobody waits for them."""

import os

from outgrow import _core, _loading


def _in_child():
    _core._forget_other_threads()  # first: their wake-up calls take locks that they may have held
    _loading.give_up_for_other_threads()


os.register_at_fork(after_in_child=_in_child)
