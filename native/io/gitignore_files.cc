#include "io/gitignore_files.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "io/file.h"
#include "io/portable_path.h"

namespace millrace {
namespace {

constexpr uint64_t kMaxBytes = 16 * 1024 * 1024;

bool isThere(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

bool isFile(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(path, error));
}

}  // namespace

Result<std::shared_ptr<const Gitignore>> loadGitignore(const std::string& path) {
  const Result<Bytes> content = readFile(path, kMaxBytes, [] { return Result<void>(); });
  if (!content) return content.error();
  Result<Gitignore> parsed = Gitignore::parse(textOf(content.value().view()));
  if (!parsed) return std::move(parsed).error();
  return std::shared_ptr<const Gitignore>(std::make_shared<Gitignore>(std::move(parsed).value()));
}

IgnoreChain::Shared chainAbove(const std::string& root) {
  std::error_code error;
  const std::filesystem::path start = std::filesystem::canonical(pathFrom(root), error);
  if (error) return nullptr;
  std::vector<std::filesystem::path> above;  // the innermost first
  for (std::filesystem::path at = start; !isThere(at / ".git"); at = at.parent_path()) {
    if (at == at.parent_path()) return nullptr;  // no repository
    above.push_back(at.parent_path());
  }
  IgnoreChain::Shared chain;
  for (size_t i = above.size(); i-- > 0;) {
    const std::filesystem::path file = above[i] / ".gitignore";
    if (isFile(file)) {
      auto rules = loadGitignore(utf8From(file));
      if (rules) chain = IgnoreChain::extend(std::move(chain), std::move(rules).value());
    }
    const std::filesystem::path& inner = i == 0 ? start : above[i - 1];
    chain = IgnoreChain::descend(chain, utf8From(inner.filename()));
  }
  return chain;
}

}  // namespace millrace
