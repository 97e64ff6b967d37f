#include "binding/operations_handle.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "binding/convert.h"
#include "binding/env.h"
#include "binding/errors.h"
#include "binding/json_options.h"
#include "binding/operation_options.h"
#include "binding/text_options.h"
#include "graph/graph_shape.h"
#include "io/glob.h"
#include "operations/pipe_operation.h"

namespace millrace::binding {
namespace {

uint32_t laneNumber(const Napi::CallbackInfo& info) {
  return info[0].As<Napi::Number>().Uint32Value();
}

Napi::Value onBatch(const Napi::CallbackInfo& info) {
  const auto receiver = info[0].As<Napi::Function>();
  const auto defer = info[1].As<Napi::Function>();
  return Napi::Number::New(info.Env(), Env::of(info).addReceiver(receiver, defer));
}

void deliverMore(const Napi::CallbackInfo& info) {
  Env::of(info).deliverMore(info.Env());
}

Napi::Value checkGlob(const Napi::CallbackInfo& info) {
  const std::string glob = info[0].As<Napi::String>().Utf8Value();
  const auto compiled = GlobSet::compile(std::span(&glob, 1), GlobOptions{});
  if (compiled) return info.Env().Undefined();
  return Napi::String::New(info.Env(), compiled.error().message);
}

Napi::Value laneOpen(const Napi::CallbackInfo& info) {
  auto operation =
      makeOperation(info.Env(), info[0].As<Napi::String>().Utf8Value(), info[1].As<Napi::Object>());
  const size_t limit = info[2].As<Napi::Number>().Uint32Value();
  const uint32_t receiver = info[3].As<Napi::Number>().Uint32Value();
  return Napi::Number::New(info.Env(),
                           Env::of(info).openLane(std::move(operation), limit, receiver));
}

/// The shapes of what a pipe keeps, four numbers each; undefined for what is no pipe.
Napi::Value laneShapes(const Napi::CallbackInfo& info) {
  const Operation& operation = Env::of(info).lane(info.Env(), laneNumber(info)).operation();
  const auto* pipe = dynamic_cast<const PipeOperation*>(&operation);
  if (pipe == nullptr) return info.Env().Undefined();
  const std::vector<ResultShape> shapes = pipe->keptShapes();
  auto numbers = Napi::Uint32Array::New(info.Env(), shapes.size() * 4);
  size_t at = 0;
  for (const ResultShape& shape : shapes) {
    for (const size_t number : {shape.numbers, shape.fixedText, shape.texts, shape.blocks}) {
      numbers[at++] = static_cast<uint32_t>(number);
    }
  }
  return Napi::Value(info.Env(), numbers);
}

Napi::Value laneSubmit(const Napi::CallbackInfo& info) {
  Env& env = Env::of(info);
  const Operation& operation = env.lane(info.Env(), laneNumber(info)).operation();
  auto batch = toBatch(info, 1, operation);
  if (!batch) return Napi::Boolean::New(info.Env(), false);
  env.submit(info.Env(), laneNumber(info), batch);
  return Napi::Boolean::New(info.Env(), true);
}

/// The shape of `begins` and `targets`: item i waits for targets[begins[i]] to targets[begins[i +
/// 1]].
Result<GraphShape> toShape(const Napi::Uint32Array& begins, const Napi::Uint32Array& targets) {
  std::vector<GraphEdge> edges;
  edges.reserve(targets.ElementLength());
  const auto count = static_cast<uint32_t>(begins.ElementLength() - 1);
  for (uint32_t node = 0; node < count; ++node) {
    for (uint32_t edge = begins[node]; edge < begins[node + 1]; ++edge) {
      edges.push_back({node, targets[edge]});
    }
  }
  return GraphShape::build(count, edges);
}

/// True; false like laneSubmit; or the members of a cycle, and then nothing runs.
Napi::Value laneSubmitGraph(const Napi::CallbackInfo& info) {
  Env& env = Env::of(info);
  const Operation& operation = env.lane(info.Env(), laneNumber(info)).operation();
  auto built = toShape(info[5].As<Napi::Uint32Array>(), info[6].As<Napi::Uint32Array>());
  if (!built) throw toJsError(info.Env(), built.error());
  const auto shape = std::make_shared<const GraphShape>(std::move(built).value());
  const std::vector<uint32_t> cycle = shape->findCycle();
  if (!cycle.empty()) {
    auto members = Napi::Uint32Array::New(info.Env(), cycle.size());
    std::copy(cycle.begin(), cycle.end(), members.Data());
    return Napi::Value(info.Env(), members);
  }
  auto batch = toBatch(info, 1, operation);
  if (!batch) return Napi::Boolean::New(info.Env(), false);
  env.submit(info.Env(), laneNumber(info), batch, shape);
  return Napi::Boolean::New(info.Env(), true);
}

void laneSetLimit(const Napi::CallbackInfo& info) {
  Env::of(info)
      .lane(info.Env(), laneNumber(info))
      .setLimit(info[1].As<Napi::Number>().Uint32Value());
}

void laneCancel(const Napi::CallbackInfo& info) {
  Env::of(info).lane(info.Env(), laneNumber(info)).cancel(info[1].As<Napi::Number>().Uint32Value());
}

void laneClose(const Napi::CallbackInfo& info) {
  Env::of(info).closeLane(laneNumber(info));
}

}  // namespace

void exportOperations(Napi::Env env, Napi::Object exports) {
  exports.Set("onBatch", Napi::Function::New<guarded<onBatch>>(env, "onBatch"));
  exports.Set("deliverMore", Napi::Function::New<guarded<deliverMore>>(env, "deliverMore"));
  exports.Set("checkGlob", Napi::Function::New<guarded<checkGlob>>(env, "checkGlob"));
  exports.Set("checkSearch", Napi::Function::New<guarded<checkSearch>>(env, "checkSearch"));
  exports.Set("checkPointers", Napi::Function::New<guarded<checkPointers>>(env, "checkPointers"));
  exports.Set("laneOpen", Napi::Function::New<guarded<laneOpen>>(env, "laneOpen"));
  exports.Set("laneShapes", Napi::Function::New<guarded<laneShapes>>(env, "laneShapes"));
  exports.Set("laneSubmit", Napi::Function::New<guarded<laneSubmit>>(env, "laneSubmit"));
  exports.Set("laneSubmitGraph",
              Napi::Function::New<guarded<laneSubmitGraph>>(env, "laneSubmitGraph"));
  exports.Set("laneSetLimit", Napi::Function::New<guarded<laneSetLimit>>(env, "laneSetLimit"));
  exports.Set("laneCancel", Napi::Function::New<guarded<laneCancel>>(env, "laneCancel"));
  exports.Set("laneClose", Napi::Function::New<guarded<laneClose>>(env, "laneClose"));
}

}  // namespace millrace::binding
