# SPDX-License-Identifier: Apache-2.0
"""The items, in SQLite."""

import sqlite3
import threading


class Database:
    """One connection, one caller at a time: behind the cache there are few."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=0.05, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode = DELETE")
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchone():
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, price INTEGER)"
        )
        self._connection.executemany(
            "INSERT INTO items VALUES (?, ?, ?)", [(i, f"item {i}", i * 10) for i in range(1, 1001)]
        )
        self._connection.execute("COMMIT")

    def item(self, number: int) -> dict[str, int | str] | None:
        """The item, or None when there is none; sqlite3.Error when the database fails."""
        with self._lock:
            row = self._connection.execute(
                "SELECT id, name, price FROM items WHERE id = ?", (number,)
            ).fetchone()
        return None if row is None else {"id": row[0], "name": row[1], "price": row[2]}

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()
