// Invariants: pending_ counts the directories found and not yet read; it reaches zero once, when
// the walk is complete. A helper that starts after the end finds ended_ and touches nothing else.
// Workers keep their newest directories and hand over the oldest, which tend to be the largest.
#include "io/walk.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <new>
#include <utility>

#include "io/gitignore_files.h"
#include "io/portable_path.h"
#include "io/utf8.h"
#include "io/walk_worker.h"

namespace millrace {

/// One walk under way. Shared by the caller and its helpers.
class WalkRun : public std::enable_shared_from_this<WalkRun> {
 public:
  WalkRun(const Walk& walk, std::string root, std::string prefix, TaskSink& helpers,
          const Checkpoint& checkpoint)
      : walk_(walk),
        root_(std::move(root)),
        prefix_(std::move(prefix)),
        helpers_(helpers),
        checkpoint_(checkpoint) {}

  Result<WalkResult> run();

 private:
  using Directories = std::vector<std::unique_ptr<WalkDirectory>>;

  class Helper final : public Task {
   public:
    explicit Helper(std::shared_ptr<WalkRun> run) : run_(std::move(run)) {}
    void run() override {
      run_->help();
      delete this;
    }

   private:
    const std::shared_ptr<WalkRun> run_;
  };

  void help();
  void work();
  Result<void> workOn(WalkWorker& worker, Directories& own);
  bool take(Directories& own, std::unique_ptr<WalkDirectory>& directory);
  void handOver(Directories& own);
  void callHelper();
  void finishOne(size_t found);
  void fail(Error error);
  void keep(std::unique_ptr<WalkDirectory> directory) {
    std::lock_guard lock(mutex_);
    kept_.push_back(std::move(directory));
  }
  bool keepsDirectories() const {
    return walk_.options_.sorted || walk_.options_.symlinks == SymlinkPolicy::kFollow;
  }
  WalkResult merge();
  void mergeSorted(WalkResult& result) const;

  // Used only while the walk lasts: the caller waits until no helper is active any more.
  const Walk& walk_;
  const std::string root_;
  const std::string prefix_;
  TaskSink& helpers_;
  const Checkpoint& checkpoint_;

  std::mutex mutex_;  // guards everything down to the atomics
  std::condition_variable changed_;
  Directories shared_;
  std::vector<std::unique_ptr<WalkWorker>> workers_;
  Directories kept_;  // being read or read, in walks that look back at them; the root is one
  const WalkDirectory* top_ = nullptr;
  size_t active_ = 0;
  bool ended_ = false;
  bool failed_ = false;
  Error failure_;

  std::atomic<size_t> pending_{0};
  std::atomic<size_t> idle_{0};       // a hint for workers with more than they need
  std::atomic<size_t> called_{0};     // helpers asked for
  std::atomic<bool> stopped_{false};  // after a failure: nobody begins another directory
};

Result<WalkResult> WalkRun::run() {
  auto top = std::make_unique<WalkDirectory>();
  top->patterns = walk_.patterns_.automaton().start();
  if (walk_.kept_) top->kept = walk_.kept_->automaton().start();
  if (walk_.options_.gitignore) top->ignored = chainAbove(root_);
  top->utf8 = isUtf8(prefix_);
  top_ = top.get();
  shared_.push_back(std::move(top));
  pending_.store(1, std::memory_order_relaxed);
  active_ = 1;
  work();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return active_ == 0; });
  if (failed_) return std::move(failure_);
  return merge();
}

void WalkRun::help() {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ++active_;
  }
  work();
}

/// A thread's share of the walk. REQUIRES: it is counted in active_.
void WalkRun::work() {
  Directories own;
  try {
    Result<Bytes> buffer = Bytes::allocate(Directory::kBufferBytes);
    auto worker = buffer ? std::make_unique<WalkWorker>(walk_, root_, prefix_, checkpoint_,
                                                        buffer.value().span())
                         : nullptr;
    Result<void> done = buffer ? Result<void>() : std::move(buffer).error();
    while (done) {
      std::unique_ptr<WalkDirectory> directory;
      if (!take(own, directory)) break;
      WalkDirectory& reading = *directory;
      if (keepsDirectories()) keep(std::move(directory));
      const size_t before = own.size();
      done = worker->read(reading, own);
      finishOne(own.size() - before);
    }
    if (!done) fail(std::move(done).error());
    std::lock_guard lock(mutex_);
    if (worker) workers_.push_back(std::move(worker));
  } catch (const std::bad_alloc&) {
    fail(Error::of(ErrorCode::kOutOfMemory));
  }
  std::lock_guard lock(mutex_);
  --active_;
  changed_.notify_all();
}

/// The next directory to read; false at the end of the walk.
bool WalkRun::take(Directories& own, std::unique_ptr<WalkDirectory>& directory) {
  // Relaxed: the failure itself travels through the mutex.
  if (stopped_.load(std::memory_order_relaxed)) return false;
  if (own.size() > 1) {
    // Relaxed: a hint only; the directories are handed over under the mutex.
    if (idle_.load(std::memory_order_relaxed) > 0) {
      handOver(own);
    } else {
      callHelper();
    }
  }
  if (own.empty()) {
    std::unique_lock lock(mutex_);
    idle_.fetch_add(1, std::memory_order_relaxed);
    changed_.wait(lock, [this] { return ended_ || !shared_.empty(); });
    idle_.fetch_sub(1, std::memory_order_relaxed);
    if (ended_) return false;
    const size_t share = (shared_.size() + 1) / 2;
    std::move(shared_.end() - static_cast<ptrdiff_t>(share), shared_.end(),
              std::back_inserter(own));
    shared_.resize(shared_.size() - share);
  }
  directory = std::move(own.back());
  own.pop_back();
  return true;
}

/// Gives the older half away.
void WalkRun::handOver(Directories& own) {
  const auto half = own.begin() + static_cast<ptrdiff_t>(own.size() / 2);
  {
    std::lock_guard lock(mutex_);
    if (ended_) {
      own.clear();
      return;
    }
    std::move(own.begin(), half, std::back_inserter(shared_));
  }
  own.erase(own.begin(), half);
  changed_.notify_all();
}

/// One more helper, as long as there may be more. A pool without room only means less help.
void WalkRun::callHelper() {
  const size_t most = std::min<size_t>(walk_.options_.threads - 1, helpers_.width());
  if (called_.load(std::memory_order_relaxed) >= most) return;
  if (called_.fetch_add(1, std::memory_order_relaxed) >= most) return;
  auto helper = std::make_unique<Helper>(shared_from_this());
  if (helpers_.submit(*helper)) (void)helper.release();  // owns itself from now on
}

/// One directory has been read and `found` more have been found in it.
void WalkRun::finishOne(size_t found) {
  // Relaxed: results travel through the mutex; this only counts. One's own directories are counted
  // before the directory they were found in is taken off, so that zero means the end.
  if (pending_.fetch_add(found - 1, std::memory_order_relaxed) + found - 1 != 0) return;
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void WalkRun::fail(Error error) {
  stopped_.store(true, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  if (!failed_) failure_ = std::move(error);
  failed_ = true;
  ended_ = true;
  changed_.notify_all();
}

/// Copies the tree's runs of entries in order, depth first, from a stack of our own.
void WalkRun::mergeSorted(WalkResult& result) const {
  struct Cursor {
    const WalkDirectory* directory;
    size_t part;
  };
  std::vector<Cursor> stack{{top_, 0}};
  while (!stack.empty()) {
    Cursor& at = stack.back();
    if (at.part == at.directory->parts.size()) {
      stack.pop_back();
      continue;
    }
    const WalkPart& part = at.directory->parts[at.part++];
    const WalkEntries& from = at.directory->reader->entries();
    result.paths.append(from.text, part.textBegin, part.textEnd - part.textBegin);
    const auto copy = [&part](const auto& source, auto& target) {
      target.insert(target.end(), source.begin() + static_cast<ptrdiff_t>(part.entryBegin),
                    source.begin() + static_cast<ptrdiff_t>(part.entryEnd));
    };
    copy(from.types, result.types);
    if (walk_.options_.sizes) copy(from.sizes, result.sizes);
    if (part.subtree) stack.push_back({part.subtree, 0});
  }
}

namespace {

void appendAll(const WalkEntries& from, std::string& text, std::vector<FileType>& types,
               std::vector<double>& sizes) {
  text.append(from.text);
  types.insert(types.end(), from.types.begin(), from.types.end());
  sizes.insert(sizes.end(), from.sizes.begin(), from.sizes.end());
}

/// Sorts the few paths that the tree's order was not kept for.
void sortEntries(WalkEntries& entries) {
  struct Entry {
    std::string path;
    size_t index;
  };
  std::vector<Entry> order;
  for (size_t begin = 0; begin < entries.text.size();) {
    const size_t end = entries.text.find('\0', begin);
    order.push_back({entries.text.substr(begin, end - begin), order.size()});
    begin = end + 1;
  }
  std::sort(order.begin(), order.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  WalkEntries sorted;
  for (const Entry& each : order) {
    sorted.text.append(each.path) += '\0';
    sorted.types.push_back(entries.types[each.index]);
    if (!entries.sizes.empty()) sorted.sizes.push_back(entries.sizes[each.index]);
  }
  entries = std::move(sorted);
}

}  // namespace

WalkResult WalkRun::merge() {
  WalkResult result;
  WalkEntries undecodable;
  size_t textBytes = 0;
  size_t entries = 0;
  for (const auto& worker : workers_) {
    textBytes += worker->entries().text.size();
    entries += worker->entries().types.size();
    result.directories += worker->directories();
    appendAll(worker->undecodable(), undecodable.text, undecodable.types, undecodable.sizes);
    std::move(worker->errors().begin(), worker->errors().end(), std::back_inserter(result.errors));
  }
  result.paths.reserve(textBytes);
  result.types.reserve(entries + undecodable.types.size());
  if (walk_.options_.sorted) {
    mergeSorted(result);
    sortEntries(undecodable);
    std::sort(result.errors.begin(), result.errors.end(),
              [](const WalkError& a, const WalkError& b) { return a.path < b.path; });
  } else {
    for (const auto& worker : workers_) {
      appendAll(worker->entries(), result.paths, result.types, result.sizes);
    }
  }
  result.count = result.types.size();
  result.undecodableCount = undecodable.types.size();
  appendAll(undecodable, result.undecodable, result.types, result.sizes);
  if (!result.paths.empty()) result.paths.pop_back();
  if (!result.undecodable.empty()) result.undecodable.pop_back();
  return result;
}

Result<Walk> Walk::compile(const WalkOptions& options) {
  if (options.maxDepth == 0 || options.threads == 0) {
    return Error::of(ErrorCode::kInvalidArgument, "maxDepth and threads must be at least 1");
  }
  Result<GlobSet> patterns = GlobSet::compile(options.patterns, {options.dot, options.ignoreCase});
  if (!patterns) return std::move(patterns).error();
  std::optional<GlobSet> kept;
  if (!options.ignore.empty()) {
    // Everything, less what is ignored; a negated pattern brings back.
    std::vector<std::string> inverted{"**"};
    for (const std::string& each : options.ignore) {
      inverted.push_back(each.starts_with('!') ? each.substr(1) : "!" + each);
    }
    Result<GlobSet> made = GlobSet::compile(inverted, {/*dot=*/true, options.ignoreCase});
    if (!made) return std::move(made).error();
    kept = std::move(made).value();
  }
  return Walk(options, std::move(patterns).value(), std::move(kept));
}

Result<WalkResult> Walk::run(std::string_view root, TaskSink& helpers,
                             const Checkpoint& checkpoint) const {
  Result<std::string> checked = checkedPath(root);
  if (!checked) return std::move(checked).error();
  const auto withSlash = [](std::string path) {
    if (!path.ends_with('/')) path += '/';
    return path;
  };
  std::string prefix;
  if (options_.paths == PathForm::kRooted && checked.value() != ".") {
    prefix = withSlash(checked.value());
  } else if (options_.paths == PathForm::kAbsolute) {
    std::error_code error;
    const auto absolute =
        std::filesystem::absolute(pathFrom(checked.value()), error).lexically_normal();
    if (error) return Error::system(error.value(), "getcwd");
    prefix = withSlash(utf8From(absolute));
  }
  return std::make_shared<WalkRun>(*this, withSlash(std::move(checked).value()), std::move(prefix),
                                   helpers, checkpoint)
      ->run();
}

}  // namespace millrace
