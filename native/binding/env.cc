// Invariant: every batch that submit() accepted is answered by one call of its receiver, with its
// results or with the reason why they could not be handed over, unless the isolate ends first.
#include "binding/env.h"

#include <array>
#include <new>
#include <string_view>
#include <utility>

#include "binding/convert.h"
#include "binding/errors.h"
#include "executor/executor.h"

namespace millrace::binding {

Env::Env(Napi::Env env)
    : channel_(std::make_shared<CompletionChannel>(
          env, [this](Napi::Env target, const Completion& done) { deliver(target, done); },
          [this](Napi::Env target) { return defer(target); })) {
  // Registered after the thread-safe function, hence run before Node closes it.
  napi_add_env_cleanup_hook(
      env, [](void* self) { static_cast<Env*>(self)->teardown(); }, this);
}

Env::~Env() = default;

uint32_t Env::addReceiver(Napi::Function receiver, Napi::Function defer) {
  if (defer_.IsEmpty()) defer_ = Napi::Persistent(defer);
  receivers_.push_back(Napi::Persistent(receiver));
  return static_cast<uint32_t>(receivers_.size() - 1);
}

uint32_t Env::openLane(std::shared_ptr<const Operation> operation, size_t limit,
                       uint32_t receiver) {
  const uint32_t number = nextLane_++;
  TaskSink& pool = operation->blocking() ? sharedIoPool() : sharedExecutor();
  lanes_.emplace(number,
                 Lane::open(std::move(operation), pool, limit,
                            [channel = channel_, number, receiver](std::shared_ptr<Batch> batch) {
                              channel->post(Completion{number, receiver, std::move(batch)});
                            }));
  return number;
}

Lane& Env::lane(Napi::Env env, uint32_t number) {
  const auto found = lanes_.find(number);
  if (found == lanes_.end()) throw toJsError(env, Error::of(ErrorCode::kClosed));
  return *found->second;
}

void Env::submit(Napi::Env env, uint32_t number, const std::shared_ptr<Batch>& batch,
                 std::shared_ptr<const GraphShape> shape) {
  Lane& target = lane(env, number);
  channel_->expect(env);
  const Result<void> submitted =
      shape ? target.submitGraph(batch, std::move(shape)) : target.submit(batch);
  if (submitted) return;
  channel_->forget(env);
  throw toJsError(env, submitted.error());
}

void Env::closeLane(uint32_t number) {
  const auto found = lanes_.find(number);
  if (found == lanes_.end()) return;
  found->second->close();
  lanes_.erase(found);
}

void Env::teardown() {
  for (auto& [number, lane] : lanes_) lane->close();
  lanes_.clear();
  channel_->close();
}

bool Env::defer(Napi::Env env) {
  if (defer_.IsEmpty()) return false;
  return napi_call_function(env, env.Global(), defer_.Value(), 0, nullptr, nullptr) == napi_ok;
}

void Env::deliver(Napi::Env env, const Completion& completion) {
  ErrorCode failure = ErrorCode::kOutOfMemory;
  try {
    const auto arguments = toJsResult(env, completion);
    call(env, completion.receiver, arguments.size(), arguments.data());
    return;
  } catch (const Napi::Error&) {
    failure = ErrorCode::kTooLarge;  // a string beyond V8's limit, for example
  } catch (const std::bad_alloc&) {
  }
  deliverFailure(env, completion, failure);
}

// Allocates nothing but JavaScript values of a few bytes.
void Env::deliverFailure(Napi::Env env, const Completion& completion, ErrorCode code) {
  const std::string_view text = codeOf(code);
  std::array<napi_value, 3> arguments{};
  napi_create_uint32(env, completion.lane, &arguments[0]);
  napi_create_uint32(env, completion.batch->id(), &arguments[1]);
  napi_create_string_latin1(env, text.data(), text.size(), &arguments[2]);
  call(env, completion.receiver, arguments.size(), arguments.data());
}

void Env::call(Napi::Env env, uint32_t receiver, size_t count, const napi_value* arguments) {
  // Not through Napi::Function: when the isolate is terminated during the call, what is pending is
  // an exception that nobody can take, and node-addon-api aborts the process over it.
  if (receiver >= receivers_.size()) return;
  const napi_status status = napi_call_function(env, env.Global(), receivers_[receiver].Value(),
                                                count, arguments, nullptr);
  if (status != napi_pending_exception) return;
  // The receiver in lib/ catches what user code throws; what gets here is a defect, and must be
  // loud. The batches behind it are still delivered.
  napi_value thrown = nullptr;
  if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
}

}  // namespace millrace::binding
