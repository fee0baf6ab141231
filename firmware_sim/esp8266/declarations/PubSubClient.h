#pragma once
#include "ESP8266WiFi.h"

class PubSubClient {
 public:
  explicit PubSubClient(Client &client);
  PubSubClient &setServer(const char *domain, uint16_t port);
  bool setBufferSize(uint16_t size);
  bool connect(const char *id, const char *willTopic, uint8_t willQos, bool willRetain, const char *willMessage);
  bool connected();
  bool publish(const char *topic, const char *payload);
  bool publish(const char *topic, const char *payload, bool retained);
  bool loop();
};
