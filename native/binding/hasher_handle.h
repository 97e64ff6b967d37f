// The addon's functions for incremental digests on the JS thread. The state of a hasher lives in an
// ArrayBuffer that lib/ owns, so that there is nothing to free and no finalizer. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

void exportHashers(Napi::Env env, Napi::Object exports);

}  // namespace millrace::binding
