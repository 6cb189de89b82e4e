// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What the texts of refusals are made of. A noun says the whole in its refusal(), which every
// language shows as it stands. No key is in it: a key may be a secret.
namespace og {

// " 'logins'", of a noun that was given that name; nothing of one without.
std::string refusing(std::string_view name);

// "; try again in 0.25 s", rounded up to ms: who does is not too early. Nothing for 0, when nobody
// knows how long; `never` behind a semicolon for a wait without an end.
std::string when_again(int64_t wait_ns, std::string_view never);

}  // namespace og
