# SPDX-License-Identifier: Apache-2.0
class Query(_Closing):
    """Of Gather.start. Iterating gives its merged Rows once its policy is met, and ends it: shards still out have
    failed. Safe from every thread."""
