/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/race.h"

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/fiber.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#define WARP 32
#define WORD 4
#define PAGE_WORDS 1024
#define MOST_PAGES 1024 /* that are kept from launch to launch */
#define YIELD_EVERY 4

enum Kind
{
  READ,
  WRITE,
  STRONG_READ,  /* volatile */
  STRONG_WRITE, /* volatile or atomic */
  N_KINDS,
};

/* Which kinds race with a kind. */
static const unsigned rivals[N_KINDS] = {
  1u << WRITE | 1u << STRONG_WRITE,
  1u << READ | 1u << WRITE | 1u << STRONG_READ | 1u << STRONG_WRITE,
  1u << WRITE,
  1u << READ | 1u << WRITE,
};

/* Who touched something since its block's last barrier. Those of a warp before its last __syncwarp() are left out:
 * whom they race with, they who came after race with as well.
 */
enum Who
{
  NOBODY,
  ONE_THREAD,
  ONE_WARP, /* several threads of it since its last __syncwarp() */
  WARPS,
};

struct Touch
{
  unsigned barrier;
  unsigned sync;
  unsigned code; /* where the last one was, after the program's start */
  uint16_t thread;
  uint8_t  who;
};

struct Past
{
  unsigned block;
  unsigned code; /* 0: nobody */
};

/* A word of memory, or a byte of one. */
struct Cell
{
  unsigned launch;
  unsigned block;
  Touch    touches[N_KINDS]; /* of this block */
  Past     pasts[N_KINDS];   /* of those before it */
  Cell    *bytes;            /* instead of all that, once a part of the word was touched */
};

typedef std::tuple<std::string, unsigned, unsigned> Pair;

static SagEmulationNow &now = sag_emulation_now;

/* Never freed: kernels may run as long as the process lives. */
static std::unordered_map<uintptr_t, Cell *> &pages = *new std::unordered_map<uintptr_t, Cell *>;
static std::set<Pair>                        &told = *new std::set<Pair>;

static uintptr_t last_page;
static Cell     *last_cells;
static unsigned  last_launch;
static unsigned  n_races;
static unsigned  yields;
static bool      busy; /* what is used here may have been compiled with a kernel */

extern "C" const char __executable_start;

unsigned
sag_race_count (void)
{
  return n_races;
}

void
sag_race_forget (void)
{
  n_races = 0;
}

void
sag_race_set_yields (unsigned seed)
{
  yields = seed;
}

static bool
is_shared (uintptr_t at)
{
  return at - (uintptr_t) now.shared < now.n_shared;
}

static void
tell (Kind kind, unsigned code, Kind other, unsigned other_code, const Past *past, uintptr_t at)
{
  static const char *const verbs[] = { "reads", "writes", "reads (volatile)",
                                       "writes (volatile or atomic)" };

  n_races++;
  if (!told.insert (Pair (now.kernel, code, other_code)).second)
    return;
  fprintf (stderr, "kernel %s, block %u, thread %u: race: %s %s memory at +%#x; ", now.kernel,
           now.block, now.thread, verbs[kind], is_shared (at) ? "shared" : "global", code);
  if (past != NULL)
    fprintf (stderr, "block %u", past->block);
  else
    fprintf (stderr, "another thread");
  fprintf (stderr, " %s it at +%#x, and nothing orders the two (addr2line -e PROGRAM)\n",
           verbs[other], other_code);
}

static void
tell_unset (unsigned code)
{
  n_races++;
  if (told.insert (Pair (now.kernel, code, 0)).second)
    fprintf (stderr,
             "kernel %s, block %u, thread %u: reads shared memory that nobody wrote at +%#x\n",
             now.kernel, now.block, now.thread, code);
}

/* Whether somebody else did that who is not ordered before the running thread. */
static bool
is_rival (const Touch &touch)
{
  if (touch.who == NOBODY || touch.barrier != now.barrier)
    return false;
  if (touch.who == WARPS || touch.thread / WARP != now.thread / WARP)
    return true;
  return touch.sync == now.sync[now.thread / WARP] &&
         (touch.who == ONE_WARP || touch.thread != now.thread);
}

static void
add (Touch *touch, unsigned code)
{
  unsigned sync = now.sync[now.thread / WARP];
  uint8_t  who = ONE_THREAD;

  if (touch->who != NOBODY && touch->barrier == now.barrier)
    {
      if (touch->who == WARPS || touch->thread / WARP != now.thread / WARP)
        who = WARPS;
      else if (touch->sync == sync && (touch->who == ONE_WARP || touch->thread != now.thread))
        who = ONE_WARP;
    }
  *touch = { now.barrier, sync, code, (uint16_t) now.thread, who };
}

/* Forgets other launches; what another block of this one did becomes past, in shared memory nothing. */
static void
settle (Cell *cell, bool shared)
{
  if (cell->launch != now.launch || shared)
    {
      free (cell->bytes);
      memset (cell, 0, sizeof *cell);
    }
  else
    for (int kind = 0; kind < N_KINDS; kind++)
      {
        if (cell->touches[kind].who != NOBODY)
          cell->pasts[kind] = { cell->block, cell->touches[kind].code };
        cell->touches[kind].who = NOBODY;
      }
  cell->launch = now.launch;
  cell->block = now.block;
}

static void
touch_cell (Cell *cell, uintptr_t at, Kind kind, unsigned code)
{
  Touch *mine = &cell->touches[kind];

  if (cell->launch != now.launch || cell->block != now.block)
    settle (cell, is_shared (at));
  if (mine->who == ONE_THREAD && mine->thread == now.thread && mine->barrier == now.barrier &&
      mine->sync == now.sync[now.thread / WARP])
    return;
  if ((kind == READ || kind == STRONG_READ) && cell->touches[WRITE].who == NOBODY &&
      cell->touches[STRONG_WRITE].who == NOBODY && is_shared (at))
    tell_unset (code);
  for (int k = 0; k < N_KINDS; k++)
    {
      const Touch &touch = cell->touches[k];

      if (!(rivals[kind] >> k & 1))
        continue;
      if (is_rival (touch))
        tell (kind, code, (Kind) k, touch.code, NULL, at);
      if (cell->pasts[k].code != 0)
        tell (kind, code, (Kind) k, cell->pasts[k].code, &cell->pasts[k], at);
    }
  add (mine, code);
}

static void
drop_pages (void)
{
  for (auto &page : pages)
    {
      for (int i = 0; i < PAGE_WORDS; i++)
        free (page.second[i].bytes);
      free (page.second);
    }
  pages.clear ();
  last_cells = NULL;
}

static Cell *
find_cell (uintptr_t at)
{
  uintptr_t page = at / (PAGE_WORDS * WORD);

  if (last_launch != now.launch && pages.size () > MOST_PAGES)
    drop_pages ();
  last_launch = now.launch;
  if (last_cells == NULL || page != last_page)
    {
      Cell *&cells = pages[page];

      if (cells == NULL)
        cells = (Cell *) calloc (PAGE_WORDS, sizeof *cells);
      if (cells == NULL)
        abort ();
      last_page = page;
      last_cells = cells;
    }
  return &last_cells[at / WORD % PAGE_WORDS];
}

static void
split (Cell *cell)
{
  Cell *bytes = (Cell *) calloc (WORD, sizeof *bytes);

  if (bytes == NULL)
    abort ();
  for (int b = 0; b < WORD; b++)
    bytes[b] = *cell;
  cell->bytes = bytes;
}

static void
touch (const void *address, size_t n_bytes, Kind kind, const void *from)
{
  uintptr_t at = (uintptr_t) address, end = at + n_bytes;
  unsigned  code = (unsigned) ((const char *) from - &__executable_start);

  if (now.kernel == NULL || busy || sag_fiber_owns (address))
    return;
  busy = true;
  while (at < end)
    {
      Cell *cell = find_cell (at);
      bool  whole = at % WORD == 0 && end - at >= WORD;

      if (cell->launch != now.launch || (cell->block != now.block && is_shared (at)))
        settle (cell, true);
      if (!whole && cell->bytes == NULL)
        split (cell);
      if (cell->bytes == NULL)
        touch_cell (cell, at, kind, code);
      else
        for (uintptr_t b = at; b < end && b / WORD == at / WORD; b++)
          touch_cell (&cell->bytes[b % WORD], b, kind, code);
      at = (at / WORD + 1) * WORD;
    }
  busy = false;
}

/* Volatile and atomic accesses: what other threads do just before shows. */
static void
touch_strong (const void *address, size_t n_bytes, Kind kind, const void *from)
{
  touch (address, n_bytes, kind, from);
  if (now.kernel == NULL || yields == 0 || busy)
    return;
  yields = yields * 1664525u + 1013904223u;
  yields += yields == 0;
  if ((yields >> 16) % YIELD_EVERY == 0)
    sag_emulation_yield ();
}

static void
touch_atomic (void *where, size_t n_bytes, void *code)
{
  touch_strong (where, n_bytes, STRONG_WRITE, code);
}

/* What the compiler calls before each access. */
extern "C"
{
#define HERE __builtin_return_address (0)

#define HOOKS(n)                                                                                   \
  void __tsan_read##n (void *at) { touch (at, n, READ, HERE); }                                    \
  void __tsan_write##n (void *at) { touch (at, n, WRITE, HERE); }                                  \
  void __tsan_unaligned_read##n (void *at) { touch (at, n, READ, HERE); }                          \
  void __tsan_unaligned_write##n (void *at) { touch (at, n, WRITE, HERE); }                        \
  void __tsan_volatile_read##n (void *at) { touch_strong (at, n, STRONG_READ, HERE); }             \
  void __tsan_volatile_write##n (void *at) { touch_strong (at, n, STRONG_WRITE, HERE); }

  HOOKS (1)
  HOOKS (2)
  HOOKS (4)
  HOOKS (8)
  HOOKS (16)

  void
  __tsan_read_range (void *at, size_t n_bytes)
  {
    touch (at, n_bytes, READ, HERE);
  }

  void
  __tsan_write_range (void *at, size_t n_bytes)
  {
    touch (at, n_bytes, WRITE, HERE);
  }

  void
  __tsan_vptr_update (void **at, void *value)
  {
  }

  void
  __tsan_init (void)
  {
    sag_emulation_on_atomic = touch_atomic;
  }
}
