#include "binding/operation_options.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "binding/operation_factories.h"
#include "operations/pipe_operation.h"

namespace millrace::binding {
namespace {

/// `stages`: [{ name, options, keep }]. A stage may not be a pipe itself.
std::shared_ptr<const Operation> makePipe(const OptionReader& options) {
  const auto list = options.value("stages").As<Napi::Array>();
  std::vector<PipeStage> stages;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const OptionReader stage(list.Get(i).As<Napi::Object>());
    stages.push_back({makeOperation(options.env(), stage.text("name"),
                                    stage.value("options").As<Napi::Object>()),
                      stage.flag("keep")});
  }
  return std::make_shared<PipeOperation>(std::move(stages));
}

}  // namespace

std::shared_ptr<const Operation> makeOperation(Napi::Env env, const std::string& name,
                                               const Napi::Object& options) {
  const OptionReader reader(options);
  // Somebody else's operation may have the name of one of ours.
  if (options.Has("ownLibrary")) return ownFactories().front().make(reader);
  if (name == "pipe") return makePipe(reader);
  const std::array families = {fileFactories(),     digestFactories(),  compressionFactories(),
                               textFactories(),     importsFactories(), frontMatterFactories(),
                               markdownFactories(), jsonFactories(),    similarityFactories(),
                               ownFactories()};
  for (const auto family : families) {
    for (const OperationFactory& factory : family) {
      if (name == factory.name) return factory.make(reader);
    }
  }
  throw Napi::TypeError::New(env, "no native operation is named " + name);
}

}  // namespace millrace::binding
