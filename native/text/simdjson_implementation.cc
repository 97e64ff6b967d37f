#include "text/simdjson_implementation.h"

#include <string>

namespace millrace {
namespace {

const simdjson::implementation* chosen() {
  const simdjson::implementation* best =
      simdjson::get_available_implementations().detect_best_supported();
  const std::string name = best->name();
#if SIMDJSON_IMPLEMENTATION_ICELAKE
  if (name == "icelake") return new simdjson::icelake::implementation();
#endif
#if SIMDJSON_IMPLEMENTATION_HASWELL
  if (name == "haswell") return new simdjson::haswell::implementation();
#endif
#if SIMDJSON_IMPLEMENTATION_WESTMERE
  if (name == "westmere") return new simdjson::westmere::implementation();
#endif
#if SIMDJSON_IMPLEMENTATION_ARM64
  if (name == "arm64") return new simdjson::arm64::implementation();
#endif
#if SIMDJSON_IMPLEMENTATION_PPC64
  if (name == "ppc64") return new simdjson::ppc64::implementation();
#endif
#if SIMDJSON_IMPLEMENTATION_FALLBACK
  if (name == "fallback") return new simdjson::fallback::implementation();
#endif
  return best;
}

// Made when the library is loaded, and never destroyed.
const simdjson::implementation* const kImplementation = chosen();

}  // namespace

const simdjson::implementation& simdjsonImplementation() {
  return *kImplementation;
}

}  // namespace millrace
