// One thread's part of a walk: reads directories and collects what it finds. Private to the walk.
// A worker and the directories it holds belong to one thread at a time; finished directories are
// read by the merging thread after all workers have ended.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/directory.h"
#include "io/gitignore.h"
#include "io/walk.h"

namespace millrace {

struct WalkDirectory;
class WalkWorker;

/// In a sorted walk: a run of entries of one directory, and the subtree that follows it.
struct WalkPart {
  size_t textBegin;
  size_t textEnd;
  size_t entryBegin;
  size_t entryEnd;
  const WalkDirectory* subtree;  // null behind the last one
};

/// A directory to read, later one that was read.
struct WalkDirectory {
  std::string path;  // relative to the root, with a slash at the end; "" for the root
  GlobState patterns;
  GlobState kept;
  IgnoreChain::Shared ignored;
  uint32_t depth = 0;  // of the directory itself; the root has 0
  bool utf8 = true;
  bool throughSymlink = false;
  const WalkDirectory* parent = nullptr;  // set when links are followed
  FileIdentity identity;                  // set when links are followed
  const WalkWorker* reader = nullptr;
  std::vector<WalkPart> parts;  // in a sorted walk
};

/// Entries in the order in which they were found.
struct WalkEntries {
  std::string text;  // each path with a NUL behind it
  std::vector<FileType> types;
  std::vector<double> sizes;
};

class WalkWorker {
 public:
  WalkWorker(const Walk& walk, const std::string& root, const std::string& prefix,
             const Checkpoint& checkpoint, MutableByteView buffer)
      : walk_(walk), root_(root), prefix_(prefix), checkpoint_(checkpoint), buffer_(buffer) {}

  /// Reads one directory, collects its entries, and appends the directories below it to `found`.
  /// Fails only when the walk as a whole has to.
  Result<void> read(WalkDirectory& directory, std::vector<std::unique_ptr<WalkDirectory>>& found);

  // Results. REQUIRES: the worker has ended.
  const WalkEntries& entries() const { return entries_; }
  const WalkEntries& undecodable() const { return undecodable_; }
  std::vector<WalkError>& errors() { return errors_; }
  size_t directories() const { return directories_; }

 private:
  /// An entry as the system gave it; the name lies in names_, with a NUL behind it.
  struct Raw {
    size_t begin;
    size_t size;
    FileType type;
  };
  /// An entry that is part of the result, or the subtree of a directory to be entered.
  struct Item {
    std::string_view name;
    FileType type;
    double size;
    std::unique_ptr<WalkDirectory> subtree;
  };

  Result<void> collect(Directory& open, WalkDirectory& directory);
  void judge(const Directory& open, const WalkDirectory& directory, const Raw& raw);
  bool isKept(const WalkDirectory& directory, std::string_view name, bool isDirectory, bool& enter);
  bool resolve(const Directory& open, const WalkDirectory& directory, std::string_view name,
               FileType& type, double& size, bool& throughSymlink);
  std::unique_ptr<WalkDirectory> below(const WalkDirectory& directory, std::string_view name,
                                       bool throughSymlink);
  bool isLoop(const WalkDirectory& directory) const;
  void emit(WalkDirectory& directory, std::vector<std::unique_ptr<WalkDirectory>>& found);
  void append(const WalkDirectory& directory, const Item& item);
  bool wanted(FileType type) const;
  void report(const WalkDirectory& directory, std::string_view name, Error error);

  const Walk& walk_;
  const std::string& root_;    // ends with a slash
  const std::string& prefix_;  // of every path in the result
  const Checkpoint& checkpoint_;
  const MutableByteView buffer_;

  // Of the directory at hand.
  std::string names_;
  std::vector<Raw> raw_;
  std::vector<Item> items_;
  GlobState patterns_;  // of the entry at hand, with a final slash once it may be a directory
  GlobState kept_;

  WalkEntries entries_;
  WalkEntries undecodable_;
  std::vector<WalkError> errors_;
  size_t directories_ = 0;
};

}  // namespace millrace
