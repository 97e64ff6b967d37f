// Invariant: a rule's index is its line number, so that of several rules that match the last one
// wins, as in git; of several files the innermost one with a matching rule decides.
#include "io/gitignore.h"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

/// Cuts off spaces at the end that are not escaped.
std::string_view withoutTrailingSpaces(std::string_view line) {
  size_t end = 0;  // behind the last character that counts
  for (size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size()) {
      ++at;
      end = at + 1;
    } else if (line[at] != ' ') {
      end = at + 1;
    }
  }
  return line.substr(0, end);
}

/// Takes a line off the front, without its end.
std::string_view takeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r') && end != std::string_view::npos) line.remove_suffix(1);
  return line;
}

struct Rules {
  std::vector<GlobRule> names;
  std::vector<GlobRule> paths;
};

void addLine(std::string_view line, uint32_t index, Rules& rules) {
  if (line.starts_with('#')) return;
  line = withoutTrailingSpaces(line);
  GlobRule rule;
  rule.index = index;
  rule.dot = true;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.directoryOnly = true;
    line.remove_suffix(1);
  }
  if (line.empty()) return;
  const bool hasSlash = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return;
  rule.pattern = line;
  (hasSlash ? rules.paths : rules.names).push_back(std::move(rule));
}

constexpr GlobDialect kDialect{/*ignoreCase=*/false, /*bytewise=*/true, /*strict=*/true};

}  // namespace

Result<Gitignore> Gitignore::parse(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Rules rules;
  for (uint32_t index = 0; !text.empty(); ++index) addLine(takeLine(text), index, rules);
  Gitignore parsed;
  Result<GlobAutomaton> names = GlobAutomaton::compile(rules.names, kDialect);
  if (!names) return std::move(names).error();
  Result<GlobAutomaton> paths = GlobAutomaton::compile(rules.paths, kDialect);
  if (!paths) return std::move(paths).error();
  parsed.names_ = std::move(names).value();
  parsed.paths_ = std::move(paths).value();
  return parsed;
}

Gitignore::Verdict Gitignore::judge(const GlobState& below, std::string_view name,
                                    bool isDirectory) const {
  GlobState state = names_.start();
  names_.feed(state, name, true);
  const int64_t byName = names_.lastMatch(state, isDirectory);
  state = below;
  paths_.feed(state, name, true);
  const int64_t byPath = paths_.lastMatch(state, isDirectory);
  if (byName == GlobAutomaton::kNoRule && byPath == GlobAutomaton::kNoRule) return Verdict::kNone;
  const bool kept = byName > byPath ? names_.negated(byName) : paths_.negated(byPath);
  return kept ? Verdict::kKept : Verdict::kIgnored;
}

Gitignore::Verdict Gitignore::judgePath(std::string_view path, bool isDirectory) const {
  GlobState below = paths_.start();
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return judge(below, path, isDirectory);
  paths_.feed(below, path.substr(0, slash + 1), true);
  return judge(below, path.substr(slash + 1), isDirectory);
}

IgnoreChain::Shared IgnoreChain::extend(Shared parent, std::shared_ptr<const Gitignore> rules) {
  if (rules->empty()) return parent;
  auto made = parent ? std::make_shared<IgnoreChain>(*parent) : std::make_shared<IgnoreChain>();
  GlobState start = rules->paths().start();
  made->levels_.push_back({std::move(rules), std::move(start)});
  return made;
}

IgnoreChain::Shared IgnoreChain::descend(const Shared& chain, std::string_view name) {
  if (!chain) return nullptr;
  auto made = std::make_shared<IgnoreChain>(*chain);
  for (Level& level : made->levels_) {
    level.rules->paths().feed(level.state, name, true);
    level.rules->paths().feed(level.state, "/", false);
  }
  return made;
}

bool IgnoreChain::ignores(const Shared& chain, std::string_view name, bool isDirectory) {
  if (!chain) return false;
  for (auto level = chain->levels_.rbegin(); level != chain->levels_.rend(); ++level) {
    const Gitignore::Verdict verdict = level->rules->judge(level->state, name, isDirectory);
    if (verdict != Gitignore::Verdict::kNone) return verdict == Gitignore::Verdict::kIgnored;
  }
  return false;
}

}  // namespace millrace
