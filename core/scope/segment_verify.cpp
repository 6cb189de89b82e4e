// SPDX-License-Identifier: Apache-2.0
// Whether a segment is as its protocols leave it.
#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "core/scope/segment_found.h"

namespace og {
namespace {

struct Span {
  uint64_t begin, end;
  std::string name;
};

bool is_zero(const char* begin, const char* end) {
  return begin == end ||
         (*begin == 0 && std::memcmp(begin, begin + 1, static_cast<size_t>(end - begin) - 1) == 0);
}

}  // namespace

// With the directory's lock: nobody makes an object meanwhile.
Result<std::vector<std::string>> Segment::verify() const {
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  std::vector<std::string> faults;
  verify_head(faults);
  verify_attachments(faults);
  verify_objects(faults);
  return faults;
}

void Segment::verify_head(std::vector<std::string>& faults) const {
  const auto* head = reinterpret_cast<const SegmentHead*>(memory_);
  if (std::memcmp(&head->shape, &shape_, sizeof shape_) != 0) {
    faults.push_back("its head is not what it was when it was attached");
  }
  if (head->ready.load(std::memory_order_acquire) != 1)
    faults.push_back("its head says that it is not ready");
}

// Who holds a record's lock has written the record.
void Segment::verify_attachments(std::vector<std::string>& faults) const {
  for (uint32_t i = 0; i < shape_.attachments; ++i) {
    const AttachmentRecord& record = attachment_records()[i];
    const uint64_t generation = record.generation.load(std::memory_order_acquire);
    if (generation >> (64 - kOwnerIndexBits) != 0) {
      faults.push_back("attachment " + std::to_string(i) + " has been taken impossibly often");
    }
    if (!is_attached(i)) continue;
    if (generation == 0 || record.pid.load(std::memory_order_relaxed) == 0) {
      faults.push_back("attachment " + std::to_string(i) + " is held, but by nobody");
    }
  }
}

// An object left half made or half forgotten is ended by the next who makes one. But for such a
// one, memory that no object has must be zero, as the next object's will be.
void Segment::verify_objects(std::vector<std::string>& faults) const {
  std::vector<Span> spans;
  std::set<std::pair<uint32_t, std::string>> names;
  bool half_done = false;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    const std::string object = "object " + std::to_string(i);
    const auto seen = read_record(object_records()[i], shape_);
    if (!seen) {
      faults.push_back(object + " is not within the segment");
      continue;
    }
    if (seen->state > ObjectState::kForgetting) {
      faults.push_back(object + " is in state " +
                       std::to_string(static_cast<uint64_t>(seen->state)));
    }
    half_done =
        half_done || seen->state == ObjectState::kMaking || seen->state == ObjectState::kForgetting;
    if (seen->state != ObjectState::kReady) continue;
    if (seen->name.empty()) faults.push_back(object + " has no name");
    if (!names.emplace(seen->kind, seen->name).second) {
      faults.push_back(object + " has the name of another: '" + seen->name + "'");
    }
    spans.push_back({seen->offset, seen->end(), object});
  }
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  for (size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].begin < spans[i - 1].end) {
      faults.push_back(spans[i].name + " lies over " + spans[i - 1].name);
    }
  }
  bool is_clean = true;
  free_space().each([&](const FreeSpace::Gap& gap) {
    is_clean = is_clean && is_zero(memory_ + gap.begin, memory_ + gap.end);
  });
  if (!half_done && !is_clean) faults.push_back("memory that no object has is not zero");
}

}  // namespace og
