#include "binding/own_handle.h"

#include <string>
#include <utility>

#include "binding/errors.h"
#include "operations/own_operation.h"

namespace millrace::binding {
namespace {

std::string listOf(const Error& error) {
  return toJson({ItemError{0, error}});
}

Napi::Value ownOpen(const Napi::CallbackInfo& info) {
  const auto library = OwnLibrary::open(info[0].As<Napi::String>().Utf8Value());
  if (!library) return Napi::String::New(info.Env(), listOf(library.error()));
  // The description is an object: its number becomes one more member.
  std::string json = "{\"library\":" + std::to_string(library.value()->number()) + ",";
  json += library.value()->toJson().substr(1);
  return Napi::String::New(info.Env(), json);
}

Napi::Value ownCheck(const Napi::CallbackInfo& info) {
  const OwnLibrary& library = OwnLibrary::numbered(info[0].As<Napi::Number>().Uint32Value());
  const auto made = OwnOperation::make(library.operation(info[1].As<Napi::Number>().Uint32Value()),
                                       info[2].As<Napi::String>().Utf8Value());
  if (made) return info.Env().Undefined();
  return Napi::String::New(info.Env(), listOf(made.error()));
}

}  // namespace

void exportOwnLibraries(Napi::Env env, Napi::Object exports) {
  exports.Set("ownOpen", Napi::Function::New<guarded<ownOpen>>(env, "ownOpen"));
  exports.Set("ownCheck", Napi::Function::New<guarded<ownCheck>>(env, "ownCheck"));
}

}  // namespace millrace::binding
