// The addon's functions for large Buffers on their way between isolates: copied once, into memory
// that is recycled when the receiver's garbage collector has let go of it. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

void exportBlocks(Napi::Env env, Napi::Object exports);

}  // namespace millrace::binding
