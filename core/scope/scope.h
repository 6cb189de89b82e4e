// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"

namespace og {

// What kinds of objects a scope holds. Pinned: part of a segment's layout.
enum class CellKind : uint32_t {
  kLimiter = 1,
  kBreaker = 2,
  kConcurrency = 3,
  kEndpoints = 4,
  kMetrics = 5,
  kPickPolicy = 6
};

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
  // needs only where other processes use its cells too.
  struct Bytes {
    uint64_t own = 0;
    uint64_t shared = 0;
  };
  struct Cells {
    char* own = nullptr;          // zeroed, or in use by others as the same object
    char* shared = nullptr;       // null where nobody else uses them
    std::shared_ptr<void> block;  // what must live as long as they are used, besides the scope
  };
  // The cells of the object of this kind and name, the same for all who ask with the same options
  // (as text, to be compared and shown) and bytes. Without names, as on the heap, each asks for an
  // object of its own.
  virtual Result<Cells> cells(CellKind kind, std::string_view name, const std::string& options,
                              Bytes bytes) = 0;
  // For hashing keys: one that no client can guess, on which all who share the cells agree.
  virtual uint64_t seed() const = 0;
  // Whether a forked child has a copy of the cells, in which its parent's calls are in flight.
  virtual bool is_copied_by_fork() const noexcept = 0;
  // Whether it was opened to look only: there is no attachment, and no change is made.
  virtual bool only_looks() const noexcept { return false; }

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

  // ---- numbers ----

  enum class Stat { kBytes, kBytesLeft, kObjects, kAttachments };
  virtual int64_t stat(Stat which) const noexcept = 0;
  void collect(MetricSink& sink) const;

 protected:
  Scope() = default;
  mutable std::atomic<uint64_t> owner_{0};

 private:
  virtual void end_change() const noexcept {}
};

}  // namespace og
