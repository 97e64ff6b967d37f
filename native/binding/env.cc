#include "binding/env.h"

#include <utility>

#include "binding/convert.h"
#include "binding/errors.h"
#include "executor/executor.h"

namespace millrace::binding {

Env::Env(Napi::Env env)
    : channel_(
          std::make_shared<CompletionChannel>(env, [this](Napi::Env target, Completion completion) {
            deliver(target, std::move(completion));
          })) {
  // Registered after the thread-safe function, hence run before Node closes it.
  napi_add_env_cleanup_hook(
      env, [](void* self) { static_cast<Env*>(self)->teardown(); }, this);
}

Env::~Env() = default;

uint32_t Env::openLane(std::shared_ptr<const Operation> operation, size_t limit) {
  const uint32_t number = nextLane_++;
  TaskSink& pool = operation->blocking() ? sharedIoPool() : sharedExecutor();
  lanes_.emplace(number, Lane::open(std::move(operation), pool, limit,
                                    [channel = channel_, number](std::shared_ptr<Batch> batch) {
                                      channel->post(Completion{number, std::move(batch)});
                                    }));
  return number;
}

Lane& Env::lane(Napi::Env env, uint32_t number) {
  const auto found = lanes_.find(number);
  if (found == lanes_.end()) throw toJsError(env, Error::of(ErrorCode::kClosed));
  return *found->second;
}

void Env::submit(Napi::Env env, uint32_t number, std::shared_ptr<Batch> batch) {
  Lane& target = lane(env, number);
  channel_->expect(env, 1);
  const Result<void> submitted = target.submit(std::move(batch));
  if (submitted) return;
  channel_->forget(env, 1);
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

void Env::deliver(Napi::Env env, Completion completion) {
  if (receiver_.IsEmpty()) return;
  const auto arguments = toJsResult(env, completion);
  receiver_.Call(env.Global(), arguments.size(), arguments.data());
}

}  // namespace millrace::binding
