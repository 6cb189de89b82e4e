// SPDX-License-Identifier: Apache-2.0
#include "fork.h"

namespace outgrow::python {
namespace {
Forked *first = nullptr;
}

Forked::Forked() : next_(first) {
  if (first != nullptr) first->previous_ = this;
  first = this;
}

Forked::~Forked() {
  if (next_ != nullptr) next_->previous_ = previous_;
  (previous_ != nullptr ? previous_->next_ : first) = next_;
}

void Forked::forget_all() {
  for (Forked *each = first; each != nullptr; each = each->next_) each->forget_other_threads();
}

}  // namespace outgrow::python
