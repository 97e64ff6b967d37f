// The addon's entry point. Runs once in every isolate that loads the addon.
#include "base/error_code.h"
#include "binding/blocks_handle.h"
#include "binding/env.h"
#include "binding/errors.h"
#include "binding/hasher_handle.h"
#include "binding/library_pin.h"
#include "binding/napi.h"
#include "binding/operations_handle.h"
#include "binding/own_handle.h"
#include "binding/process_handle.h"

namespace millrace::binding {
namespace {

Napi::Value errorCodes(const Napi::CallbackInfo& info) {
  auto table = Napi::Object::New(info.Env());
#define MILLRACE_ENTRY(name, code, summary) table.Set(code, summary);
  MILLRACE_ERROR_CODES(MILLRACE_ENTRY)
#undef MILLRACE_ENTRY
  return table;
}

Napi::Object initializeAddon(Napi::Env env, Napi::Object exports) {
  pinLibrary();
  env.SetInstanceData<Env>(new Env(env));  // NOLINT(*-owning-memory): Node owns instance data
  exports.Set("version", MILLRACE_VERSION);
  exports.Set("errorCodes", Napi::Function::New<guarded<errorCodes>>(env, "errorCodes"));
  exportOperations(env, exports);
  exportOwnLibraries(env, exports);
  exportProcess(env, exports);
  exportBlocks(env, exports);
  exportHashers(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(millrace, initializeAddon)

}  // namespace millrace::binding
