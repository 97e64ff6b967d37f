// Invariant: a file that is missing or malformed means no limit, never an error: the machine then
// simply is not limited as far as this process can tell.
#include "metrics/cgroup.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace millrace {
namespace {

// v1 says "no limit" with the largest multiple of the page size; nothing real comes near.
constexpr uint64_t kNoMemoryLimit = uint64_t{1} << 60;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

/// Cuts `text` up to `separator` off its front and returns it.
std::string_view cut(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

template <typename Number>
std::optional<Number> parseNumber(std::string_view text) {
  text = trimmed(text);
  Number value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool contains(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    if (cut(list, ',') == item) return true;
  }
  return false;
}

std::optional<double> ratio(std::optional<int64_t> quota, std::optional<int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

/// The process's path in a hierarchy, from /proc/self/cgroup: lines "id:controllers:path".
std::optional<std::string_view> pathIn(std::string_view selfCgroup, std::string_view controller) {
  while (!selfCgroup.empty()) {
    std::string_view line = cut(selfCgroup, '\n');
    const std::string_view id = cut(line, ':');
    const std::string_view controllers = cut(line, ':');
    const bool unified = id == "0" && controllers.empty();
    if (controller.empty() ? unified : contains(controllers, controller)) return line;
  }
  return std::nullopt;
}

struct Mount {
  std::string_view root;   ///< the part of the hierarchy that is visible here
  std::string_view point;  ///< and where
};

/// Lines "id parent device root point options ... - type source superOptions".
std::optional<Mount> mountOf(std::string_view mountInfo, std::string_view controller) {
  while (!mountInfo.empty()) {
    std::string_view line = cut(mountInfo, '\n');
    const size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::string_view tail = line.substr(dash + 3);
    const std::string_view type = cut(tail, ' ');
    cut(tail, ' ');  // source
    if (controller.empty() ? type != "cgroup2" : type != "cgroup" || !contains(tail, controller)) {
      continue;
    }
    for (int i = 0; i < 3; ++i) cut(line, ' ');
    Mount mount;
    mount.root = cut(line, ' ');
    mount.point = cut(line, ' ');
    return mount;
  }
  return std::nullopt;
}

/// Keeps the smaller of two limits.
template <typename Number>
void tighten(std::optional<Number>& limit, std::optional<Number> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

/// Calls `visit` with each directory of the process's groups, v2 and v1.
template <typename Visit>
void eachDirectory(const FileReader& read, std::string_view controller, Visit visit) {
  const auto selfCgroup = read("/proc/self/cgroup");
  const auto mountInfo = read("/proc/self/mountinfo");
  if (!selfCgroup || !mountInfo) return;
  for (const std::string_view name : {std::string_view(), controller}) {
    for (const std::string& path : cgroupDirectories(*selfCgroup, *mountInfo, name)) visit(path);
  }
}

}  // namespace

std::optional<std::string> readTextFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return std::nullopt;
  std::string text;
  char block[4096];
  for (size_t n = 0; (n = std::fread(block, 1, sizeof block, file)) > 0;) text.append(block, n);
  std::fclose(file);
  return text;
}

std::vector<std::string> cgroupDirectories(std::string_view selfCgroup, std::string_view mountInfo,
                                           std::string_view controller) {
  const auto path = pathIn(selfCgroup, controller);
  const auto mount = mountOf(mountInfo, controller);
  if (!path || !mount) return {};
  std::string_view below = *path;
  // Inside a container the mount shows only the container's part of the hierarchy.
  const std::string_view root = mount->root == "/" ? std::string_view() : mount->root;
  if (below.starts_with(root)) {
    below.remove_prefix(root.size());
  } else {
    below = {};
  }
  std::vector<std::string> directories;
  for (;;) {
    while (below.ends_with('/')) below.remove_suffix(1);
    directories.push_back(std::string(mount->point).append(below));
    if (below.empty()) return directories;
    below = below.substr(0, below.rfind('/') == std::string_view::npos ? 0 : below.rfind('/'));
  }
}

std::optional<double> parseCpuMax(std::string_view text) {
  text = trimmed(text);
  const auto quota = parseNumber<int64_t>(cut(text, ' '));
  return ratio(quota, parseNumber<int64_t>(text));
}

std::optional<double> parseCfsQuota(std::string_view quota, std::string_view period) {
  return ratio(parseNumber<int64_t>(quota), parseNumber<int64_t>(period));
}

std::optional<uint64_t> parseMemoryLimit(std::string_view text) {
  const auto bytes = parseNumber<uint64_t>(text);
  if (!bytes || *bytes >= kNoMemoryLimit) return std::nullopt;
  return bytes;
}

std::optional<double> cgroupCpuLimit(const FileReader& read) {
  std::optional<double> limit;
  eachDirectory(read, "cpu", [&](const std::string& directory) {
    if (const auto text = read(directory + "/cpu.max")) tighten(limit, parseCpuMax(*text));
    const auto quota = read(directory + "/cpu.cfs_quota_us");
    const auto period = read(directory + "/cpu.cfs_period_us");
    if (quota && period) tighten(limit, parseCfsQuota(*quota, *period));
  });
  return limit;
}

std::optional<uint64_t> cgroupMemoryLimit(const FileReader& read) {
  std::optional<uint64_t> limit;
  eachDirectory(read, "memory", [&](const std::string& directory) {
    if (const auto text = read(directory + "/memory.max")) tighten(limit, parseMemoryLimit(*text));
    const auto text = read(directory + "/memory.limit_in_bytes");
    if (text) tighten(limit, parseMemoryLimit(*text));
  });
  return limit;
}

}  // namespace millrace
