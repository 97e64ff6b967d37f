// Candidates are found by what every address contains, so that text without any costs three
// searches.
#include "markup/markdown_autolinks.h"

#include <algorithm>

#include "markup/markdown_characters.h"

namespace millrace::markdown {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool isEmailNameCharacter(char c) {
  return isAlphanumeric(c) || c == '.' || c == '-' || c == '_' || c == '+';
}

bool matchesIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return lowerOf(a) == b; });
}

bool isHostCharacter(char c) {
  return isAlphanumeric(c) || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

/// What ends a sentence rather than an address is taken off the end.
size_t withoutTrailingPunctuation(std::string_view text, size_t begin, size_t end) {
  const std::string_view whole = text.substr(begin, end - begin);
  size_t opened = static_cast<size_t>(std::count(whole.begin(), whole.end(), '('));
  size_t closed = static_cast<size_t>(std::count(whole.begin(), whole.end(), ')'));
  while (end > begin) {
    const char last = text[end - 1];
    if (std::string_view("?!.,:*_~'\"").find(last) != kNone) {
      --end;
    } else if (last == ')') {
      if (closed <= opened) break;
      --closed;
      --end;
    } else if (last == ';') {
      size_t name = end - 1;
      while (name > begin && isLetter(text[name - 1])) --name;
      const bool entity = name < end - 1 && name > begin && text[name - 1] == '&';
      end = entity ? name - 1 : end - 1;
    } else {
      break;
    }
  }
  return end;
}

}  // namespace

BareLinkFinder::BareLinkFinder(std::string_view text) : text_(text) {
  advanceUrl(0);
  advanceWww(0);
  advanceEmail(0);
}

bool BareLinkFinder::next(BareLink& link) {
  while (true) {
    const size_t nearest = std::min({url_.begin, www_.begin, email_.begin});
    if (nearest == kNone) return false;
    link = {nearest, nearest, {}};
    bool found = false;
    if (nearest == url_.begin) {
      found = takeUrl(url_, url_.anchor + 3, link);
    } else if (nearest == www_.begin) {
      found = takeUrl(www_, www_.anchor, link);
    } else {
      found = takeEmail(link);
    }
    const size_t from = found ? link.end : nearest + 1;
    if (url_.begin < from) advanceUrl(from);
    if (www_.begin < from) advanceWww(from);
    if (email_.begin < from) advanceEmail(from);
    if (found) return true;
  }
}

void BareLinkFinder::advanceUrl(size_t from) {
  size_t colon = url_.anchor == kNone ? from : std::max(from, url_.anchor + 1);
  while ((colon = text_.find("://", colon)) != kNone) {
    size_t begin = colon;
    while (begin > from && colon - begin <= 5 && isLetter(text_[begin - 1])) --begin;
    const std::string_view scheme = text_.substr(begin, colon - begin);
    if (matchesIgnoringCase(scheme, "http") || matchesIgnoringCase(scheme, "https") ||
        matchesIgnoringCase(scheme, "ftp")) {
      url_ = {begin, colon};
      return;
    }
    ++colon;
  }
  url_ = {kNone, kNone};
}

void BareLinkFinder::advanceWww(size_t from) {
  size_t begin = from;
  while ((begin = text_.find("www.", begin)) != kNone) {
    const char before = begin == 0 ? ' ' : text_[begin - 1];
    if (isAsciiSpace(before) || before == '*' || before == '_' || before == '~' || before == '(') {
      break;
    }
    ++begin;
  }
  www_ = {begin, begin};
}

void BareLinkFinder::advanceEmail(size_t from) {
  size_t sign = email_.anchor == kNone ? from : std::max(from, email_.anchor + 1);
  while ((sign = text_.find('@', sign)) != kNone) {
    size_t begin = sign;
    while (begin > from && isEmailNameCharacter(text_[begin - 1])) --begin;
    // Underscores at the front are emphasis that did not come about.
    while (begin < sign && text_[begin] == '_') ++begin;
    if (begin < sign) {
      email_ = {begin, sign};
      return;
    }
    ++sign;
  }
  email_ = {kNone, kNone};
}

bool BareLinkFinder::takeUrl(const Candidate& candidate, size_t domain, BareLink& link) {
  const bool bare = candidate.anchor == domain;  // "www." without a scheme
  size_t end = domainEnd(domain, bare);
  if (end == domain) return false;
  while (end < text_.size() && !isAsciiSpace(text_[end]) && text_[end] != '<') ++end;
  end = withoutTrailingPunctuation(text_, candidate.begin, end);
  if (end <= domain) return false;
  if (bare && text_.substr(domain, end - domain).find('.') == kNone) return false;
  link = {candidate.begin, end, bare ? "http://" : ""};
  return true;
}

/// Behind the host name at `begin`; `begin` when it is none: underscores in its last two labels.
size_t BareLinkFinder::domainEnd(size_t begin, bool needsPeriod) {
  if (begin < refusedUpTo_) return begin;
  size_t end = begin;
  bool underscoreBefore = false;
  bool underscore = false;
  bool period = false;
  for (; end < text_.size(); ++end) {
    if (text_[end] == '_') {
      underscore = true;
    } else if (text_[end] == '.' && end > begin) {
      underscoreBefore = underscore;
      underscore = false;
      period = true;
    } else if (!isHostCharacter(text_[end])) {
      break;
    }
  }
  if (underscore || underscoreBefore) {
    refusedUpTo_ = end;
    return begin;
  }
  return needsPeriod && !period ? begin : end;
}

bool BareLinkFinder::takeEmail(BareLink& link) const {
  size_t end = email_.anchor + 1;
  while (end < text_.size() && (isAlphanumeric(text_[end]) || text_[end] == '.' ||
                                text_[end] == '-' || text_[end] == '_')) {
    ++end;
  }
  if (end < text_.size() && text_[end] == '@') return false;
  while (end > email_.anchor + 1 && text_[end - 1] == '.') --end;
  const std::string_view host = text_.substr(email_.anchor + 1, end - email_.anchor - 1);
  if (host.empty() || !isAlphanumeric(host.back()) || !isAlphanumeric(host.front()) ||
      host.find('.') == kNone || host.find("..") != kNone) {
    return false;
  }
  link = {email_.begin, end, "mailto:"};
  return true;
}

}  // namespace millrace::markdown
