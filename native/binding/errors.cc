#include "binding/errors.h"

#include <string_view>

#include "base/json_string.h"

namespace millrace::binding {
namespace {

void appendPlace(std::string& json, const Error& error) {
  if (error.stage < 0 && !error.position) return;
  json.append(",").append(std::to_string(error.stage));
  if (!error.position) return;
  for (const uint64_t number :
       {error.position->offset, error.position->line, error.position->column}) {
    json.append(",").append(std::to_string(number));
  }
}

}  // namespace

Napi::Error toJsError(Napi::Env env, const Error& error) {
  const std::string message =
      error.message.empty() ? std::string(summaryOf(error.code)) : error.message;
  Napi::Error jsError = Napi::Error::New(env, message);
  jsError.Set("code", Napi::String::New(env, std::string(codeOf(error.code))));
  return jsError;
}

std::string toJson(const std::vector<ItemError>& errors) {
  std::string json = "[";
  for (const ItemError& entry : errors) {
    if (json.size() > 1) json.push_back(',');
    json.append("[").append(std::to_string(entry.index)).append(",");
    appendJsonString(json, codeOf(entry.error.code));
    json.append(",").append(std::to_string(entry.error.sysErrno)).append(",");
    appendJsonString(json, entry.error.syscall);
    json.push_back(',');
    appendJsonString(json, entry.error.message);
    appendPlace(json, entry.error);
    json.push_back(']');
  }
  json.push_back(']');
  return json;
}

}  // namespace millrace::binding
