// SPDX-License-Identifier: Apache-2.0
package catalogue;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The items table. One connection, one caller at a time: behind the cache there are few. */
final class Database implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement select;

  Database(String path) throws SQLException {
    connection =
        DriverManager.getConnection("jdbc:sqlite:" + path + "?journal_mode=DELETE&busy_timeout=50");
    makeItems();
    select =
        connection.prepareStatement(
            "SELECT json_object('id', id, 'name', name, 'price', price) FROM items WHERE id = ?");
  }

  private void makeItems() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet found =
          statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'items'")) {
        if (found.next()) return;
      }
      connection.setAutoCommit(false);
      statement.executeUpdate(
          "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, price INTEGER)");
      statement.executeUpdate(
          "WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < 1000)"
              + " INSERT INTO items SELECT id, 'item ' || id, id * 10 FROM ids");
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  /** The item as JSON, or null when there is none. */
  synchronized byte[] item(long id) throws SQLException {
    select.setLong(1, id);
    try (ResultSet found = select.executeQuery()) {
      return found.next() ? found.getString(1).getBytes(StandardCharsets.UTF_8) : null;
    }
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      System.err.println(e.getMessage());
    }
  }
}
