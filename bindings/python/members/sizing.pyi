# SPDX-License-Identifier: Apache-2.0
class Sizing:
    """It never changes."""
