// How many cores this process may really use: its affinity mask and its control group's CPU quota,
// which std::thread::hardware_concurrency() does not know. Thread safe; asks anew at each call.
#pragma once

#include <cstddef>
#include <optional>

namespace millrace {

/// Cores in the affinity mask, cut to the quota; a fractional quota rounds up; at least 1.
size_t usableCores();

/// The rule behind usableCores(), for tests.
size_t coresWithin(size_t affinity, std::optional<double> quota);

/// Cores in this process's affinity mask; all cores where there is none.
size_t coresInAffinity();

}  // namespace millrace
