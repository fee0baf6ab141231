// Copy to config.h and fill in; config.h holds secrets and is not under version control.
#pragma once

#define WIFI_NAME "campus-iot"
#define WIFI_PASSWORD "change-me"

// Where to post: the building's gateway (type http_push), or the cloud behind TLS.
#define POST_URL "http://192.168.1.10:8081/api/hardware/data"
#define API_KEY "change-me"
// For https: the SHA-1 fingerprint of the server's certificate, as openssl prints it.
// #define TLS_FINGERPRINT "AA:BB:…"

#define NTP_SERVER "pool.ntp.org"

// Publish to MQTT as well; leave out to switch off.
// #define MQTT_HOST "192.168.1.10"
#define MQTT_PORT 1883
#define MQTT_TOPIC "voltonic/node-1"

// The meter: Pzem004t or Sdm120, and the pins its serial converter is on.
#define METER Pzem004t
#define METER_BAUD 9600
#define METER_RX_PIN D5
#define METER_TX_PIN D6

// What 100 % of current_load means. [W]
#define CAPACITY_W 10000
#define MEASURE_EVERY_S 60
