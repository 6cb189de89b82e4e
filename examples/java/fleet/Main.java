// SPDX-License-Identifier: Apache-2.0
package fleet;

import io.github.outgrow.Fleet;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Scope;
import io.github.outgrow.jedis.JedisPump;
import java.time.Duration;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;

/**
 * {@code Main HOST PORT SEGMENT}: one machine of a fleet. Alice has 100 logins an hour, on all
 * machines together, however many there are. The machines have the Redis server there in common,
 * the processes of a machine the segment. REDIS_PASSWORD is the server's, where it has one.
 */
final class Main {
  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    var server = new HostAndPort(arguments[0], Integer.parseInt(arguments[1]));
    var settings = DefaultJedisClientConfig.builder().password(System.getenv("REDIS_PASSWORD"));
    try (JedisPooled jedis = new JedisPooled(server, settings.build()); // as the program has it
        Scope host = Scope.host(arguments[2]);
        // How long the server may take before it counts as gone, and the machine has its share.
        Fleet fleet = Fleet.builder().timeout(Duration.ofSeconds(2)).scope(host, "shop").build();
        Scope machines = fleet.scope();
        RateLimiter logins = RateLimiter.builder().rate("100/h").scope(machines, "logins").build();
        JedisPump pump = JedisPump.builder(fleet).client(jedis).start()) {
      // Before the server has answered, a machine takes its share of an outage: that is not
      // Alice's.
      while (!fleet.status().contains("\"state\":\"up\"")) Thread.sleep(5);
      int passed = 0;
      for (int request = 0; request < 200; ++request) {
        if (logins.tryAcquire("alice")) ++passed;
        Thread.sleep(2);
      }
      System.out.println(passed);
      fleet.leave(); // this machine stops for good
      pump.stop();
    }
  }
}
