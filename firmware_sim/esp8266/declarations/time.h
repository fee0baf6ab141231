#pragma once
typedef long long time_t;
extern "C" time_t time(time_t *out);
