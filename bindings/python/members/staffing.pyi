# SPDX-License-Identifier: Apache-2.0
class Staffing:
    """It never changes."""
