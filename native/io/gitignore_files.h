// Where .gitignore files are found: in a directory, and in those above it. Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "io/gitignore.h"

namespace millrace {

/// Reads and parses one .gitignore file.
Result<std::shared_ptr<const Gitignore>> loadGitignore(const std::string& path);

/// The rules that hold in `root` from the directories above it, up to the root of its repository
/// (the nearest directory with a .git); null when there are none or it is in no repository. A
/// repository's info/exclude and the user's own excludes file are not consulted: they are not part
/// of the tree. What cannot be read has no rules.
IgnoreChain::Shared chainAbove(const std::string& root);

}  // namespace millrace
