// The addon's functions for native operations: lanes, and batches on them. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

void exportOperations(Napi::Env env, Napi::Object exports);

}  // namespace millrace::binding
