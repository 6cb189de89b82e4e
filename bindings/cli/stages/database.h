// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bindings/cli/log/record.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/stages/in_flight.h"
#include "bindings/cli/temporary_folder.h"

namespace og::cli {

/*
 * Last on the way: the store behind the cache. A read goes to the replica that the router names, a
 * write to the primary; all of them are run on one embedded database, in which a document's row
 * holds its size. A URL read for the first time gets its row then: the log does not say what there
 * was before it began.
 *
 * Rows are written in batches, one transaction each, and a read of a row that still waits in the
 * batch writes it first. SQLite without a path is a temporary file, gone when the replay ends: so
 * memory does not grow with the URLs that a log holds.
 */
class Database {
 public:
  static Result<std::unique_ptr<Database>> create(const ReplaySettings& settings,
                                                  const og_clock* clock);

  // The document's size: what the response says, or for a Not Modified, the row.
  int64_t read(const LogRecord& record, uint64_t url_hash, int64_t now_ns);
  void write(const LogRecord& record, uint64_t url_hash, int64_t now_ns);

  // A store's error is told here: the counts after it are worth nothing.
  Result<void> report(Summary& summary);

 private:
  using StoreHandle = Handle<og_store, &og_store_destroy>;
  using ReplicasHandle = Handle<og_replicas, &og_replicas_destroy>;
  using BatchHandle = Handle<og_batch, &og_batch_destroy>;

  static constexpr std::size_t kBatch = 256;

  Database() = default;
  Result<void> open_store(const ReplaySettings& settings, const og_clock* clock);
  int32_t route(bool write, int64_t busy_ns, int64_t now_ns);
  void put(const LogRecord& record, uint64_t url_hash);
  void commit();
  void note(og_status status, const og_error* error);

  std::unique_ptr<TemporaryFolder> folder_;  // outlives the store
  StoreHandle store_;
  std::string kind_;
  ReplicasHandle replicas_;
  InFlight busy_;
  int64_t read_ns_ = 0;  // what a call to a replica takes, and to the primary
  int64_t write_ns_ = 0;

  BatchHandle batch_;
  std::vector<uint64_t> waiting_;  // hashes of the batch's URLs

  std::vector<int64_t> reads_;  // by node, the primary first
  int64_t unrouted_ = 0;
  int64_t writes_ = 0;
  int64_t documents_ = 0;
  std::string broken_;  // the first error
};

}  // namespace og::cli
