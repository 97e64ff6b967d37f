// The completion channel of one isolate: finished batches travel from pool threads to its JS
// thread. post() is called on any thread, the rest on the JS thread only. Shared by the isolate's
// Env and by every lane's receiver; after close() it swallows what still arrives, so that a pool
// thread may outlive the isolate. One wake-up drains many batches. post() allocates nothing:
// expect() has made the room, so that a finished batch cannot be lost to exhausted memory.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "binding/napi.h"
#include "operations/batch.h"

namespace millrace::binding {

/// A finished batch, the lane it belongs to, and the receiver that the lane was opened for.
struct Completion {
  uint32_t lane = 0;
  uint32_t receiver = 0;
  std::shared_ptr<Batch> batch;
};

class CompletionChannel {
 public:
  /// Must not throw.
  using Deliver = std::function<void(Napi::Env, const Completion&)>;
  /// Arranges for resume() to be called in the next turn of the event loop; false when it cannot.
  using Defer = std::function<bool(Napi::Env)>;

  /// Throws Napi::Error when Node refuses.
  CompletionChannel(Napi::Env env, Deliver deliver, Defer defer);
  CompletionChannel(const CompletionChannel&) = delete;
  CompletionChannel& operator=(const CompletionChannel&) = delete;

  /// Announces a completion: the event loop stays alive until it has been delivered.
  void expect(Napi::Env env);

  /// Takes back an announcement whose batch was never queued.
  void forget(Napi::Env env);

  /// Queues a completion and wakes the event loop unless that is under way already.
  /// REQUIRES: it was announced by expect().
  void post(Completion completion) noexcept;

  /// Delivers what has come since the turn before.
  void resume(Napi::Env env);

  /// Nothing is delivered from now on.
  void close();

 private:
  static void onWake(napi_env env, napi_value callback, void* context, void* data);
  void drain(Napi::Env env);
  void endTurn(Napi::Env env);
  void arrived(Napi::Env env);

  const Deliver deliver_;
  const Defer defer_;
  napi_threadsafe_function function_ = nullptr;
  size_t expected_ = 0;  // JS thread only

  std::mutex mutex_;  // guards everything below and every use of function_ off the JS thread
  std::list<Completion> queue_;
  std::list<Completion> announced_;  // empty nodes that post() fills and moves to queue_
  bool waking_ = false;
  bool closed_ = false;
};

}  // namespace millrace::binding
