// The rules of one .gitignore file, as gitignore(5) describes them, and of a chain of such files
// from a directory up to the root. Immutable after parsing; thread safe.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "io/glob.h"

namespace millrace {

class Gitignore {
 public:
  enum class Verdict : uint8_t { kNone, kIgnored, kKept };

  /// `text` is the content of the file. Lines that git cannot match either are left out;
  /// kInvalidArgument when the rules are too large together.
  static Result<Gitignore> parse(std::string_view text);

  bool empty() const { return names_.start().empty() && paths_.start().empty(); }

  /// For walks: `below` is the state of the rules with a slash after the directory of the entry,
  /// relative to the .gitignore's own directory.
  const GlobAutomaton& paths() const { return paths_; }
  Verdict judge(const GlobState& below, std::string_view name, bool isDirectory) const;

  /// The verdict on a path relative to the .gitignore's directory, by this path's own rules only;
  /// that a directory above it may be ignored is for the caller to consider.
  Verdict judgePath(std::string_view path, bool isDirectory) const;

 private:
  GlobAutomaton names_;  // rules without a slash, which apply to the last segment alone
  GlobAutomaton paths_;  // rules with a slash
};

/// The .gitignore files that apply in one directory, each with how far the directory's path has
/// come in it. Shared by the directories below; immutable.
class IgnoreChain {
 public:
  using Shared = std::shared_ptr<const IgnoreChain>;

  /// The chain of a directory with a .gitignore of its own, below `parent` (may be null).
  static Shared extend(Shared parent, std::shared_ptr<const Gitignore> rules);

  /// The chain of a directory that is one level below. `name` is its name. `chain` may be null.
  static Shared descend(const Shared& chain, std::string_view name);

  /// Whether an entry of the directory is ignored. `chain` may be null.
  static bool ignores(const Shared& chain, std::string_view name, bool isDirectory);

 private:
  struct Level {
    std::shared_ptr<const Gitignore> rules;
    GlobState state;
  };
  std::vector<Level> levels_;  // the outermost first
};

}  // namespace millrace
