# SPDX-License-Identifier: Apache-2.0
"""The child of a fork has one thread, the one that forked. What its parent's other threads waited for or
were inside of is the parent's: here it is forgotten, so that nobody waits for them. The leases that they
had the library drops by itself."""

import os

from outgrow import _core, _waiting

os.register_at_fork(after_in_child=_core._forget_other_threads)
os.register_at_fork(after_in_child=_waiting.renew_after_fork)
