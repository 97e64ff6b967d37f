// Keeps input away from md4c 0.4.8 that would take it quadratic time: it cannot be interrupted
// before its first callback. Pure, thread safe.
#pragma once

#include <string_view>

#include "base/result.h"

namespace millrace::markdown {

/// kTooLarge when md4c may need much longer for the text than for ordinary text of its size. One
/// pass, linear.
Result<void> checkWork(std::string_view text);

}  // namespace millrace::markdown
