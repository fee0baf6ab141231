// A meter's readings over Wi-Fi: PZEM-004T or SDM120 on an ESP8266.
//
// It measures each minute, keeps every reading in flash until the gateway or the cloud has
// taken it, and posts the oldest first. The decisions are in node.h; this file is the board.
//
// Board: any ESP8266 with 1 MB or more, with a file system region in its flash layout (the
// ring of readings lies there; no file system is mounted). Libraries: PubSubClient for MQTT.
#include <ESP8266HTTPClient.h>
#include <ESP8266WiFi.h>
#include <SoftwareSerial.h>
#include <WiFiClientSecure.h>
#include <flash_hal.h>
#include <time.h>

#include "config.h"
#include "message.h"
#include "node.h"
#ifdef MQTT_HOST
#include <PubSubClient.h>
#endif

using Meter = voltonic::METER;

namespace {

constexpr uint32_t kAnswerWithinMs = 500;
constexpr uint16_t kPostWithinMs = 5000;
constexpr uint32_t kRejoinEveryS = 60;
constexpr uint32_t kMqttEveryS = 10;

struct BoardFlash {
  bool read(uint32_t address, uint8_t *bytes, uint32_t count) {
    return ESP.flashRead(FS_PHYS_ADDR + address, bytes, count);
  }
  bool write(uint32_t address, const uint8_t *bytes, uint32_t count) {
    return ESP.flashWrite(FS_PHYS_ADDR + address, bytes, count);
  }
  bool erase(uint32_t sector) { return ESP.flashEraseSector((FS_PHYS_ADDR / voltonic::Ring<BoardFlash>::kSector) + sector); }
};

voltonic::Limits limits() {
  voltonic::Limits limits;
  limits.measure_every_s = MEASURE_EVERY_S;
  return limits;
}

BoardFlash flash;
voltonic::Node<BoardFlash> node(flash, FS_PHYS_SIZE / voltonic::Ring<BoardFlash>::kSector, limits());
SoftwareSerial wire(METER_RX_PIN, METER_TX_PIN);
uint32_t rejoined_s = 0;

#ifdef MQTT_HOST
WiFiClient mqtt_link;
PubSubClient mqtt(mqtt_link);
uint32_t mqtt_tried_s = 0;
#endif

// Seconds since the start, past the 49 days at which millis() begins again.
uint32_t uptime_s() {
  static uint32_t wraps = 0, before = 0;
  const uint32_t now = millis();
  if (now < before) wraps++;
  before = now;
  return static_cast<uint32_t>(((static_cast<uint64_t>(wraps) << 32) | now) / 1000);
}

bool ask(size_t which, uint8_t *answer) {
  uint8_t request[voltonic::kRequestBytes];
  voltonic::request(Meter::kAddress, Meter::first(which), Meter::count(which), request);
  while (wire.available()) wire.read();
  wire.write(request, sizeof request);
  const size_t wanted = 5 + 2 * Meter::count(which);
  size_t got = 0;
  const uint32_t start = millis();
  while (got < wanted && millis() - start < kAnswerWithinMs) {
    if (wire.available()) answer[got++] = static_cast<uint8_t>(wire.read());
    yield();
  }
  return voltonic::is_answer(answer, got, Meter::kAddress, Meter::count(which));
}

void measure() {
  uint8_t answer[voltonic::kMostAnswerBytes];
  voltonic::Measured measured;
  for (size_t which = 0; which < Meter::kRequests; which++) {
    if (!ask(which, answer)) {
      Serial.println(F("the meter does not answer"));
      node.measured(uptime_s(), nullptr);
      return;
    }
    Meter::take(which, answer, &measured);
  }
  if (!node.measured(uptime_s(), &measured)) Serial.println(F("the flash cannot be written"));
}

uint16_t post(const char *body) {
  HTTPClient http;
#ifdef TLS_FINGERPRINT
  WiFiClientSecure link;
  link.setFingerprint(TLS_FINGERPRINT);
#else
  WiFiClient link;
#endif
  http.setTimeout(kPostWithinMs);
  if (!http.begin(link, POST_URL)) return 0;
  http.addHeader(F("Content-Type"), F("application/json"));
  http.addHeader(F("X-API-Key"), F(API_KEY));
  const int status = http.POST(body);
  http.end();
  return status > 0 ? static_cast<uint16_t>(status) : 0;
}

void publish(const char *body) {
#ifdef MQTT_HOST
  if (mqtt.connected()) mqtt.publish(MQTT_TOPIC "/state", body);
#else
  (void)body;
#endif
}

void deliver() {
  voltonic::Sample sample;
  char body[256];
  if (!node.to_post(&sample) || !voltonic::message(sample, CAPACITY_W, body, sizeof body)) return;
  const uint16_t status = post(body);
  node.answered(uptime_s(), status);
  if (status >= 200 && status < 300) publish(body);
  Serial.printf("posted: %u, %u wait\n", status, static_cast<unsigned>(node.waiting()));
}

void keep_network() {
  const bool is_up = WiFi.status() == WL_CONNECTED;
  node.network(is_up, uptime_s());
  node.clock(uptime_s(), static_cast<uint32_t>(time(nullptr)));
  if (!is_up && uptime_s() - rejoined_s >= kRejoinEveryS) {
    rejoined_s = uptime_s();
    WiFi.disconnect();
    WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  }
#ifdef MQTT_HOST
  if (is_up && !mqtt.connected() && uptime_s() - mqtt_tried_s >= kMqttEveryS) {
    mqtt_tried_s = uptime_s();
    if (mqtt.connect(MQTT_TOPIC, MQTT_TOPIC "/availability", 1, true, "offline"))
      mqtt.publish(MQTT_TOPIC "/availability", "online", true);
  }
  mqtt.loop();
#endif
}

}  // namespace

void setup() {
  Serial.begin(115200);
  wire.begin(METER_BAUD);
  WiFi.persistent(false);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  configTime(0, 0, NTP_SERVER);
#ifdef MQTT_HOST
  mqtt.setServer(MQTT_HOST, MQTT_PORT);
  mqtt.setBufferSize(512);
#endif
  node.begin();
  ESP.wdtEnable(8000);
}

// The watchdog is fed here only: a loop that hangs ends in a restart, and nothing is lost.
void loop() {
  ESP.wdtFeed();
  keep_network();
  switch (node.next(uptime_s())) {
    case voltonic::Act::kMeasure:
      measure();
      break;
    case voltonic::Act::kPost:
      deliver();
      break;
    case voltonic::Act::kRestart:
      Serial.println(F("no answer for an hour: restarting"));
      ESP.restart();
      break;
    case voltonic::Act::kNothing:
      delay(50);
      break;
  }
}
