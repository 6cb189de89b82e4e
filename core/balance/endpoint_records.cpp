// SPDX-License-Identifier: Apache-2.0
#include "core/balance/endpoint_records.h"

#include <algorithm>

#include "core/balance/member_state.h"
#include "core/base/double_word.h"

namespace og {
namespace {

// Release: what was written before is there for whoever sees it.
void set_state(std::atomic<uint64_t>& word, MemberState state) noexcept {
  word.store(next_word(word.load(std::memory_order_relaxed), state), std::memory_order_release);
}

using Text = std::array<uint64_t, 32>;

Text text_of(std::string_view name, std::string_view zone) noexcept {
  Text text{};
  char* bytes = reinterpret_cast<char*>(text.data());
  bytes[0] = static_cast<char>(name.size());
  bytes[1] = static_cast<char>(zone.size());
  std::copy(name.begin(), name.end(), bytes + 2);
  std::copy(zone.begin(), zone.end(), bytes + 2 + name.size());
  return text;
}

constexpr int kAttempts = 4;

}  // namespace

EndpointRecords::EndpointRecords(CellMemory memory, uint64_t capacity, IndexBits overruled)
    : SetRecords(head_of(memory)->version, &rows_, &cycle_),
      memory_(std::move(memory)),
      capacity_(capacity),
      overruled_(overruled),
      head_(head_of(memory_)),
      records_(reinterpret_cast<Record*>(memory_.shared() + sizeof(Head))),
      rows_(memory_.shared() + sizeof(Head) + capacity * sizeof(Record), memory_.scope()),
      cycle_(memory_.shared() + sizeof(Head) + capacity * sizeof(Record) +
                 InFlightRows::bytes_for(capacity, memory_.scope().attachment_limit()),
             capacity) {}

Endpoint* EndpointRecords::make_endpoint(int32_t index) {
  const auto at = static_cast<uint64_t>(index);
  return new Endpoint(index, records_[at].counts, InFlight(rows_.row(at), &rows_));
}

std::optional<CellMemory> EndpointRecords::turn(std::string_view policy) const {
  const auto* found = std::find(kTurns.begin(), kTurns.end(), policy);
  if (found == kTurns.end()) return std::nullopt;
  return memory_.part(
      reinterpret_cast<char*>(&head_->turns[static_cast<size_t>(found - kTurns.begin())]));
}

uint64_t EndpointRecords::used() const noexcept {
  return std::min(head_->used.load(std::memory_order_acquire), capacity_);
}

bool EndpointRecords::read(std::vector<Seen>* all, uint64_t* version) const {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    *version = head_->version.load(std::memory_order_seq_cst);
    if (*version & 1) return false;
    all->assign(used(), {});
    bool whole = true;
    for (size_t i = 0; i < all->size() && whole; ++i) whole = read_record(i, &(*all)[i]);
    if (whole && head_->version.load(std::memory_order_acquire) == *version) return true;
  }
  return false;
}

void EndpointRecords::read_each(std::vector<Seen>* all) const {
  all->assign(used(), {});
  for (size_t i = 0; i < all->size(); ++i) {
    if (!read_record(i, &(*all)[i])) (*all)[i] = {};
  }
}

// One that another process is making, or that makes no sense, is nobody's.
bool EndpointRecords::read_record(size_t index, Seen* out) const {
  const Record& record = records_[index];
  const uint64_t word = record.state.load(std::memory_order_acquire);
  const MemberState state = unpack(word);
  Text text;
  for (size_t i = 0; i < kTextWords; ++i) text[i] = record.text[i].load(std::memory_order_acquire);
  out->removed_at = record.removed_at.load(std::memory_order_acquire);
  if (record.state.load(std::memory_order_relaxed) != word) return false;
  const char* bytes = reinterpret_cast<const char*>(text.data());
  const size_t name = static_cast<unsigned char>(bytes[0]),
               zone = static_cast<unsigned char>(bytes[1]);
  const bool is_somebody =
      state.membership == Membership::kMember || state.membership == Membership::kRemoved;
  if (!is_somebody || name == 0 || name + zone > kMostText) return true;
  out->in_set = state.membership == Membership::kMember;
  out->healthy = state.healthy && !overruled_.has(static_cast<int32_t>(index));
  out->weight = state.weight;
  out->name.assign(bytes + 2, name);
  out->zone.assign(bytes + 2 + name, zone);
  return true;
}

Result<Scope::Change> EndpointRecords::lock(std::unique_lock<ForkMutex>& own) {
  auto change = memory_.scope().change(&own);
  if (change) finish_change();
  return change;
}

std::optional<Scope::Change> EndpointRecords::try_lock() noexcept {
  auto change = memory_.scope().try_change();
  if (change) finish_change();
  return change;
}

// With the lock: an odd version is of one who died. What he was writing a name to is nobody's.
void EndpointRecords::finish_change() noexcept {
  if ((head_->version.load(std::memory_order_acquire) & 1) == 0) return;
  for (uint64_t i = 0; i < used(); ++i) {
    Record& record = records_[i];
    if (unpack(record.state.load(std::memory_order_relaxed)).membership != Membership::kMaking)
      continue;
    record.text[0].store(0, std::memory_order_release);
    record.removed_at.store(0, std::memory_order_release);
    set_state(record.state, {Membership::kRemoved});
  }
  end(nullptr);
}

void EndpointRecords::begin() noexcept { head_->version.fetch_add(1, std::memory_order_seq_cst); }

// The order of weighted round robin begins anew with each change.
uint64_t EndpointRecords::end(const NamedCycle* drawn) noexcept {
  if (drawn) cycle_.write(*drawn);
  cycle_turn().next.store(0, std::memory_order_relaxed);
  return head_->version.fetch_add(1, std::memory_order_seq_cst) + 1;
}

uint64_t EndpointRecords::put(Endpoint& endpoint, const Joining& joining,
                              const NamedCycle* drawn) noexcept {
  const auto at = static_cast<uint64_t>(endpoint.index);
  Record& record = records_[at];
  const Text text = text_of(joining.name, joining.zone);
  bool same = true;
  for (size_t i = 0; i < kTextWords; ++i)
    same = same && record.text[i].load(std::memory_order_relaxed) == text[i];
  begin();
  if (!same || joining.fresh) {
    set_state(record.state, {Membership::kMaking});
    raise_to(head_->used, at + 1);
    if (joining.fresh) record.counts.reset();
    overruled_.set(endpoint.index, false);
    for (size_t i = 0; i < kTextWords; ++i)
      record.text[i].store(text[i], std::memory_order_release);
  }
  set_state(record.state, {Membership::kMember, true, joining.weight});
  return end(drawn);
}

// One store to a record, and so whole or not made. Its health may change meanwhile.
template <class F>
uint64_t EndpointRecords::change(int32_t index, const NamedCycle* drawn, F&& to) noexcept {
  std::atomic<uint64_t>& state = records_[static_cast<uint64_t>(index)].state;
  begin();
  uint64_t seen = state.load(std::memory_order_relaxed), next;
  do {
    MemberState changed = unpack(seen);
    to(changed);
    next = next_word(seen, changed);
  } while (!state.compare_exchange_weak(seen, next, std::memory_order_acq_rel));
  return end(drawn);
}

uint64_t EndpointRecords::remove(int32_t index, const NamedCycle* drawn) noexcept {
  Record& record = records_[static_cast<uint64_t>(index)];
  begin();
  record.removed_at.store(head_->removals.fetch_add(1, std::memory_order_relaxed) + 1,
                          std::memory_order_release);
  set_state(record.state, {Membership::kRemoved});
  return end(drawn);
}

uint64_t EndpointRecords::set_weight(int32_t index, int64_t weight,
                                     const NamedCycle* drawn) noexcept {
  return change(index, drawn, [&](MemberState& next) { next.weight = weight; });
}

bool EndpointRecords::is_found_healthy(int32_t index) const noexcept {
  return unpack(records_[static_cast<uint64_t>(index)].state.load(std::memory_order_acquire))
      .healthy;
}

bool EndpointRecords::set_healthy(int32_t index, bool healthy) noexcept {
  std::atomic<uint64_t>& state = records_[static_cast<uint64_t>(index)].state;
  uint64_t seen = state.load(std::memory_order_acquire);
  for (;;) {
    MemberState next = unpack(seen);
    if (next.membership != Membership::kMember) return false;
    if (next.healthy == healthy) return true;
    next.healthy = healthy;
    if (state.compare_exchange_weak(seen, next_word(seen, next), std::memory_order_acq_rel)) break;
  }
  announce();
  return true;
}

// As end(), but for whether another is at a change.
void EndpointRecords::announce() noexcept {
  cycle_turn().next.store(0, std::memory_order_relaxed);
  head_->version.fetch_add(2, std::memory_order_seq_cst);
}

void EndpointRecords::share(const NamedCycle& drawn) noexcept {
  if (auto held = memory_.scope().try_change()) cycle_.write(drawn);
}

}  // namespace og
