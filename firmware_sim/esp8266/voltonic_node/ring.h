// A ring of records in raw flash: what was measured waits there until it was delivered.
//
// Flash can clear bits but sets them only by erasing a whole sector. A record is written
// once, with its number and a checksum; its last word is cleared when it was delivered.
// A power cut during any of these leaves a record that is whole or one that is skipped.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "meter.h"

namespace voltonic {

struct Sample {
  uint32_t at_s = 0;      // seconds since 1970 UTC; 0 while the time was not known
  uint32_t uptime_s = 0;  // since the start that measured it
  uint32_t boot = 0;      // number of that start
  Measured measured;
};

// Flash: bool read(address, bytes, count), write(…), erase(sector); all aligned to 4 bytes.
template <typename Flash>
class Ring {
 public:
  static constexpr uint32_t kSector = 4096;
  static constexpr uint32_t kRecord = 48;
  static constexpr uint32_t kPerSector = kSector / kRecord;

  Ring(Flash &flash, uint32_t sectors) : flash_(flash), slots_(sectors * kPerSector) {}

  // Finds what waits. Returns the number of the start to use from now on.
  uint32_t begin() {
    uint32_t newest = 0, boot = 0, at = 0;
    oldest_ = 0;
    waiting_ = 0;
    for (uint32_t slot = 0; slot < slots_; slot++) {
      Record record;
      if (!load(slot, &record)) continue;
      if (record.number > newest) newest = record.number, at = slot;
      if (record.sample.boot > boot) boot = record.sample.boot;
      if (record.delivered != kFresh) continue;
      waiting_++;
      if (oldest_ == 0 || record.number < oldest_) oldest_ = record.number, oldest_slot_ = slot;
    }
    number_ = newest + 1;
    next_ = newest ? (at + 1) % slots_ : 0;
    return boot + 1;
  }

  uint32_t waiting() const { return waiting_; }
  uint32_t overwritten() const { return overwritten_; }

  bool append(const Sample &sample) {
    if (!find_blank()) return false;
    Record record;
    record.number = number_;
    record.sample = sample;
    record.check = sum(record);
    // All but the last word, which stays blank until the record is delivered.
    if (!flash_.write(address(next_), reinterpret_cast<const uint8_t *>(&record), kRecord - 4)) return false;
    if (waiting_ == 0) oldest_ = number_, oldest_slot_ = next_;
    waiting_++;
    number_++;
    next_ = (next_ + 1) % slots_;
    return true;
  }

  bool oldest(Sample *out) {
    Record record;
    if (waiting_ == 0 || !load(oldest_slot_, &record)) return false;
    *out = record.sample;
    return true;
  }

  // The oldest was delivered, or will never be.
  bool drop_oldest() {
    if (waiting_ == 0) return false;
    const uint32_t none = 0;
    const bool done =
        flash_.write(address(oldest_slot_) + kRecord - 4, reinterpret_cast<const uint8_t *>(&none), 4);
    waiting_--;
    seek_oldest(oldest_slot_);
    return done;
  }

 private:
  static constexpr uint32_t kFresh = 0xFFFFFFFF;

  struct Record {
    uint32_t number = 0;
    Sample sample;
    uint32_t check = 0;
    uint32_t padding = 0;
    uint32_t delivered = kFresh;
  };
  static_assert(sizeof(Record) == kRecord, "a record fills its slot");

  static uint32_t sum(const Record &record) {
    return 0x5A000000u | crc16(reinterpret_cast<const uint8_t *>(&record), offsetof(Record, check));
  }

  uint32_t address(uint32_t slot) const { return slot / kPerSector * kSector + slot % kPerSector * kRecord; }

  bool load(uint32_t slot, Record *out) {
    return flash_.read(address(slot), reinterpret_cast<uint8_t *>(out), kRecord) && out->number != 0 &&
           out->number != kFresh && out->check == sum(*out);
  }

  bool is_blank(uint32_t slot) {
    uint8_t bytes[kRecord];
    if (!flash_.read(address(slot), bytes, kRecord)) return false;
    for (uint32_t i = 0; i < kRecord; i++)
      if (bytes[i] != 0xFF) return false;
    return true;
  }

  // Moves on to the next slot that can be written; a full ring loses its oldest sector.
  bool find_blank() {
    for (uint32_t tries = 0; tries <= slots_; tries++) {
      if (next_ % kPerSector == 0) return is_blank_sector(next_) || erase(next_);
      if (is_blank(next_)) return true;
      next_ = (next_ + 1) % slots_;
    }
    return false;
  }

  bool is_blank_sector(uint32_t first) {
    for (uint32_t slot = first; slot < first + kPerSector; slot++)
      if (!is_blank(slot)) return false;
    return true;
  }

  bool erase(uint32_t first) {
    uint32_t lost = 0;
    for (uint32_t slot = first; slot < first + kPerSector; slot++) {
      Record record;
      if (load(slot, &record) && record.delivered == kFresh) lost++;
    }
    if (!flash_.erase(first / kPerSector)) return false;
    overwritten_ += lost;
    waiting_ -= lost;
    if (lost) seek_oldest(first + kPerSector - 1);
    return true;
  }

  void seek_oldest(uint32_t after) {
    oldest_ = 0;
    if (waiting_ == 0) return;
    for (uint32_t step = 1; step <= slots_; step++) {
      const uint32_t slot = (after + step) % slots_;
      Record record;
      if (!load(slot, &record) || record.delivered != kFresh) continue;
      oldest_ = record.number;
      oldest_slot_ = slot;
      return;
    }
    waiting_ = 0;
  }

  Flash &flash_;
  uint32_t slots_;
  uint32_t number_ = 1, next_ = 0;
  uint32_t oldest_ = 0, oldest_slot_ = 0;
  uint32_t waiting_ = 0, overwritten_ = 0;
};

}  // namespace voltonic
