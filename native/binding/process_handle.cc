#include "binding/process_handle.h"

#include "binding/errors.h"
#include "executor/executor.h"
#include "metrics/usable_cores.h"

namespace millrace::binding {
namespace {

Napi::Value jsUsableCores(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(usableCores()));
}

size_t readSize(const Napi::Object& options, const char* name) {
  return static_cast<size_t>(options.Get(name).As<Napi::Number>().Int64Value());
}

void jsConfigurePools(const Napi::CallbackInfo& info) {
  const auto given = info[0].As<Napi::Object>();
  PoolOptions options;
  options.workers = readSize(given, "workers");
  options.ioWorkers = readSize(given, "ioWorkers");
  options.maxQueued = readSize(given, "maxQueued");
  const auto affinity = given.Get("affinity").As<Napi::Array>();
  for (uint32_t i = 0; i < affinity.Length(); ++i) {
    options.affinity.push_back(affinity.Get(i).As<Napi::Number>().Int32Value());
  }
  const Result<void> configured = configurePools(options);
  if (!configured) throw toJsError(info.Env(), configured.error());
}

Napi::Value jsPoolStats(const Napi::CallbackInfo& info) {
  const PoolStats stats = poolStats();
  auto result = Napi::Object::New(info.Env());
  const auto set = [&result](const char* name, auto value) {
    result.Set(name, static_cast<double>(value));
  };
  set("workers", stats.workers);
  set("ioWorkers", stats.ioWorkers);
  set("maxWorkers", stats.maxWorkers);
  set("maxIoWorkers", stats.maxIoWorkers);
  set("idle", stats.idle);
  set("ioIdle", stats.ioIdle);
  set("queued", stats.queued);
  set("executed", stats.executed);
  set("restarts", stats.restarts);
  set("failedStarts", stats.failedStarts);
  set("steals", stats.steals);
  set("failedPins", stats.failedPins);
  return result;
}

}  // namespace

void exportProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("usableCores", Napi::Function::New<guarded<jsUsableCores>>(env, "usableCores"));
  exports.Set("configurePools",
              Napi::Function::New<guarded<jsConfigurePools>>(env, "configurePools"));
  exports.Set("poolStats", Napi::Function::New<guarded<jsPoolStats>>(env, "poolStats"));
}

}  // namespace millrace::binding
