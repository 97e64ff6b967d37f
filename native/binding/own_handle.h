// The addon's functions for libraries of own operations. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

void exportOwnLibraries(Napi::Env env, Napi::Object exports);

}  // namespace millrace::binding
