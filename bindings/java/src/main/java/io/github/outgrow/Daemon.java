// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * The library's own threads. A thread keeps the class loader of its code alive, and so each ends
 * when it has nothing to do; and it takes nothing over from the thread that happened to start it.
 */
final class Daemon {
  private Daemon() {}

  static Thread of(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }
}
