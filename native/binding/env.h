// Everything that belongs to one isolate (the main thread or one worker thread) that loaded the
// addon. JS thread only. Owned by Node as instance data; teardown() runs in a cleanup hook, before
// Node finalizes anything else of the isolate. Member order is destruction order, last first: the
// lanes end before the channel they post to.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "binding/completion.h"
#include "binding/napi.h"
#include "operations/lane.h"

namespace millrace::binding {

class Env {
 public:
  explicit Env(Napi::Env env);
  ~Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  static Env& of(const Napi::CallbackInfo& info) { return *info.Env().GetInstanceData<Env>(); }

  /// Adds a function that receives finished batches and returns its number; `defer` arranges for
  /// deliverMore(). See NativeAddon.onBatch in types/native.d.ts.
  uint32_t addReceiver(Napi::Function receiver, Napi::Function defer);

  /// A new turn of the event loop: delivers what has come since.
  void deliverMore(Napi::Env env) { channel_->resume(env); }

  /// Opens a lane and returns its number.
  uint32_t openLane(std::shared_ptr<const Operation> operation, size_t limit, uint32_t receiver);

  /// The lane with that number, or a thrown ERR_CLOSED.
  Lane& lane(Napi::Env env, uint32_t number);

  /// Queues a batch on a lane, in the order of `shape` if there is one, and keeps the event loop
  /// alive until it has been delivered.
  void submit(Napi::Env env, uint32_t number, const std::shared_ptr<Batch>& batch,
              std::shared_ptr<const GraphShape> shape = nullptr);

  /// Refuses, cancels and forgets the lane; its batches are still delivered.
  void closeLane(uint32_t number);

  /// Refuses and cancels everything. Nothing is waited for: the work owns its bytes and posts into
  /// a closed channel.
  void teardown();

 private:
  bool defer(Napi::Env env);
  void deliver(Napi::Env env, const Completion& completion);
  void deliverFailure(Napi::Env env, const Completion& completion, ErrorCode code);
  void call(Napi::Env env, uint32_t receiver, size_t count, const napi_value* arguments);

  // One for each copy of lib/ in the isolate; each lane keeps to the one it was opened for.
  std::vector<Napi::FunctionReference> receivers_;
  Napi::FunctionReference defer_;  // the first copy's; any does
  std::shared_ptr<CompletionChannel> channel_;
  std::unordered_map<uint32_t, std::shared_ptr<Lane>> lanes_;
  uint32_t nextLane_ = 1;
};

}  // namespace millrace::binding
