# SPDX-License-Identifier: Apache-2.0
class Decision:
    """It never changes."""
