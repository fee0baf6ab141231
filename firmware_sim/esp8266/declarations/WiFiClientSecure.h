#pragma once
#include "ESP8266WiFi.h"

class WiFiClientSecure : public WiFiClient {
 public:
  bool setFingerprint(const char *fingerprint);
};
