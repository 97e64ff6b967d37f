// Invariants: after judge() the pattern states of an entry to be entered include its final slash;
// names point into names_, which does not change between collect() and the end of emit().
#include "io/walk_worker.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/gitignore_files.h"
#include "io/utf8.h"

namespace millrace {
namespace {

constexpr size_t kEntriesPerCheckpoint = 4096;

/// Byte order of the paths that stem from two names in one directory: everything below a directory
/// is sorted as if its name ended with a slash.
bool comesBefore(std::string_view a, bool aIsSubtree, std::string_view b, bool bIsSubtree) {
  const size_t common = std::min(a.size(), b.size());
  const int order = std::memcmp(a.data(), b.data(), common);
  if (order != 0) return order < 0;
  const auto at = [common](std::string_view name, bool isSubtree) {
    if (name.size() > common) return static_cast<int>(static_cast<uint8_t>(name[common]));
    return isSubtree ? int{'/'} : -1;
  };
  return at(a, aIsSubtree) < at(b, bIsSubtree);
}

}  // namespace

Result<void> WalkWorker::read(WalkDirectory& directory,
                              std::vector<std::unique_ptr<WalkDirectory>>& found) {
  Result<void> go = checkpoint_();
  if (!go) return go;
  directory.reader = this;
  const bool isRoot = directory.depth == 0;
  Result<Directory> open =
      Directory::open(root_ + directory.path, isRoot || directory.throughSymlink, buffer_);
  if (!open) {
    if (isRoot) return std::move(open).error();
    report(directory, {}, std::move(open).error());
    return {};
  }
  if (walk_.options_.symlinks == SymlinkPolicy::kFollow) {
    const Result<FileIdentity> identity = open.value().identity();
    if (identity) directory.identity = identity.value();
    if (directory.throughSymlink && isLoop(directory)) {
      report(directory, {}, Error::system(ELOOP, "scandir"));
      return {};
    }
  }
  ++directories_;
  Result<void> done = collect(open.value(), directory);
  if (!done) return done;
  items_.clear();
  for (size_t i = 0; i < raw_.size(); ++i) {
    if (i % kEntriesPerCheckpoint == kEntriesPerCheckpoint - 1 && !(done = checkpoint_())) {
      return done;
    }
    judge(open.value(), directory, raw_[i]);
  }
  emit(directory, found);
  return {};
}

/// Reads all names first: whether there is a .gitignore among them decides about the others.
Result<void> WalkWorker::collect(Directory& open, WalkDirectory& directory) {
  names_.clear();
  raw_.clear();
  bool hasGitignore = false;
  DirectoryEntry entry;
  for (;;) {
    const Result<bool> more = open.next(entry);
    if (!more && directory.depth == 0 && raw_.empty()) return more.error();
    if (!more) report(directory, {}, more.error());
    if (!more || !more.value()) break;
    raw_.push_back({names_.size(), entry.name.size(), entry.type});
    names_.append(entry.name);
    names_ += '\0';
    if (entry.name == ".gitignore" && entry.type == FileType::kFile) hasGitignore = true;
    if (raw_.size() % kEntriesPerCheckpoint == 0) {
      Result<void> go = checkpoint_();
      if (!go) return go;
    }
  }
  if (walk_.options_.gitignore && hasGitignore) {
    const std::string path = root_ + directory.path + ".gitignore";
    Result<std::shared_ptr<const Gitignore>> rules = loadGitignore(path);
    if (rules) {
      directory.ignored = IgnoreChain::extend(directory.ignored, std::move(rules).value());
    } else {
      report(directory, ".gitignore", std::move(rules).error());
    }
  }
  return {};
}

/// What an entry is once links and file systems without types have been looked through; false when
/// it is to be passed over.
bool WalkWorker::resolve(const Directory& open, const WalkDirectory& directory,
                         std::string_view name, FileType& type, double& size,
                         bool& throughSymlink) {
  const WalkOptions& options = walk_.options_;
  std::optional<FileStatus> status;
  const auto ask = [&](bool follow) {
    Result<FileStatus> found = open.statusOf(name, follow);
    if (!found) {
      report(directory, name, std::move(found).error());
      return false;
    }
    status = found.value();
    type = status->type;
    return true;
  };
  if (type == FileType::kUnknown && !ask(false)) return false;
  if (type == FileType::kSymlink) {
    if (options.symlinks == SymlinkPolicy::kSkip) return false;
    throughSymlink = options.symlinks == SymlinkPolicy::kFollow;
    if (throughSymlink && !ask(true)) return false;
  }
  if (options.sizes && !status && wanted(type) && !ask(false)) return false;
  size = status ? static_cast<double>(status->size) : 0;
  return true;
}

bool WalkWorker::wanted(FileType type) const {
  switch (walk_.options_.select) {
    case WalkSelection::kFiles:
      return type == FileType::kFile || type == FileType::kSymlink;
    case WalkSelection::kDirectories:
      return type == FileType::kDirectory;
    case WalkSelection::kAll:
      return true;
  }
  return false;
}

/// Whether the ignore patterns and the .gitignore files leave an entry, and what is below it.
bool WalkWorker::isKept(const WalkDirectory& directory, std::string_view name, bool isDirectory,
                        bool& enter) {
  if (walk_.kept_) {
    kept_ = directory.kept;
    walk_.kept_->automaton().feed(kept_, name, true);
    if (!walk_.kept_->selects(kept_, isDirectory)) return false;
    if (enter) {
      walk_.kept_->automaton().feed(kept_, "/", false);
      enter = walk_.kept_->selectsBelow(kept_);
    }
  }
  return !IgnoreChain::ignores(directory.ignored, name, isDirectory);
}

/// Appends to items_ what comes of one entry. The cheap questions come first: most entries of a
/// selective walk are dropped before the system is asked about them.
void WalkWorker::judge(const Directory& open, const WalkDirectory& directory, const Raw& raw) {
  const WalkOptions& options = walk_.options_;
  const GlobSet& patterns = walk_.patterns_;
  const std::string_view name(names_.data() + raw.begin, raw.size);
  if (options.gitignore && name == ".git") return;
  patterns_ = directory.patterns;
  patterns.automaton().feed(patterns_, name, true);
  const bool selectedAsFile = patterns.selects(patterns_, false);
  bool selectedAsDirectory = false;
  bool enter = false;
  if (raw.type == FileType::kDirectory || raw.type == FileType::kUnknown ||
      raw.type == FileType::kSymlink) {
    selectedAsDirectory = patterns.selects(patterns_, true);
    patterns.automaton().feed(patterns_, "/", false);
    enter = directory.depth + 1 < options.maxDepth && patterns.selectsBelow(patterns_);
  } else if (!wanted(raw.type)) {
    return;
  }
  if (!selectedAsFile && !selectedAsDirectory && !enter) return;

  FileType type = raw.type;
  double size = 0;
  bool throughSymlink = false;
  if (!resolve(open, directory, name, type, size, throughSymlink)) return;
  const bool isDirectory = type == FileType::kDirectory;
  const bool selected = wanted(type) && (isDirectory ? selectedAsDirectory : selectedAsFile);
  enter = enter && isDirectory;
  if ((!selected && !enter) || !isKept(directory, name, isDirectory, enter)) return;
  if (selected) items_.push_back({name, type, size, nullptr});
  if (enter) items_.push_back({name, type, size, below(directory, name, throughSymlink)});
}

std::unique_ptr<WalkDirectory> WalkWorker::below(const WalkDirectory& directory,
                                                 std::string_view name, bool throughSymlink) {
  auto made = std::make_unique<WalkDirectory>();
  made->path.reserve(directory.path.size() + name.size() + 1);
  made->path.append(directory.path).append(name) += '/';
  made->patterns = patterns_;
  if (walk_.kept_) made->kept = kept_;
  made->ignored = IgnoreChain::descend(directory.ignored, name);
  made->depth = directory.depth + 1;
  made->utf8 = directory.utf8 && isUtf8(name);
  made->throughSymlink = throughSymlink;
  if (walk_.options_.symlinks == SymlinkPolicy::kFollow) made->parent = &directory;
  return made;
}

bool WalkWorker::isLoop(const WalkDirectory& directory) const {
  for (const WalkDirectory* above = directory.parent; above; above = above->parent) {
    if (above->identity == directory.identity) return true;
  }
  return false;
}

void WalkWorker::emit(WalkDirectory& directory,
                      std::vector<std::unique_ptr<WalkDirectory>>& found) {
  const bool sorted = walk_.options_.sorted;
  if (sorted) {
    std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
      return comesBefore(a.name, a.subtree != nullptr, b.name, b.subtree != nullptr);
    });
  }
  WalkPart part{entries_.text.size(), 0, entries_.types.size(), 0, nullptr};
  const auto endPart = [&](const WalkDirectory* subtree) {
    part.textEnd = entries_.text.size();
    part.entryEnd = entries_.types.size();
    part.subtree = subtree;
    directory.parts.push_back(part);
    part.textBegin = part.textEnd;
    part.entryBegin = part.entryEnd;
  };
  for (Item& item : items_) {
    if (!item.subtree) {
      append(directory, item);
      continue;
    }
    if (sorted) endPart(item.subtree.get());
    found.push_back(std::move(item.subtree));
  }
  if (sorted) endPart(nullptr);
}

void WalkWorker::append(const WalkDirectory& directory, const Item& item) {
  WalkEntries& to = directory.utf8 && isUtf8(item.name) ? entries_ : undecodable_;
  to.text.append(prefix_).append(directory.path).append(item.name) += '\0';
  to.types.push_back(item.type);
  if (walk_.options_.sizes) to.sizes.push_back(item.size);
}

void WalkWorker::report(const WalkDirectory& directory, std::string_view name, Error error) {
  std::string path = prefix_;
  path.append(directory.path).append(name);
  if (path.empty()) path.assign(1, '.');
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  errors_.push_back({std::move(path), std::move(error)});
}

}  // namespace millrace
