// GitHub's bare URLs and e-mail addresses in plain text. md4c has them too, but takes quadratic
// time for texts full of candidates. A BareLinkFinder belongs to one text; not synchronised.
#pragma once

#include <cstddef>
#include <string_view>

namespace millrace::markdown {

struct BareLink {
  size_t begin = 0;
  size_t end = 0;
  std::string_view prefix;  ///< what the address lacks: "http://", "mailto:"
};

class BareLinkFinder {
 public:
  /// REQUIRES: `text` is valid UTF-8 and outlives the finder.
  explicit BareLinkFinder(std::string_view text);

  /// The next address; false when there is none.
  bool next(BareLink& link);

 private:
  struct Candidate {
    size_t begin;   ///< where the address would begin
    size_t anchor;  ///< the "://", "www." or "@" that it was found by
  };

  void advanceUrl(size_t from);
  void advanceWww(size_t from);
  void advanceEmail(size_t from);
  bool takeUrl(const Candidate& candidate, size_t domain, BareLink& link);
  bool takeEmail(BareLink& link) const;
  size_t domainEnd(size_t begin, bool needsPeriod);

  std::string_view text_;
  // An anchor of npos: not searched yet, or, with such a begin, nothing left.
  Candidate url_{0, std::string_view::npos};
  Candidate www_{0, std::string_view::npos};
  Candidate email_{0, std::string_view::npos};
  // A run of host characters that was refused is refused for what comes later in it, too.
  size_t refusedUpTo_ = 0;
};

}  // namespace millrace::markdown
