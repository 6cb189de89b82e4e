// SPDX-License-Identifier: Apache-2.0
package catalogue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small HTTP service: GET /items/ID out of an SQLite table, GET /metrics for Prometheus. PORT (0:
 * any that is free), DATABASE (a file, made if missing) and RATE ("100/s" for each client) come
 * from the environment. SIGTERM ends it.
 */
public final class Main {
  private final Catalogue catalogue;

  private Main(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  public static void main(String[] arguments) throws Exception {
    // Else an answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Database database = new Database(setting("DATABASE", "catalogue.db"));
    Catalogue catalogue = new Catalogue(database, setting("RATE", "100/s"));
    InetSocketAddress address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(setting("PORT", "8080")));
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", new Main(catalogue)::handle);
    server.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(0);
                  threads.shutdown();
                  catalogue.close();
                  database.close();
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
      Reply reply = answer(exchange);
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(
          reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }

  private Reply answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getRawPath();
    if (!exchange.getRequestMethod().equals("GET")) return Reply.error(405, "GET alone");
    if (path.equals("/metrics")) return catalogue.metrics();
    if (path.startsWith("/items/"))
      return catalogue.item(client(exchange), path.substring("/items/".length()));
    return Reply.error(404, "/items/<id> or /metrics");
  }

  /** A client is who it says it is, behind a gateway that knows; else its address. */
  private static byte[] client(HttpExchange exchange) {
    String name = exchange.getRequestHeaders().getFirst("X-Client");
    return name == null
        ? exchange.getRemoteAddress().getAddress().getAddress()
        : name.getBytes(StandardCharsets.UTF_8);
  }
}
