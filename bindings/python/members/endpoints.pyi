# SPDX-License-Identifier: Apache-2.0
class Endpoints(_Closing):
    """An endpoint is known by its index, its own for as long as it is in the set. May change while others pick.
    In a scope it is one set for all processes. Safe from every thread."""
