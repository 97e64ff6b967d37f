#include "binding/operation_options.h"

#include "operations/noop.h"

namespace millrace::binding {

std::shared_ptr<const Operation> makeOperation(Napi::Env env, const std::string& name,
                                               const Napi::Object& /*options*/) {
  if (name == "noop") return std::make_shared<NoopOperation>();
  throw Napi::TypeError::New(env, "no native operation is named " + name);
}

}  // namespace millrace::binding
