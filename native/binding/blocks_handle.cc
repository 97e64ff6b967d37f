#include "binding/blocks_handle.h"

#include <cstdint>
#include <cstring>
#include <optional>

#include "base/block_pool.h"
#include "binding/errors.h"

namespace millrace::binding {
namespace {

/// The number under which another isolate receives a copy of the bytes; 0 when there is no memory.
Napi::Value blockSend(const Napi::CallbackInfo& info) {
  const auto view = info[0].As<Napi::Uint8Array>();
  const Result<Block> taken = BlockPool::shared().take(view.ByteLength());
  if (!taken) return Napi::Number::New(info.Env(), 0);
  const Block block = taken.value();
  std::memcpy(block.data, view.Data(), block.size);
  return Napi::Number::New(info.Env(), BlockTransit::shared().send(block));
}

// Basic: it may run while the isolate ends, and touches no JavaScript.
void giveBack(napi_env /*env*/, void* data, void* hint) {
  BlockPool::shared().give(
      Block{static_cast<std::byte*>(data), reinterpret_cast<uintptr_t>(hint)});  // NOLINT(*-cast)
}

/// An ArrayBuffer over the block itself; a copy where the runtime forbids external memory;
/// undefined when the number is unknown.
Napi::Value blockReceive(const Napi::CallbackInfo& info) {
  const std::optional<Block> block =
      BlockTransit::shared().receive(info[0].As<Napi::Number>().Uint32Value());
  if (!block) return info.Env().Undefined();
  napi_value value = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      info.Env(), block->data, block->size, giveBack, reinterpret_cast<void*>(block->size),
      &value);  // NOLINT(*-cast, *-int-to-ptr)
  if (status == napi_ok) return {info.Env(), value};
  auto copy = Napi::ArrayBuffer::New(info.Env(), block->size);
  std::memcpy(copy.Data(), block->data, block->size);
  BlockPool::shared().give(*block);
  return copy;
}

void blockDrop(const Napi::CallbackInfo& info) {
  BlockTransit::shared().drop(info[0].As<Napi::Number>().Uint32Value());
}

}  // namespace

void exportBlocks(Napi::Env env, Napi::Object exports) {
  exports.Set("blockSend", Napi::Function::New<guarded<blockSend>>(env, "blockSend"));
  exports.Set("blockReceive", Napi::Function::New<guarded<blockReceive>>(env, "blockReceive"));
  exports.Set("blockDrop", Napi::Function::New<guarded<blockDrop>>(env, "blockDrop"));
}

}  // namespace millrace::binding
