# SPDX-License-Identifier: Apache-2.0
class Cache(_Closing):
    """Cache(capacity_bytes="64MiB", ttl_ms="30s", codec="json"). ttl= is in seconds, or a timedelta, or text such as "30s"; 0 is for ever,
    None what the options say. get_or_load and @cache.cached load a key once, however many ask. What is known
    not to exist can be cached too. Safe from every thread."""

    def get_or_load(
        self, key: Key, loader: Callable[[Any], Any], ttl: Duration | None = None
    ) -> Any:
        """The value, or loader(key), cached, as a hit would give it; None, cached as an absence, when the loader
        returns None: ttl is a value's, an absence has the option negative_ttl_ms.

        One caller loads a key, others wait for it, or take the stale value; what its loader raises they raise
        too. A loader that asks for its own key is a RuntimeError. With an async loader the answer is to be
        awaited."""

    def set(
        self,
        key: Key,
        value: Any,
        ttl: Duration | None = None,
        *,
        weight: int | None = None,
        now_ns: int | None = None,
    ) -> bool: ...
    def cached(
        self, ttl: Duration | None = None, key: Callable[..., Key] | None = None
    ) -> Callable[[F], F]: ...
