// A .gitignore file up to a NUL byte, then a path. Judging a path at once must agree with going
// down to it step by step, as a walk does.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "io/gitignore.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(text.find('\0'), text.size());
  Result<Gitignore> parsed = Gitignore::parse(text.substr(0, end));
  if (!parsed) return 0;
  const std::string_view path = text.substr(std::min(end + 1, text.size()));
  const auto rules = std::make_shared<const Gitignore>(std::move(parsed).value());

  for (const bool isDirectory : {false, true}) {
    const bool atOnce = rules->judgePath(path, isDirectory) == Gitignore::Verdict::kIgnored;
    IgnoreChain::Shared chain = IgnoreChain::extend(nullptr, rules);
    std::string_view rest = path;
    for (size_t slash; (slash = rest.find('/')) != std::string_view::npos;) {
      chain = IgnoreChain::descend(chain, rest.substr(0, slash));
      rest.remove_prefix(slash + 1);
    }
    if (IgnoreChain::ignores(chain, rest, isDirectory) != atOnce) std::abort();
  }
  return 0;
}
