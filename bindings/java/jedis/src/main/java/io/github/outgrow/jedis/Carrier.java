// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Runs batches of commands over connections of its own, a pipeline to each server, and hands over
 * the replies. Of one thread at a time. A command is sent once: what has no reply may have been
 * done.
 */
final class Carrier implements AutoCloseable {
  // Whoever answers so is not, or no longer, the server to ask: the next connection is made to who
  // is it then.
  private static final Set<String> ANOTHER_SERVER =
      Set.of("READONLY", "MASTERDOWN", "CLUSTERDOWN", "LOADING");
  private static final Pattern IS_REPLICA = Pattern.compile("^role:slave", Pattern.MULTILINE);

  private final FleetCalls fleet;
  private final Servers servers;
  private final int timeoutMillis;
  private final Map<String, Connection> connections = new HashMap<>();
  private boolean lost; // the cluster's servers are to be looked up again
  private boolean wrongServer; // has answered in this batch

  Carrier(FleetCalls fleet, Servers servers, Duration timeout) {
    this.fleet = fleet;
    this.servers = servers;
    this.timeoutMillis = (int) Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE));
  }

  /**
   * Sends them, and hands the replies over. A failure of the client's, whatever it is, is told to
   * the fleet; one of the fleet's is thrown.
   */
  void carry(List<Command> commands) {
    try {
      wrongServer = false;
      if (lost) lookUp();
      List<Elsewhere> elsewhere = new ArrayList<>();
      exchange(byServer(commands), elsewhere);
      if (!elsewhere.isEmpty()) follow(elsewhere);
      if (wrongServer) lose();
    } catch (Throwable failure) { // also of linking: a Jedis that is too old
      lose();
      fleet.broken(Failure.name(failure));
    }
  }

  @Override
  public void close() {
    connections.values().forEach(Carrier::discard);
    connections.clear();
  }

  private void lose() {
    close();
    lost = servers.areCluster();
  }

  private void lookUp() {
    servers.lookUp();
    lost = false;
  }

  private Map<String, List<Command>> byServer(List<Command> commands) {
    Map<String, List<Command>> groups = new LinkedHashMap<>();
    for (Command command : commands)
      groups.computeIfAbsent(servers.of(command), server -> new ArrayList<>()).add(command);
    return groups;
  }

  /** Commands to their servers; where `elsewhere` is null no redirection is followed any more. */
  private void exchange(Map<String, List<Command>> groups, List<Elsewhere> elsewhere)
      throws Exception {
    for (var group : groups.entrySet()) {
      Connection connection = connection(group.getKey());
      for (Command command : group.getValue()) {
        List<byte[]> words = command.words();
        connection.sendCommand(
            () -> words.get(0), words.subList(1, words.size()).toArray(new byte[0][]));
      }
    }
    for (var group : groups.entrySet()) {
      Connection connection = connection(group.getKey());
      for (Command command : group.getValue()) receive(connection, command, elsewhere);
    }
  }

  private void receive(Connection connection, Command command, List<Elsewhere> elsewhere) {
    Object reply;
    try {
      reply = connection.getOne(); // sends what is still to be sent
      if (command.isInfo() && reply instanceof byte[] info)
        wrongServer |= IS_REPLICA.matcher(Resp.text(info)).find();
    } catch (JedisDataException error) { // as the server wrote it
      String kind = String.valueOf(error.getMessage()).split(" ", 2)[0];
      wrongServer |= ANOTHER_SERVER.contains(kind);
      reply = error;
      if (error instanceof JedisRedirectionException redirection) {
        if (elsewhere != null && servers.areCluster() && command.number() != 0) {
          elsewhere.add(new Elsewhere(command, redirection));
          return;
        }
        reply = new JedisDataException(kind); // the rest is an address
      }
    }
    if (command.number() != 0) fleet.reply(command.number(), Resp.reply(reply));
  }

  /** A command that was not done, as another server has its key. */
  private record Elsewhere(Command command, JedisRedirectionException to) {}

  private void follow(List<Elsewhere> elsewhere) throws Exception {
    Map<String, List<Command>> asked = new LinkedHashMap<>();
    List<Command> moved = new ArrayList<>();
    for (Elsewhere one : elsewhere) {
      if (one.to instanceof JedisAskDataException) {
        String server = one.to.getTargetNode().toString();
        List<Command> commands = asked.computeIfAbsent(server, name -> new ArrayList<>());
        commands.add(Command.ASKING);
        commands.add(one.command);
      } else {
        moved.add(one.command);
      }
    }
    exchange(asked, null);
    if (moved.isEmpty()) return;
    lookUp();
    exchange(byServer(moved), null);
  }

  private Connection connection(String server) throws Exception {
    Connection connection = connections.get(server);
    if (connection == null) {
      connection = servers.connect(server);
      connections.put(server, connection);
      int own = connection.getSoTimeout(); // 0 is for ever
      if (own == 0 || own > timeoutMillis) connection.setSoTimeout(timeoutMillis);
    }
    return connection;
  }

  /** Never to be used again, by the program's pool either. */
  private static void discard(Connection connection) {
    try {
      connection.setBroken();
      connection.close();
    } catch (RuntimeException e) {
      // It is gone.
    }
  }
}
