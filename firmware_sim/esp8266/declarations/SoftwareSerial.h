#pragma once
#include "Arduino.h"

class SoftwareSerial {
 public:
  SoftwareSerial(int8_t rxPin, int8_t txPin = -1, bool invert = false);
  void begin(uint32_t baud);
  int available();
  int read();
  size_t write(const uint8_t *buffer, size_t size);
};
