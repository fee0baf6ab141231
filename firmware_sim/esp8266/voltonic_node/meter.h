// The meter's Modbus RTU frames: what is asked, and what an answer says.
//
// Sources: Peacefair PZEM-004T v3.0 datasheet; Eastron SDM120-Modbus protocol V2.5.
// Freestanding C++: it compiles for the ESP8266 and for any host.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace voltonic {

struct Measured {
  uint32_t wh = 0;       // energy since the meter was made
  uint32_t milliamps = 0;
  uint32_t deciwatts = 0;
  uint16_t decivolts = 0;
  uint16_t centihertz = 0;
  uint16_t centi_pf = 0;  // power factor, hundredths
  uint16_t spare = 0;
};

constexpr size_t kRequestBytes = 8;
constexpr size_t kMostAnswerBytes = 5 + 2 * 80;

inline uint16_t crc16(const uint8_t *bytes, size_t count) {
  uint16_t crc = 0xFFFF;
  for (size_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) ? static_cast<uint16_t>((crc >> 1) ^ 0xA001) : static_cast<uint16_t>(crc >> 1);
  }
  return crc;
}

inline void request(uint8_t unit, uint16_t address, uint16_t count, uint8_t *out) {
  const uint8_t frame[6] = {unit, 4, static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address),
                            static_cast<uint8_t>(count >> 8), static_cast<uint8_t>(count)};
  for (size_t i = 0; i < 6; i++) out[i] = frame[i];
  const uint16_t crc = crc16(frame, 6);
  out[6] = static_cast<uint8_t>(crc);
  out[7] = static_cast<uint8_t>(crc >> 8);
}

// Whether `answer` is the whole, sound answer of `unit` with `count` registers.
inline bool is_answer(const uint8_t *answer, size_t bytes, uint8_t unit, uint16_t count) {
  if (bytes != 5u + 2u * count || answer[0] != unit || answer[1] != 4 || answer[2] != 2 * count) return false;
  const uint16_t crc = crc16(answer, bytes - 2);
  return answer[bytes - 2] == (crc & 0xFF) && answer[bytes - 1] == (crc >> 8);
}

inline uint16_t word_at(const uint8_t *answer, size_t place) {
  return static_cast<uint16_t>(answer[3 + 2 * place] << 8 | answer[4 + 2 * place]);
}

// PZEM-004T: input registers 0 to 9; 32-bit values have their low word first.
struct Pzem004t {
  static constexpr uint8_t kAddress = 1;
  static constexpr size_t kRequests = 1;
  static constexpr uint16_t first(size_t) { return 0; }
  static constexpr uint16_t count(size_t) { return 10; }

  static void take(size_t, const uint8_t *answer, Measured *out) {
    out->decivolts = word_at(answer, 0);
    out->milliamps = low_first(answer, 1);
    out->deciwatts = low_first(answer, 3);
    out->wh = low_first(answer, 5);
    out->centihertz = static_cast<uint16_t>(word_at(answer, 7) * 10);
    out->centi_pf = word_at(answer, 8);
  }

 private:
  static uint32_t low_first(const uint8_t *answer, size_t place) {
    return static_cast<uint32_t>(word_at(answer, place + 1)) << 16 | word_at(answer, place);
  }
};

// SDM120: float32, high word first. Voltage to power factor in one read, then frequency and energy.
struct Sdm120 {
  static constexpr uint8_t kAddress = 1;
  static constexpr size_t kRequests = 2;
  static constexpr uint16_t first(size_t n) { return n == 0 ? 0x0000 : 0x0046; }
  static constexpr uint16_t count(size_t n) { return n == 0 ? 0x20 : 4; }

  static void take(size_t n, const uint8_t *answer, Measured *out) {
    if (n == 0) {
      out->decivolts = static_cast<uint16_t>(scaled(answer, 0x00, 10));
      out->milliamps = scaled(answer, 0x06, 1000);
      out->deciwatts = scaled(answer, 0x0C, 10);
      out->centi_pf = static_cast<uint16_t>(scaled(answer, 0x1E, 100));
    } else {
      out->centihertz = static_cast<uint16_t>(scaled(answer, 0, 100));
      out->wh = scaled(answer, 2, 1000);
    }
  }

 private:
  // The value times `by`, rounded; what is negative or no number counts as 0.
  static uint32_t scaled(const uint8_t *answer, size_t place, uint32_t by) {
    const uint32_t bits = static_cast<uint32_t>(word_at(answer, place)) << 16 | word_at(answer, place + 1);
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    const double result = static_cast<double>(value) * by + 0.5;
    return result >= 1.0 && result < 4294967295.0 ? static_cast<uint32_t>(result) : 0;
  }
};

}  // namespace voltonic
