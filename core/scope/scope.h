// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"
#include "core/scope/scope_object.h"

namespace og {

// What kinds of objects a scope holds. Pinned: part of a segment's layout.
enum class CellKind : uint32_t {
  kLimiter = 1,
  kBreaker = 2,
  kConcurrency = 3,
  kEndpoints = 4,
  kMetrics = 5,
  kPickPolicy = 6,
  kBalancer = 7,
  kFleet = 8,  // what a machine's processes share of a fleet
  kFleetLimiter = 9,
  kFleetBreaker = 10,
  kFleetConcurrency = 11,
  kFleetEndpoints = 12,
  kSlo = 13
};

// What lies in a noun's cells has a version of its own, so that two releases of the library can
// share a segment while one replaces the other. A release that has more in them puts it behind what
// there was, and does without where it is not.
struct CellLayout {
  uint16_t version = 1;    // of the cells that this release makes
  uint16_t usable_by = 1;  // the oldest version that a release may be of, to use those
  uint16_t uses = 1;       // the oldest version of cells that this release uses
};

class Fleet;

// Who shares the state of a noun, and what they share it through: the heap, for this process alone
// (heap_scope.h), or a segment, for the processes of a machine (segment.h). A noun asks a scope for
// what is below and never which of them it is.
//
// Memory. cells() gives words that are moved by compare-and-swap, and keeps nothing about them. A
// scope beyond one machine has no such memory: it is a Scope over another one's, hands that one's
// cells out, and brings what the other machines grant into them from outside. So no decision waits
// for a network.
//
// Attachments. A process has a number under which its calls in flight and its permits are marked.
// Who finds a mark asks whether that process lives, and takes back what the dead left.
//
// Changes of more than one word are made by one thread of one process at a time.
class Scope {
 public:
  virtual ~Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // ---- memory ----

  // What a noun needs: bytes of its own, and behind them, on a cache line's boundary, those that it
  // needs only where other processes use its cells too. `begin` writes what its own hold at first,
  // if that is not zero: before anybody else sees them.
  struct Bytes {
    uint64_t own = 0;
    uint64_t shared = 0;
    uint64_t least =
        own;  // of its own that it can do with: where there are cells, they may have fewer
    std::function<void(char* own)> begin = {};
  };
  struct Cells {
    char* own = nullptr;                  // as begun, or in use by others as the same object
    char* shared = nullptr;               // null where nobody else uses them
    std::shared_ptr<ScopeObject> object;  // lives as long as they are used, besides the scope
    uint64_t own_bytes = 0;               // not always as many as asked for
    uint16_t layout = 0;                  // the version that they have
  };
  struct Wanted {
    CellKind kind;
    std::string_view name;
    std::string options;  // Options::meaning()
    Bytes bytes;
    CellLayout layout;
  };
  // The cells of the object of this kind and name, made where there is none: the same for all who
  // ask. Without names, as on the heap, each asks for an object of its own.
  virtual Result<Cells> cells(const Wanted& wanted) = 0;
  // The options of the object of that name, as text; nothing where there is none.
  virtual Result<std::optional<std::string>> options_of(CellKind kind,
                                                        std::string_view name) const = 0;
  // The cells of the object of that name as they are; nothing where there is none.
  virtual Result<std::optional<Cells>> open(CellKind, std::string_view, const CellLayout&) {
    return std::nullopt;
  }
  virtual std::vector<std::string> names(CellKind) const { return {}; }
  // Whether nobody holds the cells of the object of that name, which is there.
  virtual bool is_left(CellKind, std::string_view) const { return false; }
  // Whether anybody holds them besides so many nouns of this process.
  virtual bool is_used_besides(CellKind, std::string_view, uint32_t) const { return true; }
  // Takes that object down: who asks for it next makes it anew. An error where somebody holds its
  // cells; none where it is not there.
  virtual Result<void> forget(CellKind, std::string_view) {
    return fail(Status::kUnsupported, title() + ": forgets nothing");
  }
  // The fleet whose other machines share what is in it; null where no machine does.
  virtual std::shared_ptr<Fleet> fleet() const { return nullptr; }
  // For hashing keys: one that no client can guess, on which all who share the cells agree.
  virtual uint64_t seed() const = 0;
  // Whether a forked child has a copy of the cells, in which its parent's calls are in flight.
  virtual bool is_copied_by_fork() const noexcept = 0;
  // Whether it was opened to look only: there is no attachment, and no change is made.
  virtual bool is_read_only() const noexcept { return false; }

  // ---- attachments ----

  // This process's; another one after a fork. 0 when it has none: what is marked so, nobody can
  // take back.
  uint64_t owner() const noexcept { return owner_.load(std::memory_order_relaxed); }
  // For who has none: asks for one again, now and then. kOk, or why there is none.
  virtual Status regain() const noexcept { return Status::kOk; }
  // Whether that attachment's process still lives, or may. May be a system call: not for hot paths.
  virtual bool is_alive(uint64_t owner) const noexcept = 0;
  // How many there can be at a time: an attachment's index is below it.
  virtual uint32_t attachment_limit() const noexcept = 0;

  // ---- changes ----

  // Keeps others from changing anything for as long as it lives. Who dies in it leaves the change
  // half made.
  class Change {
   public:
    Change() = default;  // where nobody else is
    explicit Change(const Scope& scope) noexcept : scope_(&scope) {}
    Change(Change&& other) noexcept : scope_(std::exchange(other.scope_, nullptr)) {}
    Change& operator=(Change&& other) noexcept {
      std::swap(scope_, other.scope_);
      return *this;
    }
    ~Change() {
      if (scope_) scope_->end_change();
    }

   private:
    const Scope* scope_ = nullptr;
  };
  // Waits for whoever is at one. The caller's own lock, if any, is given up meanwhile and taken
  // again.
  virtual Result<Change> change(std::unique_lock<ForkMutex>* own) const = 0;
  // Without waiting: nothing while another thread or process is at one.
  virtual std::optional<Change> try_change() const = 0;

  // ---- what was told ----

  // Of what it is, for whoever reads a message about what is in it: "segment '/checkout'".
  virtual std::string title() const { return "this scope"; }
  // What `outgrow host` calls it; nothing where that does not know it.
  virtual std::string host_name() const { return {}; }
  // The objects that this process found with other options than it asked for, and uses as they are:
  // a sentence each, the latest of an object. At most kMostDifferences objects.
  static constexpr size_t kMostDifferences = 64;
  std::vector<std::string> differences() const;
  void tell_difference(std::string object, std::string sentence);

  // ---- numbers ----

  enum class Stat { kBytes, kBytesLeft, kObjects, kAttachments, kDifferences };
  virtual int64_t stat(Stat which) const noexcept = 0;
  virtual void collect(MetricSink& sink) const;

 protected:
  Scope() = default;
  mutable std::atomic<uint64_t> owner_{0};

 private:
  virtual void end_change() const noexcept {}

  mutable ForkMutex telling_;
  std::map<std::string, std::string> differences_ OG_GUARDED_BY(telling_);  // by object
};

}  // namespace og
