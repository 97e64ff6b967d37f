// simdjson's functions for this processor's instruction set, in an object that outlives the
// process's own end: simdjson destroys its objects at exit, when pool threads may still be in them.
// Thread safe.
#pragma once

#include <simdjson.h>

namespace millrace {

/// The best that simdjson has for this processor.
const simdjson::implementation& simdjsonImplementation();

}  // namespace millrace
