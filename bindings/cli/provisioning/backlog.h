// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace og::cli {

// What becomes of a slice's work, all in instance-seconds: what one instance does in a second.
struct SliceServed {
  double due = 0;  // arrived, or left over from before
  double served = 0;
  double waiting = 0;       // left over for the next slice
  double lost = 0;          // waited for longer than its clients do
  bool overloaded = false;  // not all that was due could be served
};

/*
 * The work that waits for instances that are busy. What an overloaded slice did not serve is due in
 * the next. Clients give up on what would wait for longer than `patience_s`: no more is kept than
 * the instances can serve within it.
 */
class Backlog {
 public:
  explicit Backlog(double patience_s) : patience_s_(patience_s) {}

  // A slice of `width_s` that brings `load` instances' work, with `serving` of them there.
  SliceServed live_through(double load, double serving, double width_s) {
    SliceServed slice;
    slice.due = waiting_ + load * width_s;
    const double most = serving * width_s;
    // A load that growth made a whole number may be over by its last bit.
    slice.overloaded = slice.due > most * (1 + 1e-9);
    slice.served = std::min(slice.due, most);
    const double left = slice.overloaded ? slice.due - most : 0;
    slice.waiting = std::min(left, serving * patience_s_);
    slice.lost = left - slice.waiting;
    waiting_ = slice.waiting;
    return slice;
  }

 private:
  double patience_s_;
  double waiting_ = 0;
};

}  // namespace og::cli
