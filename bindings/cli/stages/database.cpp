// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/stages/database.h"

#include <algorithm>
#include <cstring>

#include "bindings/cli/replay/library_options.h"
#include "core/base/quantity.h"

namespace og::cli {
namespace {

constexpr double kMillisecond = 1e6;
constexpr int32_t kNotModified = 304;

int64_t nanoseconds(double ms) { return static_cast<int64_t>(std::max(0.0, ms) * kMillisecond); }

// No call of a request takes longer than the log says that the request did.
int64_t busy_ns(const LogRecord& record, int64_t modelled_ns) {
  return record.duration_ns < 0 ? modelled_ns : std::min(modelled_ns, record.duration_ns);
}

bool is_given(const NounOptions& options, std::string_view key) {
  return std::any_of(options.begin(), options.end(), [&](const NounOption& option) {
    return option.key == key && option.line > 0;
  });
}

bool has_sqlite() {
  auto probe = make_config("store", {{"kind", "sqlite", 0}, {"path", ":memory:", 0}});
  og_store* made = nullptr;
  if (!probe || og_store_create(probe->get(), nullptr, &made, nullptr) != OG_OK) return false;
  og_store_destroy(&made);
  return true;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::create(const ReplaySettings& settings,
                                                   const og_clock* clock) {
  std::unique_ptr<Database> made(new Database);
  if (auto opened = made->open_store(settings, clock); !opened) {
    return tl::unexpected(opened.error());
  }
  auto replicas = make_noun<ReplicasHandle>(
      settings, "replicas", [&](const og_config* config, og_replicas** out, og_error** error) {
        return og_replicas_create(config, clock, out, error);
      });
  if (!replicas) return tl::unexpected(replicas.error());
  made->replicas_ = std::move(*replicas);
  const int64_t count = parse_whole(option_value(settings, "replicas", "replicas")).value_or(0);
  made->reads_.assign(static_cast<std::size_t>(count) + 1, 0);

  // What a miss or a write takes longer than a hit is the database's.
  const ServiceTime& model = settings.service_time;
  made->read_ns_ = nanoseconds(model.miss_ms - model.hit_ms);
  made->write_ns_ = nanoseconds(model.write_ms - model.hit_ms);
  return made;
}

Result<void> Database::open_store(const ReplaySettings& settings, const og_clock* clock) {
  NounOptions options = settings.nouns.at("store");
  kind_ = option_value(settings, "store", "kind");
  if (kind_ == "sqlite" && !is_given(options, "kind") && !has_sqlite()) {
    std::erase_if(options, [](const NounOption& option) { return option.key == "kind"; });
    options.push_back({"kind", "memory", 0});  // a build without SQLite
    kind_ = "memory";
  }
  if (kind_ == "sqlite" && !is_given(options, "path")) {
    auto folder = TemporaryFolder::create();
    if (!folder) return tl::unexpected(folder.error());
    folder_ = std::move(*folder);
    options.push_back({"path", folder_->database(), 0});
    // Nobody else knows the file, and nobody reads it again after a crash.
    options.push_back({"exclusive", "true", 0});
    options.push_back({"synchronous", "off", 0});
  }
  auto store = make_noun<StoreHandle>(
      settings, "store", options, [&](const og_config* config, og_store** out, og_error** error) {
        return og_store_create(config, clock, out, error);
      });
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);
  return {};
}

// The node that takes the call, in flight there for busy_ns; negative when none does.
int32_t Database::route(bool write, int64_t busy_ns, int64_t now_ns) {
  busy_.end_until(now_ns, [this](const InFlight::Call& call) {
    // OG_LAPSED when ticket_ms ended it before.
    og_replicas_release_at(replicas_.get(), call.ticket, 1, call.latency_ns, call.until_ns);
  });
  int32_t node = OG_NONE;
  const int64_t ticket = og_replicas_acquire_at(replicas_.get(), write ? 1 : 0, now_ns, &node);
  if (ticket <= 0) return -1;
  busy_.add({now_ns + busy_ns, ticket, busy_ns, true});
  return node;
}

int64_t Database::read(const LogRecord& record, uint64_t url_hash, int64_t now_ns) {
  const int32_t node = route(false, busy_ns(record, read_ns_), now_ns);
  if (node < 0) {
    ++unrouted_;
    return record.bytes;
  }
  ++reads_[static_cast<std::size_t>(node)];
  if (std::find(waiting_.begin(), waiting_.end(), url_hash) != waiting_.end()) commit();

  og_value* value = nullptr;
  og_error* error = nullptr;
  const int64_t found = og_store_get(store_.get(), record.url.data(),
                                     static_cast<int64_t>(record.url.size()), &value, &error);
  const ErrorHandle owned(error);
  int64_t size = record.bytes;
  if (found == OG_ABSENT) {
    ++documents_;
    put(record, url_hash);
  } else if (found < 0) {
    note(static_cast<og_status>(found), error);
  } else if (record.status == kNotModified && found == sizeof size) {
    std::memcpy(&size, og_value_data(value), sizeof size);
  }
  og_value_destroy(&value);
  return size;
}

void Database::write(const LogRecord& record, uint64_t url_hash, int64_t now_ns) {
  if (route(true, busy_ns(record, write_ns_), now_ns) < 0) {
    ++unrouted_;
    return;
  }
  ++writes_;
  put(record, url_hash);
}

void Database::put(const LogRecord& record, uint64_t url_hash) {
  og_error* error = nullptr;
  if (!batch_) {
    og_batch* made = nullptr;
    const og_status status = og_batch_create(&made, &error);
    const ErrorHandle owned(error);
    batch_.reset(made);
    if (status != OG_OK) return note(status, error);
  }
  note(og_batch_set(batch_.get(), record.url.data(), static_cast<int64_t>(record.url.size()),
                    &record.bytes, sizeof record.bytes),
       nullptr);
  waiting_.push_back(url_hash);
  if (waiting_.size() == kBatch) commit();
}

void Database::commit() {
  if (!batch_) return;
  og_error* error = nullptr;
  const og_status status = og_store_batch_write(store_.get(), batch_.get(), &error);
  const ErrorHandle owned(error);
  note(status, error);
  batch_.reset();
  waiting_.clear();
}

void Database::note(og_status status, const og_error* error) {
  if (status == OG_OK || !broken_.empty()) return;
  broken_ = error != nullptr ? og_error_message(error) : og_status_text(status);
}

Result<void> Database::report(Summary& summary) {
  commit();
  if (!broken_.empty()) return fail("[store] " + printable(broken_, 300));
  auto& store = summary.store;
  store.kind = kind_;
  for (std::size_t node = 1; node < reads_.size(); ++node) {
    store.reads.push_back({"replica-" + std::to_string(node), reads_[node]});
  }
  store.reads.push_back({"primary", reads_[0]});
  store.unrouted = unrouted_;
  store.writes = writes_;
  store.documents = documents_;
  return {};
}

}  // namespace og::cli
