// Invariant: a timestamp that is accepted is a day of the Gregorian calendar and a time of that day
// (60 seconds excepted: no leap seconds).
#include <cstdint>

#include "markup/yaml_scalar.h"

namespace millrace {
namespace {

/// Takes what it is asked for from the front of a text, or fails for good.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int64_t number(size_t least, size_t most) {
    int64_t value = 0;
    size_t count = 0;
    while (count < most && count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      value = value * 10 + (text_[count++] - '0');
    }
    failed_ |= count < least;
    text_.remove_prefix(count);
    return value;
  }
  bool take(char expected) {
    const bool found = text_.starts_with(expected);
    if (found) text_.remove_prefix(1);
    return found;
  }
  void require(char expected) { failed_ |= !take(expected); }
  bool spaces() {
    bool found = false;
    while (take(' ') || take('\t')) found = true;
    return found;
  }
  /// Digits behind a decimal point, as milliseconds; further ones are dropped.
  int64_t milliseconds() {
    int64_t value = 0;
    int64_t unit = 100;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      value += (text_.front() - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool atEnd() const { return text_.empty(); }

 private:
  std::string_view text_;
  bool failed_ = false;
};

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar.
int64_t daysSinceEpoch(int64_t year, int64_t month, int64_t day) {
  // Years that begin in March put the leap day at their end.
  const int64_t shifted = month <= 2 ? year - 1 : year;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const int64_t yearOfEra = shifted - era * 400;
  const int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

bool isDay(int64_t year, int64_t month, int64_t day) {
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

/// The offset of a zone in milliseconds; 0 where there is none.
int64_t readZone(Reader& reader) {
  reader.spaces();
  if (reader.take('Z')) return 0;
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return 0;
  const int64_t hours = reader.number(1, 2);
  const int64_t minutes = reader.take(':') ? reader.number(2, 2) : 0;
  if (hours > 23 || minutes > 59) reader.fail();
  const int64_t offset = (hours * 60 + minutes) * 60000;
  return west ? -offset : offset;
}

int64_t readTime(Reader& reader) {
  const int64_t hour = reader.number(1, 2);
  reader.require(':');
  const int64_t minute = reader.number(2, 2);
  reader.require(':');
  const int64_t second = reader.number(2, 2);
  if (hour > 23 || minute > 59 || second > 59) reader.fail();
  const int64_t fraction = reader.take('.') ? reader.milliseconds() : 0;
  return ((hour * 60 + minute) * 60 + second) * 1000 + fraction - readZone(reader);
}

}  // namespace

bool parseYamlTimestamp(std::string_view text, int64_t& ms) {
  Reader reader(text);
  const int64_t year = reader.number(4, 4);
  reader.require('-');
  const int64_t month = reader.number(1, 2);
  reader.require('-');
  const int64_t day = reader.number(1, 2);
  if (reader.failed() || !isDay(year, month, day)) return false;
  constexpr int64_t kDayMs = 86400000;
  ms = daysSinceEpoch(year, month, day) * kDayMs;
  if (reader.atEnd()) return text.size() == 10;  // a date alone has two digits each
  if (!reader.take('T') && !reader.take('t') && !reader.spaces()) return false;
  ms += readTime(reader);
  return !reader.failed() && reader.atEnd();
}

}  // namespace millrace
