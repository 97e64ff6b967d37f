// The addon's functions on the process and its pools. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

void exportProcess(Napi::Env env, Napi::Object exports);

}  // namespace millrace::binding
