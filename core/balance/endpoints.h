// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/draft.h"
#include "core/balance/endpoint.h"
#include "core/balance/member_state.h"
#include "core/balance/name_index.h"
#include "core/balance/set_records.h"
#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/read_gate.h"

namespace og {

extern const OptionTable kEndpointsOptions;

// The servers to choose among, changed while others choose.
//
// Picks never look at this object: each balancer keeps a plan of its own (a sequence, a ring) as an
// immutable snapshot, and a change of the set draws every balancer's new plan before it publishes
// the first. A change is therefore whole or, when memory runs out, has not happened; and whoever
// makes it pays for it, never a pick. Without a balancer, and so for a set that is filled before it
// is balanced, a change costs the same however large the set. Changes wait for each other
// (changing_). Whoever looks a name or a weight up waits for none that is being drawn, but for the
// moment in which it is published (mutex_).
//
// An index is an endpoint's for as long as it is in the set, and its own again should the same name
// come back. Removed indexes are given to other names only when no unused one is left, the longest
// removed first, and only once no reader can still hold a plan that names it and no call to it is
// in flight: so a late release finds the counters it was counted in.
//
// In a segment the set is one for all processes (SetRecords has what they share); the plans,
// and what this class knows of who is in the set, are each process's own. Every balancer compares
// versions before it picks, and renews its plans when another process has changed the set: one
// thread does, the others go on meanwhile. What is long to draw, the cycle of weighted round robin,
// it finds drawn by the process that made the change. That one draws before it takes the segment's
// lock, and again should another have been quicker. In-flight counts are tagged with their process
// and end with it. An index is not given away while a call that any living process has acquired is
// in flight; a bare pick() that another process is in the middle of may yet name it, as may what
// the program keeps by index. After a fork the child has nothing in flight, on the heap as in a
// segment.
//
// Safe from every thread.
class EndpointSet final : private ForkAware {
 public:
  static Result<std::shared_ptr<EndpointSet>> create(const Config& config, const Place& place = {});
  // Over the cells of a set that is there, for who brings into it what other machines say.
  static std::shared_ptr<EndpointSet> over(CellMemory memory, size_t capacity);
  ~EndpointSet();

  Result<int32_t> add(std::string_view name, int64_t weight, std::string_view zone);
  // The same, or what is in the set under that name is given the weight. A zone given is the one it
  // has.
  Result<int32_t> put(std::string_view name, int64_t weight, std::string_view zone);
  // Where none of that name is in the set, adds it; else leaves the one that is as it is. In a
  // fleet it yields to what that knows of the endpoint.
  Result<int32_t> ensure(std::string_view name, int64_t weight, std::string_view zone);
  Result<void> remove(int32_t index);
  Result<void> set_weight(int32_t index, int64_t weight);
  Result<void> set_healthy(int32_t index, bool healthy);

  int32_t find(std::string_view name);  // Status::kNone as its number when there is none
  int64_t count();
  Result<std::string> name(int32_t index);
  Result<std::string> zone(int32_t index);
  Result<int64_t> weight(int32_t index);
  int32_t healthy(int32_t index) noexcept;
  // The endpoint at an index, in the set or on its way out; nullptr when never given.
  Endpoint* at(int32_t index) const noexcept;
  // The same to somebody who reads counts: what other processes did is looked at first, and what
  // the dead had in flight is gone.
  const Endpoint* observe(int32_t index) noexcept;

  // ---- changed by others too ----
  // Whether there can be others. Where not, the set stands still but for this process's changes.
  bool has_others() const noexcept { return records_->in_flight() != nullptr; }
  // The version that the plans were drawn from, or a later one's, and whether it is the set's.
  uint64_t drawn() const noexcept { return drawn_.load(std::memory_order_acquire); }
  bool is_as(uint64_t drawn) const noexcept {
    return records_->version().load(std::memory_order_seq_cst) == drawn;
  }
  // Draws the plans anew, unless another thread is at it.
  void catch_up() noexcept;
  // Whether the endpoint is in the set, by the latest version.
  bool has(int32_t index) noexcept;
  void reclaim_at(int64_t now) noexcept { records_->in_flight()->reclaim_at(now); }
  // That no client can guess; in a segment, the same for all processes.
  uint64_t seed() const { return records_->seed(); }

  // ---- as its fleet has it ----
  class Alone;
  // Calls work(alone); or does nothing and says false, where somebody is at a change.
  template <class F>
  bool try_alone(F&& work);

  // Memory of a balancer's policy under the policy's name, zeroed at first. In a segment that of
  // all its balancers over the set, in all processes; on the heap the caller's alone.
  Result<CellMemory> policy_memory(std::string_view policy, uint64_t bytes) const;

  // What a balancer is told of. prepare() may throw and must not show; commit() publishes what
  // was prepared last. Both come from one thread at a time.
  class Watcher {
   public:
    virtual void prepare(Draft& draft) = 0;
    virtual void commit() noexcept = 0;

   protected:
    ~Watcher() = default;
  };
  void watch(Watcher* watcher);  // prepares and commits at once
  // The same for one that is not told of changes to come.
  void show_once(Watcher* watcher);
  void unwatch(Watcher* watcher) noexcept;
  ReadGate& gate() noexcept { return gate_; }  // every plan over the set is read through it

  // The cycle of weighted round robin is to be drawn with each change, for other processes to pick
  // by. False where there can be none.
  bool want_cycle() noexcept {
    CycleRecord* cycle = records_->cycle();
    if (cycle) cycle->want();
    return cycle != nullptr;
  }
  int64_t cycles_drawn() const noexcept { return cycles_drawn_.load(std::memory_order_relaxed); }
  // Endpoints gone over so far, to draw plans from or for an index to give away: what changes cost.
  int64_t visits() const noexcept { return visits_.load(std::memory_order_relaxed); }

  size_t capacity() const noexcept { return capacity_; }
  void collect(MetricSink& sink);
  std::vector<std::string> faults();  // what no call leaves behind; in a segment

  static constexpr int64_t kMaxWeight = kHeaviestMember;

 private:
  struct Removed {
    Endpoint* endpoint;
    ReadGate::Grace grace;
    uint64_t at = 0;  // the number of its removal, in a segment
  };
  using RemovedList = std::list<Removed>;
  // What stands at an index that was ever given away.
  struct Known {
    std::unique_ptr<Endpoint> endpoint;
    bool in_set = false;
    int64_t weight = 0;               // in the set
    RemovedList::iterator removed{};  // else
  };
  // An endpoint's joining, until it is made.
  struct Joining {
    std::unique_ptr<Endpoint> made;  // under an index that nobody had
    Endpoint* endpoint = nullptr;
    bool fresh = false;
    std::string name, zone;
    int64_t weight = 0;
    NameIndex::Made indexed;  // where it is fresh
    bool yields = false;      // to what a fleet knows of it
  };
  using Seen = SetRecords::Seen;

  EndpointSet(size_t capacity, std::unique_ptr<SetRecords> records, Place place);
  const Known* member(int32_t index) const OG_REQUIRES_SHARED(mutex_);
  const Known* member(std::string_view name) const OG_REQUIRES_SHARED(mutex_);
  int32_t named(std::string_view name, bool in_set) const OG_REQUIRES_SHARED(mutex_);
  Result<void> check(std::string_view name, int64_t weight, std::string_view zone) const;
  Result<int32_t> join_or_change(std::string_view name, int64_t weight, std::string_view zone,
                                 bool yields);
  Result<bool> draw_join(std::string_view name, int64_t weight, std::string_view zone, Joining* out)
      OG_REQUIRES(changing_) OG_REQUIRES_SHARED(mutex_);
  void join(Joining& joining) noexcept OG_REQUIRES(changing_, mutex_);
  void leave(int32_t index, RemovedList& removed) noexcept OG_REQUIRES(changing_, mutex_);
  Result<bool> draw_weight(const Known& changed, int64_t weight) OG_REQUIRES(changing_)
      OG_REQUIRES_SHARED(mutex_);
  void change_weight(int32_t index, int64_t weight) noexcept OG_REQUIRES(changing_, mutex_);
  Endpoint* vacated(std::string_view name) OG_REQUIRES(changing_) OG_REQUIRES_SHARED(mutex_);
  static tl::unexpected<Error> no_such(int32_t index);
  static Member as_member(const Known& known) noexcept;
  // Those in the set, but for one that a change concerns: it is as the change leaves it, or missing
  // when that is null.
  std::vector<Member> members(int32_t changed = NameIndex::kNone,
                              const Member* becomes = nullptr) const OG_REQUIRES_SHARED(mutex_);
  void prepare(Draft& draft) OG_REQUIRES(changing_);
  void draw(int32_t changed, const Member* becomes) OG_REQUIRES(changing_)
      OG_REQUIRES_SHARED(mutex_);
  const NamedCycle* shared_cycle() const noexcept OG_REQUIRES(changing_) {
    return cycle_.cycle ? &cycle_ : nullptr;
  }
  uint64_t followed(uint64_t version) const noexcept;
  void commit(uint64_t version) noexcept OG_REQUIRES(changing_);
  void show_members(Watcher* watcher) OG_REQUIRES(changing_);

  // Makes a change. drawing() prepares what it comes to, or says false: there is nothing to change.
  // apply() makes it, and cannot fail. In a segment drawing() may be called several times.
  template <class Draw, class Apply>
  Result<void> change(Draw&& drawing, Apply&& apply);
  // Keeps other processes from changing the set. While one of them is waited for, other threads may
  // draw and make changes.
  Result<void> hold(std::unique_lock<ForkMutex>& changing, Scope::Change* held)
      OG_REQUIRES(changing_);
  Result<void> follow_held() OG_REQUIRES(changing_);
  bool follow() OG_REQUIRES(changing_);
  // What others have made of the set, drawn and not published yet.
  struct Drawn {
    std::vector<std::unique_ptr<Endpoint>> made;
    NameIndex names;
    RemovedList removed;
    size_t count;
  };
  Drawn draw_seen(const std::vector<Seen>& seen) OG_REQUIRES(changing_) OG_REQUIRES_SHARED(mutex_);
  void publish(std::vector<Seen>& seen, uint64_t version) OG_REQUIRES(changing_);
  RemovedList removed_among(const std::vector<Seen>& seen) const OG_REQUIRES_SHARED(mutex_);
  void refresh() noexcept OG_REQUIRES(changing_);
  void load_once() OG_REQUIRES(changing_);
  Result<void> set_shared_health(int32_t index, bool healthy) OG_REQUIRES(changing_);
  void share_cycle(const Known& changed, bool healthy) noexcept OG_REQUIRES(changing_)
      OG_REQUIRES_SHARED(mutex_);
  // Who changes has both locks; so one of them is enough to read by.
  void assert_drawing() const noexcept OG_ASSERTS_HELD(changing_) OG_ASSERTS_READABLE(mutex_) {
    changing_.assert_held();
  }
  void assert_making() const noexcept OG_ASSERTS_HELD(changing_, mutex_) {
    changing_.assert_held();
    mutex_.assert_held();
  }
  // refresh(), by somebody without a lock.
  void follow_others() noexcept;
  // In a fleet: what the machine's agent is to see at once.
  struct InFleet;
  void tell_agent() noexcept;
  void set_yields(int32_t index, bool yields) noexcept;
  void note_changed(int32_t index) noexcept;

  void after_fork_in_child() noexcept override OG_NOT_ANALYSED;  // alone

  const size_t capacity_;
  const std::unique_ptr<SetRecords> records_;
  const Place place_;
  std::unique_ptr<InFleet> in_fleet_;
  std::atomic<uint64_t> drawn_{UINT64_MAX};
  std::atomic<int64_t> cycles_drawn_{0};
  mutable std::atomic<int64_t> visits_{0};
  ForkMutex mutex_;     // what changes and is looked at: known_, names
  ForkMutex changing_;  // held while a change is drawn and made, and before mutex_
  // How often plans were drawn, so that one knows if they still are its own.
  uint64_t drawings_ OG_GUARDED_BY(changing_) = 0;
  // By index; as long as it may become, from the beginning.
  std::vector<Known> known_ OG_GUARDED_BY(mutex_);
  size_t count_ OG_GUARDED_BY(mutex_) = 0;  // in the set
  NameIndex names_ OG_GUARDED_BY(mutex_);
  RemovedList removed_ OG_GUARDED_BY(changing_);  // the longest removed first
  std::vector<Watcher*> watchers_ OG_GUARDED_BY(changing_);
  // Prepared last, for other processes; null when nobody wants it.
  NamedCycle cycle_ OG_GUARDED_BY(changing_);
  std::unique_ptr<std::atomic<Endpoint*>[]> table_;  // known_, for readers without the lock
  ReadGate gate_{has_process_fence()};
};

// What one does with the set while nobody else changes it.
class EndpointSet::Alone {
 public:
  // f(index, name, weight, zone) of all that are in the set.
  template <class F>
  void for_each(F&& f) const {
    set_.assert_drawing();
    for (const Known& known : set_.known_) {
      const Endpoint& endpoint = *known.endpoint;
      if (known.in_set) f(endpoint.index, endpoint.name, known.weight, endpoint.zone);
    }
  }
  // f(index, name) of those that have left it and whose index is not another's yet.
  template <class F>
  void for_each_left(F&& f) const {
    set_.assert_drawing();
    for (const Known& known : set_.known_) {
      if (!known.in_set) f(known.endpoint->index, known.endpoint->name);
    }
  }
  // Has the endpoint in the set so.
  Result<void> put(std::string_view name, int64_t weight, std::string_view zone);
  Result<void> remove(std::string_view name);
  // As this machine's processes find it.
  bool is_found_healthy(int32_t index) const noexcept;
  // These are held for unhealthy, and no others, as other machines find them so.
  void overrule(const std::set<int32_t>& unhealthy);

 private:
  friend EndpointSet;
  explicit Alone(EndpointSet& set) : set_(set) {}
  const Known* member(std::string_view name) const;
  template <class Draw, class Apply>
  Result<void> change(Draw&& drawing, Apply&& apply);
  EndpointSet& set_;
};

template <class F>
bool EndpointSet::try_alone(F&& work) {
  ForkLock changing(changing_);
  const auto held = records_->try_lock();
  if (!held || !follow()) return false;
  Alone alone(*this);
  work(alone);
  return true;
}

}  // namespace og
