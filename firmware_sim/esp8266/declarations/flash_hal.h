#pragma once
#include <stdint.h>

extern "C" uint32_t _FS_start;
extern "C" uint32_t _FS_end;
#define FS_PHYS_ADDR ((uint32_t)(&_FS_start) - 0x40200000)
#define FS_PHYS_SIZE ((uint32_t)(&_FS_end) - (uint32_t)(&_FS_start))
