// The dynamic loader of the platform, for own_library.cc alone. Thread safe.
#pragma once

#include <string>

#include "base/result.h"
#include "millrace/operation.h"

namespace millrace {

/// Loads the library, for ever, and calls its millrace_library_get(). kUnsupported when it cannot
/// be loaded; kAbiMismatch when it has no such function.
Result<const millrace_library*> loadOwnLibrary(const std::string& path);

}  // namespace millrace
