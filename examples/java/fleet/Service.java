// SPDX-License-Identifier: Apache-2.0
package fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.outgrow.Fleet;
import io.github.outgrow.OnMismatch;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Scope;
import io.github.outgrow.jedis.JedisPump;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;

/**
 * A login under a limit for each client that all machines of a fleet share: one of the three
 * services that examples/fleet/run.py starts. REDIS ("127.0.0.1:6379") is the fleet's server,
 * SEGMENT ("/logins") the memory that the processes of this machine share, RATE is "100/s" for each
 * client, and PORT (0: any that is free) where it listens. SIGTERM ends it.
 */
public final class Service {
  private Service() {}

  public static void main(String[] arguments) throws IOException {
    // Else an answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Scope host = Scope.host(setting("SEGMENT", "/logins"));
    Fleet fleet = Fleet.builder().scope(host, "shop").build();
    RateLimiter limiter =
        RateLimiter.builder()
            .rate(setting("RATE", "100/s"))
            .scope(fleet.scope(), "logins")
            .onMismatch(OnMismatch.REPLACE)
            .build();
    var jedis = new JedisPooled(HostAndPort.from(setting("REDIS", "127.0.0.1:6379")));
    JedisPump pump = JedisPump.builder(fleet).client(jedis).start();

    var address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(setting("PORT", "8080")));
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", exchange -> login(exchange, limiter));
    server.createContext("/status", exchange -> answer(exchange, 200, fleet.status()));
    server.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(0);
                  threads.shutdown();
                  pump.close();
                  limiter.close();
                  fleet.close();
                  host.close();
                  Runtime.getRuntime().halt(0); // ended as asked: the JVM would say 143
                }));
    System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void login(HttpExchange exchange, RateLimiter limiter) throws IOException {
    String client = exchange.getRequestHeaders().getFirst("X-Client");
    if (client == null) client = exchange.getRemoteAddress().getAddress().getHostAddress();
    long wait = limiter.tryAcquireNanos(client.getBytes(StandardCharsets.ISO_8859_1), 1);
    long seconds = Math.floorDiv(wait + 999_999_999, 1_000_000_000);
    if (wait > 0) exchange.getResponseHeaders().set("Retry-After", Long.toString(seconds));
    String said = wait == 0 ? "welcome" : "not now";
    answer(
        exchange,
        wait == 0 ? 200 : 429,
        said + ", says process " + ProcessHandle.current().pid() + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String setting(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
