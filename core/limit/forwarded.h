// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace og {

// The nodes that a field of proxies names, from the last to the first: the last was written by the
// proxy that is nearest, and what is left of it is what that proxy was sent. So it is read from its
// end, and nothing on the left, be it a quote that nobody closes, changes what is read before it.
//
// `field` are all fields of the name, joined by commas.
class ForwardedNodes {
 public:
  enum class Form { kXForwardedFor, kForwarded };

  ForwardedNodes(Form form, std::string_view field) : form_(form), left_(field) {}

  enum class Step { kNode, kEnd, kMalformed };
  // The next node as it is written, without its quotes.
  Step next(std::string& node);

 private:
  // The last element, and takes it and its comma off. Nothing where a quote is not opened.
  std::optional<std::string_view> take_last();

  const Form form_;
  std::string_view left_;
};

}  // namespace og
