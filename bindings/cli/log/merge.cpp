// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/merge.h"

#include <algorithm>
#include <utility>

namespace og::cli {

Result<LogMerge> LogMerge::open(const std::vector<std::string>& paths, bool strict,
                                FormatChoice format) {
  LogMerge merge;
  merge.format_ = std::make_unique<const FormatChoice>(std::move(format));
  merge.left_out_->strict = strict;
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return fail("standard input (-) is named twice, and can be read once");
  }
  for (const std::string& path : paths) {
    auto source = LineSource::open(path);
    if (!source) return tl::unexpected(source.error());
    merge.inputs_.emplace_back(std::move(*source), *merge.format_, *merge.left_out_);
  }
  return merge;
}

bool LogMerge::later(std::size_t left, std::size_t right) const {
  const int64_t left_s = inputs_[left].record().epoch_s;
  const int64_t right_s = inputs_[right].record().epoch_s;
  return left_s != right_s ? left_s > right_s : left > right;
}

Result<const LogRecord*> LogMerge::next() {
  const auto order = [this](std::size_t left, std::size_t right) { return later(left, right); };
  if (!started_) {
    started_ = true;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      auto more = inputs_[i].next();
      if (!more) return tl::unexpected(more.error());
      if (*more) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), order);
  } else if (heap_.size() == 1) {
    auto more = inputs_[heap_.front()].next();
    if (!more) return tl::unexpected(more.error());
    if (!*more) heap_.clear();
  } else if (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), order);
    auto more = inputs_[heap_.back()].next();
    if (!more) return tl::unexpected(more.error());
    if (*more) {
      std::push_heap(heap_.begin(), heap_.end(), order);
    } else {
      heap_.pop_back();
    }
  }
  if (heap_.empty()) return nullptr;
  return &inputs_[heap_.front()].record();
}

std::vector<std::pair<std::string, std::string>> LogMerge::formats() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const LogReader& input : inputs_) {
    all.emplace_back(input.source().name(), input.format_name());
  }
  return all;
}

double LogMerge::progress() const {
  int64_t read = 0;
  int64_t total = 0;
  for (const LogReader& input : inputs_) {
    if (input.source().file_bytes() == 0) return -1;
    read += input.source().bytes_read();
    total += input.source().file_bytes();
  }
  return total > 0 ? std::min(1.0, static_cast<double>(read) / static_cast<double>(total)) : -1;
}

}  // namespace og::cli
