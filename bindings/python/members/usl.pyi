# SPDX-License-Identifier: Apache-2.0
class UslFit:
    """It never changes."""
