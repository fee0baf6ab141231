// The JSON that is posted and published: the body of POST /api/hardware/data.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

namespace voltonic {

class Text {
 public:
  Text(char *out, size_t size) : out_(out), left_(size ? size - 1 : 0) {
    if (size) *out_ = 0;
  }

  Text &add(const char *text) {
    for (; *text; text++) put(*text);
    return *this;
  }

  // `value` / 10^decimals
  Text &add(uint32_t value, int decimals) {
    char digits[12];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value || count <= decimals);
    while (count) {
      put(digits[--count]);
      if (count && count == decimals) put('.');
    }
    return *this;
  }

  bool is_whole() const { return is_whole_; }

 private:
  void put(char letter) {
    if (left_ == 0) {
      is_whole_ = false;
      return;
    }
    *out_++ = letter;
    *out_ = 0;
    left_--;
  }

  char *out_;
  size_t left_;
  bool is_whole_ = true;
};

// Energy is the meter's own counter: the device is registered as one (`--counter`).
// `capacity_w` is what 100 % of current_load means.
inline bool message(const Sample &sample, uint32_t capacity_w, char *out, size_t size) {
  const Measured &now = sample.measured;
  uint32_t centi_percent = 40000;
  if (capacity_w && now.deciwatts < capacity_w * 40u)
    centi_percent = static_cast<uint32_t>(static_cast<uint64_t>(now.deciwatts) * 1000u / capacity_w);
  Text text(out, size);
  text.add("{\"energy_produced\":0,\"energy_consumed\":").add(now.wh, 3);
  text.add(",\"current_load\":").add(centi_percent, 2);
  text.add(",\"voltage\":").add(now.decivolts, 1);
  text.add(",\"current\":").add(now.milliamps, 3);
  text.add(",\"frequency\":").add(now.centihertz, 2);
  text.add(",\"power_factor\":").add(now.centi_pf, 2);
  text.add(",\"timestamp\":").add(sample.at_s, 0).add("}");
  return text.is_whole();
}

}  // namespace voltonic
