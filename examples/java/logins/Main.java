// SPDX-License-Identifier: Apache-2.0
package logins;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A login under a limit for each client that it shares with the other processes of the machine
 * which name the same segment and rate: the workers of examples/python/logins, and the server in
 * Go. PORT (0: any that is free), SEGMENT ("/logins") and RATE ("100/h" for each client) come from
 * the environment. SIGTERM ends it.
 */
public final class Main {
  private final RateLimiter limiter;

  private Main(RateLimiter limiter) {
    this.limiter = limiter;
  }

  public static void main(String[] arguments) throws IOException {
    // Else an answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Scope scope = Scope.host(setting("SEGMENT", "/logins"));
    RateLimiter limiter =
        RateLimiter.builder().rate(setting("RATE", "100/h")).scope(scope, "logins").build();
    InetSocketAddress address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(setting("PORT", "8080")));
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", new Main(limiter)::handle);
    server.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(0);
                  threads.shutdown();
                  limiter.close();
                  scope.close();
                  Runtime.getRuntime().halt(0); // ended as asked: the JVM would say 143
                }));
    System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static String setting(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      long wait = limiter.tryAcquireNanos(client(exchange), 1);
      long seconds = Math.floorDiv(wait + 999_999_999, 1_000_000_000);
      if (wait > 0) exchange.getResponseHeaders().set("Retry-After", Long.toString(seconds));
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      String said =
          (wait == 0 ? "welcome" : "not now")
              + ", says process "
              + ProcessHandle.current().pid()
              + "\n";
      byte[] body = said.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(wait == 0 ? 200 : 429, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /**
   * Who it says it is, behind a gateway that knows; else its address. All servers must take the
   * same bytes for a client, and this one has a header's bytes as characters.
   */
  private static byte[] client(HttpExchange exchange) {
    String name = exchange.getRequestHeaders().getFirst("X-Client");
    return name == null || name.isEmpty()
        ? exchange
            .getRemoteAddress()
            .getAddress()
            .getHostAddress()
            .getBytes(StandardCharsets.US_ASCII)
        : name.getBytes(StandardCharsets.ISO_8859_1);
  }
}
