// The completion channel of one isolate: finished batches travel from pool threads to its JS
// thread. post() is called on any thread, the rest on the JS thread only. Shared by the isolate's
// Env and by every lane's receiver; after close() it swallows what still arrives, so that a pool
// thread may outlive the isolate. One wake-up drains many batches.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "binding/napi.h"
#include "operations/batch.h"

namespace millrace::binding {

/// A finished batch and the lane it belongs to.
struct Completion {
  uint32_t lane;
  std::shared_ptr<Batch> batch;
};

class CompletionChannel {
 public:
  using Deliver = std::function<void(Napi::Env, Completion)>;

  /// Throws Napi::Error when Node refuses.
  CompletionChannel(Napi::Env env, Deliver deliver);
  CompletionChannel(const CompletionChannel&) = delete;
  CompletionChannel& operator=(const CompletionChannel&) = delete;

  /// Announces `count` completions: the event loop stays alive until they have been delivered.
  void expect(Napi::Env env, size_t count);

  /// Takes back an announcement whose batch was never queued.
  void forget(Napi::Env env, size_t count);

  /// Queues a completion and wakes the event loop unless that is under way already.
  void post(Completion completion);

  /// Nothing is delivered from now on.
  void close();

 private:
  static void onWake(napi_env env, napi_value callback, void* context, void* data);
  void drain(Napi::Env env);

  const Deliver deliver_;
  napi_threadsafe_function function_ = nullptr;
  size_t expected_ = 0;  // JS thread only

  std::mutex mutex_;  // guards everything below and every use of function_ off the JS thread
  std::deque<Completion> queue_;
  bool waking_ = false;
  bool closed_ = false;
};

}  // namespace millrace::binding
