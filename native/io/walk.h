// A parallel walk of a directory tree. A Walk is compiled once, immutable and thread safe; each
// run() has state of its own. The calling thread works too, so that a run always makes progress,
// even when the pool of its helpers is full of callers. At most two descriptors are open per
// thread. Nothing is said about changes made during the walk, except that a directory that
// vanishes is among the errors.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "executor/task.h"
#include "io/file.h"
#include "io/glob.h"

namespace millrace {

enum class SymlinkPolicy : uint8_t {
  kSkip,   ///< as if they were not there
  kList,   ///< an entry of type symlink, never entered; counts as a file
  kFollow  ///< stands for its target; dangling ones and loops are errors
};

/// Files are regular files and listed symlinks; FIFOs, sockets and devices come with kAll only.
enum class WalkSelection : uint8_t { kFiles, kDirectories, kAll };

/// What paths begin with.
enum class PathForm : uint8_t {
  kRelative,  ///< the root's own entries have no directory in front
  kRooted,    ///< the root as given, so that the path works where the root does; nothing for "."
  kAbsolute   ///< the root's absolute path
};

struct WalkOptions {
  std::vector<std::string> patterns;  ///< globs relative to the root; none selects everything
  std::vector<std::string> ignore;    ///< globs; a directory that matches is not entered
  bool gitignore = false;             ///< respect .gitignore files, also above the root; skips .git
  bool dot = false;                   ///< wildcards select names with a leading dot
  bool ignoreCase = false;            ///< of globs
  SymlinkPolicy symlinks = SymlinkPolicy::kSkip;
  WalkSelection select = WalkSelection::kFiles;
  uint32_t maxDepth = std::numeric_limits<uint32_t>::max();  ///< 1: the root's own entries
  PathForm paths = PathForm::kRelative;
  bool sorted = false;   ///< by the bytes of the path, instead of as found
  bool sizes = false;    ///< of every entry, at the price of a status call each
  uint32_t threads = 1;  ///< at most, the caller's included
};

/// A path that could not be read, and why.
struct WalkError {
  std::string path;  // as entries are written; the root itself is "."
  Error error;
};

/// Entries side by side. `types` and `sizes` cover first `paths`, then `undecodable`.
struct WalkResult {
  std::string paths;        // joined by NUL
  size_t count = 0;         // of paths
  std::string undecodable;  // paths that are not UTF-8, joined by NUL
  size_t undecodableCount = 0;
  std::vector<FileType> types;
  std::vector<double> sizes;  // empty unless asked for
  size_t directories = 0;     // read, the root included
  std::vector<WalkError> errors;
};

class Walk {
 public:
  /// kInvalidArgument for a bad pattern.
  static Result<Walk> compile(const WalkOptions& options);

  /// Walks below `root`. Fails as a whole only when the root cannot be read, when `checkpoint`
  /// (asked from several threads at once) fails, or when memory runs out.
  Result<WalkResult> run(std::string_view root, TaskSink& helpers,
                         const Checkpoint& checkpoint) const;

 private:
  friend class WalkRun;
  friend class WalkWorker;

  Walk(WalkOptions options, GlobSet patterns, std::optional<GlobSet> kept)
      : options_(std::move(options)), patterns_(std::move(patterns)), kept_(std::move(kept)) {}

  WalkOptions options_;
  GlobSet patterns_;
  std::optional<GlobSet> kept_;  // what the ignore patterns leave
};

}  // namespace millrace
