// What JSON operations ask of the addon before they are made. JS thread only.
#pragma once

#include "binding/napi.h"

namespace millrace::binding {

/// checkPointers(pointers): what is wrong with a list of JSON Pointers; undefined when nothing is.
Napi::Value checkPointers(const Napi::CallbackInfo& info);

}  // namespace millrace::binding
