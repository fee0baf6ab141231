// What the sketch uses of the ESP8266 Arduino core, declared for type-checking without it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define F(text) (reinterpret_cast<const __FlashStringHelper *>(text))
#define D5 14
#define D6 12

class __FlashStringHelper;

class String {
 public:
  String(const char *text = "");
  String(const __FlashStringHelper *text);
};

class Print {
 public:
  size_t println(const __FlashStringHelper *text);
  size_t printf(const char *format, ...) __attribute__((format(printf, 2, 3)));
};

class HardwareSerial : public Print {
 public:
  void begin(unsigned long baud);
};

class EspClass {
 public:
  bool flashRead(uint32_t address, uint8_t *data, size_t size);
  bool flashWrite(uint32_t address, const uint8_t *data, size_t size);
  bool flashEraseSector(uint32_t sector);
  void wdtEnable(uint32_t timeout_ms);
  void wdtFeed();
  void restart();
};

extern HardwareSerial Serial;
extern EspClass ESP;
unsigned long millis();
void delay(unsigned long ms);
void yield();
void configTime(int timezone_sec, int daylightOffset_sec, const char *server1, const char *server2 = nullptr,
                const char *server3 = nullptr);
