// GitHub's anchors of headings. Belongs to one document; not synchronised.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace millrace::markdown {

class Slugs {
 public:
  /// The anchor of the document's next heading: in lower case, without punctuation, spaces as
  /// hyphens; with a number when it has been given out before. REQUIRES: valid UTF-8.
  std::string next(std::string_view heading);

 private:
  // Ordered, so that no choice of headings makes it slow.
  std::map<std::string, uint32_t, std::less<>> given_;
};

}  // namespace millrace::markdown
