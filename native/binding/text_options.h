// What text operations ask of the addon before they are made. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

/// checkSearch(options): the names of each pattern's groups, "" for those without; or, as a string,
/// which pattern is refused and why.
Napi::Value checkSearch(const Napi::CallbackInfo& info);

}  // namespace millrace::binding
