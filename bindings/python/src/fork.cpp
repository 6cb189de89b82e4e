// SPDX-License-Identifier: Apache-2.0
#include "fork.h"

#include <set>

namespace outgrow::python {
namespace {

std::set<Forked *> &all() {
  static auto &kept = *new std::set<Forked *>;  // nouns may outlive the statics
  return kept;
}

}  // namespace

Forked::Forked() { all().insert(this); }
Forked::~Forked() { all().erase(this); }

void Forked::forget_all() {
  for (Forked *each : all()) each->forget_other_threads();
}

}  // namespace outgrow::python
