// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/** Those of a cluster, by the slot of a command's key. INFO is asked of the first slot's. */
final class ClusterServers implements Servers {
  private final ClusterConnectionProvider provider;

  ClusterServers(ClusterConnectionProvider provider) {
    this.provider = provider;
  }

  @Override
  public boolean areCluster() {
    return true;
  }

  @Override
  public void lookUp() {
    provider.renewSlotCache();
  }

  @Override
  public String of(Command command) {
    HostAndPort node = provider.getNode(command.slot());
    if (node == null) throw new IllegalStateException("no server of the cluster has the slot");
    return node.toString();
  }

  @Override
  public Connection connect(String server) throws Exception {
    ConnectionPool pool = provider.getNodes().get(server);
    if (pool == null) {
      lookUp(); // a new one, of which ASK is the first to tell
      pool = provider.getNodes().get(server);
    }
    if (pool == null) throw new IllegalStateException("no such server is in the cluster");
    return Servers.made(pool);
  }
}
