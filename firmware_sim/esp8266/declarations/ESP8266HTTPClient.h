#pragma once
#include "ESP8266WiFi.h"

class HTTPClient {
 public:
  bool begin(WiFiClient &client, const String &url);
  void setTimeout(uint16_t timeout);
  void addHeader(const String &name, const String &value, bool first = false, bool replace = true);
  int POST(const String &payload);
  void end();
};
