// wordCount: how many words a text has, and how often the longer ones occur. C++, by the wrapper.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <millrace/operation.hpp>
#include <string>
#include <string_view>

namespace {

using millrace::own::Failure;
using millrace::own::Run;

constexpr std::size_t kCheckInterval = 4096;  // words between two looks at whether to stop

bool isLetter(char byte) {
  // Bytes beyond ASCII belong to letters of other scripts, well enough for counting words.
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
         static_cast<unsigned char>(byte) >= 0x80;
}

class WordCount {
 public:
  static constexpr millrace_field kFields[] = {
      {"words", MILLRACE_NUMBER}, {"characters", MILLRACE_NUMBER}, {"often", MILLRACE_JSON}};
  enum Field { kWords, kCharacters, kOften };

  /// Options: { "atLeast": n }, how long a word has to be to be counted one by one. A real
  /// operation would use a JSON library here.
  explicit WordCount(std::string_view options) {
    const std::size_t at = options.find("\"atLeast\":");
    if (at == std::string_view::npos) return;
    const std::string value(options.substr(at + 10));
    atLeast_ = std::strtoul(value.c_str(), nullptr, 10);
    if (atLeast_ == 0)
      throw Failure(MILLRACE_INVALID_ARGUMENT, "\"atLeast\" must be a number above 0");
  }

  void run(Run& run) const {
    std::string_view rest = run.input();
    run.number(kCharacters,
               static_cast<double>(std::count_if(rest.begin(), rest.end(), [](char byte) {
                 return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
               })));
    std::map<std::string_view, std::size_t> counts;
    std::size_t words = 0;
    while (!rest.empty()) {
      const auto begin = std::find_if(rest.begin(), rest.end(), isLetter);
      const auto end = std::find_if_not(begin, rest.end(), isLetter);
      const std::string_view word = rest.substr(begin - rest.begin(), end - begin);
      rest.remove_prefix(end - rest.begin());
      if (word.empty()) break;
      if (word.size() >= atLeast_) ++counts[word];
      if (++words % kCheckInterval == 0) run.checkpoint();
    }
    run.number(kWords, static_cast<double>(words));
    appendOften(run, counts);
  }

 private:
  /// {"word":count,...} of what occurs more than once. Words have nothing that JSON would escape.
  static void appendOften(Run& run, const std::map<std::string_view, std::size_t>& counts) {
    run.append(kOften, "{");
    bool first = true;
    for (const auto& [word, count] : counts) {
      if (count < 2) continue;
      run.append(kOften, first ? "\"" : ",\"");
      run.append(kOften, word);
      run.append(kOften, "\":" + std::to_string(count));
      first = false;
    }
    run.append(kOften, "}");
  }

  std::size_t atLeast_ = 5;
};

}  // namespace

MILLRACE_OPERATIONS("1.0.0", millrace::own::describe<WordCount>("wordCount"))
