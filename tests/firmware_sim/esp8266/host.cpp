// The sketch's logic on the host: commands come on standard input, a trace goes out.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "message.h"
#include "node.h"

using namespace voltonic;

// Flash that clears bits byte by byte, and loses its power after `left` of them.
struct HostFlash {
  std::vector<uint8_t> bytes;
  long left = -1;
  explicit HostFlash(uint32_t sectors) : bytes(sectors * 4096, 0xFF) {}
  bool is_dead() const { return left == 0; }
  bool spend() {
    if (left == 0) return false;
    if (left > 0) left--;
    return true;
  }
  bool read(uint32_t address, uint8_t *out, uint32_t count) {
    if (address % 4 || count % 4) abort();
    memcpy(out, &bytes[address], count);
    return true;
  }
  bool write(uint32_t address, const uint8_t *in, uint32_t count) {
    if (address % 4 || count % 4) abort();
    for (uint32_t i = 0; i < count; i++) {
      if (!spend()) return false;
      bytes[address + i] &= in[i];
    }
    return true;
  }
  bool erase(uint32_t sector) {
    for (uint32_t i = 0; i < 4096; i++) {
      if (!spend()) return false;
      bytes[sector * 4096 + i] = 0xFF;
    }
    return true;
  }
};

template <typename Meter>
static int decode() {
  uint8_t request[kRequestBytes], answer[512];
  Measured measured;
  for (size_t which = 0; which < Meter::kRequests; which++) {
    voltonic::request(Meter::kAddress, Meter::first(which), Meter::count(which), request);
    for (uint8_t byte : request) printf("%02x", byte);
    printf("\n");
    char line[2048];
    if (!fgets(line, sizeof line, stdin)) return 1;
    size_t count = 0;
    for (char *at = line; sscanf(at, "%2hhx", &answer[count]) == 1 && count < sizeof answer - 1; at += 2) count++;
    if (!is_answer(answer, count, Meter::kAddress, Meter::count(which))) {
      printf("refused\n");
      return 0;
    }
    Meter::take(which, answer, &measured);
  }
  Sample sample;
  sample.at_s = 1700000000;
  sample.measured = measured;
  char body[256];
  printf("%s\n", message(sample, 10000, body, sizeof body) ? body : "too long");
  return 0;
}

int main(int count, char **arguments) {
  if (count > 1 && !strcmp(arguments[1], "pzem")) return decode<Pzem004t>();
  if (count > 1 && !strcmp(arguments[1], "sdm120")) return decode<Sdm120>();
  const uint32_t sectors = count > 1 ? static_cast<uint32_t>(atoi(arguments[1])) : 2;
  HostFlash flash(sectors);
  auto node = std::make_unique<Node<HostFlash>>(flash, sectors, Limits());
  node->begin();
  char command;
  uint32_t a, b;
  long c;
  while (scanf(" %c %" SCNu32 " %" SCNu32 " %ld", &command, &a, &b, &c) == 4) {
    switch (command) {
      case 'b':  // power off and on
        flash.left = -1;
        node = std::make_unique<Node<HostFlash>>(flash, sectors, Limits());
        node->begin();
        printf("boot");
        break;
      case 'k':  // the power goes after so many more bytes
        flash.left = c;
        printf("kill");
        break;
      case 'n':
        node->network(b != 0, a);
        printf("network");
        break;
      case 'c':
        node->clock(a, b);
        printf("clock");
        break;
      case 'm': {
        Measured measured;
        measured.wh = b;
        measured.deciwatts = static_cast<uint32_t>(c);
        printf("kept %d", node->measured(a, c < 0 ? nullptr : &measured));
        break;
      }
      case 'x': {
        const Act act = node->next(a);
        printf("act %d", static_cast<int>(act));
        Sample sample;
        char body[256];
        if (act == Act::kPost && node->to_post(&sample) && message(sample, 10000, body, sizeof body))
          printf(" %s", body);
        break;
      }
      case 'a':
        node->answered(a, static_cast<uint16_t>(b));
        printf("answered");
        break;
    }
    printf(" | %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", node->waiting(), node->overwritten(),
           node->undated(), node->refused());
  }
  return 0;
}
