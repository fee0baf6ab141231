// What the node does next: measure, post, wait or restart. It knows no Arduino.
#pragma once
#include <stdint.h>

#include "ring.h"

namespace voltonic {

enum class Act : uint8_t { kNothing, kMeasure, kPost, kRestart };

struct Limits {
  uint32_t measure_every_s = 60;
  uint32_t first_delay_s = 1;      // after a post without an answer; doubled each time
  uint32_t longest_delay_s = 20;
  uint32_t refused_delay_s = 300;  // after 401, 403 or 404: somebody has to act
  uint32_t restart_after_s = 3600; // with the network up and something to post, but no answer
};

template <typename Flash>
class Node {
 public:
  Node(Flash &flash, uint32_t sectors, const Limits &limits) : ring_(flash, sectors), limits_(limits) {}

  void begin() { boot_ = ring_.begin(); }

  // The time is known now; what this start measured without it can be dated.
  void clock(uint32_t uptime_s, uint32_t unix_s) { offset_s_ = unix_s > kSane ? unix_s - uptime_s : 0; }

  void network(bool is_up, uint32_t uptime_s) {
    if (is_up && !is_up_) answered_s_ = uptime_s;
    is_up_ = is_up;
  }

  Act next(uint32_t uptime_s) {
    if (!has_measured_ || uptime_s - measured_s_ >= limits_.measure_every_s) return Act::kMeasure;
    drop_undatable();
    if (!is_up_ || offset_s_ == 0 || ring_.waiting() == 0) {
      answered_s_ = uptime_s;
      return Act::kNothing;
    }
    if (uptime_s - answered_s_ >= limits_.restart_after_s) return Act::kRestart;
    return uptime_s - tried_s_ >= delay_s_ ? Act::kPost : Act::kNothing;
  }

  // What the meter said, or nullptr when it did not answer.
  bool measured(uint32_t uptime_s, const Measured *measured) {
    has_measured_ = true;
    measured_s_ = uptime_s;
    if (measured == nullptr) return false;
    Sample sample;
    sample.uptime_s = uptime_s;
    sample.at_s = offset_s_ ? offset_s_ + uptime_s : 0;
    sample.boot = boot_;
    sample.measured = *measured;
    return ring_.append(sample);
  }

  // The sample to post, dated.
  bool to_post(Sample *out) {
    if (!ring_.oldest(out)) return false;
    if (out->at_s == 0) out->at_s = offset_s_ + out->uptime_s;
    return true;
  }

  // `status` of HTTP; 0 is no answer.
  void answered(uint32_t uptime_s, uint16_t status) {
    tried_s_ = uptime_s;
    const bool is_taken = (status >= 200 && status < 300) || status == 409;
    const bool is_hopeless = status == 400 || status == 413 || status == 422;
    if (status != 0) answered_s_ = uptime_s;
    if (is_taken || is_hopeless) {
      ring_.drop_oldest();
      delay_s_ = 0;
      failures_ = 0;
      if (is_hopeless) refused_++;
    } else if (status == 401 || status == 403 || status == 404) {
      delay_s_ = limits_.refused_delay_s;
    } else {
      delay_s_ = limits_.first_delay_s << (failures_ < 16 ? failures_ : 16);
      if (delay_s_ > limits_.longest_delay_s) delay_s_ = limits_.longest_delay_s;
      failures_++;
    }
  }

  uint32_t waiting() const { return ring_.waiting(); }
  uint32_t overwritten() const { return ring_.overwritten(); }
  uint32_t undated() const { return undated_; }
  uint32_t refused() const { return refused_; }

 private:
  static constexpr uint32_t kSane = 1577836800;  // 2020: any earlier clock was never set

  // An earlier start without the time left samples that nobody can date any more.
  void drop_undatable() {
    Sample sample;
    while (ring_.oldest(&sample) && sample.at_s == 0 && sample.boot != boot_) {
      ring_.drop_oldest();
      undated_++;
    }
  }

  Ring<Flash> ring_;
  Limits limits_;
  uint32_t boot_ = 1, offset_s_ = 0;
  uint32_t measured_s_ = 0, tried_s_ = 0, answered_s_ = 0;
  uint32_t delay_s_ = 0, failures_ = 0, undated_ = 0, refused_ = 0;
  bool has_measured_ = false, is_up_ = false;
};

}  // namespace voltonic
